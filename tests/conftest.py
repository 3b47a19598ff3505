"""For every test: a scrubbed environment, and a last word on what was left out."""

import gc
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from bot.config import Settings
from bot.memory import keep_what_started
from tests.postgres import postgres_server, postgres_url
from tests.sandbox.page.chromium import find_chromium

__all__ = ["postgres_server", "postgres_url"]

NO_CHROMIUM = (
    "no Chromium here. Get it with `sudo apt-get install chromium` (or name a browser in "
    "CHROMIUM) and run `make test` again"
)
REQUIRED = "REQUIRE_CHROMIUM"
TOO_LONG = "they take half a minute or more each; `make test-all` runs them as well"
ALL = "ALL_TESTS"
# Databases sync every commit to the disk, which tests only wait for: no test cuts the power.
MEMORY_DISK = Path("/dev/shm")
ROOM = 4 * 1024**3
# Files that take long go first, so that no worker is left with one while the other has nothing:
# those of one long test before those of many, in this order.
LONG_FILES = (
    "tests/drill/",
    "tests/crash/",
    "tests/matrix/",
    "tests/gallery/",
    "tests/scenarios/",
    "tests/sandbox/page/",
    "tests/incidents/test_every_problem.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """No setting of a real bot may reach a test."""
    for name in Settings.model_fields:
        os.environ.pop(name, None)  # noqa: TID251  the test harness
        os.environ.pop(f"{name}_FILE", None)  # noqa: TID251  the test harness
    # Where no bytecode is kept, each process of a test would compile the bot again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # noqa: TID251  the test harness
    gc.disable()  # what is collected stays
    if MEMORY_DISK.is_dir() and shutil.disk_usage(MEMORY_DISK).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY_DISK))  # noqa: TID251  the test harness
    if config.pluginmanager.hasplugin("xdist"):
        # It would begin with the files of most tests, which are not those that take longest.
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is long, and browser tests without Chromium unless they must be run."""
    items.sort(key=lambda item: _turn(item.nodeid))
    if not os.environ.get(ALL):  # noqa: TID251  the test harness
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason=TOO_LONG))
    browser = [item for item in items if item.get_closest_marker("browser")]
    if not browser or find_chromium() is not None:
        return
    if os.environ.get(REQUIRED):  # noqa: TID251  the test harness
        msg = f"{REQUIRED} is set, but there is {NO_CHROMIUM}."
        raise pytest.UsageError(msg)
    for item in browser:
        item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def _turn(nodeid: str) -> int:
    """The place of a test's file among those that take long; all others come after them."""
    turns = (turn for turn, name in enumerate(LONG_FILES) if nodeid.startswith(name))
    return next(turns, len(LONG_FILES))


def pytest_collection_finish() -> None:
    """From here on Python looks for memory to free as seldom as in a bot."""
    keep_what_started()
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what was left out, and how to get it."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        longrepr = report.longrepr
        reason = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
        reasons[reason.removeprefix("Skipped: ")] += 1
    if not reasons:
        return
    terminalreporter.section("left out")
    for reason, count in reasons.items():
        tests = "1 test" if count == 1 else f"{count} tests"
        terminalreporter.line(f"{tests} left out: {reason}.")
