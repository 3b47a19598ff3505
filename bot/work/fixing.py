"""The job that carries an approved fix to its end: apply → verify → replay → green."""

from sqlmodel import col, select

from bot import incidents, jobs
from bot.checkup import Check
from bot.db.leases import company_lease
from bot.domain import IncidentState, RecordState
from bot.fixes import apply, codec
from bot.fixes.model import BUSY_STATES, Action
from bot.fixes.registry import fix_named
from bot.models import FixRun, Incident, Record
from bot.quickbooks import QuickBooksFault
from bot.services import Services
from bot.sync import push
from bot.work import ending
from bot.work.checking import still_found
from bot.work.fix_job import FixJob

# A slice is short, so that another person's press on this company never waits long.
SLICE_RECORDS = 30
SLICE_SECONDS = 5.0


def run_fix(services: Services, run_id: int, checks: tuple[Check, ...]) -> None:
    """Go on with a fix until it is done, failed, or this slice is over.

    Every state is a row, so a second call (a redelivered job, a restart) goes on where the first
    one stopped. Raises CompanyBusy when another worker holds the company.
    """
    with services.sessions.read() as session:
        run = session.get(FixRun, run_id)
    if run is None or run.state not in BUSY_STATES:
        return
    with company_lease(services.sessions, services.clock, run.company_id, services.holder) as held:
        with services.sessions.read() as session:
            run = session.get_one(FixRun, run_id)
            incident = session.get_one(Incident, run.incident_id)
        job = FixJob(services, run, incident, held, checks)
        if incident.state is not IncidentState.WORKING:
            # A crash came between the end of the story and the end of the run.
            resolved = incident.state is IncidentState.RESOLVED
            job.close("done" if resolved else "failed", {})
            return
        try:
            _advance(job)
        except QuickBooksFault as fault:
            ending.unreachable(job, fault)
        except apply.StillUnknown as unknown:
            ending.give_up_in_time(job, unknown.message)


def _advance(job: FixJob) -> None:
    if job.run.state in ("approved", "applying"):
        job = job.in_state("applying")
        try:
            for step in apply.open_steps(job.services, job.run_id):
                apply.do_step(job.services, job.run, step, job.held)
                if step.action != Action.RELEASE:  # posting tells that by itself
                    job.tell(f"{step.words} ✔")
        except apply.StepFailed as failed:
            ending.fail(job, failed.message)
            return
        job = job.in_state("verifying")
    if job.run.state == "verifying":
        plan = codec.from_json(job.run.plan)
        wrong = fix_named(job.run.fix).verify(job.services, job.incident, plan)
        wrong = wrong or still_found(job.services, job.incident, job.checks)
        if wrong:
            ending.fail(job, wrong)
            return
        job = job.in_state("replaying")
    _replay(job)


def _replay(job: FixJob) -> None:
    """Post what the cause had blocked, in slices, in dependency order."""
    ids = job.records()
    _, left = apply.posted_of(job.services, ids)
    waiting = {row.id or 0 for row in left if row.state is RecordState.WAITING}
    if waiting:
        report = push.push_slice(
            job.services,
            job.run.company_id,
            job.held,
            limit=SLICE_RECORDS,
            seconds=SLICE_SECONDS,
            only=waiting,
        )
        if report.stopped is not None:
            raise report.stopped
        if report.posted or report.held:
            _tell_progress(job, ids)
            jobs.work_on_fix(job.services.queue, job.run.company_id, job.run_id)
            return
    ending.finish(job, ids)


def _tell_progress(job: FixJob, ids: list[int]) -> None:
    with job.services.sessions.read() as session:
        rows = session.exec(select(Record).where(col(Record.id).in_(ids))).all()
    documents = [row for row in rows if row.amount is not None]
    posted = sum(1 for row in documents if row.state is RecordState.POSTED)
    incidents.progress(
        job.services, job.run.incident_id, posted, len(documents), "posting documents"
    )
