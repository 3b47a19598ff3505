"""A real web edge over a real socket, with the real QuickBooks simulator behind it."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from sqlmodel import select

from app import manifest, run, worker
from bot import reconnect
from bot.access import Access
from bot.config import Settings
from bot.console import Desk, Parts
from bot.console.sources import NewSource, add_source
from bot.domain import Role
from bot.jobs import Nudge
from bot.models import Company
from bot.policy import CompanySpec, make_or_update
from bot.services import Services
from bot.slack import Member
from bot.web import Doors, WebServer, make_app
from tests.composing import compose
from tests.databases import new_database

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Noted:
    """A queue that notes what it was asked for."""

    nudges: list[Nudge] = field(default_factory=list)

    def nudge(
        self,
        job: str,
        arg: str = "",
        *,
        lane: str | None = None,
        urgent: bool = False,
        seconds: float = 0.0,
    ) -> None:
        """Note it."""
        self.nudges.append(Nudge(job, arg))


class Known:
    """A directory that knows everybody."""

    def member(self, user_id: str) -> Member:
        """Tell who it is."""
        return Member(
            user_id, "Dana", is_guest=False, is_bot=False, is_foreign=False, deleted=False
        )

    def group_members(self, group_id: str) -> frozenset[str]:
        """No groups."""
        raise AssertionError(group_id)


@dataclass
class Edge:
    """The web edge while it listens, and what is behind it."""

    services: Services
    server: WebServer
    http: httpx.Client
    noted: Noted
    quickbooks: dict[str, Any]
    pulse: dict[str, Any]

    def company(self, name: str = "Harbor Foods") -> int:
        """Make a company."""
        made = make_or_update(
            self.services, CompanySpec(name=name, channel=f"C{len(self._companies()):010}")
        )
        assert made.id is not None
        return made.id

    def source(self, name: str = "shop") -> NewSource:
        """Make a source with its token."""
        return add_source(self.services, None, name)

    def link(self, company_id: int, user: str = "") -> str:
        """Make a one-time link and give its path."""
        url = reconnect.issue_link(self.services, company_id, user)
        return "/reconnect/" + url.rsplit("/", 1)[-1]

    def person(self, company_id: int, role: Role | None, user: str = "U0DANA0001") -> str:
        """Let Slack know a person, with a role at a company or (None) with none any more."""
        people = {one: () for one in Role if one is not Role.NONE} | (
            {role: (user,)} if role else {}
        )
        name = next(row.name for row in self._companies() if row.id == company_id)
        make_or_update(self.services, CompanySpec(name=name, people=people))
        access = Access(self.services.settings, self.services.sessions, Known())
        object.__setattr__(self.services, "access", access)
        return user

    def parts(self) -> Parts:
        """What a command of the command line is given, with these services."""

        @contextmanager
        def desk(_: Settings) -> Iterator[Desk]:
            yield Desk(self.services, {}, ())

        environ = {"DATABASE_URL": self.services.settings.DATABASE_URL}
        return Parts(ROOT, environ, run, desk, manifest, frozenset(), worker)

    def _companies(self) -> list[Company]:
        with self.services.sessions.read() as session:
            return list(session.exec(select(Company)))

    def realm(self, name: str) -> str:
        """Make a company in QuickBooks."""
        made = httpx.post(
            f"{self.quickbooks['control_url']}/companies", json={"name": name, "seed": "empty"}
        ).json()
        return str(made["realm_id"])

    def fault(self, fault: str, match: dict[str, str]) -> None:
        """Let QuickBooks answer once with a fault."""
        armed = {"fault": fault, "times": 1, "match": match}
        httpx.post(f"{self.quickbooks['control_url']}/faults", json=armed).raise_for_status()

    def consent(self, location: str, realm: str, decision: str = "connect") -> str:
        """Answer Intuit's consent page; give the address it sends the browser to."""
        page = httpx.get(location)
        form = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        answer = httpx.post(
            str(page.url.join("/connect/oauth2")),
            data={**form, "realm": realm, "decision": decision},
        )
        return answer.headers["location"]


@pytest.fixture(scope="session")
def quickbooks() -> Iterator[dict[str, Any]]:
    """The QuickBooks simulator as a process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "quickbooks"], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    yield json.loads(process.stdout.readline())
    process.terminate()
    process.wait(30)
    process.stdout.close()


@pytest.fixture
def more_settings() -> dict[str, str]:
    """What a test file sets beside the usual."""
    return {}


@pytest.fixture
def edge(
    tmp_path: Path, quickbooks: dict[str, Any], more_settings: dict[str, str]
) -> Iterator[Edge]:
    """The edge, listening on a free port."""
    noted = Noted()
    settings = Settings.from_mapping(
        {
            "DATABASE_URL": new_database(tmp_path),
            "SECRET_KEYS": Fernet.generate_key().decode(),
            "INTUIT_CLIENT_ID": quickbooks["client_id"],
            "INTUIT_CLIENT_SECRET": quickbooks["client_secret"],
            "INTUIT_ENVIRONMENT": quickbooks["discovery_url"],
            "QUICKBOOKS_API_URL": quickbooks["api_url"],
            "PUBLIC_URL": "http://127.0.0.1:8080",
            "SLACK_API_BASE_URL": "http://127.0.0.1:9/api/",
            **more_settings,
        }
    )
    services = compose(settings, noted)
    pulse: dict[str, Any] = {"slack": True, "swept": datetime.now(UTC)}  # noqa: TID251  as of now
    doors = Doors(
        slack_connected=lambda: pulse["slack"],
        last_sweep=lambda: pulse["swept"],
        slack_http=lambda body, headers: (200, {"x-seen": headers["x-given"]}, body.decode()),
    )
    server = WebServer(make_app(services, doors), "127.0.0.1", 0)
    server.start()
    http = httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=20, trust_env=False)
    yield Edge(services, server, http, noted, quickbooks, pulse)
    http.close()
    server.stop()
    services.quickbooks.close()
    services.sessions.engine.dispose()
