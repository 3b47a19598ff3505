"""Decides what becomes of each record before anything is sent: ready, held, later, or there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog
from sqlmodel import Session

from bot import mirror
from bot.domain import DOCUMENTS, RecordType
from bot.models import Company, MirrorRow, Record
from bot.services import Services
from bot.sync import already, bill_numbers, doubles, lookup, resolve, twins
from bot.sync.answers import unreadable_cause
from bot.sync.causes import Cause, Held, Later, Posted
from bot.sync.numbering import custom_numbers
from bot.sync.preflight import before
from bot.sync.preflight.model import Posting
from bot.sync.reading import stored_record, unreadable
from bot.sync.records import CustomerIn, ItemIn, VendorIn
from bot.sync.resolve import Ready

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
    damaged = _not_readable(services, records)
    bad = frozenset(record.id for record, _ in damaged)
    good = [record for record in records if record.id not in bad]
    table = _table_of(services, company_id, good)
    with services.sessions.read() as session:
        decided = _decide(session, table, good)
    return Decided(table, [*damaged, *decided], bad)


def _not_readable(services: Services, records: Sequence[Record]) -> list[tuple[Record, Held]]:
    """Hold what is stored in a form this version cannot use; the others go on."""
    found = [(record, reason) for record in records if (reason := unreadable(record.payload))]
    if not found:
        return []
    log.error("stored records cannot be read", records=[record.id for record, _ in found])
    with services.sessions.read() as session:
        return [(record, Held((unreadable_cause(session, record, why),))) for record, why in found]


def _table_of(services: Services, company_id: int, records: list[Record]) -> lookup.Lookup:
    """Read what the records refer to; what the mirror has never seen is read from QuickBooks."""
    numbers = custom_numbers(services, company_id)

    def read() -> lookup.Lookup:
        with services.sessions.read() as session:
            company = session.get_one(Company, company_id)
            return lookup.load_lookup(
                session,
                services.settings,
                company,
                records,
                custom_numbers=numbers,
                now=services.clock.now(),
            )

    table = read()
    unseen = lookup.unseen(table)
    for entity, qbo_id in unseen:
        mirror.refresh(services, company_id, entity, qbo_id)
    return read() if unseen else table


def _decide(
    session: Session, table: lookup.Lookup, records: Sequence[Record]
) -> list[tuple[Record, Decision]]:
    """Resolve each record; a list record is looked for before it is created.

    Of records that are alike only the first goes in one batch, so that the next look sees it.
    """
    decided: list[tuple[Record, Decision]] = []
    taken: set[str] = set()
    for record in records:
        model = stored_record(record.payload)
        decision: Decision = resolve.resolve(table, record, model)
        if isinstance(decision, Ready) and isinstance(model, CustomerIn | VendorIn | ItemIn):
            keys = twins.likeness_keys(model)
            if keys & taken:
                continue
            taken |= keys
            decision = _looked_up(session, table, record, model, decision)
        decided.append((record, decision))
    return decided


def _looked_up(
    session: Session,
    table: lookup.Lookup,
    record: Record,
    model: CustomerIn | VendorIn | ItemIn,
    ready: Ready,
) -> Ready | Held | Posted:
    look = twins.Look(table.company, table.settings, table.source(record))
    own = twins.own_earlier(session, look, record, ready.payload)
    if own is not None:
        return Posted(ready.entity, own.qbo_id, own.data, how="matched")
    cause = twins.cause_of(session, look, record, model)
    return Held((cause,)) if cause is not None else ready


def hold_doubles(services: Services, company_id: int, decided: Decided) -> Decided:
    """Hold what is in QuickBooks already: handed over before, entered by hand, a vendor's bill.

    Posting would double it. Of those of one batch that may be one only the first is decided, and
    none goes while it is not known what became of another one that may be it. What bears our own
    mark there was posted before. Raises QuickBooksFault.
    """
    decided, looked = _look_for_ours(services, company_id, decided)
    told = looked.told
    sales = [one for one in _postings(decided, RecordType.INVOICE) if one.record.id not in told]
    numbered = _postings(decided, RecordType.BILL, RecordType.VENDOR_CREDIT)
    bills = [one for one in numbered if one.record.id not in told]
    first = bill_numbers.first_of_each(bills)
    later = looked.later | {one.record.id or 0 for one in bills if one.record.id not in first}
    bills = [one for one in bills if one.record.id in first]
    waits = bill_numbers.unsettled(services, company_id, bills) if bills else {}
    bills = [one for one in bills if one.record.id not in waits]
    causes: dict[int, Cause] = dict(looked.causes)
    if sales:
        causes |= doubles.entered_already(services, company_id, sales)
    if bills:
        causes |= bill_numbers.entered_already(services, company_id, bills)
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
) -> tuple[Decided, already.Looked]:
    """Link what bears our own mark; of the rest, what the books hold under another id."""
    postings = _postings(decided)
    with services.sessions.read() as session:
        own: dict[int, MirrorRow] = already.own(session, company_id, postings)
    each: list[tuple[Record, Decision]] = [
        (record, Posted(row.entity, row.qbo_id, dict(row.data), how="matched"))
        if (row := own.get(record.id or 0)) is not None
        else (record, decision)
        for record, decision in decided.each
    ]
    decided = replace(decided, each=each)
    return decided, already.look(services, company_id, _postings(decided))


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


def _postings(decided: Decided, *kinds: RecordType) -> list[doubles.Posting]:
    """The documents that are ready, of these kinds or of all."""
    return [
        already.posting_of(record, decision.entity, decision.payload)
        for record, decision in decided.each
        if isinstance(decision, Ready) and (record.type in (kinds or DOCUMENTS))
    ]
