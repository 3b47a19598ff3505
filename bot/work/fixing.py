"""The job that carries an approved fix to its end: apply → verify → replay → read back → green."""

from bot import incidents, jobs
from bot.checkup import Check
from bot.db.leases import company_lease
from bot.domain import IncidentState, RecordState
from bot.fixes import apply, codec, conflict
from bot.fixes.model import BUSY_STATES, UNDO, Action
from bot.fixes.registry import fix_named
from bot.models import FixRun, Incident
from bot.quickbooks import QuickBooksFault
from bot.services import Services
from bot.sync import push
from bot.work import ending, interrupted
from bot.work.fix_job import FixJob
from bot.work.looking_again import still_found

# A slice is short, so that another person's press on this company never waits long.
SLICE_RECORDS = 30
SLICE_SECONDS = 5.0
# A run that fails for a reason of our own is given up after this many turns.
MOST_STUMBLES = 5


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
        if run.state not in BUSY_STATES:
            return
        if not _is_at_work(job):
            ending.abandon(job)
            return
        stumbles = int(run.outcome.get("stumbles") or 0)
        if stumbles >= MOST_STUMBLES:
            ending.fail(job, "The bot stumbled over an error of its own; it is in its log.")
            return
        job = job.note(stumbles=stumbles + 1)
        try:
            _advance(job)
        except QuickBooksFault as fault:
            interrupted.unreachable(job, fault)
        except apply.StillUnknown as unknown:
            interrupted.wait_or_give_up(job, unknown.message)
        # Only what raises something unforeseen leaves its stumble standing.
        _forget_stumble(job)


def _is_at_work(job: FixJob) -> bool:
    """Whether the incident is WORKING for this very run."""
    own = job.incident.story.get("run") in (None, 0, job.run_id)
    return job.incident.state is IncidentState.WORKING and own


def _forget_stumble(job: FixJob) -> None:
    with job.services.sessions.read() as session:
        run = session.get_one(FixRun, job.run_id)
    if run.state in BUSY_STATES:
        job.note(stumbles=None)


def _advance(job: FixJob) -> None:
    if job.run.state in ("approved", "applying"):
        job = job.in_state("applying")
        try:
            for step in apply.open_steps(job.services, job.run_id):
                job.keep_lease()
                apply.do_step(job.services, job.run, step, job.held)
                if step.action != Action.RELEASE:  # posting tells that by itself
                    job.tell(f"{step.words} ✔")
        except apply.StepFailed as failed:
            ending.fail(job, failed.message)
            return
        job = job.in_state("verifying")
    job.keep_lease()
    if job.run.state == "verifying":
        plan = codec.from_json(job.run.plan)
        wrong = fix_named(job.run.fix).verify(job.services, job.incident, plan)
        wrong = wrong or conflict.why_not_kept(job.services, job.incident, plan)
        if job.run.fix != UNDO:  # what is undone is meant to be found again
            wrong = wrong or still_found(job.services, job.incident, job.checks)
        if wrong:
            ending.fail(job, wrong)
            return
        job = job.in_state("replaying")
    _replay(job)


def _replay(job: FixJob) -> None:
    """Post what the cause had blocked, in slices, in dependency order."""
    # What waited for another alert too is free by now if that one was settled meanwhile.
    # What an undo let wait is decided about at once: the next preview is of what is true then.
    known = [*job.records(), *job.others(), *job.taken_back()]
    waiting = {row.id or 0 for row in known if row.state is RecordState.WAITING}
    if not waiting:
        ending.finish(job)
        return
    report = push.push_slice(
        job.services,
        job.run.company_id,
        job.held,
        limit=SLICE_RECORDS,
        seconds=SLICE_SECONDS,
        only=waiting,
    )
    if report.posted or report.held:
        job = job.note(unreachable_since=None)
        _tell_progress(job)
    if report.stopped is not None:
        raise report.stopped
    if report.waiting:
        jobs.work_on_fix(job.services.queue, job.run.company_id, job.run_id)
        return
    doubtful = [row_id for row_id in waiting if _is_doubtful(job, row_id)]
    if doubtful:
        msg = "QuickBooks has not said yet what became of a document"
        raise apply.StillUnknown(msg)
    ending.finish(job)


def _is_doubtful(job: FixJob, record_id: int | None) -> bool:
    return apply.has_open_write(job.services, record_id or 0)


def _tell_progress(job: FixJob) -> None:
    documents = [row for row in job.records() if row.amount is not None]
    posted = sum(1 for row in documents if row.state is RecordState.POSTED)
    incidents.progress(
        job.services, job.run.incident_id, posted, len(documents), "posting documents"
    )
