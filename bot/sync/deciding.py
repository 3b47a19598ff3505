"""Decides what becomes of each record before anything is sent: ready, held, later, or there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import structlog
from sqlmodel import Session

from bot import mirror
from bot.domain import DOCUMENTS, RecordType
from bot.models import Company, MirrorRow, Record
from bot.services import Services
from bot.sync import asking, bill_numbers, doubles, lookup, resolve
from bot.sync.already import by_hand, looking, marked
from bot.sync.answers import unreadable_cause
from bot.sync.causes import Held, Later, Posted
from bot.sync.numbering import is_fresh
from bot.sync.preflight import before
from bot.sync.preflight.model import Posting
from bot.sync.reading import parse_record
from bot.sync.records import BadRow, CustomerIn, ItemIn, RecordIn, VendorIn
from bot.sync.resolve import Ready
from bot.sync.twins import holding
from bot.sync.twins.fresh import Fresh, likeness_keys, own_earlier, with_alike

log = structlog.get_logger(__name__)
Decision = Ready | Held | Later | Posted
# What is held because QuickBooks seems to have nothing of a name.
UNKNOWN_NAMES = frozenset(
    {"account_not_found", "item_not_mapped", "no_income_account", "value_not_mapped"}
)


@dataclass(frozen=True)
class Decided:
    """Each record with what becomes of it; `unreadable` are those of a form nobody can use."""

    table: lookup.Lookup
    each: list[tuple[Record, Decision]]
    unreadable: frozenset[int | None]

    @property
    def looked_in_vain(self) -> bool:
        """Whether a name was looked for in the mirror and not found."""
        return any(
            isinstance(decision, Held)
            and any(cause.problem in UNKNOWN_NAMES for cause in decision.causes)
            for _, decision in self.each
        )


def look(services: Services, company_id: int, records: list[Record]) -> Decided:
    """Decide about records of one tier, which never refer to each other; writes nothing."""
    read: list[tuple[Record, RecordIn]] = []
    bad: list[tuple[Record, str]] = []
    for record in records:
        model = parse_record(record.payload)
        if isinstance(model, BadRow):
            bad.append((record, model.reason))
        else:
            read.append((record, model))
    damaged = _not_readable(services, bad)
    table = _table_of(services, company_id, read)
    with services.sessions.read() as session:
        decided = _decide(session, table, read)
    return Decided(table, [*damaged, *decided], frozenset(record.id for record, _ in bad))


def _not_readable(
    services: Services, found: Sequence[tuple[Record, str]]
) -> list[tuple[Record, Held]]:
    """Hold what is stored in a form this version cannot use; the others go on."""
    if not found:
        return []
    log.error("stored records cannot be read", records=[record.id for record, _ in found])
    with services.sessions.read() as session:
        return [(record, Held((unreadable_cause(session, record, why),))) for record, why in found]


def _table_of(
    services: Services, company_id: int, records: Sequence[tuple[Record, RecordIn]]
) -> lookup.Lookup:
    """Read what the records refer to; what the mirror has never seen is read from QuickBooks."""

    def read() -> lookup.Lookup:
        with services.sessions.read() as session:
            company = session.get_one(Company, company_id)
            return lookup.load_lookup(
                session,
                services.settings,
                company,
                [record for record, _ in records],
                now=services.clock.now(),
                models={record.id or 0: model for record, model in records},
            )

    table = read()
    unseen = lookup.unseen(table)
    for entity, qbo_id in unseen:
        mirror.refresh(services, company_id, entity, qbo_id)
    old = not is_fresh(table.settings_read_at, table.now)
    if old:
        mirror.refresh_company(services, company_id)
    return read() if old or unseen else table


def _decide(
    session: Session, table: lookup.Lookup, records: Sequence[tuple[Record, RecordIn]]
) -> list[tuple[Record, Decision]]:
    """Resolve each record; a list record is looked for before it is created.

    Of records that are alike only the first goes in one batch, so that the next look sees it.
    """
    decided: list[tuple[Record, Decision]] = []
    taken: set[str] = set()
    fresh: dict[int, Fresh] = {}
    for record, model in records:
        decision: Decision = resolve.resolve(table, record, model)
        if isinstance(decision, Ready) and isinstance(model, CustomerIn | VendorIn | ItemIn):
            keys = likeness_keys(model)
            if keys & taken:
                continue
            taken |= keys
            fresh[len(decided)] = Fresh(record, model, table.source(record), decision.payload)
        decided.append((record, decision))
    for place, found in _looked_up(session, table, fresh).items():
        decided[place] = (decided[place][0], found)
    return decided


def _looked_up(
    session: Session, table: lookup.Lookup, fresh: Mapping[int, Fresh]
) -> dict[int, Held | Posted]:
    """Those of new list records that must not be created, by their place."""
    company_id = table.company.id or 0
    own = own_earlier(session, company_id, list(fresh.values()))
    rest = {place: one for place, one in fresh.items() if one.record.id not in own}
    alike = with_alike(session, company_id, list(rest.values()))
    found: dict[int, Held | Posted] = {
        place: Posted(row.entity, row.qbo_id, row.data, how="matched")
        for place, one in fresh.items()
        if (row := own.get(one.record.id or 0)) is not None
    }
    for place, one in rest.items():
        if one.record.id in alike:
            look = holding.Look(table.company, table.settings, one.source)
            cause = holding.cause_of(session, look, one.record, one.model)
            if cause is not None:
                found[place] = Held((cause,))
    return found


def hold_doubles(services: Services, company_id: int, decided: Decided) -> Decided:
    """Hold what is in QuickBooks already: handed over before, entered by hand, a vendor's bill.

    Posting would double it. Of those of one batch that may be one only the first is decided, and
    none goes while it is not known what became of another one that may be it. What bears our own
    mark there was posted before. QuickBooks is asked about all in one request. Raises
    QuickBooksFault.
    """
    decided, looked = _look_for_ours(services, company_id, decided)
    rest = [one for one in _postings(decided) if one.record.id not in looked.told]
    bills = _of(rest, RecordType.BILL, RecordType.VENDOR_CREDIT)
    first = bill_numbers.first_of_each(bills)
    later = looked.later | {one.record.id or 0 for one in bills if one.record.id not in first}
    bills = [one for one in bills if one.record.id in first]
    waits = bill_numbers.unsettled(services, company_id, bills) if bills else {}
    bills = [one for one in bills if one.record.id not in waits]
    asked = [
        *by_hand.asked(services, company_id, rest),
        *doubles.asked(services, company_id, _of(rest, RecordType.INVOICE)),
        *bill_numbers.asked(services, company_id, bills),
    ]
    causes = looked.causes | asking.causes(services, company_id, asked)
    changed: dict[int, Decision] = {
        **{record_id: Held((cause,)) for record_id, cause in causes.items()},
        **{record_id: Later(until) for record_id, until in (looked.waits | waits).items()},
    }
    each = [
        (record, changed.get(record.id or 0, decision))
        for record, decision in decided.each
        if record.id not in later
    ]
    return replace(decided, each=each)


def _look_for_ours(
    services: Services, company_id: int, decided: Decided
) -> tuple[Decided, looking.Looked]:
    """Link what bears our own mark; of the rest, what the books hold under another id."""
    postings = _postings(decided)
    with services.sessions.read() as session:
        own: dict[int, MirrorRow] = marked.own(session, company_id, postings)
    each: list[tuple[Record, Decision]] = [
        (record, Posted(row.entity, row.qbo_id, dict(row.data), how="matched"))
        if (row := own.get(record.id or 0)) is not None
        else (record, decision)
        for record, decision in decided.each
    ]
    decided = replace(decided, each=each)
    return decided, looking.look(services, company_id, _postings(decided))


def hold_known(
    services: Services, decided: Decided, *, asked: bool
) -> tuple[Decided, before.Found]:
    """Hold what QuickBooks would certainly refuse; also what was said of those that go out.

    `asked`: a person wants these tried, so QuickBooks decides. Raises QuickBooksFault.
    """
    ready = [
        Posting(record, decision.entity, decision.payload)
        for record, decision in decided.each
        if isinstance(decision, Ready)
    ]
    looked = before.look(services, decided.table, ready, asked=asked)
    each = [
        (record, Held(causes) if (causes := looked.causes.get(record.id or 0)) else decision)
        for record, decision in decided.each
    ]
    return replace(decided, each=each), looked.said


def _postings(decided: Decided) -> list[doubles.Posting]:
    """The documents that are ready."""
    return [
        looking.posting_of(record, decision.entity, decision.payload)
        for record, decision in decided.each
        if isinstance(decision, Ready) and record.type in DOCUMENTS
    ]


def _of(postings: Sequence[doubles.Posting], *kinds: RecordType) -> list[doubles.Posting]:
    return [one for one in postings if one.record.type in kinds]
