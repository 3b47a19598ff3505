"""From the start of the bot's process to the end of its first check; target: under 4 s."""

import sys
from collections.abc import Sequence
from statistics import median
from threading import Event
from time import monotonic

from bench.world import World, arguments, open_world, report
from sandbox.demo.web import wait_until
from sandbox.quiet_end import quietly

TARGET_SECONDS = 4.0
ROUNDS = 5


def main(argv: Sequence[str]) -> int:
    """Measure; the exit code is 1 when the target was missed."""
    as_json = arguments(argv, __doc__ or "")
    with open_world(short=False) as world:
        world.stage.wait_for_bot(world.start_bot())
        world.stage.connect_companies()
        world.end_bot()
        seconds = [_once(world) for _ in range(ROUNDS)]
    result = {
        "seconds_median": round(median(seconds), 3),
        "seconds_max": round(max(seconds), 3),
        "rounds": ROUNDS,
        "target_seconds": TARGET_SECONDS,
        "ok": median(seconds) < TARGET_SECONDS,
    }
    return report(result, as_json=as_json)


def _once(world: World) -> float:
    begun = monotonic()
    world.start_bot()

    def checked() -> bool:
        return world.metric("qb_jobs_total", job="check", outcome="done") >= 1

    wait_until(checked, 60, "no check ended within a minute")
    took = monotonic() - begun
    Event().wait(0.5)
    world.end_bot()
    return took


if __name__ == "__main__":
    sys.exit(quietly(main))
