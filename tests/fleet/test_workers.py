"""Real worker processes on one PostgreSQL: one company at a time, and the dead are replaced."""

import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from time import monotonic

import httpx
import pytest
from sqlmodel import func, select

from app import compose
from bot.clock import Clock
from bot.domain import RecordState
from bot.fleet import FleetQueue, overview
from bot.jobs import sync_company
from bot.models import Company, Record, Source
from bot.services import Services
from bot.sync import intake
from bot.sync.reading import parse_record
from tests.command_line import ROOT
from tests.fleet.door import Call, open_door
from tests.fleet.wire import wire_to
from tests.quickbooks.simulator import Simulator, settings_for, simulator
from tests.scenarios.processes import free_port
from tests.sync.shop import customer, invoice, item
from tests.waiting import wait_for

__all__ = ["simulator"]

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

TAKEN_OVER_SECONDS = 30
# Nothing listens there: no message of these tests matters.
MORE = {
    "SLACK_BOT_TOKEN": "xoxb-none",
    "SLACK_SIGNING_SECRET": "none",
    "SLACK_API_BASE_URL": "http://127.0.0.1:9/api/",
    "SYNC_SECONDS": "3600",
    "CHECK_SECONDS": "3600",
}


class Fleet:
    """Worker processes, each behind a door of its own, and the books they write to."""

    def __init__(self, simulator: Simulator, services: Services, folder: Path) -> None:
        self.services = services
        self.simulator = simulator
        self.folder = folder
        self.realms: dict[int, str] = {}
        self.ends = ExitStack()
        self.processes: list[subprocess.Popen[bytes]] = []
        self.calls: list[list[Call]] = []

    def connect(self, name: str) -> int:
        """A company with its books."""
        realm = self.simulator.new_company(name)
        now = self.services.clock.now()
        with self.services.sessions.write() as session:
            row = Company(name=name, realm_id=realm, channel_id=f"C{name}", created_at=now)
            session.add(row)
            session.flush()
            company_id = row.id or 0
        address = self.services.quickbooks.authorize_url("state")
        code = self.simulator.consent(address, realm)
        self.services.quickbooks.connect(company_id, code, realm)
        self.realms[company_id] = realm
        return company_id

    def hand_over(self, company_id: int, count: int) -> None:
        """Invoices of a shop, with what they refer to."""
        with self.services.sessions.write() as session:
            row = Source(
                company_id=company_id,
                name=f"Shop {company_id}",
                created_at=self.services.clock.now(),
            )
            session.add(row)
            session.flush()
            source_id = row.id or 0
        rows = [item("i1", "Mug"), customer("c1", "Jane Doe")]
        rows += [invoice(str(1000 + number), "c1") for number in range(count)]
        intake.accept(self.services, source_id, [parse_record(one) for one in rows])
        sync_company(self.services.queue, company_id)

    def start_worker(self, **more: str) -> subprocess.Popen[bytes]:
        """`python app.py worker`, as on another machine."""
        door = self.ends.enter_context(open_door(self.simulator.ready["api_url"]))
        place = len(self.processes)
        settings = self.services.settings
        given = {
            name: value.get_secret_value() if hasattr(value, "get_secret_value") else value
            for name in settings.model_fields_set
            if (value := getattr(settings, name)) is not None
        }
        lines = {**given, "QUICKBOOKS_API_URL": door.url, "WORKER_PORT": free_port(), **more}
        env = self.folder / f"worker{place}.env"
        env.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
        log = self.ends.enter_context((self.folder / f"worker{place}.log").open("wb"))
        process = subprocess.Popen(
            [sys.executable, "app.py", "worker", "--env-file", str(env)],
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
        self.processes.append(process)
        self.calls.append(door.calls)
        return process

    def workers(self) -> dict[int, str]:
        """The holders of the workers that live, by process id."""
        lines = overview(self.services.sessions.engine).workers
        return {int(line.name.split(":")[1]): line.name for line in lines if line.alive}

    def address(self, process: subprocess.Popen[bytes]) -> str:
        """Where a worker shows how it is."""
        log = self.folder / f"worker{self.processes.index(process)}.log"
        return re.findall(r'"web": "([^"]+)"', log.read_text())[0]

    def writes(self, process: subprocess.Popen[bytes]) -> bool:
        """Say whether a process is in the middle of a company's sync."""
        name = self.workers().get(process.pid, "")
        lines = overview(self.services.sessions.engine).running
        begun = self.calls[self.processes.index(process)]
        return len(begun) > 2 and any(line.worker == name and line.job == "sync" for line in lines)

    def waiting(self) -> int:
        """Records that are not posted yet."""
        with self.services.sessions.read() as session:
            return session.exec(
                select(func.count()).where(Record.state != RecordState.POSTED)
            ).one()

    def numbers(self, company_id: int) -> Counter[str]:
        """How often each invoice stands in the books."""
        realm = self.realms[company_id]
        rows = self.simulator.control("GET", "/records/Invoice", realm=realm)["records"]
        return Counter(row["DocNumber"] for row in rows)

    def logs(self) -> str:
        """What the workers said."""
        return "".join(path.read_text() for path in sorted(self.folder.glob("worker*.log")))

    def close(self) -> None:
        """End everything."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        self.ends.close()


@pytest.fixture
def fleet(simulator: Simulator, postgres_url: str, tmp_path: Path) -> Iterator[Fleet]:
    """A fleet without workers yet; the test's own process hands nudges over and runs nothing."""
    settings = settings_for(simulator, tmp_path, DATABASE_URL=postgres_url, **MORE)
    queue = FleetQueue(Clock())
    services = compose(settings, queue)
    queue.connect(services.sessions.engine)
    made = Fleet(simulator, services, tmp_path)
    yield made
    made.close()
    queue.stop()
    services.quickbooks.close()
    services.sessions.engine.dispose()


def overlaps(mine: list[Call], others: list[Call]) -> list[tuple[Call, Call]]:
    """Writes of two processes to one company's books at one time."""
    return [
        (one, two)
        for one in mine
        for two in others
        if one.realm == two.realm and one.begun < two.ended and two.begun < one.ended
    ]


@pytest.mark.parametrize(
    ("companies", "invoices"), [(2, 70), pytest.param(12, 70, marks=pytest.mark.long)]
)
def test_a_killed_worker_is_replaced_by_the_living_and_nobody_writes_beside_another(
    fleet: Fleet, companies: int, invoices: int
) -> None:
    """kill -9 in the middle, never restarted: the others post everything, once, by themselves."""
    both = [fleet.start_worker(), fleet.start_worker()]
    connected = [fleet.connect(f"Harbor {number}") for number in range(companies)]
    wait_for("two workers", lambda: {one.pid for one in both} == set(fleet.workers()), 60)
    for company_id in connected:
        fleet.hand_over(company_id, invoices)
    dead = wait_for("one at work", lambda: next(filter(fleet.writes, both), None))

    dead.send_signal(signal.SIGKILL)
    dead.wait()
    killed = monotonic()
    left = fleet.waiting()
    wait_for("every record", lambda: fleet.waiting() == 0, TAKEN_OVER_SECONDS + left / 10)

    for company_id in connected:
        expected = {str(1000 + number): 1 for number in range(invoices)}
        assert fleet.numbers(company_id) == expected, fleet.logs()[-3000:]
    place = both.index(dead)
    alive = [call for call in fleet.calls[place] if call.ended < killed]
    assert left
    assert fleet.calls[1 - place]
    assert overlaps(alive, fleet.calls[1 - place]) == []
    assert "taken over" in fleet.logs()

    second = both[1 - place]
    well = httpx.get(f"http://{fleet.address(second)}/healthz").json()
    assert (well["ok"], well["database"], "slack" in well) == (True, "ok", False)
    numbers = httpx.get(f"http://{fleet.address(second)}/metrics").text
    assert "python_info" in numbers
    assert httpx.get(f"http://{fleet.address(second)}/intake/shop/records").status_code == 404
    second.send_signal(signal.SIGTERM)
    assert second.wait(30) == 0
    assert second.pid not in fleet.workers()


@pytest.mark.parametrize("seconds", [3.0, pytest.param(15.0, marks=pytest.mark.long)])
def test_a_database_that_is_away_for_a_while_costs_that_while_and_nothing_else(
    fleet: Fleet, seconds: float
) -> None:
    """Cut off while it posts: the worker stays up, and posts the rest once, by itself."""
    company_id = fleet.connect("Harbor Foods")
    with wire_to(fleet.services.settings.DATABASE_URL) as wire:
        worker = fleet.start_worker(DATABASE_URL=wire.url)
        wait_for("a worker", lambda: worker.pid in fleet.workers(), 60)
        fleet.hand_over(company_id, 120)
        wait_for("it at work", lambda: fleet.writes(worker))

        assert wire.cut()
        left = fleet.waiting()
        Event().wait(seconds)
        wire.mend()

        wait_for("every record", lambda: fleet.waiting() == 0, TAKEN_OVER_SECONDS + left)
        assert left
        assert fleet.numbers(company_id) == {str(1000 + number): 1 for number in range(120)}
        wait_for("its sign of life", lambda: worker.pid in fleet.workers())
        assert httpx.get(f"http://{fleet.address(worker)}/healthz").json()["database"] == "ok"
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
