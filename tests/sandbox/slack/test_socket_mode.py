"""Socket Mode on the wire: tickets, greeting, envelopes, acknowledgements, disconnects."""

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.sandbox.slack.harness import DANA, HARBOR, Slack, eventually
from tests.sandbox.slack.parts import actions, button
from tests.sandbox.slack.raw_app import SILENT, raw_app


def test_a_ticket_opens_one_connection(slack: Slack) -> None:
    """The address of apps.connections.open works once; a made-up ticket never."""
    url = slack.api("apps.connections.open", slack.app_token).json()["url"]

    assert url.startswith(slack.url.replace("http", "ws") + "/socket?ticket=")
    with connect(url, proxy=None) as ws:
        assert '"hello"' in ws.recv()
    with pytest.raises(InvalidStatus):
        connect(url, proxy=None).__enter__()
    with pytest.raises(InvalidStatus):
        connect(slack.url.replace("http", "ws") + "/socket?ticket=x", proxy=None).__enter__()


def test_hello_says_how_many_are_connected(slack: Slack) -> None:
    """num_connections counts this one; the app's id is there."""
    with raw_app(slack) as one, raw_app(slack) as two:
        assert one.frames[0]["type"] == "hello"
        assert one.frames[0]["num_connections"] == 1
        assert two.frames[0]["num_connections"] == 2
        assert two.frames[0]["connection_info"] == {"app_id": slack.world.app_id}
        assert set(two.frames[0]["debug_info"]) == {
            "host",
            "build_number",
            "approximate_connection_time",
        }
        assert slack.look("state")["app"]["connected"] == 2


def test_ten_connections_are_the_most(slack: Slack) -> None:
    """The eleventh is told too_many_websockets and closed."""
    url = slack.api("apps.connections.open", slack.app_token).json()["url"]
    for _ in range(10):
        slack.world.hub.connections.append(object())  # type: ignore[arg-type]
    with connect(url, proxy=None) as ws:
        frame = ws.recv()
    slack.world.hub.connections.clear()

    assert '"too_many_websockets"' in frame


def test_each_envelope_goes_to_any_one_connection(slack: Slack) -> None:
    """Two connections share the envelopes; none comes twice."""
    with raw_app(slack) as one, raw_app(slack) as two:
        for _ in range(30):
            assert slack.act(DANA, "command", channel=HARBOR, command="/hello")["acked"]
        first, second = len(one.envelopes()), len(two.envelopes())

    assert first + second == 30
    assert first > 0
    assert second > 0


def test_command_envelope(slack: Slack) -> None:
    """Every field of a slash command, as a real client gets it."""
    with raw_app(slack) as app:
        done = slack.act(DANA, "command", channel=HARBOR, command="/hello", text=" two  words ")
        envelope = app.wait_for("slash_commands")
    payload = envelope["payload"]

    assert envelope["accepts_response_payload"] is True
    assert done["envelope_id"] == envelope["envelope_id"]
    assert payload["token"]
    assert payload["response_url"].startswith(slack.url + "/response/")
    assert payload["trigger_id"] == done["trigger_id"]
    rest = {k: payload[k] for k in payload if k not in {"token", "response_url", "trigger_id"}}
    assert rest == {
        "team_id": slack.world.team_id,
        "team_domain": "northwind-books",
        "channel_id": HARBOR,
        "channel_name": "books-harbor-foods",
        "user_id": DANA,
        "user_name": "dana",
        "command": "/hello",
        "text": "two  words",
        "api_app_id": slack.world.app_id,
        "is_enterprise_install": "false",
    }


def test_button_envelope(slack: Slack) -> None:
    """Every part of block_actions from a message in a thread."""
    parent = slack.web.chat_postMessage(channel=HARBOR, text="p")["ts"]
    blocks = [actions(button(value="17", style="primary"), block_id="row")]
    ts = slack.web.chat_postMessage(channel=HARBOR, text="x", blocks=blocks, thread_ts=parent)["ts"]
    with raw_app(slack) as app:
        slack.act(DANA, "button", channel=HARBOR, ts=ts, action_id="go")
        envelope = app.wait_for("block_actions")
    payload = envelope["payload"]

    assert envelope["type"] == "interactive"
    assert envelope["accepts_response_payload"] is False
    assert payload["user"] == {
        "id": DANA,
        "username": "dana",
        "name": "dana",
        "team_id": slack.world.team_id,
    }
    assert payload["team"] == {"id": slack.world.team_id, "domain": "northwind-books"}
    assert payload["enterprise"] is None
    assert payload["is_enterprise_install"] is False
    assert payload["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": HARBOR,
        "is_ephemeral": False,
        "thread_ts": parent,
    }
    assert payload["channel"] == {"id": HARBOR, "name": "books-harbor-foods"}
    assert payload["message"]["ts"] == ts
    assert payload["state"] == {"values": {}}
    assert payload["response_url"]
    action = payload["actions"][0]
    assert action.pop("action_ts")
    assert action == {
        "type": "button",
        "action_id": "go",
        "block_id": "row",
        "text": {"type": "plain_text", "text": "Go"},
        "value": "17",
        "style": "primary",
    }


def test_event_envelope(slack: Slack) -> None:
    """event_callback with its id, authorizations and retry fields."""
    with raw_app(slack) as app:
        slack.act(DANA, "message", channel=HARBOR, text=f"<@{slack.world.bot_user_id}> hi")
        mention = app.wait_for("app_mention")["payload"]
        envelope = app.wait_for("message")
    payload = envelope["payload"]

    assert envelope["type"] == "events_api"
    assert envelope["accepts_response_payload"] is False
    assert envelope["retry_attempt"] == 0
    assert payload["type"] == "event_callback"
    assert payload["event_id"].startswith("Ev")
    assert payload["authorizations"][0]["user_id"] == slack.world.bot_user_id
    assert payload["event"]["channel_type"] == "channel"
    assert payload["event"]["text"].endswith("hi")
    assert mention["event_id"] != payload["event_id"]


def test_events_that_were_not_subscribed_do_not_come(slack: Slack) -> None:
    """member_joined_channel is not in the manifest; archive neither."""
    with raw_app(slack) as app:
        slack.act(DANA, "leave", channel="general")
        slack.act(DANA, "join", channel="general")
        slack.act(DANA, "message", channel=HARBOR, text="marker")
        app.wait_for("message")

        assert app.envelopes("member_joined_channel") == []


def test_shortcuts(slack: Slack) -> None:
    """A global one has no channel; one on a message has the message."""
    ts = slack.web.chat_postMessage(channel=HARBOR, text="x")["ts"]
    with raw_app(slack) as app:
        slack.act(DANA, "shortcut", callback_id="go")
        slack.act(DANA, "shortcut", callback_id="on", channel=HARBOR, ts=ts)
        plain = app.wait_for("shortcut")["payload"]
        on = app.wait_for("message_action")["payload"]

    assert "channel" not in plain
    assert plain["trigger_id"]
    assert on["message"]["ts"] == on["message_ts"] == ts
    assert on["response_url"]
    assert slack.act(DANA, "shortcut", callback_id="no")["error"] == "unknown_shortcut"


def test_three_seconds_without_an_acknowledgement(slack: Slack) -> None:
    """The act reports a timeout and the person reads operation_timeout."""
    with raw_app(slack) as app:
        app.answer = lambda _e: SILENT
        done = slack.act(DANA, "command", channel=HARBOR, command="/slow")

    assert done["acked"] is False
    assert done["reason"] == "timeout"
    assert done["ack_ms"] >= 2900
    told = slack.look("ephemerals", user=DANA)["ephemerals"][0]
    assert told["text"] == '/slow failed with the error "operation_timeout"'
    assert told["username"] == "Slackbot"


def test_without_a_connection_nothing_is_delivered(slack: Slack) -> None:
    """The act says so at once; the person reads dispatch_failed."""
    done = slack.act(DANA, "command", channel=HARBOR, command="/hello")

    assert done["acked"] is False
    assert done["reason"] == "no_connection"
    assert done["error"] == "dispatch_failed"


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled"])
def test_disconnect_frames(slack: Slack, reason: str) -> None:
    """The reason is named, then the connection closes."""
    with raw_app(slack) as app:
        order = slack.order("faults", fault="disconnect", reason=reason, seconds=0.1)
        frame = eventually(lambda: [f for f in app.frames if f["type"] == "disconnect"])[0]
        eventually(lambda: app.closed)

    assert order["connections"] == 1
    assert frame["reason"] == reason
    assert frame["debug_info"]["host"]


def test_a_dropped_socket_closes_without_a_word(slack: Slack) -> None:
    """No disconnect frame comes first; the pages see the app gone."""
    with raw_app(slack) as app:
        slack.order("faults", fault="drop_socket")
        eventually(lambda: app.closed)
        assert [f["type"] for f in app.frames] == ["hello"]

    assert slack.look("state")["app"]["connected"] == 0


def test_duplicate_late_and_lost_envelopes(slack: Slack) -> None:
    """Each fault once, and only for what it matches."""
    with raw_app(slack) as app:
        slack.order("faults", fault="duplicate_envelope", match={"type": "command"})
        slack.act(DANA, "command", channel=HARBOR, command="/hello")
        eventually(lambda: len(app.envelopes("slash_commands")) == 2)
        slack.order("faults", fault="late_envelope", seconds=0.2, match={"channel": HARBOR})
        assert slack.act(DANA, "command", channel="general", command="/hello")["acked"]
        assert slack.look("faults")["faults"]
        late = slack.act(DANA, "command", channel=HARBOR, command="/hello")
        slack.order("faults", fault="lost_envelope")
        lost = slack.act(DANA, "command", channel=HARBOR, command="/hello")

    assert app.envelopes()[0]["envelope_id"] == app.envelopes()[1]["envelope_id"]
    assert late["acked"]
    assert lost["reason"] == "lost"
    assert slack.look("faults")["faults"] == []


def test_socket_mode_off_refuses_connections(slack: Slack) -> None:
    """An app installed for HTTP gets no WebSocket address."""
    slack.order("app", manifest={"display_information": {"name": "Plain"}})
    body = slack.api("apps.connections.open", slack.app_token).json()

    assert body["ok"] is False


def test_binary_and_garbage_frames_do_no_harm(slack: Slack) -> None:
    """What is not an acknowledgement is ignored."""
    with raw_app(slack) as app:
        app.ws.send("not json")
        app.ws.send("[]")
        app.ws.send('{"envelope_id": "unknown"}')
        assert slack.act(DANA, "command", channel=HARBOR, command="/hello")["acked"]


def test_the_interactivity_switch_of_the_manifest(slack: Slack) -> None:
    """is_enabled false: presses reach nobody, and the act says why."""
    blocks = [actions(button())]
    ts = slack.web.chat_postMessage(channel=HARBOR, text="x", blocks=blocks)["ts"]
    manifest = {
        "display_information": {"name": "x"},
        "settings": {"socket_mode_enabled": True, "interactivity": {"is_enabled": False}},
    }
    slack.order("app", manifest=manifest)
    with raw_app(slack):
        done = slack.act(DANA, "button", channel=HARBOR, ts=ts, action_id="go")

    assert done["reason"] == "interactivity_disabled"


def test_http_client_without_upgrade(slack: Slack) -> None:
    """A plain GET of the socket address is no WebSocket."""
    assert httpx.get(slack.url + "/socket?ticket=x", trust_env=False).status_code in {
        400,
        403,
        404,
        426,
    }
