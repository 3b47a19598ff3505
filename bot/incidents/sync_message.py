"""The message of a sync that somebody asked for: done, held, left, how fast; edited in place."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from sqlalchemy import ColumnElement, true
from sqlmodel import Session, col, func, select

from bot.domain import JsonValue, Payload, RecordState
from bot.incidents.message import Message
from bot.incidents.parts import inert, person
from bot.models import Company, Delivery, Hold, Record, SyncRun
from bot.render import moment, plural
from bot.services import Services
from bot.slack import blocks

EVENT_TYPE = "qb_sync"
# A smaller sync is over in seconds: the answer to who asked says all of it.
FEWEST = 25
_CELLS = 20
_AT_ONCE = 500
_MINUTE = 60
_MOST_MARKS, _FEWEST_SLICES = 30, 3
# Between two slices nothing ran for so long (the bot was down): no part of its pace.
_DEAD = timedelta(seconds=15)


@dataclass(frozen=True)
class _Standing:
    """How far a sync is: records posted and held by it, how many still wait, by how many causes.

    `gone` wait no more for another reason: skipped by a person, or held by what held them before.
    `older` are the company's records that were held before it began, and are still.
    """

    posted: int
    held: int
    causes: int
    left: int
    gone: int
    older: int = 0

    @property
    def done(self) -> int:
        return self.posted + self.held + self.gone

    @property
    def total(self) -> int:
        """All it began with, and what came to it since: never less than was said before."""
        return self.done + self.left


def tell(session: Session, run: SyncRun, now: datetime, began: datetime | None = None) -> None:
    """Ask for the message to be brought up to date; a small sync has none. The caller commits.

    `began` is when the slice that just ended had begun.
    """
    row = session.exec(select(Delivery).where(Delivery.sync_id == run.id)).first()
    if row is not None:
        row.wanted = max(row.wanted, row.sent + 1)
        session.add(row)
        _mark(session, run, now, began)
    elif is_told(run):
        channel = session.get_one(Company, run.company_id).channel_id
        session.add(Delivery(sync_id=run.id, channel_id=channel, not_before=now))


def is_told(run: SyncRun) -> bool:
    """Whether a sync has a message of its own."""
    return run.total >= FEWEST


def identity(run: SyncRun) -> dict[str, JsonValue]:
    """What tells this message from any other one in the channel's history."""
    return {"sync_id": run.id, "opened": run.started_at.isoformat()}


def build(services: Services, run: SyncRun) -> Message:
    """Make the message of a sync as it is now."""
    with services.sessions.read() as session:
        company = session.get_one(Company, run.company_id)
        now = _standing(session, run)
    said = _counts(now)
    title = f"{company.name} · {now.done:,} of {now.total:,} records"
    note = _note(services, run, now)
    parts = [
        blocks.alert_header(_state(run, now), title),
        blocks.rich_text(
            blocks.line(blocks.words(inert(company.name), bold=True), blocks.words(f": {said}")),
            *_bar(run, now),
            blocks.line(*_asked(run, company)),
        ),
        blocks.context(inert(note)) if note else {},
    ]
    return Message(
        text=f"{company.name}: {said}",
        blocks=[part for part in parts if part],
        metadata={"event_type": EVENT_TYPE, "event_payload": identity(run)},
    )


def _standing(session: Session, run: SyncRun) -> _Standing:
    """Count from the records themselves: what the run's own counters miss is in them.

    What was chosen waited then: each of it that is posted was posted since. Of everything, what
    came in after somebody asked is not left over from it. Where the clock was set back meanwhile
    the counters know more than the moments of the records.
    """
    ids = [int(one) for one in run.report.get("only", [])]
    total = len(ids) or run.total
    if ids:
        posted = _count_of(session, run, ids, RecordState.POSTED)
        left = _count_of(session, run, ids, RecordState.WAITING)
    else:
        since, asked = col(Record.posted_at) >= run.started_at, run.started_at
        posted = max(run.posted, _count(session, run, RecordState.POSTED, since))
        left = _count(session, run, RecordState.WAITING, col(Record.received_at) <= asked)
    mine = set(ids)
    held: set[int] = set()
    causes: set[tuple[str, str]] = set()
    rows = session.exec(
        select(Hold.record_id, Hold.problem, Hold.subject)
        .join(Record, col(Record.id) == col(Hold.record_id))
        .where(Hold.company_id == run.company_id, Hold.since >= run.started_at)
        .where(Record.state == RecordState.HELD)
    )
    for record_id, problem, subject in rows:
        if not mine or record_id in mine:
            held.add(record_id)
            causes.add((problem, subject))
    gone = max(0, total - posted - len(held) - left)
    older = 0 if left else _count(session, run, RecordState.HELD, true()) - len(held)
    return _Standing(posted, len(held), len(causes), left, gone, older)


def _count(session: Session, run: SyncRun, state: RecordState, which: ColumnElement[bool]) -> int:
    return session.exec(
        select(func.count())
        .select_from(Record)
        .where(Record.company_id == run.company_id, Record.state == state, which)
    ).one()


def _count_of(session: Session, run: SyncRun, ids: list[int], state: RecordState) -> int:
    parts = (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE))
    return sum(_count(session, run, state, col(Record.id).in_(part)) for part in parts)


def _state(run: SyncRun, now: _Standing) -> str:
    if run.finished_at is None:
        return "🔵 POSTING"
    if now.left:
        return "⏸️ PAUSED"
    return "🟠 POSTED IN PART" if now.held else "✅ POSTED"


def _counts(now: _Standing) -> str:
    words = f"{now.posted:,} posted"
    if now.held:
        words += f", {now.held:,} held: {plural(now.causes, 'cause')}"
    if now.gone:
        words += f", {now.gone:,} {'waits' if now.gone == 1 else 'wait'} no more"
    return words + (f", {now.left:,} left" if now.left else "") + "."


def _bar(run: SyncRun, now: _Standing) -> list[Payload]:
    if run.finished_at is not None:
        return []
    full = _CELLS * now.done // max(now.total, 1)
    return [blocks.line(blocks.words("▓" * full + "░" * (_CELLS - full)))]


def _asked(run: SyncRun, company: Company) -> list[Payload]:
    """Who asked for what, and when."""
    when = f", {moment(run.started_at, company.time_zone)}"
    what = f" · {inert(run.what)}" if run.what else ""
    return [blocks.words("Asked for by "), person(run.requested_by), blocks.words(f"{when}{what}")]


def _note(services: Services, run: SyncRun, now: _Standing) -> str:
    """How fast it goes, or how it ended and what is next."""
    if run.finished_at is None:
        return _pace(services, run, now)
    if now.left:
        stopped = str(run.report.get("stopped") or "")
        return f"{stopped} What is left is tried again by itself.".strip()
    lasted = max(1, round((run.finished_at - run.started_at).total_seconds()))
    return f"Done in {_lasting(lasted)}. {_next_step(now)}"


def _next_step(now: _Standing) -> str:
    if now.held:
        return "Next: /qb-errors shows what is held."
    if now.older:
        still = "is" if now.older == 1 else "are"
        older = plural(now.older, "record")
        return f"{older} held before {still} still held: /qb-errors shows why."
    return "Nothing else to do."


def _mark(session: Session, run: SyncRun, now: datetime, began: datetime | None) -> None:
    """Note how far it is after a slice, for its pace; after a pause the slice's own time alone."""
    marks = run.report.get("pace") or [[run.started_at.isoformat(), 0]]
    done = _standing(session, run).done
    if done > marks[-1][1]:
        if began and began - datetime.fromisoformat(marks[-1][0]) > _DEAD:
            marks = [*marks, [began.isoformat(), marks[-1][1]]]
        run.report = {**run.report, "pace": [*marks, [now.isoformat(), done]][-_MOST_MARKS:]}
        session.add(run)


def _rate(services: Services, run: SyncRun, now: _Standing) -> float:
    """How many a second: the median of its slices, so that one pause says nothing of the rest."""
    marks = [(datetime.fromisoformat(at), done) for at, done in run.report.get("pace") or ()]
    slices = [
        (after - before, seconds)
        for (begun, before), (ended, after) in pairwise(marks)
        if after > before and (seconds := (ended - begun).total_seconds()) > 0
    ]
    if len(slices) >= _FEWEST_SLICES:
        return float(median(count / seconds for count, seconds in slices))
    if slices:
        return float(sum(count for count, _ in slices) / sum(seconds for _, seconds in slices))
    seconds = (services.clock.now() - run.started_at).total_seconds()
    return now.done / seconds if seconds > 0 else 0.0


def _pace(services: Services, run: SyncRun, now: _Standing) -> str:
    """How many a second, and how long the rest takes at that pace."""
    rate = _rate(services, run, now)
    if not rate:
        return ""
    return f"{rate:.1f} a second · about {_lasting(max(1, round(now.left / rate)))} left"


def _lasting(seconds: int) -> str:
    if seconds < 2 * _MINUTE:
        return plural(seconds, "second")
    return plural(round(seconds / _MINUTE), "minute")
