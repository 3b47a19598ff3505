"""One local Slack for the module, and an adapter that talks to it."""

from collections.abc import Iterator

import httpx
import pytest

from bot.config import Settings
from bot.slack import Slack
from tests.incidents.house import Json, MovedClock, start_slack


@pytest.fixture(scope="module")
def local_slack() -> Iterator[Json]:
    """A local Slack on a socket."""
    process, ready = start_slack("--limits", "off")
    yield ready
    process.terminate()
    process.wait(30)
    assert process.stdout is not None
    process.stdout.close()


@pytest.fixture
def clock() -> MovedClock:
    """A clock the test moves."""
    return MovedClock()


@pytest.fixture
def slack(local_slack: Json, clock: MovedClock) -> Iterator[Slack]:
    """The adapter."""
    settings = Settings.from_mapping(
        {
            "SLACK_BOT_TOKEN": local_slack["bot_token"],
            "SLACK_API_BASE_URL": local_slack["api_url"],
        }
    )
    yield Slack(settings, clock, timeout=2)
    httpx.delete(f"{local_slack['control_url']}/faults", trust_env=False)
