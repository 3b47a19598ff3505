"""What runs in this process, and how the last run of each key ended: so many keys, no more."""

from collections import OrderedDict
from datetime import datetime
from threading import Lock

from bot.clock import Clock
from bot.jobs import Line, Ran
from bot.scheduler.lanes import Ticket

KEPT = 5_000
DONE, BUSY, LEASE_LOST, FAILED = "done", "busy", "lease_lost", "failed"


class Runs:
    """Notes each run at its begin and its end. Thread-safe."""

    def __init__(self, clock: Clock, worker: str = "", kept: int = KEPT) -> None:
        self._clock = clock
        self._worker = worker
        self._kept = kept
        self._guard = Lock()
        self._running: dict[str, Line] = {}
        self._last: OrderedDict[str, Ran] = OrderedDict()
        self._fresh: dict[str, Ran] = {}
        self._done_at: dict[str, datetime] = {}

    def begin(self, chosen: Ticket) -> None:
        """A run begins."""
        nudge, now = chosen.nudge, self._clock.now()
        line = Line(nudge.job, nudge.arg, chosen.lane, chosen.urgent, now, worker=self._worker)
        with self._guard:
            self._running[nudge.key] = line

    def end(self, chosen: Ticket, outcome: str) -> None:
        """It ended."""
        key, now = chosen.nudge.key, self._clock.now()
        with self._guard:
            line = self._running.pop(key, None)
            if line is None:
                return  # it ran twice at once, because this process was taken for dead
            seconds = max(0.0, (now - line.since).total_seconds())
            ran = Ran(line.job, line.arg, self._worker, now, seconds, outcome)
            self._last[key] = self._fresh[key] = ran
            self._last.move_to_end(key)
            if outcome == DONE:
                self._done_at[line.job] = now
            if len(self._last) > self._kept:
                self._last.popitem(last=False)

    def running(self) -> tuple[Line, ...]:
        """What runs just now, the longest first."""
        with self._guard:
            return tuple(sorted(self._running.values(), key=lambda line: line.since))

    def last(self) -> tuple[Ran, ...]:
        """The last run of each key, the newest first."""
        with self._guard:
            return tuple(reversed(self._last.values()))

    def take_fresh(self) -> list[Ran]:
        """What ended since this was asked last, once per key."""
        with self._guard:
            fresh, self._fresh = list(self._fresh.values()), {}
        return fresh

    def last_done(self, job: str) -> datetime | None:
        """When a job of that name last came to a good end in this process."""
        return self._done_at.get(job)
