"""Which waiting nudge may run next: one per key, one at a time per lane, urgent ones first."""

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.jobs import DELIVER, Nudge


@dataclass(frozen=True)
class Pool:
    """A thread pool; `reserved` of its threads are kept for urgent nudges."""

    name: str
    size: int
    reserved: int = 0


# A press must never wait for a sync, nor a message for a slow check: four pools. Fixes share the
# writers' pool because they share the company's lane, and find two threads that no sync may take.
PEOPLE = Pool("people", 6)
WRITERS = Pool("writers", 8, reserved=2)
MESSAGES = Pool("messages", 3)
READERS = Pool("readers", 4)
POOLS = (PEOPLE, WRITERS, MESSAGES, READERS)


@dataclass(frozen=True)
class Ticket:
    """One wish to run a job."""

    nudge: Nudge
    lane: str
    urgent: bool
    pool: Pool
    since: datetime | None = field(default=None, compare=False)


def ticket(
    job: str, arg: str, lane: str | None, urgent: bool, since: datetime | None = None
) -> Ticket:
    """Make the ticket of a nudge; a job without a lane is alone in one of its own."""
    nudge = Nudge(job, arg)
    if lane is not None:
        return Ticket(nudge, lane, urgent, WRITERS, since)
    pool = PEOPLE if urgent else MESSAGES if job == DELIVER else READERS
    return Ticket(nudge, f"key:{nudge.key}", urgent, pool, since)


@dataclass
class _Lane:
    busy: bool = False
    urgent: deque[Ticket] = field(default_factory=deque)
    normal: deque[Ticket] = field(default_factory=deque)

    def empty(self) -> bool:
        return not (self.busy or self.urgent or self.normal)


class Lanes:
    """The waiting nudges of one process. Not thread-safe: its owner holds a lock around it.

    1. `add` puts a nudge into its lane, unless its key waits already (it then only becomes urgent
       if the new one is) or runs (it then runs once more afterwards).
    2. `take` gives the next ticket that may run, and marks lane and pool as used.
    3. `done` frees them again.
    """

    def __init__(self, pools: tuple[Pool, ...] = POOLS) -> None:
        self._lanes: dict[str, _Lane] = {}
        self._waiting: dict[str, Ticket] = {}
        self._running: dict[str, Ticket] = {}
        self._again: dict[str, Ticket] = {}
        self._used = {pool.name: 0 for pool in pools}
        self._ready = {
            (pool.name, urgent): deque[str]() for pool in pools for urgent in (True, False)
        }
        self._pools = pools

    def __len__(self) -> int:
        return len(self._waiting) + len(self._again)

    @property
    def running(self) -> int:
        """How many jobs run just now."""
        return len(self._running)

    def waiting(self) -> list[Ticket]:
        """Everything that waits, with what waits for its own key's run to end."""
        return [*self._waiting.values(), *self._again.values()]

    def add(self, new: Ticket) -> None:
        """Take a nudge in."""
        key = new.nudge.key
        if key in self._running:
            self._again[key] = _stronger(self._again.get(key), new)
            return
        old = self._waiting.get(key)
        if old is not None:
            if not new.urgent or old.urgent:
                return
            self._lanes[old.lane].normal.remove(old)
        self._enqueue(_stronger(old, new))

    def take(self) -> Ticket | None:
        """Give the next ticket that may run now, or None."""
        for urgent in (True, False):
            for pool in self._pools:
                limit = pool.size if urgent else pool.size - pool.reserved
                if self._used[pool.name] < limit:
                    chosen = self._from_ready(pool, urgent)
                    if chosen is not None:
                        return chosen
        return None

    def done(self, finished: Ticket) -> None:
        """Free the lane and the thread of a ticket given by `take`."""
        key = finished.nudge.key
        del self._running[key]
        self._used[finished.pool.name] -= 1
        lane = self._lanes[finished.lane]
        lane.busy = False
        again = self._again.pop(key, None)
        if again is not None:
            self._enqueue(again)
        if lane.empty():
            del self._lanes[finished.lane]
        else:
            self._mark_ready(finished.lane, lane)

    def clear(self) -> None:
        """Forget everything that waits (the rows remember it)."""
        self._waiting.clear()
        self._again.clear()
        for ready in self._ready.values():
            ready.clear()
        for lane in self._lanes.values():
            lane.urgent.clear()
            lane.normal.clear()

    def _enqueue(self, new: Ticket) -> None:
        self._waiting[new.nudge.key] = new
        lane = self._lanes.setdefault(new.lane, _Lane())
        (lane.urgent if new.urgent else lane.normal).append(new)
        if not lane.busy:
            self._ready[new.pool.name, new.urgent].append(new.lane)

    def _mark_ready(self, name: str, lane: _Lane) -> None:
        queue = lane.urgent or lane.normal
        if queue:
            self._ready[queue[0].pool.name, queue[0].urgent].append(name)

    def _from_ready(self, pool: Pool, urgent: bool) -> Ticket | None:
        ready = self._ready[pool.name, urgent]
        while ready:
            lane = self._lanes.get(ready.popleft())
            # A lane may stand in a ready queue more often than it has work: skip those.
            if lane is None or lane.busy:
                continue
            queue = lane.urgent if urgent else (lane.urgent or lane.normal)
            if not queue or queue[0].pool is not pool:
                continue
            chosen = queue.popleft()
            lane.busy = True
            del self._waiting[chosen.nudge.key]
            self._running[chosen.nudge.key] = chosen
            self._used[chosen.pool.name] += 1
            return chosen
        return None


def _stronger(old: Ticket | None, new: Ticket) -> Ticket:
    if old is None:
        return new
    return replace(new, urgent=new.urgent or old.urgent, since=old.since)
