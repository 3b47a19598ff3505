"""The drill's world: both simulators and the bot as processes in a fresh folder, and companies."""

import base64
import os
import secrets
import signal
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from sandbox.demo.children import Child, DemoError, call, end_all, ready_line, start
from sandbox.demo.web import Http, wait_until
from sandbox.drill.books import SOURCE, Books, Shop
from sandbox.drill.names import Names
from sandbox.drill.story import CANADA, IMPORTED

ROOT = Path(__file__).resolve().parents[2]
Json = dict[str, Any]
ZONES = ("America/New_York", "America/Denver", "America/Chicago", "America/Los_Angeles")
# The companies in which stories are mixed; the others are kept for their own.
SHARED = ("Harbor Street Foods", "Mill Lane Supply")
# Intervals lowered openly, as in the demo: nobody waits for a timer that a person would feel.
QUICK = {
    "SYNC_SECONDS": "2",
    "CAPTURE_SECONDS": "2",
    "CHECK_SECONDS": "3",
    "GROUPING_SECONDS": "1",
    "LASTING_THROTTLED_SECONDS": "5",
    "LASTING_OUTAGE_SECONDS": "7",
    "PARENT_WAIT_SECONDS": "15",
    "QUICKBOOKS_TIMEOUT_SECONDS": "3",
    "QUICKBOOKS_PER_MINUTE": "0",
    "QUICKBOOKS_PER_SECOND": "0",
}
_NOT_IMPORTED = ("Accounts Payable", "Accounts Receivable")
PRESSERS = 6
_AT_ONCE = 3


@dataclass
class World:
    """Where everything is; made by `open_world`, ended by `close`."""

    folder: Path
    quickbooks: Json
    slack: Json
    children: list[Child]
    names: Names = field(default_factory=Names)
    http: Http = field(default_factory=Http)
    companies: list[Books] = field(default_factory=list)
    people: dict[str, "SimpleQueue[str]"] = field(default_factory=dict)
    members: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def bot_url(self) -> str:
        """The bot's web edge."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def env_file(self) -> Path:
        """The bot's settings."""
        return self.folder / "env"

    @property
    def bot(self) -> Child:
        """The bot's process, the last one started."""
        return next(one for one in reversed(self.children) if one.name == "bot")

    def control(self, part: str, path: str, body: Any) -> Json:
        """POST to a simulator's control API."""
        ready = self.quickbooks if part == "quickbooks" else self.slack
        return self.http.post(f"{ready['control_url']}{path}", body)

    def act(self, user: str, **what: Any) -> Json:
        """Do something as a person in Slack; a refusal of Slack comes back with ok false."""
        return self.control("slack", "/act", {"user": user, **what})

    def app(self, *words: str) -> Json:
        """Run a command of app.py that answers with one JSON value."""
        return dict(call([*words, "--json", "--env-file", str(self.env_file)], ROOT, 120))

    def start_bot(self) -> None:
        """Start the bot (again) and wait until it is well."""
        words = ("app.py", "run", "--env-file", str(self.env_file))
        bot = start("bot", words, self.folder, ROOT)
        self.children.append(bot)

        def well() -> bool:
            if not bot.alive:
                raise DemoError(f"The bot did not start. Its log ends:\n{bot.tail()}")
            return self.http.status(f"{self.bot_url}/healthz") == 200

        wait_until(well, 60, f"The bot is not well after a minute. Its log is {bot.log}.")

    def kill_bot(self) -> None:
        """kill -9: no clean-up of any kind."""
        process = self.bot.process
        process.send_signal(signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        """End every process."""
        self.http.close()
        end_all(self.children)


def open_world(folder: Path, companies: Sequence[str]) -> World:
    """Start everything and connect the companies, a channel and a shop each. Raises DemoError."""
    children: list[Child] = []
    try:
        for name in ("quickbooks", "slack"):
            more = ("--manifest", "manifest.json") if name == "slack" else ()
            children.append(start(name, ("-m", "sandbox", name, *more), folder, ROOT))
        world = World(folder, ready_line(children[0], 60), ready_line(children[1], 60), children)
        world.control("quickbooks", "/limits", {"limits": "off"})
        world.control("slack", "/limits", {"limits": "off"})
        _hire(world)
        _write_env(world)
        world.start_bot()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            places = range(len(companies))
            world.companies += pool.map(lambda at: _company(world, companies[at], at), places)
    except BaseException:
        end_all(children)
        raise
    return world


def _hire(world: World) -> None:
    """Enough people that nobody waits for a window another press has open."""
    users = world.slack["users"]
    operators = [str(users["operator"])]
    for place in range(1, PRESSERS):
        person = {"id": f"U0DRILL{place:03}", "name": f"drill{place}", "real_name": f"Olu {place}"}
        world.control("slack", "/users", {**person, "role_hint": "operator"})
        operators.append(person["id"])
    approvers = [str(users["approver"]), str(users["approver2"])]
    for role, ids in (
        ("operator", operators),
        ("approver", approvers),
        ("admin", [str(users["admin"])]),
    ):
        world.people[role] = SimpleQueue()
        for one in ids:
            world.people[role].put(one)
    bot = world.http.get(f"{world.slack['control_url']}/state")["app"]["bot_user_id"]
    world.members = [*operators, *approvers, str(users["admin"]), str(users["guest"]), str(bot)]


def _write_env(world: World) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        world.port = int(probe.getsockname()[1])
    users, slack, quickbooks = world.slack["users"], world.slack, world.quickbooks
    operators = [one for one in world.members if one.startswith("U0DRILL")]
    values = {
        **QUICK,
        "DATABASE_URL": f"sqlite:///{world.folder / 'bot.sqlite3'}",
        "SECRET_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "SLACK_BOT_TOKEN": slack["bot_token"],
        "SLACK_APP_TOKEN": slack["app_token"],
        "SLACK_SIGNING_SECRET": slack["signing_secret"],
        "SLACK_API_BASE_URL": slack["api_url"],
        "INTUIT_CLIENT_ID": quickbooks["client_id"],
        "INTUIT_CLIENT_SECRET": quickbooks["client_secret"],
        "INTUIT_ENVIRONMENT": quickbooks["discovery_url"],
        "QUICKBOOKS_API_URL": quickbooks["api_url"],
        "QUICKBOOKS_APP_URL": str(quickbooks["page_url"]).rstrip("/"),
        "PUBLIC_URL": world.bot_url,
        "WEB_HOST": "127.0.0.1",
        "WEB_PORT": str(world.port),
        "ADMINS": users["admin"],
        "APPROVERS": f"{users['approver']},{users['approver2']}",
        "OPERATORS": ",".join([str(users["operator"]), *operators]),
        "LOG_JSON": "false",
    }
    lines = "".join(f"{name}={value}\n" for name, value in values.items())
    # The file holds keys: only its owner may read it, from its first byte on.
    with os.fdopen(os.open(world.env_file, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        file.write(lines)


def _company(world: World, name: str, place: int) -> Books:
    zone = ZONES[place % len(ZONES)]
    country = "CA" if name == company_named(CANADA) else "US"
    body = {"name": name, "seed": "empty", "time_zone": zone, "country": country}
    realm = str(world.control("quickbooks", "/companies", body)["realm_id"])
    if name == company_named(IMPORTED):
        _imported(world, realm)
    slug = "".join(mark if mark.isalnum() else "-" for mark in name.lower())
    made = world.control("slack", "/channels", {"name": slug, "members": world.members})
    channel = str(made["channel"]["id"])
    linked = world.app("connect", "--name", name, "--channel", channel, "--time-zone", zone)
    world.http.allow_access(str(linked["link"]), realm)
    books = Books(
        name=name,
        realm=realm,
        channel=channel,
        bot_url=world.bot_url,
        control_url=str(world.quickbooks["control_url"]),
        time_zone=zone,
        http=world.http,
        names=world.names,
        app=world.app,
    )
    added = world.app("sources", "add", SOURCE, "--company", name)
    books.shops[SOURCE] = Shop(SOURCE, str(added["token"]))
    return books


def company_named(word: str) -> str:
    """The name of the company that is kept for the stories of this word."""
    return f"{word.title()} Company"


def _imported(world: World, realm: str) -> None:
    """As after an import from another program: nothing was ever bought or sold on account."""
    url = f"{world.quickbooks['control_url']}/records/Account"
    for row in world.http.get(url, realm=realm)["records"]:
        if row["AccountType"] in _NOT_IMPORTED:
            gone = {"type": "restore_without", "realm": realm, "entity": "Account", "id": row["Id"]}
            world.control("quickbooks", "/act", gone)


def remove(folder: Path) -> None:
    """Take the folder away with all it holds."""
    for path in sorted(folder.rglob("*"), reverse=True):
        with suppress(OSError):
            path.rmdir() if path.is_dir() else path.unlink()
    with suppress(OSError):
        folder.rmdir()
