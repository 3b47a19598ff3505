"""One measured reading of a company's customers in a process of its own; `bench.mirror` starts it.

Reads its task as JSON from standard input and writes what it measured as one JSON line.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import httpx
from intuitlib.client import AuthClient
from quickbooks import QuickBooks as Library
from quickbooks.objects.customer import Customer
from sqlmodel import func, select

from bot import mirror
from bot.clock import Clock
from bot.config import Settings
from bot.db import Sessions, make_engine, migrate
from bot.mirror.side_by_side import side_by_side
from bot.models import Company, MirrorRow
from bot.quickbooks import QuickBooks
from bot.quickbooks.statements import PAGE
from bot.services import Services

WORKERS = 4
SLICE_SECONDS = 5.0


@dataclass(frozen=True)
class Task:
    """What to read, where, and with what."""

    way: str
    realm: str
    access_token: str
    refresh_token: str
    quickbooks: Mapping[str, Any]
    settings: Mapping[str, str]


@dataclass(frozen=True)
class Result:
    """How many records came, and what it took; process start and connecting are not counted."""

    rows: int
    seconds: float
    cpu_seconds: float
    megabytes: float


def main() -> int:
    """Do one task."""
    task = Task(**json.loads(sys.stdin.read()))
    ways: dict[str, Callable[[Task], Callable[[], int]]] = {
        "read": _ours,
        "load": _load,
        "query": lambda task: partial(_library, task, PAGE),
        "all": lambda task: partial(_library_all, task),
    }
    read = ways[task.way](task)
    begun, used = time.monotonic(), time.process_time()
    rows = read()
    seconds, cpu = time.monotonic() - begun, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps(vars(Result(rows, seconds, cpu, peak))) + "\n")
    return 0


def _services(task: Task) -> tuple[Services, int]:
    """Our own database with the company connected, and no more of the bot than that."""
    settings = Settings.from_mapping(task.settings)
    engine = make_engine(settings.DATABASE_URL)
    migrate(engine)
    sessions, clock = Sessions(engine), Clock()
    quickbooks = QuickBooks(settings, sessions, clock)
    with sessions.write() as session:
        company = Company(name="Bench", channel_id="C1", created_at=clock.now())
        session.add(company)
        session.flush()
        company_id = company.id or 0
    quickbooks.connect(company_id, _consent(task, quickbooks.authorize_url("bench")), task.realm)
    made = SimpleNamespace(
        settings=settings, sessions=sessions, clock=clock, quickbooks=quickbooks, holder="bench"
    )
    return cast(Services, made), company_id


def _consent(task: Task, address: str) -> str:
    """Press Connect on the consent page."""
    asked = dict(parse_qsl(urlsplit(address).query))
    reply = httpx.post(
        address.split("?")[0],
        data={**asked, "realm": task.realm, "decision": "connect"},
        trust_env=False,
    )
    return dict(parse_qsl(urlsplit(reply.headers["location"]).query))["code"]


def _ours(task: Task) -> Callable[[], int]:
    """Fetch and parse alone: counted before and after, pages side by side."""
    services, company_id = _services(task)
    books = services.quickbooks.company(company_id, patience=90.0)

    def read() -> int:
        total = books.count("Customer")
        calls = [
            partial(books.page, "Customer", start=start) for start in range(1, total + 1, PAGE)
        ]
        rows = sum(len(page) for page in side_by_side(calls, WORKERS))
        assert rows == books.count("Customer")
        return rows

    return read


def _load(task: Task) -> Callable[[], int]:
    """The whole first load: every list, counted, into the database; in turns, as a sync does."""
    services, company_id = _services(task)

    def read() -> int:
        while not mirror.load(services, company_id, seconds=SLICE_SECONDS):
            continue
        with services.sessions.read() as session:
            rows = select(func.count()).where(MirrorRow.entity == "Customer")
            return session.exec(rows).one()

    return read


def _client(task: Task) -> Any:
    # The simulator speaks http; python-quickbooks' own session refuses that by default.
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # noqa: TID251  read by oauthlib
    permission = AuthClient(
        client_id=task.quickbooks["client_id"],
        client_secret=task.quickbooks["client_secret"],
        redirect_uri="http://127.0.0.1:8080/oauth/callback",
        environment=task.quickbooks["discovery_url"],
        access_token=task.access_token,
        refresh_token=task.refresh_token,
    )
    client = Library(
        auth_client=permission,
        refresh_token=task.refresh_token,
        company_id=task.realm,
        minorversion=75,
        use_decimal=True,
    )
    client.api_url_v3 = task.quickbooks["api_url"]
    return client


def _library(task: Task, size: int) -> int:
    """python-quickbooks' own `query()`, a page after the other."""
    client, rows = _client(task), 0
    while True:
        statement = f"SELECT * FROM Customer ORDERBY Id STARTPOSITION {rows + 1} MAXRESULTS {size}"
        page = Customer.query(statement, qb=client)
        rows += len(page)
        if len(page) < size:
            return rows


def _library_all(task: Task) -> int:
    """python-quickbooks' `all()` with its default of 100 records a page."""
    client, rows = _client(task), 0
    while True:
        page = Customer.all(start_position=rows + 1, qb=client)
        rows += len(page)
        if len(page) < 100:
            return rows


if __name__ == "__main__":
    sys.exit(main())
