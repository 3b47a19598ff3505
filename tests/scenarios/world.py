"""A whole world on loopback: both simulators and the bot as processes, driven as people would.

What a scenario knows, it read from Slack, QuickBooks or the bot's HTTP edge; the command line
runs in the test's own process, which costs a second less than another one.
"""

import contextlib
import json
import re
import secrets
import signal
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from sandbox.demo.web import Form
from tests.command_line import run_here
from tests.databases import new_database
from tests.scenarios.processes import ROOT, free_port, start_sandbox
from tests.waiting import wait_for

Json = dict[str, Any]
# A kept connection may be closed by the server just when it is used again.
ANEW = httpx.Limits(max_keepalive_connections=0)

# Shortened openly, as the demo does; nothing here waits for a timer that a person would feel.
QUICK = {
    "SYNC_SECONDS": "2",
    "CAPTURE_SECONDS": "2",
    "CHECK_SECONDS": "3",
    "GROUPING_SECONDS": "1",
    "PARENT_WAIT_SECONDS": "4",
    "QUICKBOOKS_PER_MINUTE": "0",
    "OUTGOING_PRIVATE": "true",
    "QUICKBOOKS_PER_SECOND": "0",
}


@dataclass
class CompanyInWorld:
    """One company: its realm in QuickBooks, its channel in Slack, its intake."""

    name: str
    realm: str
    channel: str
    token: str = ""
    channel_name: str = ""


@dataclass
class World:
    """Both simulators, the bot's environment, and the hands of the people."""

    folder: Path
    quickbooks: Json
    slack: Json
    processes: list[subprocess.Popen[str]]
    env: dict[str, str] = field(default_factory=dict)
    opened: dict[str, int] = field(default_factory=dict)
    read_by: dict[str, int] = field(default_factory=dict)
    bot: subprocess.Popen[bytes] | None = None
    http: httpx.Client = field(
        default_factory=lambda: httpx.Client(timeout=30, trust_env=False, limits=ANEW)
    )
    browser: httpx.Client = field(
        default_factory=lambda: httpx.Client(
            timeout=30, trust_env=False, limits=ANEW, follow_redirects=True
        )
    )

    # --- the bot as a process ---------------------------------------------------------------

    @classmethod
    def open(cls, folder: Path, database_url: str = "") -> "World":
        """Start both simulators; the bot, on SQLite by default, is started by the scenario."""
        one, quickbooks = start_sandbox("quickbooks", folder / "quickbooks.log")
        two, slack = start_sandbox(
            "slack", folder / "slack.log", "--manifest", str(ROOT / "manifest.json")
        )
        world = cls(folder, quickbooks, slack, [one, two])
        try:
            world.env = world._environment()
            if database_url:
                world.env["DATABASE_URL"] = database_url
            (folder / "env").write_text("".join(f"{k}={v}\n" for k, v in world.env.items()))
            world.qb_control("POST", "/limits", limits="off")
            world.slack_control("POST", "/limits", limits="off")
        except BaseException:
            world.close()
            raise
        return world

    def _environment(self) -> dict[str, str]:
        port = free_port()
        users = self.slack["users"]
        return QUICK | {
            "DATABASE_URL": new_database(self.folder),
            "SECRET_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "SLACK_BOT_TOKEN": self.slack["bot_token"],
            "SLACK_APP_TOKEN": self.slack["app_token"],
            "SLACK_SIGNING_SECRET": self.slack["signing_secret"],
            "SLACK_API_BASE_URL": self.slack["api_url"],
            "INTUIT_CLIENT_ID": self.quickbooks["client_id"],
            "INTUIT_CLIENT_SECRET": self.quickbooks["client_secret"],
            "INTUIT_ENVIRONMENT": self.quickbooks["discovery_url"],
            "QUICKBOOKS_API_URL": self.quickbooks["api_url"],
            "QUICKBOOKS_APP_URL": self.quickbooks["api_url"].removesuffix("/v3"),
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "WEB_PORT": str(port),
            "ADMINS": users["admin"],
            "APPROVERS": f"{users['approver']},{users['approver2']}",
            "OPERATORS": users["operator"],
        }

    def start_bot(self) -> None:
        """Start (again) and wait until its doors are open."""
        with (self.folder / "bot.log").open("ab") as log:
            self.bot = subprocess.Popen(
                [sys.executable, "app.py", "run", "--env-file", self._env_file()],
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        wait_for("the bot's doors", self.healthy, 60)

    def healthy(self) -> bool:
        """Say whether the bot's doors are open; fails when it ended."""
        assert self.bot is not None
        if self.bot.poll() is not None:
            msg = f"the bot ended: {self.bot_log()[-3000:]}"
            raise AssertionError(msg)
        with contextlib.suppress(httpx.HTTPError):
            return self.http.get(f"{self.env['PUBLIC_URL']}/healthz").status_code == 200
        return False

    def kill_bot(self) -> None:
        """kill -9: no clean-up of any kind."""
        assert self.bot is not None
        self.bot.send_signal(signal.SIGKILL)
        self.bot.wait()

    def bot_log(self) -> str:
        """What the bot logged so far."""
        path = self.folder / "bot.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def command_line(self, *args: str) -> Json:
        """Run the words of `python app.py … --json`, in this process on SQLite; its answer."""
        return self._answer(self._here(*args, "--json"), args)

    def command_process(self, *args: str) -> Json:
        """Run `python app.py … --json` and give its answer."""
        return self._answer(self._run(*args, "--json"), args)

    def _answer(self, done: "subprocess.CompletedProcess[str]", args: tuple[str, ...]) -> Json:
        if done.returncode not in (0, 1) or not done.stdout.strip():
            msg = f"app.py {' '.join(args)}: exit {done.returncode}: {done.stderr[-2000:]}"
            raise AssertionError(msg)
        answer: Json = json.loads(done.stdout)
        return answer

    def command_fails(self, *args: str) -> tuple[int, str]:
        """Run `python app.py …` that has to fail; its exit code and what it says."""
        done = self._run(*args)
        return done.returncode, done.stderr

    def _run(self, *args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "app.py", *args, "--env-file", self._env_file()],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def _here(self, *args: str) -> "subprocess.CompletedProcess[str]":
        # A command on PostgreSQL leaves a connection to the end of its process.
        if self.env["DATABASE_URL"].startswith("sqlite"):
            return run_here(*args, "--env-file", self._env_file())
        return self._run(*args)

    def _env_file(self) -> str:
        return str(self.folder / "env")

    def close(self) -> None:
        """End everything."""
        for process in [self.bot, *self.processes]:
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
        for process in self.processes:
            if process.stdout is not None:
                process.stdout.close()
        self.http.close()
        self.browser.close()

    # --- QuickBooks -------------------------------------------------------------------------

    def qb_control(self, method: str, path: str, **body: Any) -> Any:
        """Call the QuickBooks control API."""
        url = self.quickbooks["control_url"] + path
        reply = self.http.request(method, url, json=body or None)
        assert reply.status_code < 300, f"{path}: {reply.text}"
        return reply.json()

    def in_quickbooks(self, verb: str, company: CompanyInWorld, **what: Any) -> Json:
        """Do something as a person inside QuickBooks."""
        answer: Json = self.qb_control("POST", "/act", type=verb, realm=company.realm, **what)
        return answer

    def records(self, company: CompanyInWorld, entity: str) -> list[Json]:
        """Read the simulator's books, inactive records too."""
        answer = self.qb_control("GET", f"/records/{entity}?realm={company.realm}")
        return list(answer["records"])

    def writes(self, company: CompanyInWorld) -> list[Json]:
        """Read what the bot's connection wrote to the books: successful writes, no replays."""
        rows = self.qb_control("GET", "/writes?since=0")["writes"]
        return [
            row
            for row in rows
            if row["realm"] == company.realm
            and not row.get("replayed")
            and int(row["status"]) == 200
            and row.get("requestid")
        ]

    def new_company(self, name: str, channel: str) -> CompanyInWorld:
        """Make a company in QuickBooks, connect it through the consent page, add a shop to it."""
        made = self.qb_control("POST", "/companies", name=name, seed="empty")
        realm = str(made["realm_id"])
        company = CompanyInWorld(name, realm, self._channel(channel), channel_name=channel)
        linked = self.command_line("connect", "--name", name, "--channel", company.channel)
        self.consent(linked["link"], company)
        source = self.command_line("sources", "add", "Shop", "--company", name)
        company.token = source["token"]
        return company

    def another_company(self, name: str, channel: str) -> CompanyInWorld:
        """The same under a name, and in a channel, that nobody in this world has yet."""
        self.opened[name] = number = self.opened.get(name, 0) + 1
        if number > 1:
            name, channel = f"{name} {number}", f"{channel}-{number}"
        return self.new_company(name, channel)

    def _channel(self, name: str) -> str:
        """The id of a channel; one that is not there yet is made, with everybody in it."""
        channels: dict[str, str] = self.slack["channels"]
        if name not in channels:
            bot = self.slack_control("GET", "/state")["app"]["bot_user_id"]
            members = [*self.slack["users"].values(), bot]
            made = self.slack_control("POST", "/channels", name=name, members=members)
            channels[name] = str(made["channel"]["id"])
        return channels[name]

    def leave(self, company: CompanyInWorld) -> None:
        """End the company's part: its permission, every fault, the delays, what is open in Slack.

        So that its checks do not keep the bot busy, and no next test reads what is of this one.
        """
        self.qb_control("DELETE", "/faults")
        self.http.delete(self.slack["control_url"] + "/faults")
        self.qb_control("POST", "/latency", ms=0)
        for who in self.slack["users"]:
            self.close_windows(who)
            self.read_by[who] = len(self._all_ephemerals(who))
        self._here("disconnect", "--company", company.name, "--yes")

    def consent(self, link: str, company: CompanyInWorld) -> httpx.Response:
        """Open a one-time link as a browser does, allow access for the company, come back."""
        page = self.browser.get(link)
        assert page.status_code == 200, page.text[:500]
        consent = self.browser.post(link)
        form = Form.read(consent.text)
        answer = {**form.hidden, "realm": company.realm, "decision": "connect"}
        return self.browser.post(consent.url.join(form.action), data=answer)

    # --- the source -------------------------------------------------------------------------

    def intake(self, company: CompanyInWorld, *records: Json) -> Json:
        """Hand records in, as the shop's connector does."""
        reply = self.http.post(
            f"{self.env['PUBLIC_URL']}/intake/Shop/records",
            json=list(records),
            headers={"Authorization": f"Bearer {company.token}"},
        )
        assert reply.status_code < 300, reply.text
        answer: Json = reply.json()
        return answer

    # --- Slack ------------------------------------------------------------------------------

    def slack_control(self, method: str, path: str, **body: Any) -> Any:
        """Call the Slack control API."""
        reply = self.http.request(method, self.slack["control_url"] + path, json=body or None)
        assert reply.status_code < 300, f"{path}: {reply.text}"
        return reply.json()

    def act(self, who: str, **what: Any) -> Json:
        """Do something as a person in Slack."""
        body = {"user": self.slack["users"][who], **what}
        reply = self.http.post(self.slack["control_url"] + "/act", json=body)
        answer: Json = reply.json()
        return answer

    def messages(self, company: CompanyInWorld) -> list[Json]:
        """The bot's messages in the company's channel, as they are now."""
        found = self.slack_control("GET", f"/messages?channel={company.channel}")["messages"]
        return [row for row in found if row.get("metadata") and not row.get("deleted")]

    def alert(
        self, company: CompanyInWorld, problem: str, state: str = "open", seconds: float = 20
    ) -> Json:
        """Wait for the one alert of a problem in a state."""

        def look() -> Json | None:
            for row in self.messages(company):
                payload = row["metadata"]["event_payload"]
                if payload["problem"] == problem and payload["state"] == state:
                    return row
            return None

        return wait_for(f"{problem} {state} in {company.name}", look, seconds)

    def press(self, who: str, message: Json, action_id: str) -> Json:
        """Press a button of a message."""
        return self.act(
            who, type="button", channel=message["channel"], ts=message["ts"], action_id=action_id
        )

    def view(self, who: str, ready: Callable[[Json], bool], seconds: float = 15) -> Json:
        """Wait until the person's topmost modal is as asked."""
        user = self.slack["users"][who]

        def look() -> Json | None:
            views = [
                row
                for row in self.slack_control("GET", f"/views?user={user}")["views"]
                if row["type"] == "modal"
            ]
            return views[-1] if views and ready(views[-1]) else None

        return wait_for(f"{who}'s modal", look, seconds)

    def preview(self, who: str, message: Json, fix: str) -> Json:
        """Press a fix button and wait for its preview."""
        pressed = self.press(who, message, f"fix:{fix}")
        assert pressed["ok"], pressed
        assert pressed["acked"], pressed
        return self.view(who, lambda view: bool(view.get("submit")))

    def confirm(self, who: str, view: Json, values: Json | None = None) -> Json:
        """Submit a preview."""
        return self.act(who, type="submit", view_id=view["id"], values=values or {})

    def fix(self, who: str, company: CompanyInWorld, problem: str, fix: str) -> Json:
        """Press, confirm, and wait for green."""
        message = self.alert(company, problem)
        view = self.preview(who, message, fix)
        submitted = self.confirm(who, view)
        assert submitted["ok"], submitted
        return self.alert(company, problem, "resolved")

    def reconnect_link(self, who: str) -> str:
        """The one-time link in the person's modal."""
        view = self.view(who, lambda v: "/reconnect/" in str(v["blocks"]))
        found = re.search(r"http://127\.0\.0\.1:\d+/reconnect/[\w-]+", str(view["blocks"]))
        assert found, view["blocks"]
        return found.group(0)

    def close_windows(self, who: str) -> None:
        """Close every window of a person."""
        user = self.slack["users"][who]
        rows = self.slack_control("GET", f"/views?user={user}")["views"]
        for row in reversed([row for row in rows if row["type"] == "modal"]):
            self.act(who, type="close", view_id=row["id"], all=True)

    def ephemerals(self, who: str) -> list[str]:
        """The texts only this person sees, since the last company was left."""
        return self._all_ephemerals(who)[self.read_by.get(who, 0) :]

    def _all_ephemerals(self, who: str) -> list[str]:
        user = self.slack["users"][who]
        rows = self.slack_control("GET", f"/ephemerals?user={user}")["ephemerals"]
        return [row["text"] for row in rows]


def shown(message: Json) -> str:
    """All words of a message or view, as a person reads them."""
    words: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("text"), str):
                words.append(node["text"])
            if node.get("type") == "user":
                words.append(f"@{node['user_id']}")
            for key, value in node.items():
                if key != "text" or not isinstance(value, str):
                    walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(message.get("blocks", []))
    return "\n".join(words)
