"""The bot's process while nothing happens; targets: under 200 MB and under 1 % of a core."""

import os
import subprocess
import sys
from collections.abc import Sequence
from threading import Event
from time import monotonic

from bench.world import arguments, open_world, report
from sandbox.quiet_end import quietly

TARGET_MEGABYTES = 200.0
TARGET_PERCENT = 1.0
SETTLE_SECONDS = 15.0
WATCH_SECONDS = 30.0


def main(argv: Sequence[str]) -> int:
    """Measure with the default intervals and two connected companies."""
    as_json = arguments(argv, __doc__ or "")
    with open_world(short=False) as world:
        bot = world.start_bot()
        world.stage.wait_for_bot(bot)
        world.stage.connect_companies()
        Event().wait(SETTLE_SECONDS)
        pid = bot.process.pid
        before, begun = _cpu_seconds(pid), monotonic()
        Event().wait(WATCH_SECONDS)
        percent = (_cpu_seconds(pid) - before) / (monotonic() - begun) * 100
        megabytes = _megabytes(pid)
    result = {
        "megabytes": round(megabytes, 1),
        "cpu_percent": round(percent, 2),
        "watched_seconds": WATCH_SECONDS,
        "target_megabytes": TARGET_MEGABYTES,
        "target_cpu_percent": TARGET_PERCENT,
        "ok": megabytes < TARGET_MEGABYTES and percent < TARGET_PERCENT,
    }
    return report(result, as_json=as_json)


def _ps(pid: int, what: str) -> str:
    done = subprocess.run(
        ["ps", "-o", f"{what}=", "-p", str(pid)], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def _cpu_seconds(pid: int) -> float:
    """User and system time; on Linux by the kernel's ticks, elsewhere by ps (hundredths)."""
    if sys.platform == "linux":
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:  # noqa: PTH123  a kernel file
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    minutes, _, seconds = _ps(pid, "time").rpartition(":")
    return float(seconds) + 60 * sum(
        int(part) * 60**place for place, part in enumerate(reversed(minutes.split(":")))
    )


def _megabytes(pid: int) -> float:
    return int(_ps(pid, "rss")) / 1024


if __name__ == "__main__":
    sys.exit(quietly(main))
