"""Who takes an alert, and until when it is put off. It can always be fixed meanwhile."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session, col, select

from bot import audit
from bot.domain import IncidentState
from bot.errors import BadInput
from bot.incidents.rows import about, bump, nudge
from bot.models import Delivery, Incident
from bot.services import Services
from bot.slack import SlackFault, blocks

log = structlog.get_logger(__name__)

# Nothing is put off for longer: what nobody wants to see is no snooze, it is no problem.
LONGEST = timedelta(days=92)
SETTLED = "This is settled already; there is nothing to put off or to take."


@dataclass(frozen=True)
class Claimed:
    """What became of a claim: `before` had it until now, "" if nobody had."""

    by: str
    before: str


def claim(services: Services, incident_id: int, user_id: str) -> Claimed:
    """Take an alert, take it over, or give it back if this person has it. Raises BadInput."""
    now = services.clock.now()
    with services.sessions.write() as session:
        row = _unsettled(session, incident_id)
        before = row.claimed_by
        row.claimed_by = "" if before == user_id else user_id
        words = "gave it back" if not row.claimed_by else "took it over" if before else "took it"
        _note(session, row, user_id, "claimed", words, now)
        by = row.claimed_by
    nudge(services, incident_id)
    return Claimed(by, before)


def snooze(
    services: Services, incident_id: int, user_id: str, until: datetime, reason: str = ""
) -> None:
    """Put an alert off until a moment; then its thread reminds. Raises BadInput.

    The message stays and its buttons work; the time has to lie ahead and has an end.
    """
    now = services.clock.now()
    if until <= now:
        msg = "That time is over already. Say a time that lies ahead."
        raise BadInput(msg)
    if until - now > LONGEST:
        msg = "An alert is put off for three months at most. Say an earlier end."
        raise BadInput(msg)
    with services.sessions.write() as session:
        row = _unsettled(session, incident_id)
        row.snoozed_until = until
        why = f": {reason.strip()}" if reason.strip() else ""
        _note(session, row, user_id, "snoozed", f"put it off{why}", now)
        row.story = {
            **row.story,
            "snoozed_by": user_id,
            "said": {"by": user_id, "at": now.isoformat(), "text": f"put it off{why}"},
        }
        session.add(row)
    nudge(services, incident_id)


def wake(services: Services, incident_id: int, user_id: str) -> None:
    """End a snooze before its time. Raises BadInput when it is settled."""
    now = services.clock.now()
    with services.sessions.write() as session:
        row = _unsettled(session, incident_id)
        row.snoozed_until = None
        row.story = {**row.story, "said": None}
        _note(session, row, user_id, "woken", "woke it", now)
    nudge(services, incident_id)


def wake_due(services: Services) -> None:
    """End the snoozes whose time has come; the thread of each reminds who put it off, once."""
    now = services.clock.now()
    due = (col(Incident.snoozed_until) <= now, col(Incident.state) != IncidentState.RESOLVED)
    with services.sessions.read() as session:
        ids = session.exec(select(Incident.id).where(*due)).all()
    for incident_id in ids:
        _wake_one(services, incident_id or 0, now)


def _wake_one(services: Services, incident_id: int, now: datetime) -> None:
    with services.sessions.write() as session:
        row = session.get_one(Incident, incident_id)
        if row.snoozed_until is None or row.snoozed_until > now:
            return
        by = row.claimed_by or str(row.story.get("snoozed_by") or "")
        row.snoozed_until = None
        row.story = {**row.story, "said": None}
        _note(session, row, "", "woken", "the time it was put off for is over", now)
        delivery = session.exec(select(Delivery).where(about(session, incident_id))).first()
    nudge(services, incident_id)
    if delivery is None or not delivery.ts:
        return
    text = "This was put off until now, and it is still open."
    who = [blocks.person(by), blocks.words(": ")] if by else []
    shown = [blocks.rich_text(blocks.line(*who, blocks.words(text)))]
    try:
        services.slack.post(delivery.channel_id, text, shown, thread_ts=delivery.ts)
    except SlackFault as fault:
        log.warning("nobody reminded", incident=incident_id, reason=fault.message)


def _unsettled(session: Session, incident_id: int) -> Incident:
    row = session.get(Incident, incident_id)
    if row is None or row.state is IncidentState.RESOLVED:
        raise BadInput(SETTLED)
    return row


def _note(session: Session, row: Incident, by: str, action: str, words: str, now: datetime) -> None:
    """Write the change into the story and the record, and want the message anew."""
    session.add(row)
    session.flush()
    audit.append(
        session,
        at=now,
        actor=by,
        action=f"alert.{action}",
        subject=f"incident:{row.id}",
        company_id=row.company_id,
        data={"words": words, "until": row.snoozed_until and row.snoozed_until.isoformat()},
    )
    bump(session, row.id or 0, now)
