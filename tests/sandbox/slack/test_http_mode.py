"""Signed HTTP instead of sockets: what a Bolt app behind a web server receives."""

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from slack_sdk.signature import SignatureVerifier

from tests.sandbox.slack.harness import DANA, HARBOR, Slack, eventually
from tests.sandbox.slack.parts import actions, button, modal
from tests.sandbox.slack.raw_app import raw_app

Received = list[tuple[dict[str, str], bytes]]


class Web:
    """A web server that hands every POST to a Bolt app and keeps what came."""

    def __init__(self) -> None:
        self.received: Received = []
        self.app: App | None = None
        self.fail = 0
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {key.lower(): value for key, value in self.headers.items()}
                web.received.append((headers, body))
                status, kind, text = web.answer(headers, body)
                with suppress(BrokenPipeError):  # the workspace was stopped meanwhile
                    self.send_response(status)
                    self.send_header("content-type", kind)
                    self.end_headers()
                    self.wfile.write(text.encode())

            def log_message(self, *_args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/slack/events"

    def answer(self, headers: dict[str, str], body: bytes) -> tuple[int, str, str]:
        """What the Bolt app says."""
        if self.fail and b"url_verification" not in body:
            self.fail -= 1
            return 500, "text/plain", ""
        if self.app is None:
            return 404, "text/plain", ""
        done = self.app.dispatch(BoltRequest(body=body.decode(), headers=headers))
        return done.status, done.first_headers().get("content-type", "text/plain"), done.body

    def stop(self) -> None:
        """Close the server."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


def manifest_for(url: str) -> dict[str, Any]:
    """An app installed for HTTP at one address."""
    return {
        "display_information": {"name": "Web app"},
        "features": {
            "app_home": {"home_tab_enabled": True},
            "slash_commands": [{"command": "/hello", "description": "x", "url": url}],
        },
        "oauth_config": {"scopes": {"bot": ["chat:write", "commands"]}},
        "settings": {
            "socket_mode_enabled": False,
            "interactivity": {"is_enabled": True, "request_url": url},
            "event_subscriptions": {
                "request_url": url,
                "bot_events": ["app_home_opened"],
            },
        },
    }


@pytest.fixture
def web(slack: Slack) -> Iterator[Web]:
    """A Bolt app over HTTP, installed with its addresses."""
    server = Web()
    app = App(client=slack.web, signing_secret=slack.world.signing_secret)
    server.app = app

    @app.command("/hello")
    def hello(ack: Any) -> None:
        ack("hi")

    @app.action("go")
    def go(ack: Any, body: dict[str, Any], client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=modal(callback_id="m"))

    @app.view("m")
    def submitted(ack: Any) -> None:
        ack(response_action="clear")

    @app.event("app_home_opened")
    def home(client: Any, event: dict[str, Any]) -> None:
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": []})

    assert slack.order("app", manifest=manifest_for(server.url))["ok"]
    yield server
    server.stop()


def test_the_whole_loop_over_http(slack: Slack, web: Web) -> None:
    """Command, press, modal and Home, each a signed request."""
    done = slack.act(DANA, "command", channel=HARBOR, command="/hello")
    blocks = [actions(button())]
    ts = slack.web.chat_postMessage(channel=HARBOR, text="x", blocks=blocks)["ts"]
    pressed = slack.act(DANA, "button", channel=HARBOR, ts=ts, action_id="go")
    view = eventually(lambda: slack.look("views", user=DANA)["views"])[0]
    slack.act(DANA, "submit", view_id=view["id"])
    slack.act(DANA, "home")

    assert done["ack"] == "hi"
    assert pressed["acked"]
    published = eventually(lambda: slack.look("views", user=DANA)["views"])
    assert [v["type"] for v in published] == ["home"]
    verifier = SignatureVerifier(slack.world.signing_secret)
    assert all(verifier.is_valid_request(body, headers) for headers, body in web.received)


def test_the_events_address_is_verified_first(slack: Slack, web: Web) -> None:
    """url_verification comes once, before the first event."""
    for _ in range(2):
        slack.act(DANA, "home")
    eventually(lambda: len(web.received) >= 3)
    kinds = [json.loads(body)["type"] for _, body in web.received]

    assert kinds == ["url_verification", "event_callback", "event_callback"]


def test_a_failed_event_is_tried_again_at_once_with_its_number(slack: Slack, web: Web) -> None:
    """x-slack-retry-num and -reason; the event_id stays."""
    web.fail = 1
    slack.act(DANA, "home")
    events = eventually(
        lambda: (
            found
            if len(found := [r for r in web.received if b"event_callback" in r[1]]) >= 2
            else None
        )
    )

    assert "x-slack-retry-num" not in events[0][0]
    assert events[1][0]["x-slack-retry-num"] == "1"
    assert events[1][0]["x-slack-retry-reason"] == "http_error"
    first, second = (json.loads(body)["event_id"] for _, body in events[:2])
    assert first == second


def test_an_event_comes_four_times_and_no_more(slack: Slack, web: Web) -> None:
    """Once and three retries, numbered, with the reason; the same event each time."""
    slack.order("lifetimes", event_retry_2=0, event_retry_3=0)
    web.fail = 9
    slack.act(DANA, "home")
    eventually(lambda: [r for r in web.received if b"event_id" in r[1]][3:])
    rows = [r for r in web.received if b"event_id" in r[1]]

    numbers = [headers.get("x-slack-retry-num") for headers, _ in rows]
    assert numbers == [None, "1", "2", "3"]
    assert {headers.get("x-slack-retry-reason") for headers, _ in rows[1:]} == {"http_error"}
    assert len({json.loads(body)["event_id"] for _, body in rows}) == 1


def test_an_error_of_the_app_reaches_the_person(slack: Slack, web: Web) -> None:
    """Anything but 200 is a failed command."""
    web.fail = 1
    done = slack.act(DANA, "command", channel=HARBOR, command="/hello")

    assert done["acked"] is False
    assert done["reason"] == "http_error"
    assert done["error"] == "dispatch_failed"


def test_addresses_beyond_this_machine_are_not_called(slack: Slack) -> None:
    """The sandbox stays on loopback; the act says so."""
    manifest = {
        "display_information": {"name": "Far app"},
        "features": {
            "slash_commands": [
                {"command": "/far", "description": "x", "url": "https://example.com/slack"}
            ]
        },
    }
    slack.order("app", manifest=manifest)
    done = slack.act(DANA, "command", channel=HARBOR, command="/far")

    assert done["reason"] == "request_url_not_local"


def test_sockets_are_not_used_in_http_mode(slack: Slack) -> None:
    """A connection that is still open hears nothing once the app is installed for HTTP."""
    server = Web()
    try:
        with raw_app(slack) as app:
            slack.order("app", manifest=manifest_for(server.url))
            done = slack.act(DANA, "command", channel=HARBOR, command="/hello")

            assert app.envelopes() == []
    finally:
        server.stop()

    assert done["reason"] == "http_error"
    assert len(server.received) == 1
