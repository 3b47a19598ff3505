"""The bot's front door in front of a real Slack simulator: real rows, real sockets, no doubles."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from cryptography.fernet import Fernet
from sqlmodel import select

from bot.access import Access
from bot.clock import Clock
from bot.config import Settings
from bot.db import Sessions, make_engine, migrate
from bot.dispatch import SocketDoor, build_app, build_manifest
from bot.domain import ConnectionState, Family, RecordState, RecordType, Severity
from bot.fixes.registry import buttons
from bot.models import (
    AuditEntry,
    Click,
    Company,
    Connection,
    Delivery,
    Hold,
    Incident,
    Record,
    Source,
)
from bot.quickbooks import QuickBooks
from bot.scheduler.local import LocalQueue
from bot.services import Services
from bot.slack import Slack
from bot.work.reporting import read_reports
from checks import ALL_CHECKS
from commands import ALL_COMMANDS
from commands.buttons import BUTTONS
from commands.jobs import JOBS
from commands.lookups import LOOKUPS
from commands.modals import FORMS
from tests.databases import new_database
from tests.scenarios.processes import start_sandbox
from tests.waiting import wait_for
from tests.words import knowledge, renderer

Json = dict[str, Any]


class SlackSimulator:
    """The simulator as a process, and its control API."""

    def __init__(self, ready: Json) -> None:
        self.ready = ready
        self.http = httpx.Client(timeout=20, trust_env=False)
        self.users: dict[str, str] = ready["users"]
        self.channels: dict[str, str] = ready["channels"]

    def get(self, path: str, **query: Any) -> Json:
        """Look at something."""
        reply = self.http.get(f"{self.ready['control_url']}/{path}", params=query)
        assert reply.status_code == 200, reply.text
        answer: Json = reply.json()
        return answer

    def post(self, path: str, body: Json) -> Json:
        """Do something; a refusal of the simulator comes back as ok false."""
        answer: Json = self.http.post(f"{self.ready['control_url']}/{path}", json=body).json()
        return answer

    def act(self, who: str, what: str, **more: Any) -> Json:
        """Do what a person does in the client."""
        return self.post("act", {"user": self.users.get(who, who), "type": what, **more})

    def ephemerals(self, who: str, channel: str) -> list[Json]:
        """What only this person sees in a channel."""
        found: list[Json] = self.get(
            "ephemerals", user=self.users.get(who, who), channel=self.channels[channel]
        )["ephemerals"]
        return found

    def messages(self, channel: str) -> list[Json]:
        """What everybody sees."""
        found: list[Json] = self.get("messages", channel=self.channels[channel])["messages"]
        return found

    def views(self, who: str) -> list[Json]:
        """The open modals of a person."""
        found: list[Json] = self.get("views", user=self.users[who])["views"]
        return [view for view in found if view["type"] == "modal"]

    def close_windows(self) -> None:
        """Close every window, so that a test never sees another one's."""
        for who in self.users:
            for view in self.views(who):
                self.act(who, "close", view_id=view["id"])

    def calls(self, since: int, method: str) -> list[Json]:
        """The Web API calls the bot made."""
        found: list[Json] = self.get("calls", since=since, method=method)["calls"]
        return found


@contextmanager
def simulator(log: Path) -> Iterator[SlackSimulator]:
    """Start one simulator for the session."""
    process, ready = start_sandbox("slack", log, "--limits", "off")
    assert process.stdout is not None
    slack = SlackSimulator(ready)
    try:
        yield slack
    finally:
        slack.http.close()
        process.terminate()
        process.wait(10)
        process.stdout.close()


def text_of(thing: Json) -> str:
    """Every word a person sees in a message, an ephemeral or a view."""
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict) and value.get("type") == "rich_text_section":
            found.append("".join(str(part.get("text", "")) for part in value["elements"]))
        elif isinstance(value, dict):
            if isinstance(value.get("text"), str):
                found.append(value["text"])
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(thing.get("blocks") or [])
    return " ".join(found) if found else str(thing.get("text") or "")


@dataclass
class Bot:
    """The bot's front door as it runs in app.py, and the hands of the people."""

    slack: SlackSimulator
    services: Services
    queue: LocalQueue
    door: SocketDoor
    harbor: Company
    ridge: Company

    def say(self, who: str, command: str, text: str = "", channel: str = "general") -> Json:
        """Type a command; gives the acknowledgement."""
        return self.slack.act(
            who, "command", channel=self.slack.channels[channel], command=command, text=text
        )

    def ask(self, who: str, command: str, text: str = "", channel: str = "general") -> str:
        """Type a command and read the next answer that only this person sees."""
        return text_of(self.answer(who, command, text, channel))

    def answer(self, who: str, command: str, text: str = "", channel: str = "general") -> Json:
        """As `ask`, with its blocks."""
        before = len(self.slack.ephemerals(who, channel))
        acked = self.say(who, command, text, channel)
        assert acked["ok"], acked
        assert acked["acked"], acked
        return wait_for(
            f"an answer to {command} {text}",
            lambda: self.slack.ephemerals(who, channel)[before:],
        )[0]

    def press(self, who: str, ts: str, action: str, channel: str, **more: Any) -> Json:
        """Press a button of a message."""
        return self.slack.act(
            who,
            "button",
            channel=self.slack.channels[channel],
            ts=ts,
            action_id=action,
            **more,
        )

    def view(self, who: str, *, says: str) -> Json:
        """Wait until the person's open modal says something."""

        def look() -> Json | None:
            return next((v for v in self.slack.views(who) if says in text_of(v)), None)

        return wait_for(f"a modal that says {says!r}", look)

    def rows(self, table: type[Any]) -> list[Any]:
        """Read all rows of a table."""
        with self.services.sessions.read() as session:
            return list(session.exec(select(table)))

    def add(self, *rows: Any) -> Any:
        """Add rows; gives the last one."""
        with self.services.sessions.write() as session:
            for row in rows:
                session.add(row)
                session.flush()
        return rows[-1]

    def clicks(self) -> list[Click]:
        """The noted presses."""
        return self.rows(Click)

    def audit(self, action: str) -> list[AuditEntry]:
        """The entries of one kind of act."""
        return [row for row in self.rows(AuditEntry) if row.action == action]

    def source(self, company: Company, name: str = "Shop") -> Source:
        """A source of a company."""
        for row in self.rows(Source):
            if row.company_id == company.id and row.name == name:
                found: Source = row
                return found
        made: Source = self.add(
            Source(company_id=company.id, name=name, created_at=self.services.clock.now())
        )
        return made

    def record(self, company: Company, kind: str = "invoice", **more: Any) -> Record:
        """A record of a source, as intake would have kept it."""
        number = len(self.rows(Record)) + 1
        given: Json = {
            "company_id": company.id,
            "source_id": self.source(company).id,
            "type": RecordType(kind),
            "tier": 3 if kind == "invoice" else 4 if kind == "payment" else 1,
            "external_id": f"x{number}",
            "digest": str(number),
            "received_at": self.services.clock.now(),
            "state": RecordState.WAITING,
            **more,
        }
        made: Record = self.add(Record(**given))
        return made

    def incident(self, company: Company, problem: str = "unknown", **more: Any) -> Incident:
        """An open alert, with its message in the company's channel."""
        found = self.services.knowledge.problems[problem]
        now = self.services.clock.now()
        given: Json = {
            "company_id": company.id,
            "check_name": "failed_records",
            "problem": problem,
            # Told apart by how many there are, which takes reading them all.
            "subject": more.get("subject") or f"invoice:Shop/{len(self.rows(Incident)) + 1}",
            "family": Family(found.family),
            "kind": found.kind,
            "severity": Severity(found.severity),
            "facts": FACTS,
            "opened_at": now,
            "last_seen_at": now,
            **more,
        }
        made: Incident = self.add(Incident(**given))
        return made

    def hold(self, record: Record, incident: Incident) -> None:
        """Hold a record for the cause of an alert."""
        now = self.services.clock.now()
        self.add(
            Hold(
                company_id=record.company_id,
                record_id=record.id,
                problem=incident.problem,
                subject=incident.subject,
                since=now,
            )
        )

    def alert(self, incident: Incident, actions: list[tuple[str, str]], channel: str) -> str:
        """Post a message with these buttons (action id, value) for an alert; gives its ts."""
        elements = [
            {
                "type": "button",
                "text": {"type": "plain_text", "text": action},
                "action_id": action,
                "value": value,
            }
            for action, value in actions
        ]
        posted = self.services.slack.post(
            self.slack.channels[channel], "alert", [{"type": "actions", "elements": elements}]
        )
        self.add(
            Delivery(
                incident_id=incident.id,
                channel_id=self.slack.channels[channel],
                ts=posted.ts,
                sent=1,
                not_before=self.services.clock.now(),
            )
        )
        return posted.ts


FACTS: Json = {
    "company": "Harbor Foods",
    "source": "Shop",
    "currency": "USD",
    "documents": 1,
    "sales_count": 1,
    "sales_amount": "420.00",
    "cash_count": 0,
    "cash_amount": "0.00",
    "first_date": "2026-11-21",
    "last_date": "2026-11-21",
    "since": "2026-11-22T08:00:00+00:00",
    "record_count": 1,
    "examples": [],
    "code": "9999",
    "fault_message": "Odd Error",
    "detail": "Something odd : It was odd.",
    "element": "",
    "intuit_tid": "tid-123",
    "raw": '{"Fault": "odd"}',
    "http_status": 400,
    "record_type": "invoice",
    "number": "1042",
    "party": "Jane Doe",
    "amount": "420.00",
}


def make_services(
    slack: SlackSimulator, folder: Path, **values: str
) -> tuple[Services, LocalQueue]:
    """The services as app.py makes them, on a fresh database."""
    people = slack.users
    settings = Settings.from_mapping(
        {
            "DATABASE_URL": new_database(folder),
            "SECRET_KEYS": Fernet.generate_key().decode(),
            "SLACK_BOT_TOKEN": slack.ready["bot_token"],
            "SLACK_APP_TOKEN": slack.ready["app_token"],
            "SLACK_SIGNING_SECRET": slack.ready["signing_secret"],
            "SLACK_API_BASE_URL": slack.ready["api_url"],
            "INTUIT_CLIENT_ID": "client",
            "INTUIT_CLIENT_SECRET": "client-secret",
            "INTUIT_ENVIRONMENT": "http://127.0.0.1:9/discovery",
            "QUICKBOOKS_API_URL": "http://127.0.0.1:9/v3",
            "PUBLIC_URL": "http://127.0.0.1:8080",
            "ADMINS": people["admin"],
            "APPROVERS": f"{people['approver']},{people['approver2']}",
            "OPERATORS": people["operator"],
            **values,
        }
    )
    clock = Clock()
    engine = make_engine(settings.DATABASE_URL)
    migrate(engine)
    sessions = Sessions(engine)
    adapter = Slack(settings, clock)
    queue = LocalQueue(clock)
    services = Services(
        settings=settings,
        sessions=sessions,
        quickbooks=QuickBooks(settings, sessions, clock),
        slack=adapter,
        queue=queue,
        knowledge=knowledge(),
        render=renderer(),
        clock=clock,
        access=Access(settings, sessions, adapter, adapter.team_id),
        buttons=buttons(),
        holder="test",
    )
    return services, queue


def _no_job(services: Services, arg: str) -> None:
    """What the bot's other layers would do; the front door only nudges it."""


@contextmanager
def running(slack: SlackSimulator, folder: Path, **values: str) -> Iterator[Bot]:
    """Run the front door over Socket Mode with two companies, one of them without permission."""
    services, queue = make_services(slack, folder, **values)
    slack.post("app", {"manifest": build_manifest(ALL_COMMANDS, services.settings)})
    now = services.clock.now()
    harbor = Company(
        name="Harbor Foods", channel_id=slack.channels["books-harbor-foods"], created_at=now
    )
    ridge = Company(
        name="Blue Ridge Outfitters",
        realm_id="9341452000000001",
        channel_id=slack.channels["books-blue-ridge"],
        created_at=now,
    )
    with services.sessions.write() as session:
        session.add(harbor)
        session.add(ridge)
        session.flush()
        session.add(Connection(company_id=harbor.id or 0, state=ConnectionState.CONNECTED))
        session.add(
            Connection(
                company_id=ridge.id or 0,
                state=ConnectionState.LOST,
                lost_at=now,
                lost_reason="renewed elsewhere or withdrawn",
            )
        )
    app = build_app(services, ALL_COMMANDS, BUTTONS, FORMS, LOOKUPS)
    door = SocketDoor(app, services.settings.SLACK_APP_TOKEN.get_secret_value(), services.clock)
    queue.start(
        services,
        dict.fromkeys(("sync", "check", "fix", "deliver", "capture", "sweep"), _no_job)
        | {"reports": lambda services, arg: read_reports(services, int(arg), ALL_CHECKS)}
        | dict(JOBS),
    )
    door.start()
    try:
        wait_for("the socket", door.is_connected)
        yield Bot(slack, services, queue, door, harbor, ridge)
    finally:
        slack.close_windows()
        door.stop()
        queue.stop()
        services.sessions.engine.dispose()
