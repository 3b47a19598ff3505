"""A small house for the message side: real rows, real templates, a real socket to a local Slack."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import httpx
from sqlmodel import select

from bot import incidents
from bot.access import Access
from bot.clock import Clock
from bot.config import Settings
from bot.db import Sessions, make_engine
from bot.domain import EVERYTHING, Finding, Scope
from bot.jobs import DELIVER
from bot.models import Company, Delivery, Incident
from bot.quickbooks import QuickBooks
from bot.services import FixButton, Services
from bot.slack import Slack
from tests.databases import new_database
from tests.words import knowledge, renderer

ROOT = Path(__file__).resolve().parents[2]
Json = dict[str, Any]


def start_slack(*args: str) -> tuple[subprocess.Popen[str], Json]:
    """Start the local Slack on any port and read its ready line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "slack", "--port", "0", *args],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "the local Slack did not start"
    return process, json.loads(line)


class MovedClock(Clock):
    """A clock that stands where a test puts it."""

    def __init__(self) -> None:
        # The local Slack stamps its messages by the real time.
        self.at = super().now()

    def now(self) -> datetime:
        """The moment the test has set."""
        return self.at

    def forward(self, **parts: float) -> None:
        """Let time pass."""
        self.at += timedelta(**parts)


@dataclass
class Nudges:
    """A queue that remembers; `drain` runs what was asked."""

    waiting: list[tuple[str, str]] = field(default_factory=list)

    def nudge(
        self,
        job: str,
        arg: str = "",
        *,
        lane: str | None = None,
        urgent: bool = False,
        seconds: float = 0.0,
    ) -> None:
        """Remember the nudge once."""
        if (job, arg) not in self.waiting:
            self.waiting.append((job, arg))


BUTTONS: Mapping[str, FixButton] = {
    name: FixButton(name, label, agreed)
    for name, label, agreed in (
        ("reactivate", "Reactivate and post {documents}…", lambda f: bool(f.get("qbo_id"))),
        ("use_existing", "Use existing and post {documents}…", lambda f: bool(f.get("agree"))),
        ("create_separate", "Different people…", lambda f: False),
        ("rename_ours", "Rename ours and post {documents}…", lambda f: True),
        ("reconnect", "Reconnect…", lambda f: True),
        ("retry", "Try again…", lambda f: False),
    )
}


@dataclass
class House:
    """Services over a fresh database, with the queue run by hand."""

    services: Services
    clock: MovedClock
    queue: Nudges
    slack: Json = field(default_factory=dict)

    def company(self, name: str = "Harbor Foods", channel: str = "") -> int:
        """Add a company."""
        channel = channel or self.slack.get("channels", {}).get("books-harbor-foods", "C0HARBOR01")
        with self.services.sessions.write() as session:
            row = Company(name=name, channel_id=channel, created_at=self.clock.now())
            session.add(row)
            session.flush()
            return row.id or 0

    def observe(
        self,
        company_id: int,
        *findings: Finding,
        check: str = "failed_records",
        scope: Scope = EVERYTHING,
        as_of: datetime | None = None,
    ) -> list[int]:
        """Hand in the findings of one completed run."""
        return incidents.observe(self.services, company_id, check, findings, scope, as_of=as_of)

    def drain(self) -> None:
        """Run every delivery that was asked for, until none is left."""
        for _round in range(50):
            if not self.queue.waiting:
                return
            job, arg = self.queue.waiting.pop(0)
            assert job == DELIVER
            incidents.deliver(self.services, int(arg))
        raise AssertionError("the queue never comes to rest")

    def settle(self, seconds: float = 6) -> None:
        """Let the grouping time pass and send what is due."""
        self.clock.forward(seconds=seconds)
        incidents.sweep_deliveries(self.services)
        self.drain()

    def incident(self, incident_id: int) -> Incident:
        """Read one incident."""
        with self.services.sessions.read() as session:
            return session.get_one(Incident, incident_id)

    def delivery(self, incident_id: int) -> Delivery:
        """Read the message row of an incident."""
        with self.services.sessions.read() as session:
            return session.exec(select(Delivery).where(Delivery.incident_id == incident_id)).one()

    def messages(self, channel: str = "books-harbor-foods") -> list[Json]:
        """What the channel shows, oldest first: without the replies in threads."""
        rows = self._all_messages(channel)
        return [row for row in rows if row.get("thread_ts") in (None, row["ts"])]

    def replies(self, ts: str, channel: str = "books-harbor-foods") -> list[Json]:
        """The replies in the thread of a message, oldest first."""
        rows = self._all_messages(channel)
        return [row for row in rows if row.get("thread_ts") == ts and row["ts"] != ts]

    def _all_messages(self, channel: str) -> list[Json]:
        reply = httpx.get(
            f"{self.slack['control_url']}/messages",
            params={"channel": self.slack["channels"][channel]},
            trust_env=False,
        )
        shown = [row for row in reply.json()["messages"] if not row.get("deleted")]
        # Slack's own lines ("archived the channel") are no messages of anybody.
        return [row for row in shown if not str(row.get("subtype")).startswith("channel_")]

    def calls(self, method: str) -> list[Json]:
        """The Web API calls of one method."""
        url = f"{self.slack['control_url']}/calls"
        reply = httpx.get(url, params={"method": method}, trust_env=False)
        return list(reply.json()["calls"])

    def fault(self, fault: str, method: str, times: int = 1, seconds: float = 1) -> None:
        """Make Slack misbehave at one method."""
        body = {"fault": fault, "times": times, "seconds": seconds, "match": {"method": method}}
        self.order("faults", body)

    def act(self, kind: str, user: str = "U0DANA0001", **about: Any) -> Json:
        """Do what a person does in Slack."""
        return self.order("act", {"type": kind, "user": user, **about})

    def order(self, what: str, body: Json) -> Json:
        """Post to the simulator's control API."""
        reply = httpx.post(f"{self.slack['control_url']}/{what}", json=body, trust_env=False)
        assert reply.status_code == 200, reply.text
        return dict(reply.json())


def make_services(folder: Path, slack: Json, holder: str = "here", timeout: int = 2) -> House:
    """Build the services over a SQLite file in `folder`."""
    engine = make_engine(new_database(folder))
    settings = Settings.from_mapping(
        {
            "SLACK_BOT_TOKEN": slack.get("bot_token", "xoxb-none"),
            "SLACK_API_BASE_URL": slack.get("api_url", "http://127.0.0.1:9/api/"),
            "GROUPING_SECONDS": "5",
        }
    )
    clock, queue = MovedClock(), Nudges()
    services = Services(
        settings=settings,
        sessions=Sessions(engine),
        quickbooks=cast(QuickBooks, None),
        slack=Slack(settings, clock, timeout=timeout),
        queue=queue,
        knowledge=knowledge(),
        render=renderer(),
        clock=clock,
        access=cast(Access, None),
        buttons=BUTTONS,
        holder=holder,
    )
    return House(services, clock, queue, slack)


def just_opened(house: House, problem: str, facts: Json, subject: str = "") -> Incident:
    """An incident of the first company as it is right after it was opened; no row is written."""
    known, now = house.services.knowledge.problem(problem), house.clock.now()
    return Incident(
        id=1,
        company_id=1,
        check_name=problem,
        problem=problem,
        subject=subject or f"subject:{problem}",
        family=known.family,
        kind=known.kind,
        severity=known.severity,
        facts=facts,
        opened_at=now,
        last_seen_at=now,
    )
