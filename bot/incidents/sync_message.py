"""The message of a sync that somebody asked for: done, held, left, how fast; edited in place."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from bot.domain import JsonValue, RecordState
from bot.incidents.message import Message
from bot.incidents.parts import inert
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


@dataclass(frozen=True)
class _Standing:
    """How far a sync is: records posted and held by it, how many still wait, by how many causes."""

    posted: int
    held: int
    causes: int
    left: int

    @property
    def done(self) -> int:
        return self.posted + self.held


def tell(session: Session, run: SyncRun, now: datetime) -> None:
    """Ask for the message to be brought up to date; a small sync has none. The caller commits."""
    row = session.exec(select(Delivery).where(Delivery.sync_id == run.id)).first()
    if row is not None:
        row.wanted = max(row.wanted, row.sent + 1)
        session.add(row)
        _mark(session, run, now)
    elif run.total >= FEWEST:
        channel = session.get_one(Company, run.company_id).channel_id
        session.add(Delivery(sync_id=run.id, channel_id=channel, not_before=now))


def identity(run: SyncRun) -> dict[str, JsonValue]:
    """What tells this message from any other one in the channel's history."""
    return {"sync_id": run.id, "opened": run.started_at.isoformat()}


def build(services: Services, run: SyncRun) -> Message:
    """Make the message of a sync as it is now."""
    with services.sessions.read() as session:
        company = session.get_one(Company, run.company_id)
        now = _standing(session, run)
    said = _counts(now)
    title = f"{company.name} · {now.done:,} of {now.done + now.left:,} records"
    parts = [
        blocks.alert_header(_state(run, now), title),
        blocks.rich_text(
            blocks.line(blocks.words(inert(company.name), bold=True), blocks.words(f": {said}")),
            *_bar(run, now),
        ),
        blocks.context(inert(_note(services, run, company, now))),
    ]
    return Message(
        text=f"{company.name}: {said}",
        blocks=parts,
        metadata={"event_type": EVENT_TYPE, "event_payload": identity(run)},
    )


def _standing(session: Session, run: SyncRun) -> _Standing:
    """Count from the records themselves: what the run's own counters miss is in them.

    What was chosen waited then: each of it that is posted was posted since. Of everything, what
    came in after somebody asked is not left over from it. Where the clock was set back meanwhile
    the counters know more than the moments of the records.
    """
    ids = [int(one) for one in run.report.get("only", [])]
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
    return _Standing(posted, len(held), len(causes), left)


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
    return words + (f", {now.left:,} left" if now.left else "") + "."


def _bar(run: SyncRun, now: _Standing) -> list[dict[str, JsonValue]]:
    if run.finished_at is not None:
        return []
    full = _CELLS * now.done // max(now.done + now.left, 1)
    return [blocks.line(blocks.words("▓" * full + "░" * (_CELLS - full)))]


def _note(services: Services, run: SyncRun, company: Company, now: _Standing) -> str:
    since = f"asked for at {moment(run.started_at, company.time_zone)}"
    what = f"{run.what} · " if run.what else ""
    if run.finished_at is None:
        return f"{what}{since}{_pace(services, run, now)}"
    stopped = str(run.report.get("stopped") or "")
    if now.left:
        return f"{what}{stopped or f'{since}.'} What is left is tried again by itself."
    lasted = max(1, round((run.finished_at - run.started_at).total_seconds()))
    next_step = "Next: /qb-errors shows what is held." if now.held else "Nothing else to do."
    return f"{what}{since} · done in {_lasting(lasted)}. {next_step}"


def _mark(session: Session, run: SyncRun, now: datetime) -> None:
    """Note how far it is after a slice, for its pace."""
    marks = run.report.get("pace") or [[run.started_at.isoformat(), 0]]
    done = _standing(session, run).done
    if done > marks[-1][1]:
        run.report = {**run.report, "pace": [*marks, [now.isoformat(), done]][-_MOST_MARKS:]}
        session.add(run)


def _rate(services: Services, run: SyncRun, now: _Standing) -> float:
    """How many a second: the median of its slices, so that one pause says nothing of the rest."""
    marks = [(datetime.fromisoformat(at), done) for at, done in run.report.get("pace") or ()]
    slices = [
        (after - before) / seconds
        for (begun, before), (ended, after) in pairwise(marks)
        if (seconds := (ended - begun).total_seconds()) > 0
    ]
    if len(slices) >= _FEWEST_SLICES:
        return float(median(slices))
    seconds = (services.clock.now() - run.started_at).total_seconds()
    return now.done / seconds if seconds > 0 else 0.0


def _pace(services: Services, run: SyncRun, now: _Standing) -> str:
    """How many a second, and how long the rest takes at that pace."""
    rate = _rate(services, run, now)
    if not rate:
        return ""
    return f" · {rate:.1f} a second · about {_lasting(max(1, round(now.left / rate)))} left"


def _lasting(seconds: int) -> str:
    if seconds < 2 * _MINUTE:
        return plural(seconds, "second")
    return plural(round(seconds / _MINUTE), "minute")
