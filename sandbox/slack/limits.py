"""Rate limits: a bucket for each method, and one for each channel that is posted to.

Tiers: https://docs.slack.dev/apis/web-api/rate-limits. The burst a channel takes is not
published; ten is what short bursts are known to get through.
"""

import math
import time
from dataclasses import dataclass, field

PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100, 5: 600}
POST_BURST = 10
POST_PER_SECOND = 1.0
WORKSPACE_POSTS_PER_MINUTE = 300


@dataclass(slots=True)
class Bucket:
    """Tokens that refill steadily up to a burst."""

    burst: float
    per_second: float
    level: float
    at: float

    def take(self, now: float) -> float:
        """0.0 when a token was there, otherwise the seconds until one is."""
        self.level = min(self.burst, self.level + (now - self.at) * self.per_second)
        self.at = now
        if self.level >= 1:
            self.level -= 1
            return 0.0
        return (1 - self.level) / self.per_second


@dataclass(slots=True)
class Limits:
    """All buckets of one workspace; `mode` is real or off."""

    mode: str = "real"
    buckets: dict[str, Bucket] = field(default_factory=dict)

    def set_mode(self, mode: str) -> None:
        """Switch; the buckets start full again."""
        self.mode = mode
        self.buckets.clear()

    def method(self, name: str, tier: int) -> int:
        """Seconds to wait before calling the method, 0 = go on."""
        count = PER_MINUTE[tier]
        return self._take(f"method:{name}", count, count / 60)

    def post(self, channel: str) -> int:
        """Seconds to wait before posting to the channel, 0 = go on."""
        wait = self._take(f"post:{channel}", POST_BURST, POST_PER_SECOND)
        if wait:
            return wait
        per_minute = WORKSPACE_POSTS_PER_MINUTE
        return self._take("post:workspace", per_minute, per_minute / 60)

    def _take(self, key: str, burst: float, per_second: float) -> int:
        if self.mode == "off":
            return 0
        now = time.monotonic()
        bucket = self.buckets.setdefault(key, Bucket(burst, per_second, burst, now))
        return math.ceil(bucket.take(now))
