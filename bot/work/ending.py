"""How a fix ends: green, partly, or as before; always in words, never left WORKING."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import update
from sqlmodel import Session, col

from bot import incidents, jobs
from bot.domain import IncidentState, RecordState, RetryClass, Waiting
from bot.fixes import alone, undo
from bot.fixes.model import UNDO
from bot.models import FixRun, Record
from bot.quickbooks import QuickBooksFault
from bot.render import listed, money, plural
from bot.slack import SlackFault, blocks
from bot.sync.totals import totals
from bot.sync.trouble import note_company_trouble
from bot.work.checking import still_found
from bot.work.fix_job import FixJob
from bot.work.read_back import differences

log = structlog.get_logger(__name__)


def finish(job: FixJob) -> None:
    """Read the posted documents back, then say who, what and how much, from what is true now."""
    if job.run.fix == UNDO:
        _undone(job)
        return
    others = [row for row in job.others() if row.amount is not None]
    documents = [row for row in job.records() if row.amount is not None]
    documents += [row for row in others if row.state is not RecordState.HELD]
    posted = [row for row in documents if row.state is RecordState.POSTED]
    differing = differences(job, posted)
    still = still_found(job.services, job.incident, job.checks)
    lines = _lines(documents, posted)
    lines += _held(job, documents, "of them", "of them")
    lines += _held(job, others, *(("more", "more") if documents else ("document", "documents")))
    lines += differing
    if still:
        lines.append(f"{still} Posting ran into it again.")
    _end(job, lines, resolved=not still and not differing, posted=len(posted))


def _undone(job: FixJob) -> None:
    """Say that it is taken back; the check brings the trouble back on the same message."""
    words = [step.words for step in job.steps()]
    _end(job, [f"Undone: {listed(words)}"], resolved=True, undone=True)


def _lines(documents: list[Record], posted: list[Record]) -> list[str]:
    if not documents:
        return []
    count = f"{len(posted)} of {len(documents)} in QuickBooks"
    lines = [", ".join([count, *_sums(totals(posted))])]
    waiting = sum(1 for row in documents if row.state is RecordState.WAITING)
    if waiting:
        verb = "waits" if waiting == 1 else "wait"
        lines.append(f"{waiting} {verb} for a record that has not come yet, and follow by itself")
    return lines


def _held(job: FixJob, rows: list[Record], one: str, many: str) -> list[str]:
    """Say what is not posted because of another alert, and name that one."""
    held = [row for row in rows if row.state is RecordState.HELD]
    own = (job.incident.problem, job.incident.subject)
    with job.services.sessions.read() as session:
        share = alone.split(session, held, own)
    if not share.others:
        return []
    named = alone.titles(job.services, job.run.company_id, share.causes)
    count = len(share.others)
    verb = "waits" if count == 1 else "wait"
    return [f"{plural(count, one, many)} {verb} for another alert too: {listed(named)}"]


def _sums(posted: Waiting) -> list[str]:
    """Sales and payments are never one sum, nor are currencies (accounting.md rule 18)."""
    sums = []
    if posted.sales_count:
        sums.append(f"sales {money(dict(posted.sales_amount))}")
    if posted.cash_count:
        sums.append(f"payments {money(dict(posted.cash_amount))}")
    if posted.purchase_count:
        sums.append(f"purchases {money(dict(posted.purchase_amount))}")
    return sums


def fail(job: FixJob, sentence: str) -> None:
    """End without success: what was done stays told, what was not, and what is not known."""
    doubtful = job.doubtful_step()
    done = any(step.state == "done" for step in job.steps())
    if doubtful is not None:
        told = (
            f"{sentence} It is not known whether QuickBooks did this: {doubtful.words}. "
            "The next press looks first."
        )
    elif done:
        told = sentence
    else:
        told = f"{sentence} Nothing was changed."
    _end(job, [told], resolved=False, changed=done or doubtful is not None)


def _end(
    job: FixJob,
    lines: list[str],
    *,
    resolved: bool,
    changed: bool = True,
    posted: int = 0,
    undone: bool = False,
) -> None:
    """End the incident's work and the run in one transaction; then the window and the checks."""
    state = "done" if resolved else "failed"

    def close(session: Session) -> None:
        job.close(session, state, lines)
        if undone:
            session.exec(
                update(FixRun).where(col(FixRun.id) == job.run.undoes_id).values(state="undone")
            )

    incidents.finish(
        job.services,
        job.run.incident_id,
        by=job.run.approved_by,
        lines=lines,
        resolved=resolved,
        changed=changed,
        posted=posted,
        undoable=not undone and _can_undo(job),
        undone=undone,
        also=close,
    )
    _fill_window(job, lines, resolved=resolved)
    for check in job.checks:
        jobs.run_check(job.services.queue, job.run.company_id, check.name)
    jobs.sync_company(job.services.queue, job.run.company_id)


def _can_undo(job: FixJob) -> bool:
    """Whether this run, or for a failed undo the run it was about, left anything to take back."""
    if not job.run.approved_by:
        return False
    run_id = job.run.undoes_id if job.run.fix == UNDO else job.run_id
    with job.services.sessions.read() as session:
        return undo.is_reversible(session, run_id or 0)


def abandon(job: FixJob) -> None:
    """Close a run whose incident has gone on without it."""
    resolved = job.incident.state is IncidentState.RESOLVED
    with job.services.sessions.write() as session:
        job.close(session, "done" if resolved else "failed", [])


def _fill_window(job: FixJob, lines: list[str], *, resolved: bool) -> None:
    """Say the end in the window too, where the person still has it open."""
    if not job.run.view_id:
        return
    title = "Done" if resolved else "Not finished"
    shown = [blocks.rich_text(blocks.line(blocks.words(told))) for told in lines or ["Done."]]
    try:
        job.services.slack.update_view(
            job.run.view_id, blocks.modal(title=title, blocks=shown, close="Close")
        )
    except SlackFault as fault:
        log.warning("window not filled", run=job.run_id, reason=fault.message)


def unreachable(job: FixJob, fault: QuickBooksFault) -> None:
    """QuickBooks cannot be reached: the run stays as it is, and the sweep tries it again.

    A dead permission ends it, and so does an outage that lasts.
    """
    log.warning("a fix waits for QuickBooks", run=job.run_id, code=fault.code)
    note_company_trouble(job.services, job.run.company_id, fault)
    if fault.retry_class in (RetryClass.AUTH, RetryClass.NEEDS_PERSON):
        fail(job, f"QuickBooks could not be reached: {fault.message}")
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
        fail(job, f"QuickBooks has not answered for a while ({why}). Press the button again later.")
