"""A fix that QuickBooks cannot be reached for: it waits, ends with what is true, and goes on later.

Once every step is done only posting is left, which needs nobody: the same run goes on when the way
to QuickBooks is open again, and its green tells of whoever began it.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import update
from sqlmodel import Session, col, select

from bot import audit, incidents, jobs
from bot.domain import RecordState, RetryClass
from bot.fixes.model import UNDO
from bot.models import FixRun, FixStep, Incident
from bot.quickbooks import QuickBooksFault
from bot.render import plural
from bot.render.words import stopped
from bot.services import Services
from bot.sync.trouble import note_company_trouble
from bot.work.ending import fail, only_let_go
from bot.work.fix_job import FixJob

log = structlog.get_logger(__name__)
_KEY = "interrupted"


def unreachable(job: FixJob, fault: QuickBooksFault) -> None:
    """QuickBooks cannot be reached: the run stays as it is, and the sweep tries it again.

    A dead permission ends it, and so does an outage that lasts.
    """
    log.warning("a fix waits for QuickBooks", run=job.run_id, code=fault.code)
    note_company_trouble(job.services, job.run.company_id, fault)
    if fault.retry_class in (RetryClass.AUTH, RetryClass.NEEDS_PERSON):
        _stop(job, fault.message, "")
    else:
        wait_or_give_up(job, fault.message)


def wait_or_give_up(job: FixJob, why: str) -> None:
    """Wait for QuickBooks, but not longer than an outage may last in silence."""
    now = job.services.clock.now()
    since = job.run.outcome.get("unreachable_since")
    if since is None:
        job.note(unreachable_since=now.isoformat())
        return
    limit = timedelta(seconds=job.services.settings.LASTING_OUTAGE_SECONDS)
    if now - datetime.fromisoformat(str(since)) >= limit:
        why = why.rstrip(". ")
        _stop(
            job,
            f"QuickBooks has not answered for a while ({why}).",
            "Press the button again later.",
        )


def _stop(job: FixJob, why: str, next_step: str) -> None:
    """End the run for now: what is in QuickBooks, and who has to do what about the rest."""
    with job.services.sessions.read() as session:
        if not _only_posting_is_left(session, job.run):
            fail(job, f"{why} {next_step}".strip())
            return
    job = job.note(**{_KEY: True})
    documents = [row for row in job.records() if row.amount is not None]
    posted = sum(1 for row in documents if row.state is RecordState.POSTED)
    left = sum(1 for row in documents if row.state is RecordState.WAITING)
    said = f"{posted} of {plural(len(documents), 'document')} in QuickBooks." if documents else ""
    if documents and not posted and only_let_go(job):
        fail(job, f"Tried again: {_first_sentence(why)} {next_step}".strip())
        return
    if left:
        said += f" The other {left} {'follows' if left == 1 else 'follow'} by itself after that."
        said = said if left == 1 else said.replace("by itself", "by themselves")
    fail(job, f"{why} {said}".strip())


def _first_sentence(why: str) -> str:
    """What QuickBooks said, without the rest of it: Details has the whole."""
    return stopped(why.split(". ")[0])


def _only_posting_is_left(session: Session, run: FixRun) -> bool:
    steps = session.exec(select(FixStep.state).where(FixStep.run_id == run.id)).all()
    return run.fix != UNDO and bool(run.approved_by) and all(state == "done" for state in steps)


def of(session: Session, incident: Incident) -> FixRun | None:
    """Return the fix of an alert that was stopped on its way and goes on by itself, if any."""
    run = session.exec(
        select(FixRun)
        .where(FixRun.incident_id == incident.id, col(FixRun.approved_at).is_not(None))
        .order_by(col(FixRun.id).desc())
    ).first()
    waits = run is not None and run.state == "failed" and bool(run.outcome.get(_KEY))
    return run if waits else None


def resume(services: Services, incident: Incident, run: FixRun) -> None:
    """Go on with it as if nothing had happened in between, in the name of whoever began it."""
    now = services.clock.now()
    incident_id, run_id = incident.id or 0, run.id or 0
    kept = {
        name: value
        for name, value in run.outcome.items()
        if name not in (_KEY, "unreachable_since", "stumbles", "lines")
    }
    with services.sessions.write() as session:
        begun = incidents.begin_work(
            session,
            incident_id,
            run.approved_by,
            now,
            run_id=run_id,
            asked_by=run.asked_by,
            began=run.approved_at,
        )
        if not begun:
            return
        session.exec(
            update(FixRun)
            .where(col(FixRun.id) == run_id)
            .values(state="replaying", finished_at=None, outcome=kept)
        )
        audit.append(
            session,
            at=now,
            actor="",
            action=f"fix.{run.fix}.resumed",
            subject=f"incident:{incident_id}",
            company_id=incident.company_id,
            data={"run": run_id, "approved_by": run.approved_by},
        )
    incidents.nudge(services, incident_id)
    jobs.work_on_fix(services.queue, incident.company_id, run_id)
