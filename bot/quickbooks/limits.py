"""Keeps one company's calls under Intuit's limits, together with all other processes."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.domain import RetryClass
from bot.quickbooks.faults import FaultError, QuickBooksFault
from bot.quickbooks.pace import Ask, Grant, Limits
from bot.quickbooks.shared_pace import SharedPace

# Beyond this a call gives up its turn: the caller comes back later instead of holding a worker.
PATIENCE_SECONDS = 5.0
# A permit not used this long after its moment has lost its place among the others.
_STALE_SECONDS = 0.2
# How soon it is worth looking again while the calls under way fill the second.
_LOOK_SECONDS = 0.02
# So many permits are taken beyond the calls that wait, when one call follows the other.
_MOST_AHEAD = 5
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
    """One company's turns in this process; the shared pace gives them out to all processes.

    `wait` sleeps and returns True when the process stops.
    """

    def __init__(self, company_id: int, limits: Limits, shared: SharedPace, wait: Wait) -> None:
        self.limits = limits
        self._company_id = company_id
        self._shared = shared
        self._wait = wait
        self._slots = threading.BoundedSemaphore(limits.concurrency)
        # Held over the question to the other processes; `_guard` only over the numbers below.
        self._asking = threading.Lock()
        self._guard = threading.Lock()
        self._waiting = 0
        self._under_way = 0
        self._permits: deque[float] = deque()
        self._ahead = 0
        # Calls that were sent and not answered; of those answered, when they arrived at the latest.
        self._sent = 0
        self._arrived: deque[float] = deque()
        self._quickest = float("inf")

    @contextmanager
    def slot(self, *, patience: float = PATIENCE_SECONDS, batch: bool = False) -> Iterator[None]:
        """Wait for a turn and hold it. Raises QuickBooksFault (throttled) past the patience."""
        if not self._slots.acquire(timeout=patience):
            raise own_limit(patience)
        try:
            if not self.limits.shared:
                yield
                return
            self._take_turn(time.monotonic() + patience, batch)
            sent_at = time.monotonic()
            try:
                yield
            finally:
                self._note_arrival(sent_at)
                self._finish()
        finally:
            self._slots.release()

    def count(self) -> None:
        """Count a call in that cannot wait for its turn: a person stands before the page."""
        if self.limits.shared:
            self._shared.count(self._company_id, self.limits)

    def cool_down(self, seconds: float) -> None:
        """Let nobody through for a while, in any process: QuickBooks itself said so."""
        self._shared.cool_down(self._company_id, seconds)

    def _take_turn(self, deadline: float, batch: bool) -> None:
        with self._guard:
            self._waiting += 1
        try:
            begin = self._permit(deadline, batch)
        finally:
            with self._guard:
                self._waiting -= 1
        try:
            self._hold_until(begin)
        except QuickBooksFault:
            self._finish()
            raise

    def _permit(self, deadline: float, batch: bool) -> float:
        """Take a permit given before, or ask for as many as threads wait here."""
        while True:
            with self._asking:
                begin = None if batch else self._left_over()
                if begin is not None:
                    return begin
                given, since = self._ask(deadline, batch)
                if given.starts:
                    return self._keep(given, since)
            if time.monotonic() + given.wait > deadline or self._wait(given.wait):
                raise own_limit(given.wait)

    def _left_over(self) -> float | None:
        with self._guard:
            while self._permits:
                begin = self._permits.popleft()
                if begin > time.monotonic() - _STALE_SECONDS:
                    self._under_way += 1
                    return begin
                self._ahead = 0
        return None

    def _ask(self, deadline: float, batch: bool) -> tuple[Grant, float]:
        with self._guard:
            wanted = Ask(
                self._shared.holder,
                1 if batch else max(1, self._waiting),
                self._under_way + len(self._permits),
                max(0.0, deadline - time.monotonic()),
                batch,
                0 if batch else self._ahead,
            )
        return self._shared.ask(self._company_id, self.limits, wanted)

    def _keep(self, given: Grant, since: float) -> float:
        first, *others = (since + seconds for seconds in given.starts)
        with self._guard:
            self._permits.extend(others)
            self._under_way += 1
            # One call alone takes one permit; those of a burst take more and more at once.
            self._ahead = min(_MOST_AHEAD, 2 * self._ahead + 1)
        return first

    def _hold_until(self, begin: float) -> None:
        """Wait for the permit's moment; who wakes late must not crowd the second it comes to."""
        while (seconds := self._gap(begin)) > 0:
            if self._wait(seconds):
                raise own_limit(seconds)

    def _gap(self, begin: float) -> float:
        """Count the call as sent and return 0, or return the seconds until that may be.

        A call may be long on its way: its place in the second is free a second after it surely
        arrived, not after it was sent.
        """
        with self._guard:
            now = time.monotonic()
            while self._arrived and self._arrived[0] <= now - 1.0:
                self._arrived.popleft()
            full = 0 < self.limits.per_second <= self._sent + len(self._arrived)
            free = self._arrived[0] + 1.0 - now if self._arrived else _LOOK_SECONDS
            seconds = max(begin - now, free if full else 0.0)
            if seconds <= 0:
                self._sent += 1
            return seconds

    def _note_arrival(self, sent_at: float) -> None:
        """An answered call arrived before its answer by what the quickest call took, or earlier."""
        with self._guard:
            now = time.monotonic()
            self._quickest = min(self._quickest, now - sent_at)
            self._sent -= 1
            self._arrived.append(now - self._quickest)

    def _finish(self) -> None:
        with self._guard:
            self._under_way -= 1
            idle = self._under_way == self._waiting == 0
        if not idle:
            return
        with self._asking:
            with self._guard:
                idle = self._under_way == self._waiting == 0
                if idle:
                    unused = list(self._permits)
                    self._permits.clear()
                    self._ahead = 0
            if idle:
                self._shared.let_go(self._company_id, unused)
