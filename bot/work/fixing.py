"""The job that carries an approved fix to its end: apply → verify → replay → green."""

from dataclasses import dataclass, replace

import structlog
from sqlalchemy import update
from sqlmodel import col, select

from bot import incidents, jobs
from bot.checkup import Check, run_check
from bot.db.leases import Held, company_lease
from bot.domain import Payload, RecordState, RetryClass, Scope
from bot.fixes import apply, codec
from bot.fixes.registry import fix_named
from bot.models import Company, FixRun, Incident, Record
from bot.quickbooks import QuickBooksFault
from bot.services import Services
from bot.sync import push
from bot.sync.totals import totals
from bot.work.words import money_line

log = structlog.get_logger(__name__)

SLICE_RECORDS = 30
SLICE_SECONDS = 5.0


@dataclass(frozen=True)
class Job:
    """A fix being worked on, under the company's lease."""

    services: Services
    run: FixRun
    incident: Incident
    held: Held
    checks: tuple[Check, ...]


def run_fix(services: Services, run_id: int, checks: tuple[Check, ...]) -> None:
    """Go on with a fix until it is done, failed, or this slice is over.

    Every state is a row, so a second call (a redelivered job, a restart) goes on where the first
    one stopped. Raises CompanyBusy when another worker holds the company.
    """
    with services.sessions.read() as session:
        run = session.get(FixRun, run_id)
    if run is None or run.state not in ("approved", "applying", "verifying", "replaying"):
        return
    with company_lease(services.sessions, services.clock, run.company_id, services.holder) as held:
        with services.sessions.read() as session:
            run = session.get_one(FixRun, run_id)
            incident = session.get_one(Incident, run.incident_id)
        job = Job(services, run, incident, held, checks)
        try:
            _advance(job)
        except QuickBooksFault as fault:
            _unreachable(job, fault)
        except apply.StillUnknown:
            log.warning("a fix waits for QuickBooks", run=run_id)


def _advance(job: Job) -> None:
    if job.run.state in ("approved", "applying"):
        job = _set_state(job, "applying")
        try:
            for step in apply.open_steps(job.services, job.run.id or 0):
                apply.do_step(job.services, job.run, step, job.held)
                _tell(job, f"{step.words} ✔")
        except apply.StepFailed as failed:
            _fail(job, failed.message)
            return
        job = _set_state(job, "verifying")
    if job.run.state == "verifying":
        wrong = fix_named(job.run.fix).verify(job.services, job.incident, _plan(job))
        wrong = wrong or _still_found(job)
        if wrong:
            _fail(job, wrong)
            return
        job = _set_state(job, "replaying")
    _replay(job)


def _plan(job: Job) -> codec.Plan:
    return codec.from_json(job.run.plan)


def _set_state(job: Job, state: str) -> Job:
    with job.services.sessions.write() as session:
        session.exec(update(FixRun).where(col(FixRun.id) == job.run.id).values(state=state))
        run = session.get_one(FixRun, job.run.id, populate_existing=True)
    return replace(job, run=run)


def _still_found(job: Job) -> str:
    """Run the failing check again for this subject only."""
    check = next((c for c in job.checks if c.name == job.incident.check_name), None)
    if check is None:
        return ""
    report = run_check(
        job.services, job.run.company_id, check, Scope(frozenset({job.incident.subject}))
    )
    if not report.completed:
        return "The check could not be run again, so nothing is called fixed yet."
    if any(found.problem == job.incident.problem for found in report.findings):
        return "The check still finds the same problem."
    return ""


def _replay(job: Job) -> None:
    """Post what the cause had blocked, in slices, in dependency order."""
    ids = _records(job)
    posted, left = apply.posted_of(job.services, ids)
    waiting = [row for row in left if row.state is RecordState.WAITING]
    if waiting:
        report = push.push_slice(
            job.services,
            job.run.company_id,
            job.held,
            limit=SLICE_RECORDS,
            seconds=SLICE_SECONDS,
            only={row.id or 0 for row in waiting},
        )
        if report.stopped is not None:
            raise report.stopped
        if report.posted or report.held:
            posted, _ = apply.posted_of(job.services, ids)
            documents = [row for row in posted if row.amount is not None]
            incidents.progress(
                job.services,
                job.run.incident_id,
                len(documents),
                _documents(job, ids),
                "posting documents",
            )
            jobs.work_on_fix(job.services.queue, job.run.company_id, job.run.id or 0)
            return
    _finish(job, ids)


def _documents(job: Job, ids: list[int]) -> int:
    with job.services.sessions.read() as session:
        rows = session.exec(select(Record).where(col(Record.id).in_(ids))).all()
    return sum(1 for row in rows if row.amount is not None)


def _records(job: Job) -> list[int]:
    if job.run.outcome.get("records") is not None:
        return [int(row) for row in job.run.outcome["records"]]
    return apply.released_records(job.services, job.run.id or 0)


def _finish(job: Job, ids: list[int]) -> None:
    """Say who, what and how much, from what is true now; turn the message green or partly."""
    posted, left = apply.posted_of(job.services, ids)
    with job.services.sessions.read() as session:
        company = session.get_one(Company, job.run.company_id)
    report = _still_held(job)
    done_documents = [row for row in posted if row.amount is not None]
    open_documents = [row for row in left if row.amount is not None]
    lines = []
    if done_documents or open_documents:
        total = len(done_documents) + len(open_documents)
        lines.append(
            f"{len(done_documents)} of {total} in QuickBooks, "
            f"{money_line(totals(done_documents), company.currency)}"
        )
    if open_documents and not report:
        one = len(open_documents) == 1
        lines.append(
            f"{len(open_documents)} {'is' if one else 'are'} held by another problem, "
            "with an alert of its own"
        )
    if report:
        lines.append(report)
    state = "failed" if report else "done"
    _close(job, state, {"lines": lines, "posted": len(done_documents)})
    incidents.finish(
        job.services,
        job.run.incident_id,
        by=job.run.approved_by,
        lines=lines,
        resolved=not report,
    )
    _look_again(job)


def _still_held(job: Job) -> str:
    """Whether posting ran into the very same cause again."""
    found = _still_found(job)
    return f"{found} Posting ran into it again." if found else ""


def _fail(job: Job, sentence: str) -> None:
    done = any(step.state == "done" for step in _all_steps(job))
    _close(job, "failed", {"lines": [sentence]})
    told = sentence if done else f"{sentence} Nothing was changed."
    incidents.finish(
        job.services,
        job.run.incident_id,
        by=job.run.approved_by,
        lines=[told],
        resolved=False,
    )
    _look_again(job)


def _all_steps(job: Job) -> list[apply.FixStep]:
    with job.services.sessions.read() as session:
        return list(session.exec(select(apply.FixStep).where(apply.FixStep.run_id == job.run.id)))


def _close(job: Job, state: str, outcome: Payload) -> None:
    now = job.services.clock.now()
    with job.services.sessions.write() as session:
        run = session.get_one(FixRun, job.run.id, populate_existing=True)
        run.state, run.finished_at = state, now
        run.outcome = dict(run.outcome) | outcome
        session.add(run)


def _tell(job: Job, text: str) -> None:
    with job.services.sessions.write() as session:
        incidents.say(
            session, job.run.incident_id, job.run.approved_by, text, job.services.clock.now()
        )
    incidents.nudge(job.services, job.run.incident_id)


def _look_again(job: Job) -> None:
    for check in job.checks:
        jobs.run_check(job.services.queue, job.run.company_id, check.name)
    jobs.sync_company(job.services.queue, job.run.company_id)


def _unreachable(job: Job, fault: QuickBooksFault) -> None:
    """QuickBooks cannot be reached: the run stays as it is and is tried again by the sweep.

    Only a dead permission ends it: the alert goes back to what it was, and the connection's own
    alert takes over.
    """
    log.warning("a fix waits for QuickBooks", run=job.run.id, code=fault.code)
    if fault.retry_class in (RetryClass.AUTH, RetryClass.NEEDS_PERSON):
        _fail(job, f"QuickBooks could not be reached: {fault.message}")
        jobs.run_check(job.services.queue, job.run.company_id, "connection")
