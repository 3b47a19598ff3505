"""How often each type of a company's records is posted: turns, and what may go in one."""

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select, update

from bot import audit
from bot.domain import TIER, RecordState, RecordType
from bot.errors import BadInput
from bot.models import Company, Record, Schedule, SyncRun
from bot.render.words import plural_of
from bot.services import Services
from bot.sync.due import count_due

SHORTEST, LONGEST = timedelta(seconds=10), timedelta(days=7)
# A turn begins up to a tenth of its pace early or late, at most so many seconds.
_MOST_JITTER = 15.0
# What others name by words goes with whatever goes: nothing is called unknown because it waits.
NAMED_BY_WORDS = frozenset(kind for kind, tier in TIER.items() if tier == 0)


HAVE_A_PACE = frozenset(RecordType) - NAMED_BY_WORDS - {RecordType.EMPLOYEE}
ALL = "all"
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_PACE = re.compile(r"(\d{1,6}) ?(s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?|)")


@dataclass(frozen=True)
class Turn:
    """What may be posted now: these types (None: all), with what they refer to.

    `next_at`: when the first turn of the others begins; None when none waits for one.
    """

    types: frozenset[RecordType] | None = None
    next_at: datetime | None = None


def plan_of(session: Session, company_id: int) -> list[Schedule]:
    """A company's cadences, by type; that of all others comes last."""
    rows = session.exec(select(Schedule).where(Schedule.company_id == company_id))
    return sorted(rows, key=lambda row: (row.type == "", row.type))


def turn(session: Session, company_id: int, now: datetime) -> Turn:
    """What may go now. All of it where no cadence is set, or somebody asked for everything."""
    rows = {row.type: row for row in plan_of(session, company_id)}
    if not rows or _is_asked_for(session, company_id):
        return Turn()
    general = rows.get("")
    closed = {
        kind: row.next_at
        for kind in RecordType
        if kind not in NAMED_BY_WORDS
        and (row := rows.get(kind.value, general)) is not None
        and not is_open(row, now)
    }
    if not closed:
        return Turn()
    free = frozenset(RecordType) - closed.keys()
    # Lists that are named by words go first, but not alone: they have no turn of their own.
    if free == NAMED_BY_WORDS and general is not None:
        free = frozenset()
    return Turn(free, _next(session, company_id, closed))


def _is_asked_for(session: Session, company_id: int) -> bool:
    """Whether a person waits for all of it; what they chose of it goes past every cadence."""
    running = select(SyncRun.id).where(SyncRun.company_id == company_id, SyncRun.state == "running")
    return session.exec(running.limit(1)).first() is not None


def _next(
    session: Session, company_id: int, closed: Mapping[RecordType, datetime]
) -> datetime | None:
    waiting = select(Record.type).where(
        Record.company_id == company_id, Record.state == RecordState.WAITING
    )
    found = session.exec(waiting.where(col(Record.type).in_(list(closed))).distinct())
    return min((closed[RecordType(kind)] for kind in found), default=None)


def take_turn(services: Services, company_id: int, began: datetime) -> None:
    """End the turns open at `began` whose records are through; the next one counts from its start.

    What came in since a turn began has the next one. A turn that comes late (the bot was off) is
    taken once, not once for each that was missed.
    """
    now = services.clock.now()
    with services.sessions.read() as session:
        rows = plan_of(session, company_id)
        ended = [row for row in rows if is_open(row, began) and not _has_left(session, row, now)]
    if not ended:
        return
    with services.sessions.write() as session:
        for row in ended:
            session.exec(
                update(Schedule)
                .where(col(Schedule.company_id) == company_id, col(Schedule.type) == row.type)
                .where(col(Schedule.next_at) == row.next_at)
                .values(next_at=_following(row, now))
            )


def is_open(row: Schedule, now: datetime) -> bool:
    """Whether its turn has come; also one further away than its pace, as after a clock set back."""
    farthest = timedelta(seconds=row.every_seconds + 2 * _MOST_JITTER)
    return row.next_at <= now or row.next_at > now + farthest


def _following(row: Schedule, now: datetime) -> datetime:
    following = min(row.next_at, now) + timedelta(seconds=_paced(row.every_seconds))
    return following if following > now else now + timedelta(seconds=_paced(row.every_seconds))


def _has_left(session: Session, row: Schedule, now: datetime) -> bool:
    """Whether something of a turn could go still: it came before the turn and does not pause."""
    if row.type:
        kinds = frozenset({RecordType(row.type)})
    else:
        own = {one.type for one in plan_of(session, row.company_id)}
        kinds = frozenset(kind for kind in RecordType if kind.value not in own)
    came = min(row.next_at, now)
    return count_due(session, row.company_id, now, types=kinds, before=came) > 0


def _paced(seconds: float) -> float:
    spread = min(seconds / 10, _MOST_JITTER)
    return seconds + random.uniform(-spread, spread)


@dataclass(frozen=True)
class Cadences:
    """What a person wants: a pace by type ("" for all others), and types that lose theirs."""

    every: Mapping[str, timedelta]
    off: frozenset[str] = frozenset()


def set_plan(
    session: Session, company: Company, wish: Cadences, *, by: str, now: datetime
) -> list[Schedule]:
    """Keep what is wished; the first turn of what changes is at once. The caller commits.

    `by`: the Slack user who wants it, "" for whoever runs this machine.
    """
    company_id = company.id or 0
    before = as_words(plan_of(session, company_id))
    for kind, every in wish.every.items():
        row = session.get(Schedule, (company_id, kind))
        seconds = every.total_seconds()
        if row is None or row.every_seconds != seconds:
            row = row or Schedule(
                company_id=company_id, type=kind, every_seconds=0, next_at=now, by=by, at=now
            )
            row.every_seconds, row.next_at, row.by, row.at = seconds, now, by, now
            session.add(row)
    if wish.off:
        gone = col(Schedule.company_id) == company_id, col(Schedule.type).in_(wish.off)
        session.exec(delete(Schedule).where(*gone))
    session.flush()
    rows = plan_of(session, company_id)
    after = as_words(rows)
    if after != before:
        audit.append(
            session,
            at=now,
            actor=by,
            action="schedule.set",
            subject=f"company:{company_id}",
            company_id=company_id,
            data={"before": before, "after": after},
        )
    return rows


def as_words(rows: Iterable[Schedule]) -> str:
    """A plan as people type it: "invoices=5m all=1h"."""
    return " ".join(f"{called(row.type)}={pace_typed(row.every_seconds)}" for row in rows)


def called(kind: str) -> str:
    """What a type is called in a plan: "sales_receipts", "all"."""
    return plural_of(RecordType(kind).words).replace(" ", "_") if kind else ALL


def pace_typed(seconds: float) -> str:
    """A pace as people type it: "90s", "5m", "1h"."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:g}s"


def read_plan(words: Sequence[str]) -> Cadences:
    """Read a plan as people type it: "invoices=5m", "all=1h", "payments=off". Raises BadInput."""
    every: dict[str, timedelta] = {}
    off: set[str] = set()
    for word in words:
        name, equals, pace = word.partition("=")
        if not equals:
            msg = f"{word!r} says no pace. Write it like invoices=5m, or all=1h."
            raise BadInput(msg)
        kind = read_type(name)
        if kind in every or kind in off:
            msg = f"{called(kind)} stands there twice; say one pace."
            raise BadInput(msg)
        if pace.strip().lower() in ("off", "none"):
            off.add(kind)
        else:
            every[kind] = read_pace(pace)
    return Cadences(every, frozenset(off))


def read_type(word: str) -> str:
    """The type a word names, "" for all. Raises BadInput."""
    plain = word.strip().lower().replace("_", " ").replace("-", " ")
    if plain in (ALL, "others", "everything"):
        return ""
    kind = next((one for one in RecordType if plain in (one.words, plural_of(one.words))), None)
    kind = kind or RecordType.called(plain.replace(" ", "_"))
    if kind is None or kind is RecordType.EMPLOYEE:
        names = ", ".join(called(one.value) for one in RecordType if one in HAVE_A_PACE)
        msg = f"{word!r} is no type of record. There are: {names}, and all (for the others)."
        raise BadInput(msg)
    if kind in NAMED_BY_WORDS:
        msg = (
            f"{called(kind.value)} have no pace of their own: they go first, with whatever goes, "
            "because the others name them."
        )
        raise BadInput(msg)
    return kind.value


def read_pace(text: str) -> timedelta:
    """A pace such as 90s, 5m, 1h, 1d. Raises BadInput."""
    found = _PACE.fullmatch(text.strip().lower())
    if found is None:
        msg = f"{text!r} is no pace. Write it like 30s, 5m, 1h or 1d."
        raise BadInput(msg)
    every = timedelta(seconds=int(found[1]) * _UNITS[found[2][:1] or "s"])
    if not SHORTEST <= every <= LONGEST:
        msg = f"{text!r} is outside of what makes sense: from 10s to 7d."
        raise BadInput(msg)
    return every
