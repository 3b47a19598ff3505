"""How a fix ends: green, partly, or as before; always in words, never left WORKING."""

from datetime import timedelta

import structlog

from bot import incidents, jobs
from bot.domain import RetryClass, Waiting
from bot.fixes import apply
from bot.models import Record
from bot.quickbooks import QuickBooksFault
from bot.render import money
from bot.slack import SlackFault, blocks
from bot.sync.totals import totals
from bot.work.checking import still_found
from bot.work.fix_job import FixJob

log = structlog.get_logger(__name__)


def finish(job: FixJob, record_ids: list[int]) -> None:
    """Say who, what and how much, from what is true now; turn the message green or partly."""
    posted, left = apply.posted_of(job.services, record_ids)
    still = still_found(job.services, job.incident, job.checks)
    lines = _lines(posted, left, still)
    documents = sum(1 for row in posted if row.amount is not None)
    _end(job, lines, resolved=not still, posted=documents)


def _lines(posted: list[Record], left: list[Record], still: str) -> list[str]:
    done = [row for row in posted if row.amount is not None]
    rest = [row for row in left if row.amount is not None]
    lines = []
    if done or rest:
        count = f"{len(done)} of {len(done) + len(rest)} in QuickBooks"
        lines.append(", ".join([count, *_sums(totals(done))]))
    if rest and not still:
        verb = "waits" if len(rest) == 1 else "wait"
        lines.append(f"{len(rest)} {verb} for another cause, with an alert of its own")
    if still:
        lines.append(f"{still} Posting ran into it again.")
    return lines


def _sums(posted: Waiting) -> list[str]:
    """Sales and payments are never one sum, nor are currencies (accounting.md rule 18)."""
    sums = []
    if posted.sales_count:
        sums.append(f"sales {money(dict(posted.sales_amount))}")
    if posted.cash_count:
        sums.append(f"payments {money(dict(posted.cash_amount))}")
    return sums


def fail(job: FixJob, sentence: str) -> None:
    """End without success: what was done stays told, what was not is said."""
    changed = job.has_done_something()
    told = sentence if changed else f"{sentence} Nothing was changed."
    _end(job, [told], resolved=False, changed=changed)


def _end(
    job: FixJob, lines: list[str], *, resolved: bool, changed: bool = True, posted: int = 0
) -> None:
    """The message first, the run last: a crash in between finds the run again and closes it."""
    incidents.finish(
        job.services,
        job.run.incident_id,
        by=job.run.approved_by,
        lines=lines,
        resolved=resolved,
        changed=changed,
        posted=posted,
    )
    _fill_window(job, lines, resolved=resolved)
    job.close("done" if resolved else "failed", {"lines": lines})
    for check in job.checks:
        jobs.run_check(job.services.queue, job.run.company_id, check.name)
    jobs.sync_company(job.services.queue, job.run.company_id)


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
    if fault.retry_class in (RetryClass.AUTH, RetryClass.NEEDS_PERSON):
        fail(job, f"QuickBooks could not be reached: {fault.message}")
    else:
        give_up_in_time(job, fault.message)


def give_up_in_time(job: FixJob, why: str) -> None:
    """End a run that has been waiting for QuickBooks longer than an outage may last in silence."""
    since = job.run.approved_at or job.run.created_at
    limit = timedelta(seconds=job.services.settings.LASTING_OUTAGE_SECONDS)
    if job.services.clock.now() - since >= limit:
        fail(job, f"QuickBooks has not answered for a while ({why}). Press the button again later.")
