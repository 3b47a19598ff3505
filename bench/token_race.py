"""Eight processes race for each due refresh of a token and are killed between answer and store.

Hours pass on a clock all processes share. After each hour every process asks for every company's
access token at once; a few are killed when Intuit has answered and nothing is stored yet. Counted
are the refreshes that were stored for one due time, those that were not due, the connections that
were lost, and how often a person would have to reconnect.
"""

import json
import multiprocessing
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import structlog
from cryptography.fernet import Fernet
from sqlalchemy import update
from sqlmodel import col, select

from bench.token_worker import AheadClock, Shared, serve
from bench.world import Words, whole
from bot.config import Settings
from bot.db import Sessions, make_engine, migrate
from bot.domain import ConnectionState
from bot.models import Company, Connection, Lease
from bot.quickbooks import QuickBooks
from sandbox.demo.children import end_all, ready_line, start
from sandbox.quiet_end import quietly

ROOT = Path(__file__).resolve().parents[1]
HOUR = 3600
PROCESSES = 8
# An answer later than this means that a process hangs.
_LONGEST_ROUND = 120.0


@dataclass(frozen=True)
class Plan:
    """What is raced: `refreshes` due times over `companies`, a share of them with a death."""

    refreshes: int
    companies: int = 10
    deaths: float = 0.02
    grace_hours: int = 24
    seed: int = 1

    @property
    def rounds(self) -> int:
        """How many hours pass."""
        return -(-self.refreshes // self.companies)


@dataclass
class Result:
    """What was counted."""

    grace_hours: int
    due: int = 0
    stored: int = 0
    killed: int = 0
    stored_twice: int = 0
    not_due: int = 0
    lost: int = 0
    reconnect_alerts: int = 0
    never_answered: int = 0
    seconds: float = 0.0

    @property
    def wrong(self) -> list[str]:
        """What must not be, in words."""
        alerts = self.killed if self.grace_hours == 0 else 0
        checks = {
            "a due time got two stored refreshes": self.stored_twice,
            "a refresh was not due": self.not_due,
            "a process got no answer": self.never_answered,
            "a connection was lost without a death": max(0, self.lost - alerts),
            "more than one reconnect alert for a death": max(0, self.reconnect_alerts - alerts),
            "a due time was not served": self.due - self.stored - self.lost,
        }
        return [words for words, count in checks.items() if count]


class Race:
    """The coordinator: the simulator, the database, the processes."""

    def __init__(self, simulator: dict[str, Any], database: str, plan: Plan) -> None:
        self.plan = plan
        self.result = Result(plan.grace_hours)
        self._rng = Random(plan.seed)
        self._control = str(simulator["control_url"])
        self._http = httpx.Client(timeout=60, trust_env=False)
        self._forks = multiprocessing.get_context("fork")
        self._settings = _settings(simulator, database)
        engine = make_engine(self._settings.DATABASE_URL)
        migrate(engine)
        self._sessions = Sessions(engine)
        ahead = self._forks.Value("d", 0.0)
        self._shared = Shared(ahead, self._forks.Array("b", plan.companies))
        self._quickbooks = QuickBooks(self._settings, self._sessions, AheadClock(ahead))
        self._realms = {self._add(number): "" for number in range(plan.companies)}
        self._pipes: dict[Pipe, Any] = {}
        self._started = 0
        self._seen_calls = 0

    def run(self) -> Result:
        """Connect, race every round, count."""
        begun = monotonic()
        self._post("/limits", {"limits": "off"})
        grace = {"rotation_every_hours": 0, "rotation_grace_hours": self.plan.grace_hours}
        self._post("/switches", grace)
        for company_id in self._realms:
            made = self._post("/companies", {"name": f"Company {company_id}", "seed": "empty"})
            self._realms[company_id] = str(made["realm_id"])
            self._consent(company_id)
        self._sessions.engine.dispose()
        for _ in range(PROCESSES):
            self._fork()
        self._calls()
        for _ in range(self.plan.rounds):
            self._round()
        self.result.seconds = round(monotonic() - begun, 1)
        return self.result

    def close(self) -> None:
        """End every process and connection."""
        for pipe, process in self._pipes.items():
            pipe.close()
            process.kill()
            process.join()
        self._quickbooks.close()
        self._sessions.engine.dispose()
        self._http.close()

    def _round(self) -> None:
        """An hour passes: all tokens are due, everybody asks for all of them at once."""
        before = self._versions()
        self._pass(HOUR)
        order = list(self._realms)
        self._rng.shuffle(order)
        killed = self.result.killed
        for place in range(len(order)):
            self._shared.deadly[place] = int(self._rng.random() < self.plan.deaths)
        seen = self._race(order)
        self._count(before, seen, self.result.killed - killed)
        if self._rng.random() < 0.1:
            # Half an hour later nothing is due, and whoever asks causes no call.
            self._pass(HOUR // 2)
            self._race(order)
            self.result.not_due += sum(self._calls().values())
            self._pass(HOUR // 2)

    def _race(self, order: list[int]) -> Counter[str]:
        """Let all processes go; one that dies is replaced by a new one for the next round."""
        seen: Counter[str] = Counter()
        for pipe in self._pipes:
            pipe.send(order)
        waiting = set(self._pipes)
        while waiting:
            ready = wait(list(waiting), _LONGEST_ROUND)
            if not ready:
                self.result.never_answered += len(waiting)
                return seen
            for pipe in [one for one in waiting if one in ready]:
                waiting.discard(pipe)
                try:
                    seen.update(pipe.recv())
                except EOFError:
                    self._died(pipe)
        return seen

    def _died(self, pipe: Pipe) -> None:
        """Count it, and let its leases run out.

        PostgreSQL shows at once that it is dead; on SQLite others would wait for its lease's end.
        """
        self.result.killed += 1
        process = self._pipes.pop(pipe)
        process.join()
        pipe.close()
        if self._sessions.engine.dialect.name == "sqlite":
            with self._sessions.write() as session:
                held = update(Lease).where(col(Lease.holder) == process.name)
                session.exec(held.values(expires_at=datetime(2000, 1, 1, tzinfo=UTC)))
        self._fork()

    def _count(self, before: dict[int, tuple[int, bool]], seen: Counter[str], killed: int) -> None:
        calls = self._calls()
        after = self._versions()
        result = self.result
        result.due += len(before)
        result.never_answered += seen["gave_up"]
        stored, lost_before = 0, result.lost
        for company_id, (version, lost) in after.items():
            more = version - before[company_id][0]
            stored += more
            result.stored_twice += max(0, more - 1)
            if lost:
                result.lost += 1
                self._consent(company_id)
                self._calls()
        result.stored += stored
        # Each time a process marks a connection as lost an alert may open; what a process saw that
        # was killed later is known from the rows alone.
        result.reconnect_alerts += max(seen["permission_lost"], result.lost - lost_before)
        # Each answer of Intuit was stored, or its process was killed with it in hand.
        result.not_due += max(0, calls["answered"] - stored - killed)

    def _fork(self) -> None:
        mine, theirs = self._forks.Pipe()
        self._started += 1
        name = f"racer-{self._started}"
        words = (name, self._settings, list(self._realms), self._shared, theirs)
        process = self._forks.Process(target=serve, args=words, name=name, daemon=True)
        process.start()
        theirs.close()
        assert mine.recv() == "ready"
        self._pipes[mine] = process

    def _pass(self, seconds: float) -> None:
        with self._shared.ahead.get_lock():
            self._shared.ahead.value += seconds
        self._post("/clock", {"advance": seconds})

    def _versions(self) -> dict[int, tuple[int, bool]]:
        with self._sessions.read() as session:
            rows = session.exec(select(Connection)).all()
        return {row.company_id: (row.version, row.state is ConnectionState.LOST) for row in rows}

    def _calls(self) -> Counter[str]:
        """The token calls since the last look: answered with a token, or refused."""
        rows = self._http.get(f"{self._control}/requests?since={self._seen_calls}").json()
        found: Counter[str] = Counter()
        for row in rows["requests"]:
            self._seen_calls = max(self._seen_calls, int(row["seq"]))
            if row["operation"] == "token":
                found["answered" if row["status"] == 200 else "refused"] += 1
        return found

    def _add(self, number: int) -> int:
        with self._sessions.write() as session:
            row = Company(
                name=f"Company {number}",
                channel_id=f"C{number}",
                created_at=AheadClock(self._shared.ahead).now(),
            )
            session.add(row)
            session.flush()
            return row.id or 0

    def _consent(self, company_id: int) -> None:
        """A person presses Connect on Intuit's page."""
        address = self._quickbooks.authorize_url("state")
        query = dict(parse_qsl(urlsplit(address).query))
        realm = self._realms[company_id]
        answer = {**query, "realm": realm, "decision": "connect"}
        reply = self._http.post(address.split("?")[0], data=answer)
        code = dict(parse_qsl(urlsplit(reply.headers["location"]).query))["code"]
        self._quickbooks.connect(company_id, code, realm)

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        reply = self._http.post(f"{self._control}{path}", json=body)
        reply.raise_for_status()
        answer: dict[str, Any] = reply.json()
        return answer


def _settings(simulator: dict[str, Any], database: str) -> Settings:
    return Settings.from_mapping(
        {
            "DATABASE_URL": database,
            "SECRET_KEYS": Fernet.generate_key().decode(),
            "INTUIT_CLIENT_ID": simulator["client_id"],
            "INTUIT_CLIENT_SECRET": simulator["client_secret"],
            "INTUIT_ENVIRONMENT": simulator["discovery_url"],
            "QUICKBOOKS_API_URL": simulator["api_url"],
            "QUICKBOOKS_PER_MINUTE": "0",
            "QUICKBOOKS_PER_SECOND": "0",
        }
    )


def race(plan: Plan, database: str = "") -> Result:
    """Run one race with a simulator of its own, on SQLite unless a database is named."""
    with tempfile.TemporaryDirectory(prefix="qb-race-") as name, _simulator(Path(name)) as ready:
        made = Race(ready, database or f"sqlite:///{name}/race.sqlite3", plan)
        try:
            return made.run()
        finally:
            made.close()


@contextmanager
def _simulator(folder: Path) -> Iterator[dict[str, Any]]:
    child = start("quickbooks", ["-m", "sandbox", "quickbooks"], folder, ROOT)
    try:
        yield ready_line(child)
    finally:
        end_all([child])


def main(argv: Sequence[str]) -> int:
    """Race with both graces; 1 when anything was as it must not be."""
    parser = Words(__doc__ or "")
    parser.add_argument("--refreshes", type=whole, default=10_000, help="due times for each grace")
    parser.add_argument("--database", default="", help="a PostgreSQL address; SQLite if left out")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(argv)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    results = [
        race(Plan(asked.refreshes, grace_hours=grace, seed=asked.seed), asked.database)
        for grace in (24, 0)
    ]
    for result in results:
        shown = {**asdict(result), "ok": not result.wrong}
        if asked.json:
            sys.stdout.write(json.dumps(shown) + "\n")
        else:
            sys.stdout.write("".join(f"{key:<20}{value}\n" for key, value in shown.items()) + "\n")
            sys.stdout.write("".join(f"WRONG: {words}\n" for words in result.wrong))
    return int(any(result.wrong for result in results))


if __name__ == "__main__":
    sys.exit(quietly(main))
