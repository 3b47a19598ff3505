"""The rows behind a message: which version is wanted, and when it may go."""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import Session, col, func, select

from bot import jobs
from bot.domain import DOCUMENTS, IncidentState
from bot.models import Delivery, Flood, Hold, Incident, Record, Storm
from bot.services import Services

# A story is read on a phone: the oldest lines go first.
STORY_LINES = 30
# A message that must not go for now (its incident is paused and was never posted).
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def bump(session: Session, incident_id: int, not_before: datetime | None) -> None:
    """Want a newer version of the message, from `not_before` on (None: when it is due anyway).

    The message is the incident's own, and that of the storm it belongs to.
    """
    values: dict[str, object] = {"wanted": Delivery.wanted + 1}
    if not_before is not None:
        values["not_before"] = not_before
    session.exec(update(Delivery).where(col(Delivery.incident_id) == incident_id).values(**values))
    storm_id = storm_of(session, incident_id)
    if storm_id is not None:
        _settle(session, storm_id)
        bump_storm(session, storm_id, not_before)
    flood = flood_with(session, incident_id)
    if flood is not None:
        _settle_flood(session, flood)
        # Its first post waits for the alerts', and its edits for the pause between two.
        bump_table(session, col(Delivery.flood_id) == flood.id, None)


def bump_storm(session: Session, storm_id: int, not_before: datetime | None) -> None:
    """Want a newer version of a storm's message."""
    bump_table(session, col(Delivery.storm_id) == storm_id, not_before)


def bump_table(session: Session, which: ColumnElement[bool], not_before: datetime | None) -> None:
    """Want a newer version of a message that tells of many.

    Before its first post the time only comes nearer: a steady flow of new incidents must not
    push it away for ever.
    """
    row = session.exec(select(Delivery).where(which)).first()
    if row is None:
        return
    row.wanted += 1
    if not_before is not None:
        row.not_before = not_before if _is_out(row) else min(row.not_before, not_before)
    session.add(row)
    session.flush()


def hold_back(session: Session, incident_id: int) -> None:
    """Keep an unposted message from being posted until somebody bumps it.

    The version counts up: a post that is on its way just now finds out and is edited. A storm
    that is paused as a whole finds that out itself.
    """
    session.exec(
        update(Delivery)
        .where(col(Delivery.incident_id) == incident_id, col(Delivery.ts).is_(None))
        .values(wanted=Delivery.wanted + 1, not_before=NEVER)
    )
    storm_id = storm_of(session, incident_id)
    if storm_id is not None:
        bump_storm(session, storm_id, None)


def is_posted(session: Session, incident_id: int) -> bool:
    """Say whether Slack has, or may have, the message."""
    row = session.exec(select(Delivery).where(about(session, incident_id))).first()
    return row is not None and _is_out(row)


def about(session: Session, incident_id: int) -> ColumnElement[bool]:
    """The condition that finds the message of an incident: its own, or its storm's."""
    own = col(Delivery.incident_id) == incident_id
    storm_id = storm_of(session, incident_id)
    return own if storm_id is None else or_(own, col(Delivery.storm_id) == storm_id)


def storm_of(session: Session, incident_id: int) -> int | None:
    """The storm an incident belongs to."""
    return session.exec(select(Incident.storm_id).where(Incident.id == incident_id)).first()


def let_go(row: Incident) -> None:
    """What is settled belongs to nobody, waits for nobody, and is not put off."""
    row.paused_by_id, row.claimed_by, row.snoozed_until = None, "", None


def nudge(services: Services, incident_id: int) -> None:
    """Ask for the message of an incident to be sent or edited, if a newer version is wanted."""
    with services.sessions.read() as session:
        delivery = session.exec(
            select(Delivery).where(
                about(session, incident_id), col(Delivery.wanted) > col(Delivery.sent)
            )
        ).first()
    if delivery is not None and delivery.id is not None:
        # An edit does not queue up behind first posts, which Slack takes one a second.
        jobs.deliver(services.queue, delivery.id, urgent=delivery.ts is not None)


def _is_out(row: Delivery) -> bool:
    return row.ts is not None or row.state != "idle"


def _settle(session: Session, storm_id: int) -> None:
    """A storm is over when its last incident is; one that comes back opens it again."""
    still_open, last = session.exec(
        select(
            func.count().filter(col(Incident.state) != IncidentState.RESOLVED),
            func.max(Incident.resolved_at),
        ).where(Incident.storm_id == storm_id)
    ).one()
    storm = session.get_one(Storm, storm_id)
    if still_open and storm.resolved_at is not None and _another(session, storm):
        return  # at most one storm of a problem is open; this one's message still says the truth
    storm.resolved_at = None if still_open else last
    session.add(storm)
    session.flush()


def flood_with(session: Session, incident_id: int) -> Flood | None:
    """The newest flood of the company, if this incident is one of its causes."""
    flood = session.exec(
        select(Flood)
        .join(Incident, col(Incident.company_id) == col(Flood.company_id))
        .where(Incident.id == incident_id)
        .order_by(col(Flood.id).desc())
    ).first()
    return flood if flood is not None and incident_id in flood.incident_ids else None


def leave_flood(session: Session, incident_id: int) -> None:
    """Take an incident out of its flood: what an undo brings back is no part of it any more."""
    flood = flood_with(session, incident_id)
    left = [one for one in flood.incident_ids if one != incident_id] if flood is not None else []
    if flood is None or not left:
        return
    flood.incident_ids = left
    _settle_flood(session, flood)
    bump_table(session, col(Delivery.flood_id) == flood.id, None)


def _settle_flood(session: Session, flood: Flood) -> None:
    """A flood is over when less is left than makes one; what comes back as one opens it again."""
    of_it = col(Incident.id).in_(flood.incident_ids)
    still_open, working, last = session.exec(
        select(
            func.count().filter(col(Incident.state) != IncidentState.RESOLVED),
            func.count().filter(col(Incident.state) == IncidentState.WORKING),
            func.max(Incident.resolved_at),
        ).where(of_it)
    ).one()
    enough = _held_for(session, of_it) >= flood.threshold
    begun = flood.resolved_at is None
    goes_on = (enough or bool(working)) if begun else (enough and still_open > 1)
    flood.resolved_at = None if goes_on else flood.resolved_at or last or flood.last_at
    session.add(flood)
    session.flush()


def _held_for(session: Session, which: ColumnElement[bool]) -> int:
    """How many documents wait for the unsettled ones of these incidents."""
    same = (
        (col(Incident.company_id) == col(Hold.company_id))
        & (col(Incident.problem) == col(Hold.problem))
        & (col(Incident.subject) == col(Hold.subject))
    )
    return session.exec(
        select(func.count(func.distinct(col(Hold.record_id))))
        .join(Incident, same)
        .join(Record, col(Record.id) == col(Hold.record_id))
        .where(which, col(Incident.state) != IncidentState.RESOLVED)
        .where(col(Record.type).in_(DOCUMENTS))
    ).one()


def _another(session: Session, storm: Storm) -> bool:
    """Whether another storm of the problem is open."""
    found = session.exec(
        select(Storm.id).where(
            Storm.company_id == storm.company_id,
            Storm.problem == storm.problem,
            col(Storm.resolved_at).is_(None),
        )
    ).first()
    return found is not None
