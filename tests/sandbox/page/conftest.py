"""A real sandbox, a real Bolt app and a real Chromium for the page's tests."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Locator, Page, sync_playwright
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from sandbox.slack.main import listen, server_for
from sandbox.slack.manifest import read_manifest
from sandbox.slack.seed import PEOPLE, new_world
from sandbox.slack.world import World
from tests.sandbox.page.chromium import chromium_or_skip

DANA, PRIYA, GUEST = PEOPLE["operator"], PEOPLE["approver"], PEOPLE["guest"]
HARBOR, BLUE_RIDGE = "C0HARBOR01", "C0BLUERDG1"
WAIT_MS = 8_000

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "QuickBooks Sync"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "QuickBooks Sync"},
        "slash_commands": [
            {"command": "/qb", "description": "In your own words", "usage_hint": "<words>"},
            {"command": "/qb-errors", "description": "What is open, by money"},
            {
                "command": "/qb-status",
                "description": "Is everything in QuickBooks?",
                "usage_hint": "[company] [--public]",
            },
        ],
        "shortcuts": [
            {
                "name": "Explain this",
                "type": "message",
                "callback_id": "explain",
                "description": "What it is and what to do",
            }
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": ["chat:write", "commands", "files:read", "files:write", "im:write", "users:read"]
        }
    },
    "settings": {
        "socket_mode_enabled": True,
        "interactivity": {"is_enabled": True},
        "event_subscriptions": {"bot_events": ["app_home_opened"]},
    },
}


def eventually(look: Callable[[], Any], seconds: float = 8.0) -> Any:
    """The first truthy answer within a deadline."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        pause.wait(0.02)
    msg = "it did not happen in time"
    raise AssertionError(msg)


@dataclass
class Slack:
    """A running workspace with an app that has no handlers yet."""

    world: World
    http: httpx.Client
    web: WebClient
    app: App
    stop: Callable[[], None]
    handlers: list[SocketModeHandler] = field(default_factory=list)

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return self.world.base_url

    def connect(self) -> SocketModeHandler:
        """Connect the app by Socket Mode and wait until the workspace has it."""
        before = len(self.world.hub.connections)
        handler = SocketModeHandler(self.app, self.world.token_of("app"))
        self.handlers.append(handler)
        handler.connect()  # type: ignore[no-untyped-call]
        eventually(lambda: len(self.world.hub.connections) > before)
        return handler

    def act(self, user: str, kind: str, **rest: Any) -> dict[str, Any]:
        """Do something as a person, past the page."""
        body: dict[str, Any] = self.http.post(
            "/control/act", json={"user": user, "type": kind, **rest}
        ).json()
        return body

    def look(self, name: str, **query: Any) -> dict[str, Any]:
        """Read from the control API."""
        body: dict[str, Any] = self.http.get(f"/control/{name}", params=query).json()
        return body

    def order(self, what: str, /, **body: Any) -> dict[str, Any]:
        """Post to the control API."""
        answer: dict[str, Any] = self.http.post(f"/control/{what}", json=body).json()
        return answer

    def post(self, text: str, channel: str = HARBOR, **more: Any) -> str:
        """Post as the app; the ts."""
        return str(self.web.chat_postMessage(channel=channel, text=text, **more)["ts"])


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slack]:
    """A workspace on a free port, without rate limits."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    world = new_world(read_manifest(MANIFEST))
    world.limits.set_mode("off")
    listener = listen(0)
    server = server_for(world, listener)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    eventually(lambda: server.started)
    http = httpx.Client(base_url=world.base_url, trust_env=False, timeout=10)
    web = WebClient(world.token_of("bot"), base_url=f"{world.base_url}/api/", timeout=10)
    app = App(client=WebClient(web.token, base_url=web.base_url))

    def stop() -> None:
        server.should_exit = True
        thread.join(5)
        listener.close()

    found = Slack(world, http, web, app, stop)
    try:
        yield found
    finally:
        for handler in found.handlers:
            handler.client.auto_reconnect_enabled = False
        stop()
        for handler in found.handlers:
            handler.close()  # type: ignore[no-untyped-call]
        http.close()


# Not "session": while Playwright is started, this thread cannot run an event loop of its own,
# and tests of other folders need that.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One headless Chromium for a module."""
    path = chromium_or_skip()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@dataclass
class Tab:
    """A page of the sandbox as one person sees it."""

    page: Page
    problems: list[str]
    requests: list[str]

    def find(self, selector: str) -> Locator:
        """A locator."""
        return self.page.locator(selector)

    def message(self, ts: str) -> Locator:
        """A message of the open channel."""
        return self.page.locator(f'.conversation [data-ts="{ts}"]')

    def say(self, text: str) -> None:
        """Write into the message box and press Enter."""
        self.find("[data-testid=composer]").fill(text)
        self.find("[data-testid=composer]").press("Enter")

    def goto(self, channel: str) -> None:
        """Open a channel by its name."""
        self.find(f'.sidebar [data-channel="{channel}"]').click()
        self.find("[data-testid=title]").filter(has_text=channel).wait_for()

    def choose(self, selector: str, label: str) -> None:
        """Choose an option of a select."""
        self.find(selector).click()
        self.find("[data-testid=option]").filter(has_text=label).first.click()

    def overflow(self) -> int:
        """How many pixels the page is wider than the screen."""
        width = self.page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
        return int(width)


Opener = Callable[..., Tab]


@pytest.fixture
def open_tab(browser: Browser, slack: Slack) -> Iterator[Opener]:
    """Opens pages; at the end none of them may have logged an error or asked another host."""
    contexts: list[BrowserContext] = []
    tabs: list[Tab] = []

    def open_as(
        user: str | None = DANA,
        channel: str | None = "books-harbor-foods",
        *,
        path: str = "",
        width: int = 1280,
        height: int = 800,
        context: BrowserContext | None = None,
        **options: Any,
    ) -> Tab:
        if context is None:
            context = browser.new_context(
                viewport={"width": width, "height": height}, locale="en-US", **options
            )
            contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        tab = Tab(page, [], [])
        page.on("pageerror", lambda error: tab.problems.append(str(error)))
        page.on("console", lambda line: _keep_error(tab, line.type, line.text))
        page.on("request", lambda request: tab.requests.append(request.url))
        page.on("dialog", lambda dialog: _refuse(tab, dialog))
        query = "&".join(
            f"{name}={value}" for name, value in (("user", user), ("channel", channel)) if value
        )
        page.goto(f"{slack.url}/{path or '?' + query}")
        page.wait_for_selector("html[data-ready=true]")
        tabs.append(tab)
        return tab

    yield open_as
    for tab in tabs:
        strange = [url for url in tab.requests if not _is_ours(url, slack.url)]
        assert not tab.problems
        assert not strange
    for context in contexts:
        context.close()


def _keep_error(tab: Tab, kind: str, text: str) -> None:
    # A sandbox that was stopped on purpose makes the page's reconnecting fail loudly.
    if kind in {"error", "warning"} and not re.search(
        r"WebSocket|ERR_CONNECTION|ERR_INTERNET", text
    ):
        tab.problems.append(text)


def _refuse(tab: Tab, dialog: Dialog) -> None:
    tab.problems.append(f"a dialog: {dialog.message}")
    dialog.dismiss()


def _is_ours(url: str, base: str) -> bool:
    return url.startswith((base, base.replace("http", "ws", 1), "data:", "blob:"))
