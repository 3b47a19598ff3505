"""A fresh local Slack for each test."""

from collections.abc import Iterator

import pytest

from sandbox.slack.manifest import read_manifest
from sandbox.slack.seed import new_world
from tests.sandbox.slack.harness import MANIFEST, Slack, running


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slack]:
    """A workspace with the test manifest and no rate limits."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    world = new_world(read_manifest(MANIFEST))
    world.limits.set_mode("off")
    with running(world) as found:
        yield found
