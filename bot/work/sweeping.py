"""The sweep, at start and every minute: nudges whatever the rows say is unfinished."""

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col, select

from bot import incidents, jobs
from bot.domain import IncidentState, RecordState
from bot.fixes import asking
from bot.fixes.model import BUSY_STATES
from bot.fixes.registry import by_name
from bot.forwarded import answering
from bot.knowledge import follow
from bot.mirror import notices
from bot.models import (
    Click,
    CommandRun,
    FixRun,
    Forwarded,
    Incident,
    MirrorLoad,
    Record,
    SyncRun,
)
from bot.services import Services
from bot.sync.flow import pending
from bot.work import outgoing

# Slack lets a command be answered for 30 minutes; an older one cannot reach anybody.
COMMAND_MINUTES = 30


def sweep(services: Services) -> None:
    """Nudge unfinished fixes, clicks, commands, syncs and messages; expire old previews.

    The firm's own problem files are looked at again, too.
    """
    follow(services.settings.PROBLEMS_DIR, services.knowledge, services.render, by_name())
    _expire(services)
    with services.sessions.read() as session:
        fixes = session.exec(
            select(FixRun.id, FixRun.company_id).where(col(FixRun.state).in_(BUSY_STATES))
        ).all()
        clicks = session.exec(select(Click.id).where(Click.state == "new")).all()
        commands = session.exec(select(CommandRun.id).where(CommandRun.state == "new")).all()
        told = notices.companies_waiting(session, services.clock.now())
        reported = session.exec(
            select(Forwarded.company_id).where(Forwarded.state == "new").distinct()
        ).all()
        unanswered = answering.waiting(session, services.clock.now())
        waiting = {
            *session.exec(
                select(Record.company_id).where(col(Record.state) == RecordState.WAITING).distinct()
            ),
            *session.exec(select(SyncRun.company_id).where(SyncRun.state == "running")),
            *pending.companies(session, services.clock.now()),
            # A company whose first reading was interrupted goes on with it.
            *session.exec(
                select(MirrorLoad.company_id).where(col(MirrorLoad.finished_at).is_(None))
            ),
        }
    for run_id, company_id in fixes:
        jobs.work_on_fix(services.queue, company_id, run_id or 0)
    for click_id in clicks:
        jobs.handle_click(services.queue, click_id or 0)
    for command_id in commands:
        jobs.answer_command(services.queue, command_id or 0)
    for company_id in waiting:
        jobs.sync_company(services.queue, company_id)
    for company_id in reported:
        jobs.read_reports(services.queue, company_id)
    for report_id in unanswered:
        jobs.reply_to_report(services.queue, report_id)
    for company_id in told:
        jobs.heed_notices(services.queue, company_id)
    _free_orphans(services)
    asking.expire(services)
    incidents.wake_due(services)
    incidents.exceptions.end_due(services)
    incidents.sweep_deliveries(services)
    outgoing.tidy(services)


def _free_orphans(services: Services) -> None:
    """An incident is WORKING only while a fix run is at it; anything else goes back to OPEN."""
    with services.sessions.read() as session:
        busy = select(FixRun.incident_id).where(col(FixRun.state).in_(BUSY_STATES))
        orphans = session.exec(
            select(Incident.id).where(
                col(Incident.state) == IncidentState.WORKING, col(Incident.id).not_in(busy)
            )
        ).all()
    for incident_id in orphans:
        incidents.finish(
            services,
            incident_id or 0,
            by="",
            lines=["The work was interrupted before it began. Press the button again."],
            resolved=False,
            changed=False,
        )


def _expire(services: Services) -> None:
    now = services.clock.now()
    with services.sessions.write() as session:
        session.exec(
            update(FixRun)
            .where(col(FixRun.state) == "planned", col(FixRun.expires_at) < now)
            .values(state="expired")
        )
        session.exec(
            update(CommandRun)
            .where(
                col(CommandRun.state) == "new",
                col(CommandRun.created_at) < now - timedelta(minutes=COMMAND_MINUTES),
            )
            .values(state="expired")
        )
