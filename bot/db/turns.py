"""Writers of one SQLite file in one process take turns, in the order they came."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class Turns:
    """A fair lock: it is handed to whoever has waited longest.

    SQLite lets waiting writers poll with growing pauses and favours nobody: beside a busy sync a
    press then waited up to two seconds for its one small row. Never taken twice by one thread.
    """

    def __init__(self) -> None:
        self._guard = Lock()
        self._waiting: deque[Lock] = deque()
        self._busy = False

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn and hold it for the block."""
        mine = None
        with self._guard:
            if self._busy:
                mine = Lock()
                mine.acquire()
                self._waiting.append(mine)
            self._busy = True
        if mine is not None:
            mine.acquire()
        try:
            yield
        finally:
            with self._guard:
                if self._waiting:
                    self._waiting.popleft().release()
                else:
                    self._busy = False
