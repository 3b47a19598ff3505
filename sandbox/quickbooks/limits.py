"""QuickBooks' request limits, measured on the simulated clock."""

from collections import defaultdict, deque
from dataclasses import dataclass, field

PER_MINUTE = 500
PER_SECOND = 10
CONCURRENT = 10
BATCHES_PER_MINUTE = 40
MAILS_PER_DAY = 40
DAY = 86_400


@dataclass(slots=True)
class Limits:
    """Counts what passed; says no when one more would be too much."""

    real: bool = True
    read_quota: int | None = None
    reads: int = 0
    reads_month: str = ""
    running: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _minute: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _second: dict[tuple[str, str], deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _mails: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _batches: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def admit(
        self, realm: str, app: str, now: float, *, batch: bool = False, mail: bool = False
    ) -> bool:
        """Count a request of a moment (seconds) in, or refuse it."""
        if not self.real:
            return True
        minute, second = self._minute[realm], self._second[realm, app]
        _forget(minute, now, 60)
        _forget(second, now, 1)
        if len(minute) >= PER_MINUTE or len(second) >= PER_SECOND:
            return False
        if self.running[realm] >= CONCURRENT:
            return False
        if batch and not _room(self._batches[realm], now, 60, BATCHES_PER_MINUTE):
            return False
        if mail and not _room(self._mails[realm], now, DAY, MAILS_PER_DAY):
            return False
        minute.append(now)
        second.append(now)
        return True

    def reset(self) -> None:
        """Forget what was counted."""
        self._minute.clear()
        self._second.clear()
        self._batches.clear()
        self._mails.clear()

    def may_read(self, month: str) -> bool:
        """Whether the month's read quota has room."""
        if month != self.reads_month:
            self.reads_month, self.reads = month, 0
        return self.read_quota is None or self.reads < self.read_quota

    def count_reads(self, month: str, count: int) -> None:
        """So many metered reads were answered."""
        if month != self.reads_month:
            self.reads_month, self.reads = month, 0
        self.reads += count


def _room(times: deque[float], now: float, seconds: float, most: int) -> bool:
    """Count one more in, unless there were as many in that time as there may be."""
    _forget(times, now, seconds)
    if len(times) >= most:
        return False
    times.append(now)
    return True


def _forget(times: deque[float], now: float, seconds: float) -> None:
    """Keep what is at most so old; after the clock was set back, nothing lies ahead."""
    while times and times[0] <= now - seconds:
        times.popleft()
    while times and times[-1] > now:
        times.pop()
