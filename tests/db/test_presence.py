"""On PostgreSQL what a dead process held is free at once; what a live one holds is not."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.clock import Clock
from bot.db import Sessions, leases, make_engine, migrate
from tests.waiting import wait_for

pytestmark = pytest.mark.postgres
ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys
from bot.clock import Clock
from bot.db import Sessions, leases, make_engine
held = leases.acquire(Sessions(make_engine(sys.argv[1])), Clock(), "company:1", "other")
print(held.fence, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def sessions(postgres_url: str) -> Iterator[Sessions]:
    """An empty, migrated database."""
    engine = make_engine(postgres_url)
    migrate(engine)
    yield Sessions(engine)
    engine.dispose()


@pytest.fixture
def other(sessions: Sessions, postgres_url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds company 1's lease."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, postgres_url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "1\n"
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_a_killed_process_loses_its_lease_at_once(
    sessions: Sessions, other: subprocess.Popen[str]
) -> None:
    """Not three minutes later; the fence rises, so that it could write nothing more."""
    assert leases.acquire(sessions, Clock(), "company:1", "me") is None
    other.kill()
    other.wait()

    def gone() -> bool:
        with sessions.write() as session:
            return sessions.is_gone(session, "other")

    wait_for("the server to notice", gone)
    held = leases.acquire(sessions, Clock(), "company:1", "me")

    assert held is not None
    assert held.fence == 2


def test_a_live_process_keeps_its_lease_when_the_server_cuts_its_line(
    sessions: Sessions, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next lease or claim announces it anew, with everything it is known by."""
    monkeypatch.setattr("bot.db.presence._ASK_SECONDS", 0.0)
    leases.acquire(sessions, Clock(), "company:1", "me")
    leases.acquire(sessions, Clock(), "tokens:1", "my-tokens")
    engine = make_engine(postgres_url)
    somebody = Sessions(engine)
    with engine.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
    sessions.announce("me")

    for name, holder in (("company:1", "me"), ("tokens:1", "my-tokens")):
        assert leases.acquire(somebody, Clock(), name, "somebody") is None, holder
    engine.dispose()
