"""How fast we post: one message a second in a channel, after a small burst."""

from dataclasses import dataclass
from threading import Lock
from time import monotonic

PER_SECOND = 1.0
BURST = 5.0


@dataclass
class _Bucket:
    level: float
    at: float


class Pace:
    """A token bucket for each channel (Slack: about one message a second and channel)."""

    def __init__(self) -> None:
        self._buckets: dict[str, _Bucket] = {}
        self._lock = Lock()

    def take(self, channel: str) -> float:
        """Take a token: 0.0 = go on, otherwise the seconds until there is one."""
        with self._lock:
            now = monotonic()
            bucket = self._buckets.setdefault(channel, _Bucket(BURST, now))
            bucket.level = min(BURST, bucket.level + (now - bucket.at) * PER_SECOND)
            bucket.at = now
            if bucket.level >= 1.0:
                bucket.level -= 1.0
                return 0.0
            return (1.0 - bucket.level) / PER_SECOND
