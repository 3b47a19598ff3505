"""A clock that a test puts forward; what talks to another process goes on in real time."""

from datetime import timedelta

from bot.clock import Clock


class LaterClock(Clock):
    """The machine's clock, put forward by what a test skips."""

    def __init__(self):
        self._ahead = timedelta()

    def now(self):
        """The present moment, and what was skipped."""
        return super().now() + self._ahead

    def skip(self, **parts):
        """Go on by so much, as in `minutes=5`."""
        self._ahead += timedelta(**parts)
