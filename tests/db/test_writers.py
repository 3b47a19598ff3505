"""Two writers never meet in the middle, on either engine."""

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot import audit
from bot.db import Sessions, make_engine, schema_differences
from bot.models import AuditEntry, Company, Lease

ROOT = Path(__file__).resolve().parents[2]
MIGRATE = "import sys; from bot.db import make_engine, migrate; migrate(make_engine(sys.argv[1]))"
NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that nobody has made yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new.sqlite3"
    address: str = request.getfixturevalue("postgres_url")
    return address


def _at_once(*works: Callable[[], None]) -> list[BaseException]:
    """Run these at the same time; give what they raised."""
    raised: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  what a thread raised is what is asserted
            raised.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_two_companies_post_and_record_at_once(sessions: Sessions) -> None:
    """Rows, then the record, then rows again, in opposite orders: no deadlock, one whole chain."""
    with sessions.write() as session:
        for number in (1, 2):
            session.add(
                Company(id=number, name=f"C{number}", channel_id=f"C{number}", created_at=NOW)
            )

    def touch(first: int, second: int) -> None:
        for turn in range(15):
            with sessions.write() as session:
                session.get_one(Company, first).currency = f"{first}{turn}"
                session.flush()
                audit.append(session, at=NOW, actor="", action="a", subject=str(turn))
                session.get_one(Company, second).currency = f"{second}{turn}"

    raised = _at_once(*[lambda: touch(1, 2), lambda: touch(2, 1)] * 2)

    assert raised == []
    with sessions.read() as session:
        report = audit.verify(session)
        assert (report.ok, report.rows) == (True, 60)
        assert len(session.exec(select(AuditEntry)).all()) == 60


def test_what_is_read_before_a_write_is_still_true_when_it_is_written(sessions: Sessions) -> None:
    """Without any FOR UPDATE: a writer waits until the one before it has committed."""
    with sessions.write() as session:
        session.add(Lease(name="count", fence=0, expires_at=NOW))

    def count() -> None:
        for _ in range(20):
            with sessions.write() as session:
                row = session.exec(select(Lease).where(col(Lease.name) == "count")).one()
                row.fence += 1
                session.add(row)

    assert _at_once(count, count, count, count) == []
    with sessions.read() as session:
        assert session.get_one(Lease, "count").fence == 80


def test_processes_that_start_together_bring_the_schema_up_once(url: str) -> None:
    """Each one waits for the other and finds the tables made."""
    words = [sys.executable, "-c", MIGRATE, url]
    starting = [
        subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    errors = [process.communicate(timeout=60)[1] for process in starting]

    assert errors == ["", "", ""]
    engine = make_engine(url)
    assert schema_differences(engine) == []
    engine.dispose()
