"""How a fix ends: green, partly, or as before; always in words, never left WORKING."""

import structlog
from sqlalchemy import update
from sqlmodel import Session, col

from bot import incidents, jobs
from bot.domain import IncidentState, RecordState, Waiting
from bot.fixes import alone, codec, skip, undoable
from bot.fixes.model import UNDO, Action
from bot.fixes.registry import fix_named
from bot.forwarded import again
from bot.forwarded.offers import SETTLED
from bot.models import FixRun, Record
from bot.render import listed, money, plural
from bot.render.sums import sales
from bot.render.words import plural_of, stopped
from bot.slack import SlackFault, blocks
from bot.sync import links, waits
from bot.sync.totals import totals
from bot.work.fix_job import FixJob
from bot.work.looking_again import still_found
from bot.work.read_back import differences

log = structlog.get_logger(__name__)


def finish(job: FixJob) -> None:
    """Read the posted documents back, then say who, what and how much, from what is true now."""
    if job.run.fix == UNDO:
        _undone(job)
        return
    documents = [row for row in job.records() if row.amount is not None]
    promised = {row.id for row in documents}
    others = [row for row in job.others() if row.amount is not None and row.id not in promised]
    documents += [row for row in others if row.state is not RecordState.HELD]
    posted = [row for row in documents if row.state is RecordState.POSTED]
    differing = differences(job, posted)
    still = still_found(job.services, job.incident, job.checks)
    with job.services.sessions.read() as session:
        linked = links.only_linked(session, posted)
        behind = waits.behind_others(session, documents)
        to_try = _to_try(session, job)
    lines = [*_done(job), *_read_back(job, documents, always=bool(to_try or others))]
    lines += _lines(documents, posted, linked, behind)
    lines += _held(job, documents, now=True)
    lines += _held(job, others, more=bool(documents))
    lines += to_try
    lines += differing
    if still:
        lines.append(f"{still} Posting ran into it again.")
    written = len(posted) - len(linked)
    resolved = not still and not differing
    _end(
        job,
        lines,
        resolved=resolved,
        posted=written,
        linked=len(linked),
        elsewhere=only_let_go(job) and not posted and bool(others or _still_held(documents)),
        by_word=job.run.fix == SETTLED and not posted,
        left_out=job.run.fix == skip.FIX.name and not posted,
    )


def _done(job: FixJob) -> list[str]:
    """What the fix itself changed, where posting does not tell it."""
    said = fix_named(job.run.fix).done(codec.from_json(job.run.plan))
    return [said] if said else []


def _read_back(job: FixJob, documents: list[Record], *, always: bool) -> list[str]:
    """What was changed in QuickBooks where none of ours is posted: it was read again before this.

    `always`: another tool's trouble needed it, or what waits is kept by another alert.
    """
    if documents or not always or _done(job):
        return []
    words = [step.words for step in job.steps() if step.state == "done" and step.entity]
    return [f"{listed(words)}: QuickBooks shows it so"] if words else []


def _to_try(session: Session, job: FixJob) -> list[str]:
    """What is left to do where another tool met the trouble: the bot cannot post for it."""
    if job.run.fix == SETTLED:
        return []
    row = job.incident
    found = again.pending(session, row.company_id, row.problem, row.subject, job.run.created_at)
    return again.told(found, row.facts)


def only_let_go(job: FixJob) -> bool:
    """Whether the fix did no more than let go what waited: then posting alone shows its worth."""
    steps = job.steps()
    return bool(steps) and all(step.action == Action.RELEASE.value for step in steps)


def _still_held(documents: list[Record]) -> bool:
    return any(row.state is RecordState.HELD for row in documents)


def _undone(job: FixJob) -> None:
    """Say that it is taken back; the check brings the trouble back on the same message."""
    # Taken back from the last to the first; told as it was done, what is in the books first.
    words = [step.words for step in job.steps()][::-1] or ["all of it, by an earlier press"]
    stays = str(job.run.plan.get("facts", {}).get("stays") or "")
    lines = [f"Undone: {'; '.join(words)}"]
    if stays:
        lines.append(
            f"Not undone: {stays}, posted since. Void or credit in QuickBooks what is wrong"
        )
    _end(job, lines, resolved=True, undone=True)


def _lines(
    documents: list[Record], posted: list[Record], linked: frozenset[int], behind: frozenset[int]
) -> list[str]:
    lines = []
    waiting = sum(1 for row in documents if row.state is RecordState.WAITING)
    # Where nothing is posted, what keeps it is the news, not a count of nothing.
    if posted or waiting:
        count = f"{len(posted)} of {len(documents)} in QuickBooks"
        written = totals(row for row in posted if row.id not in linked)
        lines.append(", ".join([count, *_sums(written)]))
    if linked:
        count = plural(len(linked), "document")
        lines.append(f"{count} linked to what was in QuickBooks before, not posted again")
    if behind:
        one = len(behind) == 1
        verb, follow = ("waits", "follows by itself") if one else ("wait", "follow by themselves")
        lines.append(f"{len(behind)} {verb} for another record, and {follow}")
    if waiting > len(behind):
        one = waiting == len(behind) + 1
        verb, again = ("was", "it is") if one else ("were", "they are")
        lines.append(
            f"{waiting - len(behind)} {verb} not taken by QuickBooks just now; {again} tried again "
            f"by {'itself' if one else 'themselves'}"
        )
    skipped = sum(1 for row in documents if row.state is RecordState.SKIPPED)
    if skipped:
        lines.append(f"{plural(skipped, 'document')} not posted on purpose")
    return lines


def _held(job: FixJob, rows: list[Record], *, now: bool = False, more: bool = False) -> list[str]:
    """Say what is not posted because of another alert, and name that one.

    `now`: it came up only when this one was out of the way. `more`: others were counted before.
    """
    held = [row for row in rows if row.state is RecordState.HELD]
    own = (job.incident.problem, job.incident.subject)
    with job.services.sessions.read() as session:
        share = alone.split(session, held, own)
    if not share.others:
        return []
    named = listed(alone.titles(job.services, job.run.company_id, share.causes))
    count = len(share.others)
    verb = "waits" if count == 1 else "wait"
    if now:
        return [f"{plural(count, 'document')} now {verb} for another alert: {named}"]
    what = plural(count, "more", "more") if more else plural(count, "document")
    return [f"{what} {verb} for another alert too: {named}"]


def _sums(posted: Waiting) -> list[str]:
    """Sales and payments are never one sum, nor are currencies (accounting.md rule 18)."""
    sums = []
    if posted.sales_count:
        sums.append(sales(dict(posted.sales_amount), dict(posted.sales_tax)))
    if posted.cash_count:
        sums.append(f"payments {money(dict(posted.cash_amount))}")
    if posted.purchase_count:
        sums.append(f"purchases {money(dict(posted.purchase_amount))}")
    if posted.entry_amount:
        sums.append(f"{plural_of(posted.entry_noun)} {money(dict(posted.entry_amount))}")
    return sums


def fail(job: FixJob, sentence: str) -> None:
    """End without success: what was done stays told, what was not, and what is not known.

    Letting go what waits changes nothing as long as none of it is posted.
    """
    doubtful = job.doubtful_step()
    done = any(step.state == "done" for step in job.steps())
    if only_let_go(job):
        done = any(row.state is RecordState.POSTED for row in job.records())
    if doubtful is not None:
        told = (
            f"{sentence} It is not known whether QuickBooks did this: {doubtful.words}. "
            "The next press looks first."
        )
    elif job.run.fix == UNDO:
        told = f"{sentence} {undoable.halfway(job.steps())}"
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
    linked: int = 0,
    undone: bool = False,
    elsewhere: bool = False,
    by_word: bool = False,
    left_out: bool = False,
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
        linked=linked,
        undoable=not undone and _can_undo(job),
        undone=undone,
        elsewhere=elsewhere,
        by_word=by_word,
        left_out=left_out,
        fix=job.run.fix,
        seen=str(job.run.outcome.get("seen") or "") if resolved else "",
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
        return undoable.is_reversible(session, run_id or 0)


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
    shown = [
        blocks.rich_text(blocks.line(blocks.words(stopped(told)))) for told in lines or ["Done"]
    ]
    try:
        job.services.slack.update_view(
            job.run.view_id, blocks.modal(title=title, blocks=shown, close="Close")
        )
    except SlackFault as fault:
        log.warning("window not filled", run=job.run_id, reason=fault.message)
