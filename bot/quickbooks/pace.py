"""When the next calls to one company may begin: the arithmetic of Intuit's limits, no I/O.

Calls are spread evenly over each second and counted by whole seconds over a minute; the calls
under way are counted for every process. All processes apply this to one row, so that together
they stay below the limits. Moments are seconds on the database's clock.

Limits: developer.intuit.com, "Limits and throttles": 500 requests a minute, 10 a second, 40
batches a minute for one company.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.models import Pace

BATCHES_PER_MINUTE = 40
# How long a process that went silent keeps its calls counted: longer than the longest call.
HOLDER_SECONDS = 90.0
# A process that found no room asks again within this time, or is no longer counted.
WAITER_SECONDS = 3.0
_LOOK_SECONDS = 0.1
# Calls begin evenly, and not every one is as long on its way: one more than a second may hold
# stays so much beyond it.
_MARGIN = 1.08
# Whole seconds are counted, so one more than sixty of them holds every minute. Calls that are a
# second on their way may crowd the minute by a few: the default leaves room for them.
_MINUTE = 61
# A clock set back by more than this must not stop the company.
_CLOCK_SET_BACK = 120.0


@dataclass(frozen=True)
class Limits:
    """The company's limits; 0 calls a minute or a second means no limit of that kind."""

    per_minute: int
    per_second: int
    concurrency: int

    @property
    def shared(self) -> bool:
        """Whether processes have to agree at all."""
        return bool(self.per_minute or self.per_second)


@dataclass(frozen=True)
class Ask:
    """What one process wants: how many calls now, beside those it has under way."""

    holder: str
    wanted: int
    under_way: int
    # No permit is given for later than this; the caller would not wait that long.
    within: float
    batch: bool = False
    # So many more are taken for the calls that follow at once, while no other process wants any.
    ahead: int = 0


@dataclass(frozen=True)
class Grant:
    """Permits: for each the seconds from now until it begins. None: ask again after `wait`."""

    starts: tuple[float, ...]
    wait: float = 0.0


def grant(row: Pace, limits: Limits, ask: Ask, now: float) -> Grant:
    """Give out permits and note them in the row; the caller commits."""
    _forget(row, now)
    if row.cold_until > now:
        return Grant((), row.cold_until - now)
    room = _room(row, limits, ask, now)
    most = min(ask.wanted, room)
    if most > 0 and not row.holders.keys() - {ask.holder}:
        most += ask.ahead
    starts: list[float] = []
    at = now
    while len(starts) < most:
        at = _free_at(row, limits, ask, now)
        if at - now > ask.within:
            break
        _note(row, limits, at, batch=ask.batch)
        starts.append(at - now)
    under_way = ask.under_way + len(starts)
    until = now + (HOLDER_SECONDS if under_way else WAITER_SECONDS)
    row.holders = {**row.holders, ask.holder: [under_way, until]}
    if starts:
        return Grant(tuple(starts))
    return Grant((), _LOOK_SECONDS if room <= 0 else at - now)


def count(row: Pace, limits: Limits, now: float) -> None:
    """Note a call that is made now without asking: a person waits for it."""
    _forget(row, now)
    _note(row, limits, now, batch=False)


def let_go(row: Pace, holder: str, unused: Sequence[float] = ()) -> None:
    """A process has no call under way any more; `unused`: the moments it took and did not use."""
    row.holders = {name: held for name, held in row.holders.items() if name != holder}
    minute = dict(row.minute)
    for at in unused:
        second = str(int(at))
        if minute.get(second, 0) > 0:
            minute[second] -= 1
    row.minute = minute
    if unused and not row.holders:
        row.next_at = min(row.next_at, *unused)


def cool(row: Pace, now: float, seconds: float) -> None:
    """Nobody calls for a while."""
    row.cold_until = max(row.cold_until, now + seconds)


def _forget(row: Pace, now: float) -> None:
    """Drop what no longer counts. A new dict each time: a changed one would not be stored."""
    row.minute = _recent(row.minute, now)
    row.batches = _recent(row.batches, now)
    row.holders = {name: held for name, held in row.holders.items() if float(held[1]) > now}
    if row.next_at > now + _CLOCK_SET_BACK:
        row.next_at = now


def _recent(counted: dict[str, int], now: float) -> dict[str, int]:
    first, last = int(now) - _MINUTE, int(now) + _CLOCK_SET_BACK
    return {second: count for second, count in counted.items() if first < int(second) <= last}


def _room(row: Pace, limits: Limits, ask: Ask, now: float) -> int:
    """How many more calls of this process may be under way.

    A fair share when others want some too; what they have under way is never passed over.
    """
    others = [held for name, held in row.holders.items() if name != ask.holder]
    busy = sum(int(held[0]) for held in others if float(held[1]) > now)
    fair = max(1, limits.concurrency // (1 + len(others)))
    return min(fair - ask.under_way, limits.concurrency - busy - ask.under_way)


def _free_at(row: Pace, limits: Limits, ask: Ask, now: float) -> float:
    at = max(now, row.next_at)
    if limits.per_minute:
        at = _below(row.minute, limits.per_minute, at)
    if ask.batch:
        at = _below(row.batches, BATCHES_PER_MINUTE, at)
    return at


def _below(counted: dict[str, int], most: int, at: float) -> float:
    """The first moment from `at` on at which a minute back holds fewer than `most`."""
    seconds = sorted(int(second) for second in counted)
    while sum(counted[str(one)] for one in seconds if one > int(at) - _MINUTE) >= most:
        oldest = next(one for one in seconds if one > int(at) - _MINUTE)
        at = float(oldest + _MINUTE)
    return at


def _note(row: Pace, limits: Limits, at: float, *, batch: bool) -> None:
    second = str(int(at))
    row.next_at = max(row.next_at, at) + (_MARGIN / limits.per_second if limits.per_second else 0.0)
    row.minute = {**row.minute, second: row.minute.get(second, 0) + 1}
    if batch:
        row.batches = {**row.batches, second: row.batches.get(second, 0) + 1}
