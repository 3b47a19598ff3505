"""What becomes of the records that wait, foreseen from the mirror alone: nothing is posted or held.

The mirror may be minutes old; before anything is held it is read again.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from bot.domain import ENTITY, Payload, RecordState
from bot.models import Company, Record, Source
from bot.services import Services
from bot.sync import periods
from bot.sync.answers import unreadable_cause
from bot.sync.causes import Cause, Held, Later, distinct, own_cause
from bot.sync.lookup import Lookup, load_lookup
from bot.sync.preflight import known, rules
from bot.sync.preflight.before import foreseen
from bot.sync.preflight.model import Certainty, Posting, Verdict
from bot.sync.preflight.periods import CLOSED
from bot.sync.reading import stored_record, unreadable
from bot.sync.records import CustomerIn, ItemIn, VendorIn
from bot.sync.resolve import Ready, resolve
from bot.sync.totals import waiting_facts
from bot.sync.twins import holding

MOST_LOOKED_AT = 5000
_AT_ONCE = 200
# What the bot finds missing in the mirror and QuickBooks would refuse as well.
_REFUSED = frozenset(
    {
        "account_unusable",
        "currency_differs",
        "inactive_record",
        "missing_record",
        "missing_required_field",
    }
)
_ORDER = (Certainty.WILL, Certainty.OURS, Certainty.MAY)
Said = list[tuple[Certainty, Cause]]


@dataclass(frozen=True)
class Group:
    """Records with one reason; `facts` are what its alert would be headed with."""

    certainty: Certainty
    problem: str
    subject: str
    facts: Payload
    records: tuple[Record, ...]


@dataclass(frozen=True)
class Outlook:
    """What was looked at: how many go, how many wait for others, and why the rest does not go."""

    looked_at: int
    go: int
    later: int
    groups: tuple[Group, ...]
    more: bool = False


def outlook(services: Services, company_id: int) -> Outlook:
    """Foresee what becomes of everything that waits at a company; asks QuickBooks nothing."""
    said: dict[int, Said] = {}
    with services.sessions.read() as session:
        company = session.get_one(Company, company_id)
        records = _waiting(session, company_id)
        more = len(records) > MOST_LOOKED_AT
        records = records[:MOST_LOOKED_AT]
        later = 0
        for start in range(0, len(records), _AT_ONCE):
            found = _foreseen(services, session, company, records[start : start + _AT_ONCE])
            later += sum(one is None for one in found.values())
            said |= {record_id: one for record_id, one in found.items() if one}
        groups = _grouped(session, company, records, said)
    return Outlook(len(records), len(records) - later - len(_stopped(said)), later, groups, more)


def stopped(
    services: Services, company_id: int, records: Sequence[Record]
) -> dict[int, tuple[Cause, ...]]:
    """Why those of these records that would not go now would not, by id.

    What only waits for another record is not among them. The mirror alone is looked at; of very
    many records the first `MOST_LOOKED_AT` are.
    """
    said: dict[int, Said | None] = {}
    with services.sessions.read() as session:
        company = session.get_one(Company, company_id)
        for start in range(0, min(len(records), MOST_LOOKED_AT), _AT_ONCE):
            said |= _foreseen(services, session, company, records[start : start + _AT_ONCE])
    sure = {
        record_id: tuple(cause for certainty, cause in one if certainty is not Certainty.MAY)
        for record_id, one in said.items()
        if one
    }
    return {record_id: causes for record_id, causes in sure.items() if causes}


def refusals(services: Services, record: Record, payload: Payload) -> tuple[Cause, ...]:
    """Why a document would not be taken if it were posted with this payload now.

    Empty where nothing known speaks against it. The mirror alone is looked at.
    """
    with services.sessions.read() as session:
        company = session.get_one(Company, record.company_id)
        why = unreadable(record.payload)
        if why:
            return (unreadable_cause(session, record, why),)
        table = _table(services, session, company, [record])
        decision = resolve(table, record, stored_record(record.payload))
        if isinstance(decision, Held):
            return decision.causes
        posting = Posting(record, ENTITY[record.type], payload)
        seen = known.load(session, table, [posting])
        sure = (one for one in rules.verdicts(seen, posting) if one.certainty is Certainty.WILL)
        return distinct([_cause(services, table, record, one) for one in sure])


def _stopped(said: Mapping[int, Said]) -> list[int]:
    return [key for key, one in said.items() if any(sure is not Certainty.MAY for sure, _ in one)]


def _waiting(session: Session, company_id: int) -> list[Record]:
    return list(
        session.exec(
            select(Record)
            .where(Record.company_id == company_id, Record.state == RecordState.WAITING)
            .order_by(col(Record.tier), col(Record.id))
            .limit(MOST_LOOKED_AT + 1)
        )
    )


def _foreseen(
    services: Services, session: Session, company: Company, records: Sequence[Record]
) -> dict[int, Said | None]:
    """What is said of each; None for one that waits for another record."""
    found: dict[int, Said | None] = {}
    readable = []
    for record in records:
        why = unreadable(record.payload)
        if why:
            found[record.id or 0] = [(Certainty.OURS, unreadable_cause(session, record, why))]
        else:
            readable.append(record)
    table = _table(services, session, company, readable)
    postings: list[Posting] = []
    for record in readable:
        decision = resolve(table, record, stored_record(record.payload))
        if isinstance(decision, Ready):
            postings.append(Posting(record, decision.entity, decision.payload))
        elif isinstance(decision, Later):
            found[record.id or 0] = None
        elif isinstance(decision, Held):
            found[record.id or 0] = [(_certainty(one), one) for one in decision.causes]
    seen = known.load(session, table, postings)
    for one in postings:
        verdicts = rules.verdicts(seen, one)
        found[one.record.id or 0] = list(_told(services, session, table, one, verdicts))
    return found


def _table(
    services: Services, session: Session, company: Company, records: Sequence[Record]
) -> Lookup:
    now = services.clock.now()
    return load_lookup(session, services.settings, company, records, now=now)


def _certainty(cause: Cause) -> Certainty:
    missing = cause.facts.get("missing")
    if isinstance(missing, list) and set(missing) == {"email"}:
        return Certainty.OURS
    return Certainty.WILL if cause.problem in _REFUSED else Certainty.OURS


def _told(
    services: Services,
    session: Session,
    table: Lookup,
    posting: Posting,
    verdicts: Sequence[Verdict],
) -> Iterator[tuple[Certainty, Cause]]:
    record = posting.record
    twin = _twin(session, table, record)
    sure = any(one.code == "6240" and one.certainty is Certainty.WILL for one in verdicts)
    if twin is not None:
        yield (Certainty.WILL if sure else Certainty.OURS), twin
    for one in verdicts:
        if one.code != "6240" or twin is None:
            yield one.certainty, _cause(services, table, record, one)


def _twin(session: Session, table: Lookup, record: Record) -> Cause | None:
    model = stored_record(record.payload)
    if not isinstance(model, CustomerIn | VendorIn | ItemIn):
        return None
    look = holding.Look(table.company, table.settings, table.source(record))
    return holding.cause_of(session, look, record, model)


def _cause(services: Services, table: Lookup, record: Record, verdict: Verdict) -> Cause:
    if verdict.cause is not None:
        return verdict.cause
    cause = foreseen(services, table.source(record), record, verdict)
    if verdict.code != CLOSED:
        return cause
    return own_cause(
        cause.problem, record, table.source(record), periods.facts_of(table.company, record)
    )


def _grouped(
    session: Session, company: Company, records: Sequence[Record], said: Mapping[int, Said]
) -> tuple[Group, ...]:
    rows = session.exec(select(Source).where(Source.company_id == company.id))
    sources = {row.id or 0: row.name for row in rows}
    by_id = {record.id or 0: record for record in records}
    groups: dict[tuple[Certainty, str, str], list[Record]] = defaultdict(list)
    facts: dict[tuple[Certainty, str, str], Payload] = {}
    for record_id, causes in said.items():
        for sure, cause in causes:
            key = (sure, cause.problem, cause.subject)
            groups[key].append(by_id[record_id])
            facts.setdefault(key, dict(cause.facts))
    return tuple(
        Group(*key, {**facts[key], **waiting_facts(company, sources, found, None)}, tuple(found))
        for key, found in sorted(
            groups.items(), key=lambda one: (_ORDER.index(one[0][0]), -len(one[1]))
        )
    )
