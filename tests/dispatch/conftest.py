"""A Slack simulator for the session and the bot's front door for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dispatch.slack_world import Bot, SlackSimulator, running, simulator


@pytest.fixture(scope="session")
def slack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlackSimulator]:
    """One workspace for the session."""
    with simulator(tmp_path_factory.mktemp("slack") / "slack.log") as found:
        yield found


@pytest.fixture
def bot(slack: SlackSimulator, tmp_path: Path) -> Iterator[Bot]:
    """The front door, connected, with fresh rows."""
    with running(slack, tmp_path) as found:
        yield found
