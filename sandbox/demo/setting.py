"""Sets the stage: companies in QuickBooks, the bot's settings, permission, records, troubles."""

import base64
import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.demo import story
from sandbox.demo.children import Child, DemoError, call, clean_environment
from sandbox.demo.web import Http, wait_until

EXPORT_ROWS = 2000
_HEAD = """\
# Settings of the demo's bot. Intervals are short so that nobody waits; a real bot keeps its
# defaults (see .env.example). The limits of QuickBooks are switched off on both sides.
"""
_NO_LIMITS = {"QUICKBOOKS_PER_MINUTE": "0", "QUICKBOOKS_PER_SECOND": "0"}
_SHORT = {
    "SYNC_SECONDS": "5",
    "CAPTURE_SECONDS": "5",
    "CHECK_SECONDS": "5",
    "GROUPING_SECONDS": "2",
    "LASTING_THROTTLED_SECONDS": "10",
    "LASTING_OUTAGE_SECONDS": "10",
    "PARENT_WAIT_SECONDS": "20",
    **_NO_LIMITS,
    "LOG_JSON": "false",
}


@dataclass
class Stage:
    """Where everything is, filled in step by step."""

    root: Path
    folder: Path
    quickbooks: dict[str, Any]
    slack: dict[str, Any]
    http: Http
    realms: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    bot_port: int = 0

    @property
    def page_url(self) -> str:
        """The Slack page."""
        return str(self.slack["page_url"])

    @property
    def bot_url(self) -> str:
        """The bot's web edge."""
        return f"http://127.0.0.1:{self.bot_port}"

    @property
    def env_file(self) -> Path:
        """The bot's settings."""
        return self.folder / "env"

    @property
    def csv(self) -> Path:
        """A shop's export."""
        return self.folder / "shop-export.csv"

    @property
    def restart(self) -> str:
        """How to start the bot alone."""
        return (
            f"{self.shown(Path(sys.executable))} app.py run --env-file {self.shown(self.env_file)}"
        )

    def shown(self, path: Path) -> str:
        """A path as people type it from the project's folder."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)

    def channel(self, company: str) -> str:
        """The id of a company's channel."""
        return str(self.slack["channels"][story.CHANNELS[company]])

    def open_companies(self) -> None:
        """Two companies in QuickBooks, with what somebody typed in before."""
        control = self.quickbooks["control_url"]
        self.http.post(f"{control}/limits", {"limits": "off"})
        for name in story.CHANNELS:
            made = self.http.post(
                f"{control}/companies",
                {"name": name, "seed": "empty", "time_zone": story.ZONES[name]},
            )
            self.realms[name] = str(made["realm_id"])
        for entity, data in story.BY_HAND:
            self._act(story.HARBOR, type="create", entity=entity, data=data)

    def write_env(self, *, short: bool = True) -> None:
        """The bot's settings, ready to start it again with; `short` intervals for the demo."""
        self.bot_port = _free_port()
        users = self.slack["users"]
        values = {
            "DATABASE_URL": f"sqlite:///{self.folder / 'bot.sqlite3'}",
            "SECRET_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "SLACK_BOT_TOKEN": self.slack["bot_token"],
            "SLACK_APP_TOKEN": self.slack["app_token"],
            "SLACK_SIGNING_SECRET": self.slack["signing_secret"],
            "SLACK_API_BASE_URL": self.slack["api_url"],
            "INTUIT_CLIENT_ID": self.quickbooks["client_id"],
            "INTUIT_CLIENT_SECRET": self.quickbooks["client_secret"],
            "INTUIT_ENVIRONMENT": self.quickbooks["discovery_url"],
            "QUICKBOOKS_API_URL": self.quickbooks["api_url"],
            "QUICKBOOKS_APP_URL": str(self.quickbooks["page_url"]).rstrip("/"),
            "PUBLIC_URL": self.bot_url,
            "WEB_HOST": "127.0.0.1",
            "WEB_PORT": str(self.bot_port),
            "ADMINS": users["admin"],
            "APPROVERS": f"{users['approver']},{users['approver2']}",
            "OPERATORS": users["operator"],
            **(_SHORT if short else _NO_LIMITS),
        }
        lines = "".join(f"{name}={value}\n" for name, value in values.items())
        # The file holds keys: only its owner may read it, from its first byte on.
        with os.fdopen(os.open(self.env_file, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(_HEAD + lines)

    def wait_for_bot(self, bot: Child) -> None:
        """Until its health page says that it is well."""

        def well() -> bool:
            if not bot.alive:
                raise DemoError(f"The bot did not start. Its log ends:\n{bot.tail()}")
            return self.http.status(f"{self.bot_url}/healthz") == 200

        wait_until(well, 60, f"The bot is not well after a minute. Its log is {bot.log.name}.")

    def connect_companies(self) -> None:
        """Make both companies and allow access, the way a person does."""
        with ThreadPoolExecutor(2) as pool:
            for _ in pool.map(self._connect, story.CHANNELS):
                pass

    def _connect(self, name: str) -> None:
        made = self._app(
            "connect", "--name", name, "--channel", self.channel(name),
            "--time-zone", story.ZONES[name],
        )  # fmt: skip
        self.http.allow_access(made["link"], self.realms[name])
        added = self._app("sources", "add", story.SOURCE, "--company", name)
        self.tokens[name] = added["token"]

    def post_the_good(self) -> None:
        """Hand in what is fine and wait until it is in QuickBooks."""
        self._hand_in(story.HARBOR, story.harbor_before(self._today(story.HARBOR)))
        self._hand_in(story.BLUE_RIDGE, story.blue_ridge_before(self._today(story.BLUE_RIDGE)))
        self._wait_posted(story.HARBOR, Payment=3)
        self._wait_posted(story.BLUE_RIDGE, Invoice=1)

    def make_trouble(self) -> None:
        """A customer and an item are made inactive; one company withdraws its permission."""
        self._act(
            story.HARBOR,
            type="deactivate",
            entity="Customer",
            id=self._id("Customer", "Seaview Hotel"),
        )
        self._act(
            story.HARBOR, type="deactivate", entity="Item", id=self._id("Item", "Wooden crate")
        )
        self._act(story.BLUE_RIDGE, type="revoke_app")

    def trouble_at_blue_ridge(self) -> None:
        """One order waits for a permission that was withdrawn."""
        self._act(story.BLUE_RIDGE, type="revoke_app")
        self._hand_in(story.BLUE_RIDGE, story.blue_ridge_before(self._today(story.BLUE_RIDGE)))

    def hand_in_the_rest(self) -> None:
        """Hand in what meets the troubles."""
        self._hand_in(story.HARBOR, story.harbor_after(self._today(story.HARBOR)))
        self._hand_in(story.BLUE_RIDGE, story.blue_ridge_after(self._today(story.BLUE_RIDGE)))

    def make_export(self) -> None:
        """A shop's CSV export with the mess that real ones have."""
        done = subprocess.run(
            [sys.executable, "-m", "bench.shop_export", "--rows", str(EXPORT_ROWS)],
            cwd=self.root,
            env=clean_environment(),
            capture_output=True,
            check=False,
        )
        if done.returncode != 0:
            reason = done.stderr.decode(errors="replace").strip().splitlines()
            raise DemoError(f"The export could not be made: {reason[-1] if reason else ''}")
        self.csv.write_bytes(done.stdout)

    def _app(self, *words: str) -> Any:
        return call([*words, "--json", "--env-file", str(self.env_file)], self.root)

    def _act(self, company: str, **wanted: Any) -> None:
        url = f"{self.quickbooks['control_url']}/act"
        self.http.post(url, {"realm": self.realms[company], **wanted})

    def _hand_in(self, company: str, batch: story.Batch) -> None:
        url = f"{self.bot_url}/intake/{story.SOURCE}/records"
        report = self.http.post(url, list(batch.records), token=self.tokens[company])
        if report["refused"]:
            raise DemoError(f"The bot refused records of the demo: {report['errors'][:3]}")

    def _records(self, company: str, entity: str) -> list[dict[str, Any]]:
        url = f"{self.quickbooks['control_url']}/records/{entity}"
        found: list[dict[str, Any]] = self.http.get(url, realm=self.realms[company])["records"]
        return found

    def _wait_posted(self, company: str, **wanted: int) -> None:
        def there() -> bool:
            return all(len(self._records(company, name)) >= n for name, n in wanted.items())

        wait_until(there, 60, f"{company}: not everything was posted within a minute.")

    def _id(self, entity: str, name: str) -> str:
        for record in self._records(story.HARBOR, entity):
            if record.get("DisplayName", record.get("Name")) == name:
                return str(record["Id"])
        raise DemoError(f"There is no {entity} {name!r} in the local QuickBooks.")

    def _today(self, company: str) -> date:
        now = self.http.get(f"{self.quickbooks['control_url']}/clock")["now"]
        return datetime.fromisoformat(now).astimezone(ZoneInfo(story.ZONES[company])).date()


def write_ready(stage: Stage, children: list[Child]) -> None:
    """Write .demo/ready.json in one piece, when everything is ready."""
    companies = {
        name: {"realm_id": stage.realms[name], "channel": stage.channel(name)}
        for name in story.CHANNELS
    }
    seeded = [
        {
            "company": one.company,
            "channel": stage.channel(one.company),
            "problem": one.problem,
            "kind": one.kind,
            "about": one.about,
            "documents": one.documents,
        }
        for one in story.EXPECTED
    ]
    ready = {
        "page_url": stage.page_url,
        "control_urls": {
            "quickbooks": stage.quickbooks["control_url"],
            "slack": stage.slack["control_url"],
        },
        "quickbooks": dict(stage.quickbooks),
        "slack": dict(stage.slack),
        "pids": {child.name: child.process.pid for child in children},
        "env_file": str(stage.env_file),
        "bot_url": stage.bot_url,
        "intake": {
            name: {"url": f"{stage.bot_url}/intake/{story.SOURCE}", "token": token}
            for name, token in stage.tokens.items()
        },
        "companies": companies,
        "users": stage.slack["users"],
        "seeded": seeded,
        "csv": str(stage.csv),
        "restart": stage.restart,
    }
    part = stage.folder / "ready.json.part"
    _private(part, lambda file: json.dump(ready, file, indent=2, ensure_ascii=False))
    part.rename(stage.folder / "ready.json")


def _private(path: Path, write: Callable[[Any], None]) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        write(file)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
