"""Keeps one company's calls under Intuit's limits (per minute, per second, at once).

Limits: developer.intuit.com, "Limits and throttles": 500 a minute, 10 a second per company.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.domain import RetryClass
from bot.quickbooks.faults import FaultError, QuickBooksFault

# Beyond this a call gives up its turn: the caller comes back later instead of holding a worker.
PATIENCE_SECONDS = 5.0
_LOOK_SECONDS = 0.05
Wait = Callable[[float], bool]


def own_limit(seconds: float) -> QuickBooksFault:
    """The fault for a call that was not even made, because the company has had its share."""
    words = FaultError("", "The bot holds back: this company's request limit is used up", "")
    return QuickBooksFault(
        "QuickBooks' request limit for this company is used up for the moment; "
        "the bot goes on by itself.",
        errors=(words,),
        retry_class=RetryClass.THROTTLED,
        retry_after=seconds,
    )


class Limiter:
    """One company's budget of calls.

    A bucket keeps any 60 s within `per_minute` (a tenth of it may come at once), a window any
    second within `per_second`, a semaphore the calls under way. 0 means no limit.
    """

    def __init__(self, per_minute: int, per_second: int, concurrency: int, wait: Wait) -> None:
        self._lock = threading.Lock()
        self._wait = wait
        self._slots = threading.BoundedSemaphore(concurrency)
        self._burst = max(1.0, per_minute / 10)
        self._rate = max(0.01, (per_minute - self._burst) / 60) if per_minute else 0.0
        self._level = self._burst
        self._filled_at = time.monotonic()
        self._per_second = per_second
        self._under_way = 0
        self._finished: deque[float] = deque()
        self._cold_until = 0.0

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Wait for a turn and hold it. Raises QuickBooksFault (throttled) past the patience."""
        if not self._slots.acquire(timeout=PATIENCE_SECONDS):
            raise own_limit(PATIENCE_SECONDS)
        try:
            self._take_turn()
            try:
                yield
            finally:
                self._finish()
        finally:
            self._slots.release()

    def cool_down(self, seconds: float) -> None:
        """Let nobody through for a while: QuickBooks itself said that it is too much."""
        with self._lock:
            self._cold_until = max(self._cold_until, time.monotonic() + seconds)

    def _take_turn(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (seconds := self._reserve()) > 0:
            if time.monotonic() + seconds > deadline or self._wait(seconds):
                raise own_limit(seconds)

    def _reserve(self) -> float:
        """Take a turn and return 0, or return the seconds until it is worth asking again."""
        with self._lock:
            now = time.monotonic()
            seconds = max(self._cold_until - now, self._minute_gap(now), self._second_gap(now))
            if seconds > 0:
                return seconds
            self._level -= 1 if self._rate else 0
            self._under_way += 1
            return 0.0

    def _finish(self) -> None:
        with self._lock:
            self._under_way -= 1
            if self._per_second:
                self._finished.append(time.monotonic())

    def _minute_gap(self, now: float) -> float:
        if not self._rate:
            return 0.0
        self._level = min(self._burst, self._level + (now - self._filled_at) * self._rate)
        self._filled_at = now
        return max(0.0, (1 - self._level) / self._rate)

    def _second_gap(self, now: float) -> float:
        """A call counts until a second after its end: QuickBooks saw it somewhere before."""
        if not self._per_second:
            return 0.0
        while self._finished and self._finished[0] <= now - 1.0:
            self._finished.popleft()
        if self._under_way + len(self._finished) < self._per_second:
            return 0.0
        return self._finished[0] + 1.0 - now if self._finished else _LOOK_SECONDS
