"""What only a fleet knows: moments as rows, jobs of the dead, a database that goes away."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine, text

from bot.config import Settings
from bot.db import Sessions
from bot.fleet import due, history, overview, prepare, schema, steward
from bot.fleet.sending import Sender
from bot.fleet.takeover import take_over
from bot.jobs import Ran, company_lane
from bot.policy import CompanySpec, make_or_update
from bot.scheduler.lanes import ticket
from bot.services import Services
from tests.fleet.conftest import PATIENCE, FleetJobs
from tests.waiting import wait_for

pytestmark = pytest.mark.postgres
LANE = company_lane(1)


@pytest.fixture
def engine(emptied: Services) -> Engine:
    """The shared database, empty, with nobody at work."""
    return emptied.sessions.engine


def rows(engine: Engine, statement: str) -> list[tuple[object, ...]]:
    """What the database holds."""
    with engine.begin() as connection:
        done = connection.execute(text(statement))
        return [tuple(row) for row in done] if done.returns_rows else []


def taken(engine: Engine) -> tuple[list[str], list[str]]:
    """Take what is due: the names of what comes once, and of what comes again."""
    once: list[str] = []
    again, _ = due.take(engine, lambda moment: once.append(moment.name))
    return once, again


def fetched(engine: Engine, beat: str) -> None:
    """Let a worker, last seen at that moment, have fetched whatever waits."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "WITH w AS (INSERT INTO procrastinate_workers (last_heartbeat) "
                f"VALUES ({beat}) RETURNING id) "
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM w)"
            )
        )


def send(engine: Engine, job: str, *, urgent: bool = False) -> None:
    """Hand one nudge of company 1 over."""
    sender = Sender(engine)
    sender.send(ticket(job, "1", LANE, urgent))
    sender.close()


STATES = "SELECT task_name, status::text FROM procrastinate_jobs ORDER BY id"


def test_a_dead_workers_job_waits_again(engine: Engine) -> None:
    """Its heart has not beaten for longer than ten seconds."""
    send(engine, "sync")
    fetched(engine, "now() - interval '11 seconds'")

    assert take_over(Sessions(engine), "me") == 1
    assert rows(engine, STATES) == [("sync", "todo")]


def test_a_living_workers_job_is_left_alone(engine: Engine) -> None:
    """Slow is not dead."""
    send(engine, "sync")
    fetched(engine, "now() - interval '5 seconds'")

    assert take_over(Sessions(engine), "me") == 0
    assert rows(engine, STATES) == [("sync", "doing")]


@pytest.mark.parametrize("lives", [True, False])
def test_a_killed_process_is_known_at_once(engine: Engine, lives: bool) -> None:
    """Its heart beat a moment ago; its line to the database is gone."""
    send(engine, "sync")
    fetched(engine, "now()")
    [(number,)] = rows(engine, "SELECT id FROM procrastinate_workers")
    history.beat(engine, "other", 4, [number], [])
    here = Sessions(engine)
    there = Sessions(engine)
    if lives:
        there.announce("other")

    assert take_over(here, "me") == (0 if lives else 1)
    assert rows(engine, STATES) == [("sync", "doing" if lives else "todo")]
    assert len(overview(engine).workers) == (1 if lives else 0)
    there.engine.dispose()


def test_a_job_whose_worker_was_forgotten_waits_again(engine: Engine) -> None:
    """Procrastinate itself deletes workers that were silent for long."""
    send(engine, "sync")
    fetched(engine, "now()")
    rows(engine, "DELETE FROM procrastinate_workers")

    assert take_over(Sessions(engine), "me") == 1
    assert rows(engine, STATES) == [("sync", "todo")]


def test_a_dead_workers_job_that_was_nudged_again_is_done_once(engine: Engine) -> None:
    """A key waits once: its twin does the work, and no other dead job is kept from the living."""
    send(engine, "sync")
    fetched(engine, "now() - interval '1 hour'")
    send(engine, "sync")

    assert take_over(Sessions(engine), "me") == 1
    assert rows(engine, STATES) == [("sync", "todo")]
    assert rows(engine, "SELECT id FROM procrastinate_workers") == []


def test_a_moment_is_taken_by_one_process_only(engine: Engine) -> None:
    """While one is at it, the others pass it over."""
    due.plan(engine, [("sync:1", 300.0, 0.0)])
    Sender(engine).send_later(ticket("sync", "1", LANE, urgent=False), 0.0)
    seen: list[tuple[list[str], list[str]]] = []

    again, _ = due.take(engine, lambda _moment: seen.append(taken(engine)))

    assert again == ["sync:1"]
    assert seen == [([], [])]
    assert taken(engine) == ([], [])
    assert rows(engine, "SELECT name FROM due") == [("sync:1",)]


def test_a_moment_that_could_not_be_handed_over_stays(engine: Engine) -> None:
    """Killed in between: the next process finds it."""
    sender = Sender(engine)
    sender.send_later(ticket("sync", "1", LANE, urgent=True), 0.0)
    sender.close()

    def fails(_moment: due.Moment) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        due.take(engine, fails)
    assert taken(engine) == (["later:sync:1"], [])


def test_a_restart_keeps_the_cadence_and_a_new_pace_shortens_it(engine: Engine) -> None:
    """Nothing starts anew because a process did; what is to come sooner now comes sooner."""
    due.plan(engine, [("sync:1", 300.0, 200.0)])
    due.plan(engine, [("sync:1", 300.0, 0.0)])
    assert taken(engine) == ([], [])

    due.plan(engine, [("sync:1", 0.001, 0.0)])
    Event().wait(0.01)
    assert taken(engine) == ([], ["sync:1"])


def test_the_history_is_bounded(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest runs stay, once per key; a worker that was silent for an hour goes."""
    monkeypatch.setattr(history, "KEPT", 3)
    now = datetime(2026, 11, 23, tzinfo=UTC)
    ran = [
        Ran("sync", str(number), "w", now + timedelta(seconds=number), 1.0, "done")
        for number in range(6)
    ]
    history.beat(engine, "w", 4, [1, 2], ran)
    history.beat(engine, "w", 4, [1, 2], [ran[5]])
    rows(engine, "UPDATE worker SET seen_at = now() - interval '2 hours'")
    history.prune(engine)

    seen = overview(engine)
    assert [one.arg for one in seen.last] == ["5", "4", "3"]
    assert seen.workers == ()


def test_tables_of_an_older_version_are_brought_up(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which version they have stands in the table's comment; what is newer is done, once."""
    newer = tmp_path / "99.00.00_01_pre_example.sql"
    newer.write_text("CREATE TABLE procrastinate_example (rate text DEFAULT '100%');")
    known = schema._migrations()
    monkeypatch.setattr(schema, "_migrations", lambda: [*known, newer])
    prepare(engine)
    prepare(engine)

    assert rows(engine, "SELECT count(*) FROM procrastinate_example") == [(0,)]
    rows(engine, f"COMMENT ON TABLE procrastinate_jobs IS '{known[-1].stem}'")
    rows(engine, "DROP TABLE procrastinate_example")


def test_the_work_goes_on_when_the_server_cuts_every_line(fleet: FleetJobs) -> None:
    """A database that goes away for a moment costs a moment: nobody has to start anything."""
    ran: list[str] = []
    begun, go = Event(), Event()

    def slow(_services: object, _arg: str) -> None:
        begun.set()
        go.wait(PATIENCE)

    fleet.start({"sync": lambda services, arg: ran.append(arg), "fix": slow})
    fleet.queue.nudge("fix", "1", lane=company_lane(2))
    assert begun.wait(PATIENCE)
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    rows(fleet.engine, cut)
    fleet.queue.nudge("sync", "1", lane=LANE)
    go.set()
    wait_for("the job after the cut", lambda: ran == ["1"], PATIENCE)
    fleet.queue.nudge("sync", "2", lane=LANE)
    wait_for("the one after it", lambda: ran == ["1", "2"], PATIENCE)


def test_two_processes_share_the_work_and_no_lane_is_in_both(
    emptied: Services, fleet: FleetJobs
) -> None:
    """Both get some of it; a company's jobs never meet."""
    other = FleetJobs(emptied)
    inside: set[str] = set()
    met: list[str] = []
    by: dict[str, int] = {"one": 0, "two": 0}

    def job(name: str):  # type: ignore[no-untyped-def]
        def run(_services: object, arg: str) -> None:
            company = arg.split(":")[0]
            if company in inside:
                met.append(arg)
            inside.add(company)
            by[name] += 1
            Event().wait(0.03)
            inside.discard(company)

        return run

    fleet.start({"sync": job("one")})
    other.start({"sync": job("two")})
    for number in range(60):
        company = number % 15
        fleet.queue.nudge("sync", f"{company}:{number}", lane=company_lane(company))
    fleet.settle()
    fleet.idle()
    other.close()

    assert met == []
    assert sum(by.values()) == 60
    assert all(by.values()), by


def test_a_company_that_joins_is_synced_and_one_that_is_gone_is_forgotten(
    emptied: Services, fleet: FleetJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The processes follow the companies there are; nobody starts anything anew."""
    monkeypatch.setattr(steward, "COMPANIES_SECONDS", 0.3)
    given = {
        "DATABASE_URL": emptied.settings.DATABASE_URL,
        "SECRET_KEYS": emptied.settings.SECRET_KEYS.get_secret_value(),
        "SYNC_SECONDS": "0.5",
    }
    fleet.services = replace(fleet.services, settings=Settings.from_mapping(given))
    ran: list[str] = []
    table = {"sync": lambda services, arg: ran.append(arg), "capture": lambda services, arg: None}
    fleet.start(table)
    company = make_or_update(emptied, CompanySpec(name="Harbor Foods", channel="C0000000001"))
    wait_for("two syncs", lambda: len(ran) >= 2, PATIENCE)
    rows(fleet.engine, "TRUNCATE company CASCADE")

    assert set(ran) == {str(company.id)}
    names = "SELECT name FROM due WHERE name LIKE 'sync:%' OR name LIKE 'capture:%'"
    wait_for("its moments to go", lambda: not rows(fleet.engine, names), PATIENCE)
