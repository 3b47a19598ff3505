"""Where Chromium is on this machine, and what to say when it is not there."""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
ADVICE = (
    "the browser tests of the Slack sandbox's page need Chromium: install it (Debian: "
    "apt-get install chromium) or set CHROMIUM to its path"
)


def find_chromium() -> str | None:
    """The path of a Chromium, from CHROMIUM or the usual names; None when there is none."""
    given = os.environ.get("CHROMIUM")  # noqa: TID251 - the test harness reads the environment
    if given:
        return given if shutil.which(given) else None
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def chromium_or_skip() -> str:
    """The path of a Chromium; without one the test is left out, or fails if it is required."""
    found = find_chromium()
    if found:
        return found
    if os.environ.get("REQUIRE_CHROMIUM") == "1":  # noqa: TID251 - as above
        pytest.fail(f"REQUIRE_CHROMIUM=1, but {ADVICE}.", pytrace=False)
    pytest.skip(ADVICE)
