"""Both job engines behind one face: what holds for one must hold for the other."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, create_engine, text

from app import compose
from bot.clock import Clock
from bot.config import Settings
from bot.fleet import FleetQueue, overview
from bot.jobs import HOME, SWEEP, Overview
from bot.scheduler import JobTable, LocalQueue
from bot.services import Services
from tests.waiting import wait_for

PATIENCE = 20.0
_WORK = text("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
_PLANNED = text("SELECT count(*) FROM due WHERE every = 0 AND next_at < now() + interval '1 min'")
# What the clock nudges by itself.
HOUSE = {SWEEP: lambda services, arg: None, HOME: lambda services, arg: None}


def settings_for(url: str) -> Settings:
    """Settings that need nothing but a database."""
    return Settings.from_mapping(
        {"DATABASE_URL": url, "SECRET_KEYS": Fernet.generate_key().decode()}
    )


class LocalJobs:
    """One machine's engine."""

    def __init__(self) -> None:
        self.queue = LocalQueue(Clock())

    def start(self, jobs: JobTable) -> None:
        """Begin to run these jobs."""
        self.queue.start(cast(Services, object()), jobs)

    def settle(self) -> None:
        """Wait until every nudge has arrived: here they do at once."""

    def idle(self) -> None:
        """Wait until nothing waits or runs."""
        assert self.queue.wait_idle(PATIENCE)

    def overview(self) -> Overview:
        """What waits and runs."""
        return self.queue.overview()

    def close(self) -> None:
        """End it."""
        self.queue.stop()


class FleetJobs:
    """The engine of a fleet, with one process in it."""

    def __init__(self, made: Services) -> None:
        self.queue = FleetQueue(Clock())
        self.services = replace(made, queue=self.queue)

    def start(self, jobs: JobTable) -> None:
        """Begin to run these jobs."""
        self.queue.start(self.services, {**HOUSE, **jobs}, ())

    def settle(self) -> None:
        """Wait until every nudge has arrived."""
        assert self.queue.flushed(PATIENCE)

    def idle(self) -> None:
        """Wait until nothing waits or runs, nor will within a minute."""
        wait_for("an idle queue", lambda: self.queue.flushed(1) and self._idle(), PATIENCE)

    def overview(self) -> Overview:
        """What waits and runs."""
        return overview(self.engine)

    def close(self) -> None:
        """End it."""
        self.queue.stop()

    @property
    def engine(self) -> Engine:
        """Its database."""
        return self.services.sessions.engine

    def _idle(self) -> bool:
        with self.engine.connect() as connection:
            return not any(connection.execute(one).scalar() for one in (_WORK, _PLANNED))


@pytest.fixture(scope="session")
def shared(postgres_server: str) -> Iterator[Services]:
    """Services on a database of their own: to make them takes longer than these tests do."""
    engine = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE fleet"))
    url = engine.url.set(database="fleet").render_as_string(hide_password=False)
    engine.dispose()
    made = compose(settings_for(url), FleetQueue(Clock()))
    yield made
    made.quickbooks.close()
    made.sessions.engine.dispose()


@pytest.fixture
def emptied(shared: Services) -> Services:
    """The same with nothing in it."""
    with shared.sessions.engine.begin() as connection:
        connection.execute(
            text("TRUNCATE procrastinate_jobs, procrastinate_workers, due, jobrun, worker CASCADE")
        )
    return shared


@pytest.fixture(params=["local", pytest.param("fleet", marks=pytest.mark.postgres)])
def jobs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LocalJobs | FleetJobs]:
    """An engine that is stopped afterwards."""
    made = (
        LocalJobs() if request.param == "local" else FleetJobs(request.getfixturevalue("emptied"))
    )
    yield made
    made.close()


@pytest.fixture
def fleet(emptied: Services) -> Iterator[FleetJobs]:
    """The fleet's engine alone."""
    made = FleetJobs(emptied)
    yield made
    made.close()
