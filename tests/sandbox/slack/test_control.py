"""The control API, the live events and the page."""

import json
from typing import Any

import pytest
from websockets.sync.client import connect

from tests.sandbox.slack.harness import DANA, GUEST, HARBOR, Slack, eventually
from tests.sandbox.slack.parts import modal
from tests.sandbox.slack.raw_app import raw_app


def test_state_holds_what_a_page_needs(slack: Slack) -> None:
    """Team, app, people with faces, channels with members, commands with hints."""
    state = slack.look("state", user=DANA)

    assert state["ok"]
    assert state["me"] == DANA
    assert state["team"]["name"] == "Northwind Bookkeeping"
    roles = {u["role_hint"]: u for u in state["users"]}
    assert set(roles) == {"operator", "approver", "approver2", "admin", "guest", "bot"}
    assert roles["guest"]["is_restricted"]
    assert roles["operator"]["avatar"] == {"initials": "DR", "color": "#2f6f9f"}
    names = {c["name"]: c for c in state["channels"]}
    assert set(names) == {"general", "books-harbor-foods", "books-blue-ridge"}
    assert GUEST in names["books-harbor-foods"]["members"]
    assert GUEST not in names["books-blue-ridge"]["members"]
    assert state["commands"][0] == {
        "command": "/hello",
        "description": "Say hello",
        "usage_hint": "[name]",
    }
    assert [s["type"] for s in state["shortcuts"]] == ["global", "message"]


def test_unread_counts_are_for_each_person(slack: Slack) -> None:
    """A post counts for the others until they read."""
    slack.act(DANA, "message", channel=HARBOR, text="x")

    def unread(user: str) -> int:
        rows = slack.look("state", user=user)["channels"]
        return next(c["unread"] for c in rows if c["id"] == HARBOR)

    assert (unread(DANA), unread(GUEST)) == (0, 1)
    slack.act(GUEST, "read", channel=HARBOR)
    assert unread(GUEST) == 0


def test_messages_since(slack: Slack) -> None:
    """Only what came after a timestamp, or one thread, or all channels."""
    first = slack.web.chat_postMessage(channel=HARBOR, text="1")["ts"]
    slack.web.chat_postMessage(channel=HARBOR, text="2", thread_ts=first)
    slack.web.chat_postMessage(channel="general", text="3")

    everywhere = slack.look("messages", since=first)["messages"]
    assert [m["text"] for m in everywhere] == ["2", "3"]
    thread = slack.look("messages", channel=HARBOR, thread_ts=first)["messages"]
    assert [m["text"] for m in thread] == ["1", "2"]
    assert thread[0]["reply_count"] == 1
    assert slack.http.get("/control/messages?channel=C404").status_code == 400


def test_people_channels_and_groups_can_be_added(slack: Slack) -> None:
    """They exist at once for the Web API."""
    user = slack.order("users", name="pat", real_name="Pat Lee", is_ultra_restricted=True)["user"]
    channel = slack.order("channels", name="books-new", members=[user["id"], DANA])["channel"]
    group = slack.order("usergroups", handle="bookkeepers", users=[user["id"]])["usergroup"]

    assert slack.web.users_info(user=user["id"])["user"]["is_ultra_restricted"]
    assert slack.web.conversations_info(channel=channel["id"])["channel"]["name"] == "books-new"
    assert slack.web.usergroups_users_list(usergroup=group["id"])["users"] == [user["id"]]


@pytest.mark.parametrize(
    ("endpoint", "body"),
    [
        ("users", {}),
        ("channels", {"name": "Not Allowed"}),
        ("channels", {"name": "ok", "members": ["U404"]}),
        ("usergroups", {}),
        ("limits", {"limits": "some"}),
        ("app", {"manifest": []}),
        ("nonsense", {}),
    ],
)
def test_control_requests_that_make_no_sense(
    slack: Slack, endpoint: str, body: dict[str, Any]
) -> None:
    """HTTP 400 with error and why."""
    answer = slack.http.post(f"/control/{endpoint}", json=body)

    assert answer.status_code == 400
    assert answer.json()["ok"] is False
    assert answer.json()["why"]


@pytest.mark.parametrize("content", [b"{", b"[]"])
def test_bodies_that_are_no_object(slack: Slack, content: bytes) -> None:
    """HTTP 400, never a stack trace."""
    assert slack.http.post("/control/act", content=content).status_code == 400


@pytest.mark.parametrize(
    ("commands", "pointer"),
    [
        ([{"command": "hello", "description": "x"}], "/features/slash_commands/0/command"),
        ([{"command": "/Hello", "description": "x"}], "/features/slash_commands/0/command"),
        ([{"command": "/" + "x" * 32, "description": "x"}], "/features/slash_commands/0/command"),
        ([{"command": "/x"}], "/features/slash_commands/0/description"),
        ([{"command": "/x", "description": "x"}] * 2, "/features/slash_commands/1/command"),
        (
            [{"command": "/x", "description": "x", "usage_hint": "x" * 1001}],
            "/features/slash_commands/0/usage_hint",
        ),
        (
            [{"command": f"/x{n}", "description": "x"} for n in range(51)],
            "/features/slash_commands",
        ),
        (["/x"], "/features/slash_commands"),
    ],
)
def test_manifests_that_slack_would_refuse(slack: Slack, commands: list[Any], pointer: str) -> None:
    """invalid_manifest points at the place, and the old install stays."""
    manifest = {
        "display_information": {"name": "x"},
        "features": {"slash_commands": commands},
    }
    answer = slack.order("app", manifest=manifest)

    assert answer["error"] == "invalid_manifest"
    assert pointer in [e["pointer"] for e in answer["errors"]]
    assert slack.look("state")["commands"][0]["command"] == "/hello"


def test_a_new_manifest_changes_commands_and_scopes(slack: Slack) -> None:
    """Reinstalling is enough; the tokens stay the same."""
    manifest = {
        "display_information": {"name": "New"},
        "features": {"slash_commands": [{"command": "/new", "description": "x"}]},
        "oauth_config": {"scopes": {"bot": ["users:read"]}},
        "settings": {"socket_mode_enabled": True},
    }
    done = slack.order("app", manifest=manifest)

    assert done["commands"] == ["/new"]
    assert slack.api("users.info", user=DANA).json()["ok"]
    refused = slack.api("chat.postMessage", channel=HARBOR, text="x").json()
    assert refused["error"] == "missing_scope"


def test_live_events_follow_every_change(slack: Slack) -> None:
    """A page sees messages of its channels, and only its own person's views and whispers."""
    address = slack.url.replace("http", "ws") + "/live?user="
    with (
        connect(address + DANA, proxy=None) as hers,
        connect(address + GUEST, proxy=None) as theirs,
        raw_app(slack) as app,
    ):
        ts = slack.web.chat_postMessage(channel=HARBOR, text="a")["ts"]
        slack.web.chat_update(channel=HARBOR, ts=ts, text="b")
        slack.web.chat_postEphemeral(channel=HARBOR, user=DANA, text="psst")
        slack.act(DANA, "command", channel=HARBOR, command="/hello")
        trigger = app.wait_for("slash_commands")["payload"]["trigger_id"]
        view = slack.api("views.open", trigger_id=trigger, view=modal()).json()["view"]
        slack.api("views.update", view_id=view["id"], view=modal(callback_id="c"))
        slack.act(DANA, "close", view_id=view["id"])
        slack.web.chat_delete(channel=HARBOR, ts=ts)
        mine = until(hers, "message_deleted")
        other = until(theirs, "message_deleted")

    assert [e["type"] for e in mine] == [
        "app",
        "message",
        "message_changed",
        "ephemeral",
        "view_opened",
        "view_updated",
        "view_closed",
        "message_deleted",
    ]
    assert [e["type"] for e in other] == ["app", "message", "message_changed", "message_deleted"]
    assert mine[1]["message"]["text"] == "a"
    assert mine[1]["channel"] == HARBOR
    assert mine[4]["view"]["id"] == view["id"]
    assert [e["seq"] for e in mine] == sorted(e["seq"] for e in mine)


def until(ws: Any, kind: str) -> list[dict[str, Any]]:
    """The events up to the first of a kind."""
    events: list[dict[str, Any]] = []
    while not events or events[-1]["type"] != kind:
        events.append(json.loads(ws.recv(timeout=5)))
    return events


def test_private_channels_are_told_to_members_only(slack: Slack) -> None:
    """A page of another person hears nothing of them."""
    members = [DANA, slack.world.bot_user_id]
    secret = slack.order("channels", name="secret", is_private=True, members=members)["channel"]
    address = slack.url.replace("http", "ws") + f"/live?user={GUEST}"
    with connect(address, proxy=None) as theirs:
        slack.web.chat_postMessage(channel=secret["id"], text="hidden")
        slack.web.chat_postMessage(channel=HARBOR, text="shown")
        events = until(theirs, "message")

    assert [e["message"]["text"] for e in events if e["type"] == "message"] == ["shown"]


def test_the_page_is_never_cached(slack: Slack) -> None:
    """Somebody who rebuilds the page sees the new one."""
    answer = slack.http.get("/")

    assert answer.status_code == 200
    assert "no-store" in answer.headers["cache-control"]


def test_pages_that_went_away_are_forgotten(slack: Slack) -> None:
    """Closing a page leaves nothing behind that would pile up events."""
    address = slack.url.replace("http", "ws") + f"/live?user={DANA}"
    with connect(address, proxy=None) as ws:
        slack.act(DANA, "message", channel=HARBOR, text="x")
        assert json.loads(ws.recv(timeout=5))["type"] == "message"

    eventually(lambda: not slack.world.live.open_pages)
