"""Answers an error that another app posted in a watched channel: in its thread, once per cause."""

from datetime import timedelta

import structlog
from sqlalchemy import update
from sqlmodel import col, select

from bot import forwarded
from bot.dispatch.reply import Reply, line, strong
from bot.domain import RetryClass
from bot.models import Company, Forwarded
from bot.services import Services
from bot.slack import SlackFault
from commands.parts import explaining, which_alert

log = structlog.get_logger(__name__)

# An answer later than this helps nobody any more; the alert is there.
LATE = timedelta(minutes=30)


def reply(services: Services, arg: str) -> None:
    """Answer one report; never twice, and only the first of its cause. Safe to run again."""
    with services.sessions.read() as session:
        row = session.get(Forwarded, int(arg))
    if row is None or row.answer != "due" or row.state != "read":
        return
    late = services.clock.now() - row.received_at > LATE
    if late or not _is_first(services, row):
        _mark(services, row, "due", "never")
        return
    # Claimed before it is posted: an answer whose fate is not known is not given twice.
    if _mark(services, row, "due", "posting"):
        _post(services, row)


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


def _mark(services: Services, row: Forwarded, before: str, after: str) -> bool:
    with services.sessions.write() as session:
        done = session.exec(
            update(Forwarded)
            .where(col(Forwarded.id) == row.id, col(Forwarded.answer) == before)
            .values(answer=after)
        )
    return done.rowcount == 1


def _post(services: Services, row: Forwarded) -> None:
    said = words(services, row)
    try:
        services.slack.post(row.channel_id, said.text, said.blocks, thread_ts=row.message_ts)
    except SlackFault as fault:
        log.warning("report not answered", report=row.id, reason=fault.message)
        if fault.outcome_unknown:
            return
        again = fault.retry_class in (RetryClass.TRANSIENT, RetryClass.THROTTLED)
        _mark(services, row, "posting", "due" if again else "never")
        return
    _mark(services, row, "posting", "done")


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
