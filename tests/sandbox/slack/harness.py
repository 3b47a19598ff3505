"""A local Slack on a real port for each test, and independent clients for it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from sandbox.slack.main import listen, server_for
from sandbox.slack.seed import PEOPLE
from sandbox.slack.world import World

MANIFEST = {
    "display_information": {"name": "Test app"},
    "features": {
        "app_home": {"home_tab_enabled": True},
        "bot_user": {"display_name": "Test bot"},
        "slash_commands": [
            {"command": "/hello", "description": "Say hello", "usage_hint": "[name]"},
            {"command": "/slow", "description": "Never answers"},
        ],
        "shortcuts": [
            {"name": "Go", "type": "global", "callback_id": "go", "description": "Go"},
            {"name": "On", "type": "message", "callback_id": "on", "description": "On"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "app_mentions:read",
                "channels:history",
                "channels:join",
                "channels:read",
                "chat:write",
                "chat:write.public",
                "commands",
                "files:read",
                "files:write",
                "groups:history",
                "groups:read",
                "im:history",
                "im:read",
                "im:write",
                "pins:write",
                "reactions:write",
                "team:read",
                "usergroups:read",
                "users:read",
                "users:read.email",
            ]
        }
    },
    "settings": {
        "socket_mode_enabled": True,
        "event_subscriptions": {
            "bot_events": ["app_home_opened", "message.channels", "file_shared", "app_mention"]
        },
    },
}
HARBOR = "C0HARBOR01"
DANA = PEOPLE["operator"]
GUEST = PEOPLE["guest"]


def eventually(look: Callable[[], Any], seconds: float = 5.0) -> Any:
    """The first truthy answer within a deadline."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        pause.wait(0.01)
    msg = "it did not happen in time"
    raise AssertionError(msg)


@dataclass
class Slack:
    """A running workspace and its clients."""

    world: World
    http: httpx.Client
    web: WebClient
    handlers: list[SocketModeHandler] = field(default_factory=list)

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return self.world.base_url

    @property
    def app_token(self) -> str:
        """The app-level token."""
        return self.world.token_of("app")

    def api(self, method: str, token: str | None = None, **args: Any) -> httpx.Response:
        """A raw JSON call to the Web API."""
        value = self.web.token if token is None else token
        headers = {"authorization": f"Bearer {value}"} if value else {}
        headers["content-type"] = "application/json; charset=utf-8"
        return self.http.post(f"/api/{method}", json=args, headers=headers)

    def act(self, user: str, kind: str, **rest: Any) -> dict[str, Any]:
        """Do something as a person."""
        return self.http.post("/control/act", json={"user": user, "type": kind, **rest}).json()

    def look(self, name: str, **query: Any) -> dict[str, Any]:
        """Read from the control API."""
        return self.http.get(f"/control/{name}", params=query).json()

    def order(self, endpoint: str, **body: Any) -> dict[str, Any]:
        """Post to the control API."""
        return self.http.post(f"/control/{endpoint}", json=body).json()

    def messages(self, channel: str = HARBOR) -> list[dict[str, Any]]:
        """The messages of a channel."""
        return self.look("messages", channel=channel)["messages"]

    def bolt(self) -> App:
        """A Bolt app that is not connected yet."""
        return App(client=WebClient(self.web.token, base_url=self.web.base_url))

    def connect(self, app: App) -> SocketModeHandler:
        """Connect a Bolt app by Socket Mode and wait for the connection."""
        before = len(self.world.hub.connections)
        handler = SocketModeHandler(app, self.app_token)
        self.handlers.append(handler)
        handler.connect()
        eventually(lambda: len(self.world.hub.connections) > before)
        return handler


@contextmanager
def running(world: World) -> Iterator[Slack]:
    """Serve a world on a free port for the length of the block."""
    listener = listen(0)
    server = server_for(world, listener)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    eventually(lambda: server.started)
    http = httpx.Client(base_url=world.base_url, trust_env=False, timeout=10)
    web = WebClient(world.token_of("bot"), base_url=f"{world.base_url}/api/", timeout=10)
    slack = Slack(world, http, web)
    try:
        yield slack
    finally:
        for handler in slack.handlers:
            handler.close()
        http.close()
        server.should_exit = True
        thread.join(5)
        listener.close()
