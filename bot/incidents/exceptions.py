"""What a person said is no problem: for a reason, until an end; it can be taken back before."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bot import audit, jobs
from bot.domain import ENTITY, Finding, IncidentState, JsonValue, RecordState
from bot.errors import BadInput
from bot.incidents.rows import bump, let_go, nudge
from bot.models import Exemption, Incident, Record
from bot.services import Services
from bot.sync import holds, pairs, second_facts

# Longer than a year nobody remembers why: it is asked again then.
LONGEST = timedelta(days=366)
SHORTEST_REASON = 3
_PAIR = "twice_in_books"
_GONE = "This is settled already; there is nothing to make an exception of."
_BUSY = "A fix works on this just now. Wait until the alert says how it ended."
_NOT_HERE = "This cannot be set aside: what it holds back would never get into QuickBooks."


def make(
    services: Services, incident_id: int, by: str, reason: str, until: datetime
) -> tuple[Exemption, int]:
    """Say that an alert is no problem until a moment; what it held goes on to QuickBooks.

    The alert ends with the reason. Its record is told apart from what it looked like, so nothing
    holds it for that again. Gives the exception and how many records go on. Raises BadInput.
    """
    now = services.clock.now()
    if len(reason.strip()) < SHORTEST_REASON:
        msg = "Say in a few words why it is no problem."
        raise BadInput(msg)
    if not now < until <= now + LONGEST:
        msg = "Say an end that is still to come, a year ahead at most."
        raise BadInput(msg)
    with services.sessions.write() as session:
        row = session.get(Incident, incident_id)
        if row is None or row.state is IncidentState.RESOLVED:
            raise BadInput(_GONE)
        if row.state is IncidentState.WORKING:
            raise BadInput(_BUSY)
        refuse_where_it_cannot_be(services, row)
        record = _record(session, row)
        made = Exemption(
            company_id=row.company_id,
            problem=row.problem,
            subject=row.subject,
            incident_id=incident_id,
            record_id=record.id if record is not None else None,
            words=services.render.title(row.problem, row.facts),
            reason=reason.strip(),
            by=by,
            created_at=now,
            until=until,
        )
        freed = _set_free(session, row, record, made)
        session.add(made)
        session.flush()
        _settle(session, row, made, freed, now)
        _note(session, made, by, "set aside", f"no problem: {made.reason}", now)
        session.flush()
        session.expunge(made)
    nudge(services, incident_id)
    jobs.sync_company(services.queue, made.company_id)
    return made, freed


def refuse_where_it_cannot_be(services: Services, row: Incident) -> None:
    """Raise BadInput with the reason and what to do instead, where no exception helps."""
    if not services.knowledge.problem(row.problem).exception:
        raise BadInput(_NOT_HERE)
    ours = _card(row.facts.get("ours")).get("name")
    for twin in _twins(row):
        if ours and second_facts.same_written(str(ours), str(twin.get("name") or "")):
            msg = (
                f"QuickBooks takes a name only once, and {ours} is in use. "
                "Press “Different people…”: it proposes a name that tells the two apart."
                if row.problem == "same_party"
                else f"QuickBooks takes a name only once, and {ours} is in use. Rename one of the "
                "two, in the source or in QuickBooks; the alert then settles by itself."
            )
            raise BadInput(msg)


def take_back(services: Services, incident_id: int, by: str) -> Exemption:
    """End an exception before its time; what is still there is told again. Raises BadInput."""
    now = services.clock.now()
    with services.sessions.write() as session:
        found = standing_of(session, incident_id)
        if found is None:
            msg = "That exception has ended already."
            raise BadInput(msg)
        _end(session, found, by, "took the exception back", now)
        session.expunge(found)
    _look_again(services, found)
    return found


def end_due(services: Services) -> None:
    """End the exceptions whose time is over; what is still there comes back as a new alert."""
    now = services.clock.now()
    with services.sessions.read() as session:
        due = session.exec(
            select(Exemption.incident_id)
            .where(col(Exemption.ended_at).is_(None), col(Exemption.until) <= now)
            .order_by(col(Exemption.id))
        ).all()
    for incident_id in due:
        with services.sessions.write() as session:
            found = standing_of(session, incident_id)
            if found is None:
                continue
            _end(session, found, "", "the time of the exception is over", now)
            session.expunge(found)
        _look_again(services, found)


def standing(session: Session, company_ids: Collection[int]) -> Sequence[Exemption]:
    """The exceptions that are in force at these companies, the oldest first."""
    return session.exec(
        select(Exemption)
        .where(col(Exemption.company_id).in_(list(company_ids)))
        .where(col(Exemption.ended_at).is_(None))
        .order_by(col(Exemption.id))
    ).all()


def standing_of(session: Session, incident_id: int) -> Exemption | None:
    """The exception in force that was made from this alert."""
    return session.exec(
        select(Exemption)
        .where(Exemption.incident_id == incident_id, col(Exemption.ended_at).is_(None))
        .order_by(col(Exemption.id).desc())
    ).first()


def not_excepted(
    services: Services, company_id: int, findings: Iterable[Finding]
) -> tuple[Finding, ...]:
    """Leave out what somebody said is no problem.

    Never what keeps a record from being posted: then QuickBooks refused it all the same, and no
    document disappears in silence.
    """
    found = tuple(findings)
    if not found:
        return ()
    with services.sessions.read() as session:
        rows = standing(session, (company_id,))
        if not rows:
            return found
        keys = {(row.problem, row.subject) for row in rows}
        apart = _told_apart(session, rows)
        return tuple(
            finding
            for finding in found
            if not (
                (finding.problem, finding.subject) in keys
                or (finding.problem == _PAIR and frozenset(pairs.ids(finding.subject)) in apart)
            )
            or _holds_back(session, finding.record_ids)
        )


def _told_apart(session: Session, rows: Iterable[Exemption]) -> set[frozenset[str]]:
    """The pairs of QuickBooks records that are two: ours, once it is posted, and each other."""
    found: set[frozenset[str]] = set()
    for row in rows:
        record = session.get(Record, row.record_id) if row.record_id else None
        if record is not None and record.qbo_id:
            entity = ENTITY[record.type]
            found |= {frozenset((entity, record.qbo_id, other)) for other in row.others}
    return found


def _holds_back(session: Session, record_ids: Sequence[int]) -> bool:
    if not record_ids:
        return False
    rows = session.exec(
        select(Record.id)
        .where(col(Record.id).in_(record_ids[:500]))
        .where(col(Record.state).in_((RecordState.HELD, RecordState.WAITING)))
        .limit(1)
    )
    return rows.first() is not None


def _record(session: Session, row: Incident) -> Record | None:
    """The outbox record the alert is about, while it is not posted."""
    record_id = row.facts.get("record_id")
    record = session.get(Record, int(record_id)) if record_id else None
    return None if record is None or record.state is RecordState.POSTED else record


def _twins(row: Incident) -> list[dict[str, JsonValue]]:
    given = row.facts.get("twins")
    cards = given if isinstance(given, list) and given else [row.facts.get("theirs")]
    return [_card(one) for one in cards if _card(one).get("qbo_id")]


def _card(given: JsonValue) -> dict[str, JsonValue]:
    return given if isinstance(given, dict) else {}


def _set_free(session: Session, row: Incident, record: Record | None, made: Exemption) -> int:
    """Tell the record apart from the others and let go what waited; the count of those."""
    if record is not None:
        others = [str(one["qbo_id"]) for one in _twins(row)]
        made.others = [one for one in others if one not in record.told_apart]
        record.told_apart = [*record.told_apart, *made.others]
        record.not_before, record.attempts = None, 0
        session.add(record)
        session.flush()
    # What was found of a document that is posted stays known, for when this ends.
    return len(holds.release_waiting(session, row.company_id, row.problem, row.subject))


def _settle(session: Session, row: Incident, made: Exemption, freed: int, now: datetime) -> None:
    row.state, row.resolved_at = IncidentState.RESOLVED, now
    let_go(row)
    row.story = {
        **row.story,
        "progress": None,
        "ask": None,
        "said": None,
        "undone": None,
        "outcome": {"by": made.by, "at": now.isoformat(), "lines": [f"no problem: {made.reason}"]},
        "exempt": {
            "by": made.by,
            "at": now.isoformat(),
            "reason": made.reason,
            "until": made.until.isoformat(),
            "freed": freed,
        },
    }
    session.add(row)
    session.flush()
    bump(session, row.id or 0, now)


def _end(session: Session, found: Exemption, by: str, words: str, now: datetime) -> None:
    found.ended_at, found.ended_by = now, by
    session.add(found)
    record = session.get(Record, found.record_id) if found.record_id else None
    if record is not None:
        # Posted or not: what looks like one again is told again.
        record.told_apart = [one for one in record.told_apart if one not in found.others]
        session.add(record)
    row = session.get_one(Incident, found.incident_id)
    exempt = row.story.get("exempt")
    if row.state is IncidentState.RESOLVED and isinstance(exempt, dict):
        ended = {"by": by, "at": now.isoformat()}
        row.story = {**row.story, "exempt": {**exempt, "ended": ended}}
        session.add(row)
    _note(session, found, by, "exception ended", words, now)
    session.flush()
    bump(session, found.incident_id, now)
    session.flush()


def _look_again(services: Services, found: Exemption) -> None:
    nudge(services, found.incident_id)
    jobs.sync_company(services.queue, found.company_id)
    with services.sessions.read() as session:
        check = session.get_one(Incident, found.incident_id).check_name
    jobs.run_check(services.queue, found.company_id, check)


def _note(
    session: Session, found: Exemption, by: str, action: str, words: str, now: datetime
) -> None:
    audit.append(
        session,
        at=now,
        actor=by,
        action=f"alert.{action.replace(' ', '_')}",
        subject=f"incident:{found.incident_id}",
        company_id=found.company_id,
        data={
            "words": words,
            "problem": found.problem,
            "subject": found.subject,
            "until": found.until.isoformat(),
        },
    )
