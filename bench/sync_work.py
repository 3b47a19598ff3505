"""One measured posting in a process of its own; `bench.sync` starts it.

Reads its task as JSON from standard input and writes what it measured as one JSON line.
"""

import json
import logging
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event, Lock
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import httpx
import structlog
from intuitlib.client import AuthClient
from quickbooks import QuickBooks as Library
from quickbooks.exceptions import QuickbooksException
from quickbooks.objects import Account, Bill, CreditMemo, Customer, Invoice, Item, Payment, Vendor
from quickbooks.objects.salesreceipt import SalesReceipt

from bench import mixed
from bench.world import ROOT
from bot import memory, mirror
from bot.clock import Clock
from bot.config import Settings
from bot.db import Sessions, leases, make_engine, migrate
from bot.domain import Payload
from bot.knowledge import Knowledge
from bot.models import Company, Source
from bot.quickbooks import QuickBooks, books
from bot.quickbooks.calls import Caller
from bot.quickbooks.replies import Reply
from bot.services import Services
from bot.sync import intake, push
from bot.sync.reading import parse_record
from bot.sync.records import BadRow

_HOLDER = "bench"
# The limits count over sliding minutes: both ways begin with a whole one.
_MINUTE = 61.0
# So many records the limits let into a slice; a run without limits takes slices of this size too.
_SLICE = 57


@dataclass(frozen=True)
class Task:
    """What to post, where, and with what; `limited`: with the limits of QuickBooks."""

    way: str
    realm: str
    access_token: str
    refresh_token: str
    quickbooks: Mapping[str, Any]
    settings: Mapping[str, str]
    records: int
    limited: bool


@dataclass(frozen=True)
class Result:
    """What it took; process start, connecting and the first reading are not counted.

    `begun` are the requests made before. Processor time of a record: `engine_cpu_ms` to decide,
    to order, to keep the journal and to write down what became of it; `calls_cpu_ms` for turn,
    token, library and HTTP of its calls.
    """

    seconds: float
    engine_cpu_ms: float
    calls_cpu_ms: float
    megabytes: float
    begun: int


def main() -> int:
    """Do one task."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    task = Task(**json.loads(sys.stdin.read()))
    ways: dict[str, Callable[[Task], Callable[[], None]]] = {"bot": _bot, "loop": _loop}
    post = ways[task.way](task)
    memory.keep_what_started()  # as a running bot does after its start
    Event().wait(_MINUTE if task.limited else 0.0)
    begun, used, at = _requests(task), time.process_time(), time.monotonic()
    calling = Measured.cpu
    post()
    seconds, cpu = time.monotonic() - at, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    calling = Measured.cpu - calling
    each = 1000 / task.records
    engine, calling = round((cpu - calling) * each, 2), round(calling * each, 2)
    result = Result(round(seconds, 1), engine, calling, round(peak, 1), begun)
    sys.stdout.write(json.dumps(vars(result)) + "\n")
    return 0


def _requests(task: Task) -> int:
    url = f"{task.quickbooks['control_url']}/requests"
    rows = httpx.get(url, trust_env=False).json()["requests"]
    return sum(1 for row in rows if row["realm"] == task.realm)


class Measured(Caller):
    """Counts the processor time of the calls to QuickBooks."""

    cpu = 0.0
    _guard = Lock()

    def call(self, *args: Any, **options: Any) -> tuple[Payload, Reply]:
        """One call with its turn, its permission and its repetitions."""
        begun = time.thread_time()
        try:
            return super().call(*args, **options)
        finally:
            with Measured._guard:
                Measured.cpu += time.thread_time() - begun


class _Deaf:
    """A queue nobody listens to: this process runs its slices itself."""

    def nudge(self, *_args: Any, **_options: Any) -> None:
        """Do nothing."""


def _bot(task: Task) -> Callable[[], None]:
    """Our own database with the company connected and read; then slice after slice."""
    vars(books)["Caller"] = Measured
    services, company_id, source_id = _services(task)
    rows = [parse_record(row) for row in mixed.records(task.records)]
    assert not [row for row in rows if isinstance(row, BadRow)]
    intake.accept(services, source_id, rows)
    limit = None if task.limited else _SLICE

    def post() -> None:
        while True:
            with leases.company_lease(
                services.sessions, services.clock, company_id, _HOLDER
            ) as held:
                report = push.push_slice(services, company_id, held, limit=limit)
            if report.again_at is not None and not report.posted:
                pause = (report.again_at - services.clock.now()).total_seconds()
                Event().wait(max(pause, 0.0))
            elif not report.waiting:
                return

    return post


def _services(task: Task) -> tuple[Services, int, int]:
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
        source = Source(company_id=company_id, name="Shop", created_at=clock.now())
        session.add(source)
        session.flush()
        source_id = source.id or 0
    quickbooks.connect(company_id, _consent(task, quickbooks.authorize_url("bench")), task.realm)
    made = SimpleNamespace(
        settings=settings,
        sessions=sessions,
        clock=clock,
        quickbooks=quickbooks,
        holder=_HOLDER,
        queue=_Deaf(),
        knowledge=Knowledge.load(ROOT / "templates"),
    )
    services = cast(Services, made)
    while not mirror.load(services, company_id, seconds=5.0):
        continue
    return services, company_id, source_id


def _consent(task: Task, address: str) -> str:
    """Press Connect on the consent page."""
    asked = dict(parse_qsl(urlsplit(address).query))
    reply = httpx.post(
        address.split("?")[0],
        data={**asked, "realm": task.realm, "decision": "connect"},
        trust_env=False,
    )
    return dict(parse_qsl(urlsplit(reply.headers["location"]).query))["code"]


def _loop(task: Task) -> Callable[[], None]:
    """What everybody writes first: build the object, save it, take the next one."""
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
    accounts = {one.Name: str(one.Id) for one in Account.all(max_results=1000, qb=client)}
    income = next(
        str(one.Id)
        for one in Account.all(max_results=1000, qb=client)
        if one.AccountSubType == "SalesOfProductIncome"
    )
    naive = Naive(client, accounts["Office Expenses"], income, {})
    rows = mixed.records(task.records)

    def post() -> None:
        for row in rows:
            naive.save(row)

    return post


_KINDS = {
    "customer": Customer,
    "vendor": Vendor,
    "item": Item,
    "invoice": Invoice,
    "sales_receipt": SalesReceipt,
    "credit_memo": CreditMemo,
    "payment": Payment,
    "bill": Bill,
}


@dataclass
class Naive:
    """The loop's memory: what became of each record."""

    client: Any
    expense: str
    income: str
    ids: dict[str, str]

    def save(self, row: mixed.Row) -> None:
        """Save one; after a refusal wait a minute, as Intuit asks, and save it again."""
        while True:
            made = _KINDS[row["type"]].from_json(self._body(row))
            try:
                made.save(qb=self.client)
            except QuickbooksException:
                Event().wait(60)
                continue
            self.ids[row["external_id"]] = str(made.Id)
            return

    def _body(self, row: mixed.Row) -> dict[str, Any]:
        kind = row["type"]
        if kind in ("customer", "vendor"):
            return {"DisplayName": row["name"]}
        if kind == "item":
            account = {"value": self.income}
            return {"Name": row["name"], "Type": "NonInventory", "IncomeAccountRef": account}
        if kind == "payment":
            [part] = row["applies_to"]
            linked = {"TxnId": self.ids[part["invoice"]], "TxnType": "Invoice"}
            return {
                "CustomerRef": {"value": self.ids[row["customer"]]},
                "TxnDate": row["date"],
                "TotalAmt": row["amount"],
                "Line": [{"Amount": part["amount"], "LinkedTxn": [linked]}],
            }
        return self._document(row)

    def _document(self, row: mixed.Row) -> dict[str, Any]:
        [line] = row["lines"]
        body = {"DocNumber": row["number"], "TxnDate": row["date"]}
        if row["type"] == "bill":
            detail = {"AccountRef": {"value": self.expense}}
            kind = "AccountBasedExpenseLineDetail"
            party = {"VendorRef": {"value": self.ids[row["vendor"]]}}
        else:
            detail = {"ItemRef": {"value": self.ids[line["item"]]}}
            kind = "SalesItemLineDetail"
            party = {"CustomerRef": {"value": self.ids[row["customer"]]}}
        written = {"Amount": line["amount"], "DetailType": kind, kind: detail}
        return {**body, **party, "Line": [written]}


if __name__ == "__main__":
    sys.exit(main())
