"""A local QuickBooks without a bot, and companies in it as stories see them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox.demo.web import Http
from sandbox.drill.books import Books
from sandbox.drill.names import Names
from tests.scenarios.processes import start_sandbox

Json = dict[str, Any]


@pytest.fixture(scope="module")
def quickbooks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Json]:
    """The simulator as a process of its own."""
    process, ready = start_sandbox("quickbooks", tmp_path_factory.mktemp("qb") / "log")
    yield ready
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


@pytest.fixture
def company(quickbooks: Json) -> Iterator[Callable[[str], Books]]:
    """Opens empty companies."""
    http, control = Http(), quickbooks["control_url"]

    def opened(name: str) -> Books:
        made = http.post(f"{control}/companies", {"name": name, "seed": "empty"})
        return Books(
            name=name,
            realm=made["realm_id"],
            channel="C1",
            bot_url="",
            control_url=control,
            time_zone="America/New_York",
            http=http,
            names=Names(),
            app=lambda *_: {"token": "none"},
        )

    yield opened
    http.close()
