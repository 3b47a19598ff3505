"""A running QuickBooks simulator, and a bot's QuickBooks connected to a fresh company in it."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from cryptography.fernet import Fernet

from bot.clock import Clock
from bot.config import Settings
from bot.db import Sessions, make_engine, migrate
from bot.models import Company, Connection
from bot.quickbooks import CompanyBooks, QuickBooks
from tests.databases import new_database

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Simulator:
    """The ready line and the control API of a running simulator."""

    ready: dict
    http: httpx.Client

    def control(self, method, path, body=None, **params):
        """Call the control API and return its JSON; a refusal fails the test."""
        reply = self.http.request(
            method, f"{self.ready['control_url']}{path}", json=body, params=params
        )
        assert reply.status_code < 300, reply.text
        return reply.json()

    def new_company(self, name, **options):
        """Open an empty company; returns its realm id."""
        body = {"name": name, "seed": "empty", **options}
        return self.control("POST", "/companies", body)["realm_id"]

    def fault(self, fault, times=1, match=None, **options):
        """Arm a fault."""
        return self.control(
            "POST", "/faults", {"fault": fault, "times": times, "match": match or {}, **options}
        )

    def act(self, realm, verb, **what):
        """A person does something inside QuickBooks."""
        return self.control("POST", "/act", {"realm": realm, "type": verb, **what})

    def writes(self, realm):
        """The write log of one company."""
        return [row for row in self.control("GET", "/writes")["writes"] if row["realm"] == realm]

    def requests(self, realm=None):
        """Every API and token call, of one company or of all."""
        rows = self.control("GET", "/requests")["requests"]
        return [row for row in rows if realm is None or row["realm"] == realm]

    def consent(self, address, realm):
        """Press Connect on the consent page; returns the code the browser brings back."""
        query = dict(parse_qsl(urlsplit(address).query))
        page = address.split("?")[0]
        reply = self.http.post(page, data={**query, "realm": realm, "decision": "connect"})
        assert reply.status_code == 302, reply.text
        back = dict(parse_qsl(urlsplit(reply.headers["location"]).query))
        assert back["state"] == query["state"]
        return back["code"]


@dataclass
class Bench:
    """A bot's database and QuickBooks, with one company connected."""

    simulator: Simulator
    settings: Settings
    sessions: Sessions
    clock: Clock
    quickbooks: QuickBooks
    database: Path
    realm: str = ""
    company_id: int = 0
    extra: list[QuickBooks] = field(default_factory=list)

    @property
    def books(self) -> CompanyBooks:
        """The connected company's books."""
        return self.quickbooks.company(self.company_id)

    def add_company(self, name, realm=None):
        """A company row, not connected yet."""
        with self.sessions.write() as session:
            row = Company(name=name, realm_id=realm, channel_id="C1", created_at=self.clock.now())
            session.add(row)
            session.flush()
            return row.id

    def connect(self, company_id, realm):
        """Go through the consent page as a person does."""
        code = self.simulator.consent(self.quickbooks.authorize_url("some-state"), realm)
        return self.quickbooks.connect(company_id, code, realm)

    def connection(self, company_id=None):
        """The stored connection."""
        with self.sessions.read() as session:
            return session.get_one(Connection, company_id or self.company_id)

    def change_connection(self, **values):
        """Change columns of the stored connection."""
        with self.sessions.write() as session:
            row = session.get_one(Connection, self.company_id)
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)

    def expire_access(self):
        """Let the bot believe that the access token has run out."""
        self.change_connection(access_expires_at=self.clock.now())

    def another(self):
        """A second process's QuickBooks on the same database."""
        other = QuickBooks(self.settings, self.sessions, self.clock)
        self.extra.append(other)
        return other


def token_calls(bench):
    """How many token calls the simulator has had."""
    return sum(1 for row in bench.simulator.requests() if row["operation"] == "token")


@contextmanager
def running_simulator() -> Iterator[Simulator]:
    """A simulator as a process of its own, without its limits."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "quickbooks", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    try:
        line = process.stdout.readline()
        watchdog.cancel()
        with httpx.Client(timeout=30, trust_env=False) as http:
            made = Simulator(json.loads(line), http)
            made.control("POST", "/limits", {"limits": "off"})
            yield made
    finally:
        watchdog.cancel()
        process.terminate()
        process.wait(30)
        process.stdout.close()


def settings_for(simulator, folder, **more) -> Settings:
    """Settings that point at the simulator, without our own limits."""
    return Settings.from_mapping(
        {
            "DATABASE_URL": new_database(folder),
            "SECRET_KEYS": Fernet.generate_key().decode(),
            "INTUIT_CLIENT_ID": simulator.ready["client_id"],
            "INTUIT_CLIENT_SECRET": simulator.ready["client_secret"],
            "INTUIT_ENVIRONMENT": simulator.ready["discovery_url"],
            "QUICKBOOKS_API_URL": simulator.ready["api_url"],
            "QUICKBOOKS_PER_MINUTE": "0",
            "QUICKBOOKS_PER_SECOND": "0",
            "QUICKBOOKS_TIMEOUT_SECONDS": "20",
            "PUBLIC_URL": "http://127.0.0.1:8080",
            **more,
        }
    )


@contextmanager
def connected_bench(simulator, settings, folder, name, clock=None, **company) -> Iterator[Bench]:
    """A bot with one freshly opened company connected; `company` says which kind."""
    engine = make_engine(settings.DATABASE_URL)
    migrate(engine)
    sessions = Sessions(engine)
    clock = clock or Clock()
    quickbooks = QuickBooks(settings, sessions, clock)
    made = Bench(simulator, settings, sessions, clock, quickbooks, folder / "bot.sqlite3")
    made.realm = simulator.new_company(f"Harbor Foods {name}"[:60], **company)
    made.company_id = made.add_company("Harbor Foods")
    made.connect(made.company_id, made.realm)
    yield made
    simulator.control("DELETE", "/faults")
    for each in (quickbooks, *made.extra):
        each.close()
    engine.dispose()


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    """One simulator for the whole run."""
    with running_simulator() as made:
        yield made


@pytest.fixture
def settings(simulator, tmp_path) -> Settings:
    """Settings that point at the simulator."""
    return settings_for(simulator, tmp_path)


@pytest.fixture
def bench(simulator, settings, tmp_path, request) -> Iterator[Bench]:
    """A bot with one freshly opened company connected."""
    with connected_bench(simulator, settings, tmp_path, request.node.name) as made:
        yield made
