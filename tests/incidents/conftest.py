"""Fixtures: one local Slack for the session, a fresh database for each test."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.incidents.house import House, Json, make_services, start_slack


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
def house(tmp_path: Path, local_slack: Json) -> Iterator[House]:
    """Services that talk to the local Slack."""
    channel = local_slack["channels"]["books-harbor-foods"]
    made = make_services(tmp_path, local_slack)
    made.company(channel=channel)
    before = {message["ts"] for name in local_slack["channels"] for message in made.messages(name)}
    everything = made.messages
    made.messages = lambda channel="books-harbor-foods": [  # type: ignore[method-assign]
        message for message in everything(channel) if message["ts"] not in before
    ]
    yield made
    httpx.delete(f"{local_slack['control_url']}/faults", trust_env=False)
    made.services.sessions.engine.dispose()
