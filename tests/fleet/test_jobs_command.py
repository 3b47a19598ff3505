"""`python app.py jobs` and `worker`, in words and as JSON."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from cryptography.fernet import Fernet

from app import compose
from bot.clock import Clock
from bot.config import Settings
from bot.console.working import choose_queue
from bot.db import make_engine, migrate
from bot.db.lock import single_run
from bot.jobs import company_lane
from bot.models import Company, Source
from bot.scheduler import InlineQueue, LocalQueue
from bot.services import Services
from bot.web import Doors, WebServer, make_app
from tests.command_line import run_here
from tests.fleet.conftest import PATIENCE, FleetJobs
from tests.waiting import wait_for

NOBODY = "No bot runs on this database, so no job waits or runs. `run` finds what is unfinished.\n"


@pytest.fixture
def made(database: dict[str, str]) -> Iterator[Services]:
    """Services on that file."""
    services = compose(Settings.from_mapping(database), LocalQueue(Clock()))
    yield services
    services.quickbooks.close()
    services.sessions.engine.dispose()


@contextmanager
def held(jobs: FleetJobs) -> Iterator[None]:
    """A fix of company 7 runs, its sync waits, company 8's is planned."""
    begun, go = Event(), Event()

    def slow(_services: object, _arg: str) -> None:
        begun.set()
        assert go.wait(PATIENCE)

    jobs.start({"fix": slow, "sync": lambda services, arg: None})
    jobs.queue.nudge("fix", "3", lane=company_lane(7), urgent=True)
    assert begun.wait(PATIENCE)
    jobs.queue.nudge("sync", "7", lane=company_lane(7))
    jobs.queue.nudge("sync", "8", lane=company_lane(8), seconds=3600)
    jobs.settle()
    yield
    go.set()
    jobs.idle()


@pytest.fixture
def database(tmp_path: Path) -> dict[str, str]:
    """The environment of a bot with an empty SQLite file."""
    env = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/bot.sqlite3",
        "SECRET_KEYS": Fernet.generate_key().decode(),
    }
    engine = make_engine(env["DATABASE_URL"])
    migrate(engine)
    engine.dispose()
    return env


def test_with_no_bot_it_says_so(database: dict[str, str]) -> None:
    """An empty list alone would look as if all were done."""
    done = run_here("jobs", env=database)
    found = json.loads(run_here("jobs", "--json", env=database).stdout)

    assert (done.returncode, done.stdout, done.stderr) == (0, NOBODY, "")
    assert found["running_bot"] is False
    assert found["running"] == found["waiting"] == found["last"] == []


def test_a_bot_that_does_not_answer_is_said(database: dict[str, str]) -> None:
    """It holds the file, but listens elsewhere."""
    with single_run(database["DATABASE_URL"]):
        done = run_here("jobs", env={**database, "WEB_PORT": "1"})

    assert (done.returncode, done.stdout) == (2, "")
    assert "does not answer at http://127.0.0.1:1. Is WEB_PORT the same" in done.stderr


def test_the_running_bot_is_asked(database: dict[str, str], made: Services) -> None:
    """On SQLite its memory alone knows."""
    settings = Settings.from_mapping(database)
    queue = LocalQueue(Clock())
    queue.start(made, {"sync": lambda services, arg: None})
    queue.nudge("sync", "7", lane=company_lane(7))
    assert queue.wait_idle(PATIENCE)
    services = replace(made, settings=settings, queue=queue)
    doors = Doors(lambda: True, lambda: None, jobs=queue.overview)
    web = WebServer(make_app(services, doors), "127.0.0.1", 0)
    web.start()
    with single_run(database["DATABASE_URL"]):
        env = {**database, "WEB_PORT": str(web.port)}
        done = run_here("jobs", env=env)
        found = json.loads(run_here("jobs", "--json", env=env).stdout)
    web.stop()
    queue.stop()

    assert done.stdout.splitlines()[0] == "0 jobs running, 0 waiting, 0 late."
    assert found["running_bot"] is True
    assert [(row["job"], row["arg"], row["outcome"]) for row in found["last"]] == [
        ("sync", "7", "done")
    ]


def test_each_job_is_shown_with_names_however_often_others_run(
    database: dict[str, str], made: Services
) -> None:
    """Thirty checks do not hide the last posting; companies and sources go by their names."""
    with made.sessions.write() as session:
        now = Clock().now()
        session.add(Company(realm_id="1", name="Harbor Foods", channel_id="C1", created_at=now))
        session.flush()
        session.add(Source(company_id=1, name="Shop", created_at=now))
    queue = LocalQueue(Clock())
    names = ("sync", "check", "pull", "fix")
    queue.start(made, dict.fromkeys(names, lambda services, arg: None))
    for job, arg in (("sync", "1"), ("pull", "1"), ("fix", "9")):
        queue.nudge(job, arg)
    assert queue.wait_idle(PATIENCE)
    for number in range(30):
        queue.nudge("check", f"1:failed_records_{number}")
    assert queue.wait_idle(PATIENCE)
    services = replace(made, settings=Settings.from_mapping(database), queue=queue)
    doors = Doors(lambda: True, lambda: None, jobs=queue.overview)
    web = WebServer(make_app(services, doors), "127.0.0.1", 0)
    web.start()
    with single_run(database["DATABASE_URL"]):
        done = run_here("jobs", env={**database, "WEB_PORT": str(web.port)})
    web.stop()
    queue.stop()

    rows = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert sum(row.startswith("check Harbor Foods: failed records") for row in rows) == 5
    assert sum(row.startswith("sync Harbor Foods 20") for row in rows) == 1
    assert sum(row.startswith("pull Shop of Harbor Foods 20") for row in rows) == 1
    assert sum(row.startswith("fix 9 20") for row in rows) == 1


def test_a_worker_needs_postgresql(database: dict[str, str]) -> None:
    """On SQLite it would be a second writer."""
    done = run_here("worker", env=database)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("A worker needs PostgreSQL: ")


@pytest.mark.postgres
def test_the_fleet_is_shown_from_any_machine(fleet: FleetJobs) -> None:
    """What runs and where, what waits, what is planned, who works."""
    url = fleet.engine.url.render_as_string(hide_password=False)
    with held(fleet):
        holder = fleet.services.holder

        def listed() -> bool:
            done = run_here("jobs", "--json", env={"DATABASE_URL": url})
            rows = json.loads(done.stdout)["running"]
            return [(row["job"], row["worker"]) for row in rows] == [("fix", holder)]

        wait_for("the worker's own row", listed)
        done = run_here("jobs", env={"DATABASE_URL": url})
        lines = [line.split() for line in done.stdout.splitlines()]

    assert lines[0] == ["1", "job", "running,", "1", "waiting,", "0", "late."]
    shown = [line[:3] for line in lines if line[:1] in (["fix"], ["sync"])]
    assert shown[:2] == [["fix", "3", "running"], ["sync", "7", "waiting"]]
    assert shown[2][:2] == ["sync", "8"]
    assert any(line[:1] == [holder] and line[-2] == "1" for line in lines)


@pytest.mark.postgres
def test_the_command_line_hands_its_jobs_to_workers_elsewhere(fleet: FleetJobs) -> None:
    """Where no bot runs on this machine; with nobody at work it works alone."""
    url = fleet.engine.url.render_as_string(hide_password=False)
    settings = Settings.from_mapping({"DATABASE_URL": url, "WEB_PORT": "1"})
    assert isinstance(choose_queue(settings), InlineQueue)
    ran = Event()
    fleet.start({"sync": lambda services, arg: ran.set()})

    def worked() -> bool:
        queue = choose_queue(settings)
        if isinstance(queue, InlineQueue):
            return False
        queue.nudge("sync", "7", lane=company_lane(7))
        assert queue.trouble == ""
        queue.close()
        return True

    wait_for("a worker's row", worked)
    assert ran.wait(PATIENCE)
