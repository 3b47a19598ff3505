"""Records that could not be posted, ours or another tool's: one finding per root cause.

With the money that waits on it, and with what other tools reported of it (bot.forwarded).
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from sqlmodel import Session, col, func, select

from bot import forwarded
from bot.checkup import Check
from bot.domain import Finding, Payload, RecordState, Scope
from bot.models import Company, Hold, Record, Source
from bot.services import Services
from bot.sync import facts_now, rounding, staying
from bot.sync.already import adopted
from bot.sync.totals import totals, waiting_facts

# At most this many subjects are named in one query.
_AT_ONCE = 500


def run(services: Services, company: Company, scope: Scope) -> Iterator[Finding]:
    """Group the holds by problem and root subject; then what only other tools reported.

    `alone` counts the documents that wait for this cause and no other one, and that no person is
    asked about after it.
    """
    with services.sessions.read() as session:
        holds = _holds(session, company, scope)
        reported = forwarded.standing(session, services, company, scope)
        records = _records(session, company, {hold.record_id for hold in holds})
        shared = _shared(session, set(records))
        asked = adopted.found_otherwise(session, list(records.values()))
        rows = session.exec(select(Source).where(Source.company_id == company.id))
        sources = {row.id or 0: row.name for row in rows}
    for (problem, subject), group in groupby(holds, key=lambda hold: (hold.problem, hold.subject)):
        found = list(group)
        waiting = [records[hold.record_id] for hold in found if hold.record_id in records]
        if waiting:
            facts = _facts(company, sources, found, waiting)
            later = frozenset() if problem in adopted.ASKED_AS else asked
            facts["alone"] = _alone(waiting, shared | later)
            facts |= _also_reported(reported.pop((problem, subject), {}))
            identities = tuple(record.id or 0 for record in waiting)
            yield _finding(services, company, problem, subject, facts, identities)
    for (problem, subject), facts in reported.items():
        yield _finding(services, company, problem, subject, facts)


def _finding(
    services: Services,
    company: Company,
    problem: str,
    subject: str,
    facts: Payload,
    record_ids: tuple[int, ...] = (),
) -> Finding:
    with services.sessions.read() as session:
        facts = facts_now.enriched(session, services.settings, company, problem, facts)
    return Finding(problem, subject, facts, record_ids)


def _also_reported(facts: Payload) -> Payload:
    """What is said of it where another tool reported the same cause."""
    return {"reported": facts["reported"]} if facts else {}


def _alone(waiting: list[Record], shared: set[int]) -> int:
    unposted = [row for row in waiting if row.state is not RecordState.POSTED]
    return totals(staying.parted(unposted, lambda row: row.id in shared)[0]).documents


def _facts(
    company: Company, sources: dict[int, str], holds: list[Hold], waiting: list[Record]
) -> Payload:
    """The root's own facts, and over them what waits in all."""
    root = min(holds, key=lambda hold: (hold.cause_record_id is not None, hold.since, hold.id))
    since = min(hold.since for hold in holds)
    return {**root.facts, **waiting_facts(company, sources, waiting, since)}


def _shared(session: Session, record_ids: set[int]) -> set[int]:
    """The records that wait for more than one cause."""
    identities = sorted(record_ids)
    found: set[int] = set()
    for at in range(0, len(identities), _AT_ONCE):
        rows = session.exec(
            select(Hold.record_id)
            .where(col(Hold.record_id).in_(identities[at : at + _AT_ONCE]))
            .group_by(col(Hold.record_id))
            .having(func.count() > 1)
        )
        found |= set(rows)
    return found


def _holds(session: Session, company: Company, scope: Scope) -> list[Hold]:
    statement = select(Hold).where(Hold.company_id == company.id)
    found: list[Hold] = []
    for part in _parts(scope):
        narrowed = statement if part is None else statement.where(col(Hold.subject).in_(part))
        # What the firm's rule for rounding is about to settle is no news (bot.sync.rounding_lines).
        found += [hold for hold in session.exec(narrowed) if not hold.facts.get(rounding.DUE)]
    return sorted(found, key=lambda hold: (hold.problem, hold.subject, hold.record_id))


def _parts(scope: Scope) -> Iterable[list[str] | None]:
    if scope.subjects is None:
        return [None]
    subjects = sorted(scope.subjects)
    return [subjects[at : at + _AT_ONCE] for at in range(0, len(subjects), _AT_ONCE)]


def _records(session: Session, company: Company, wanted: set[int]) -> dict[int, Record]:
    identities = sorted(wanted)
    found: dict[int, Record] = {}
    for at in range(0, len(identities), _AT_ONCE):
        rows = session.exec(
            select(Record)
            .where(Record.company_id == company.id)
            .where(col(Record.id).in_(identities[at : at + _AT_ONCE]))
        )
        found.update({row.id or 0: row for row in rows})
    return found


CHECK = Check(
    name="failed_records",
    run=run,
    triggered_by=frozenset({"Customer", "Vendor", "Item", "Account"}),
)
