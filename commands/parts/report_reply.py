"""Answers an error that another app posted in a watched channel: in its thread, once per cause."""

from datetime import timedelta

import structlog
from sqlalchemy import update
from sqlmodel import col, select

from bot import forwarded
from bot.dispatch.reply import Reply, line, strong
from bot.domain import Payload, RetryClass
from bot.forwarded import answering
from bot.models import Company, Forwarded
from bot.services import Services
from bot.slack import SlackFault
from commands.parts import explaining, which_alert

log = structlog.get_logger(__name__)

# An answer later than this helps nobody any more; the alert is there.
LATE = timedelta(minutes=30)
EVENT_TYPE = "qb_answer"
# Slack's clock may be so far from ours.
_CLOCK_SLACK = timedelta(minutes=5)


def reply(services: Services, arg: str) -> None:
    """Answer one report; never twice, and only the first of its cause. Safe to run again."""
    with services.sessions.read() as session:
        row = session.get(Forwarded, int(arg))
    now = services.clock.now()
    if row is None or not answering.waits(row, now):
        return
    if now - row.received_at > LATE or not _is_first(services, row):
        _move(services, row, "never")
        return
    begun = row.answer == "posting"
    # Claimed before it is posted: an answer whose fate is not known is looked for first.
    if not _move(services, row, "posting"):
        return
    try:
        if not begun or not _is_there(services, row):
            _post(services, row)
    except SlackFault as fault:
        log.warning("report not answered", report=row.id, reason=fault.message)
        if begun or fault.outcome_unknown:
            return
        again = fault.retry_class in (RetryClass.TRANSIENT, RetryClass.THROTTLED)
        _move(services, row, "due" if again else "never")
        return
    _move(services, row, "done")


def _is_first(services: Services, row: Forwarded) -> bool:
    """Whether no earlier one of its cause, which still stands, is answered in that channel."""
    with services.sessions.read() as session:
        first = session.exec(
            select(Forwarded.id)
            .where(Forwarded.company_id == row.company_id, Forwarded.channel_id == row.channel_id)
            .where(Forwarded.problem == row.problem, Forwarded.subject == row.subject)
            .where(col(Forwarded.answer).in_(("due", "posting", "done")))
            .where(col(Forwarded.settled_at).is_(None))
            .order_by(col(Forwarded.id))
        ).first()
    return row.settled_at is not None or first == row.id


def _move(services: Services, row: Forwarded, answer: str) -> bool:
    """Go on from where the row stood; False when another worker was first."""
    at = services.clock.now() if answer == "posting" else None
    with services.sessions.write() as session:
        done = session.exec(
            update(Forwarded)
            .where(col(Forwarded.id) == row.id, col(Forwarded.answer) == row.answer)
            .where(col(Forwarded.answering_at) == row.answering_at)
            .values(answer=answer, answering_at=at)
        )
    row.answer, row.answering_at = answer, at
    return done.rowcount == 1


def _identity(row: Forwarded) -> Payload:
    return {"report": row.id, "cause": f"{row.problem} {row.subject}"}


def _is_there(services: Services, row: Forwarded) -> bool:
    """Whether the answer that somebody began to post stands in the thread. Raises SlackFault."""
    since = row.received_at - _CLOCK_SLACK
    found = services.slack.find_message(row.channel_id, _identity(row), since, row.message_ts)
    return found is not None


def _post(services: Services, row: Forwarded) -> None:
    said = words(services, row)
    metadata = {"event_type": EVENT_TYPE, "event_payload": _identity(row)}
    services.slack.post(row.channel_id, said.text, said.blocks, metadata, row.message_ts)


def words(services: Services, row: Forwarded) -> Reply:
    """What it is, what it is about, what to do, and the alert with its buttons."""
    if row.settled_at is not None:
        name = str(row.facts.get("name") or "The record")
        said = line(
            strong(name),
            f" is active in QuickBooks now. Let {row.tool} try again: it may go through.",
        )
        return Reply((said,))
    incident = which_alert.of_cause(services, row.company_id, row.problem, row.subject)
    if incident is None:
        with services.sessions.read() as session:
            company = session.get_one(Company, row.company_id)
        facts = {**forwarded.finding(company, row).facts, "explained": True}
        return Reply(tuple(explaining.of_report(services, row.problem, facts)))
    parts = explaining.of_report(services, incident.problem, incident.facts)
    parts += which_alert.row_of(services, incident, which_alert.fix_buttons(services, incident))
    return Reply(tuple(parts))
