"""The control API: Home, switches, exact orders of faults, and what presses and choices carry."""

import threading
import time
from typing import Any

import pytest
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse

from tests.sandbox.slack.harness import DANA, HARBOR, Slack, eventually
from tests.sandbox.slack.parts import actions, button, field, modal, mrkdwn, plain, section, select
from tests.sandbox.slack.raw_app import RawApp, raw_app


def test_home_of_one_person_and_of_all(slack: Slack) -> None:
    """Null before the first publish; afterwards the view, by id or by role."""
    assert slack.look("home", user="operator")["view"] is None
    view = {"type": "home", "blocks": [section("Yours")]}
    slack.web.views_publish(user_id=DANA, view=view)

    assert slack.look("home", user=DANA)["view"]["blocks"][0]["text"]["text"] == "Yours"
    assert [row["user"] for row in slack.look("home")["homes"]] == [DANA]


@pytest.mark.parametrize(
    ("endpoint", "body", "error"),
    [
        ("switches", {"paid": True}, "unknown_switch"),
        ("switches", {"paid_plan": "no"}, "bad_field"),
        ("faults", {"fault": "ratelimited", "method": "chat.update"}, "bad_field"),
        ("faults", {"fault": "ratelimited", "match": {"method": "chat.send"}}, "bad_match"),
        ("faults", {"fault": "late_envelope", "match": {"type": "click"}}, "bad_match"),
        ("faults", {"fault": "ratelimited", "match": {"channel": "C404"}}, "bad_match"),
        ("faults", {"fault": "ratelimited", "match": []}, "bad_match"),
        ("faults", {"fault": "ratelimited", "match": "chat.update"}, "bad_match"),
        ("faults", {"fault": "error:"}, "unknown_fault"),
        ("act", {"type": "react", "user": DANA, "channel": HARBOR, "ts": "1"}, "message_not_found"),
        ("act", {"type": "create", "user": DANA, "name": "Two Words"}, "invalid_name_specials"),
        ("act", {"type": "create", "user": "guest", "name": "x"}, "not_allowed"),
        (
            "act",
            {"type": "rename", "user": DANA, "channel": HARBOR, "name": "general"},
            "name_taken",
        ),
        (
            "act",
            {"type": "kick", "user": DANA, "channel": HARBOR, "target": DANA},
            "cant_kick_self",
        ),
        (
            "act",
            {"type": "invite", "user": DANA, "channel": HARBOR, "target": "x"},
            "user_not_found",
        ),
        ("act", {"type": "revoke", "user": "admin", "token": "all"}, "bad_token"),
        ("act", {"type": "uninstall", "user": DANA}, "not_allowed"),
    ],
)
def test_a_wrong_call_gets_one_clear_error(
    slack: Slack, endpoint: str, body: dict[str, Any], error: str
) -> None:
    """A word and a sentence; nothing is ordered or done."""
    answer = slack.order(endpoint, **body)

    assert answer["error"] == error
    assert answer["why"].endswith((".", "]"))
    assert slack.look("faults")["faults"] == []


@pytest.mark.parametrize("name", ["ephemerals", "views", "files", "home"])
def test_a_person_who_is_not_there(slack: Slack, name: str) -> None:
    """Asking about somebody unknown is an error, not an empty list."""
    assert slack.look(name, user="U404")["error"] == "user_not_found"


def test_a_channels_name_will_do_in_a_fault(slack: Slack) -> None:
    """The order is kept under the channel's id and fits calls that name it."""
    slack.order("faults", fault="error:restricted_action", match={"channel": "#books-harbor-foods"})
    first = slack.api("chat.postMessage", channel=HARBOR, text="x").json()

    assert first["error"] == "restricted_action"
    assert slack.api("chat.postMessage", channel=HARBOR, text="x").json()["ok"]


def test_a_slow_answer_is_an_answer(slack: Slack) -> None:
    """The call takes effect and its answer comes late."""
    slack.order("faults", fault="slow", seconds=0.3, match={"method": "chat.postMessage"})
    start = time.monotonic()
    assert slack.api("chat.postMessage", channel=HARBOR, text="x").json()["ok"]

    assert time.monotonic() - start >= 0.3
    assert len(slack.messages()) == 1


def test_a_group_keeps_its_members_unless_told(slack: Slack) -> None:
    """Naming a group again without people changes nobody."""
    before = slack.world.usergroups["S0APPROVE1"].users
    answer = slack.order("usergroups", handle="approvers")

    assert answer["usergroup"]["users"] == before


def test_a_builtin_socket_client_comes_back_after_a_refresh(slack: Slack) -> None:
    """refresh_requested: the client opens a new connection and goes on hearing."""
    heard = threading.Event()
    client = SocketModeClient(app_token=slack.app_token, web_client=slack.web)

    def listen(found: SocketModeClient, request: Any) -> None:
        found.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
        heard.set()

    client.socket_mode_request_listeners.append(listen)
    client.connect()
    eventually(lambda: slack.world.hub.opened == 1)
    slack.order("faults", fault="disconnect", reason="refresh_requested", seconds=0.1)
    eventually(lambda: slack.world.hub.opened >= 2 and slack.world.hub.connections)
    done = slack.act(DANA, "command", channel=HARBOR, command="/hello")
    client.close()

    assert done["acked"]
    assert heard.is_set()


def test_turning_socket_mode_off_disables_the_link(slack: Slack) -> None:
    """The connections hear link_disabled and are closed."""
    with raw_app(slack) as app:
        slack.order("app", manifest={"display_information": {"name": "x"}, "settings": {}})
        eventually(lambda: app.closed)
        reasons = [frame["reason"] for frame in app.frames if frame["type"] == "disconnect"]

    assert reasons == ["link_disabled"]


def open_modal(slack: Slack, app: RawApp, *blocks: dict[str, Any]) -> str:
    """A modal over Dana's screen."""
    done = slack.act(DANA, "command", channel=HARBOR, command="/hello")
    opened = slack.web.views_open(trigger_id=done["trigger_id"], view=modal(*blocks))
    found: str = opened["view"]["id"]
    return found


EXTERNAL = {"type": "external_select", "action_id": "find", "min_query_length": 0}


@pytest.mark.parametrize(
    "answer",
    [
        {"options": [{"text": plain(str(n)), "value": str(n)} for n in range(101)]},
        {"options": [{"text": plain("x" * 76), "value": "1"}]},
        {"options": [{"text": mrkdwn("x"), "value": "1"}]},
        {"options": [{"text": plain("x")}]},
        {"options": "none"},
        {"option_groups": [{"label": plain("x" * 76), "options": []}]},
    ],
)
def test_options_slack_would_not_show(slack: Slack, answer: dict[str, Any]) -> None:
    """Over a limit or malformed: "no result" for the person, no error for the app."""
    with raw_app(slack) as app:
        view = open_modal(slack, app, field(EXTERNAL, block_id="who"))
        app.answer = lambda _envelope: answer
        found = slack.act(DANA, "options", view_id=view, action_id="find", query="")

    assert found["acked"]
    assert found["options"] == found["option_groups"] == []
    assert found["problem"]


def test_grouped_options_and_the_label_of_a_chosen_one(slack: Slack) -> None:
    """The state carries the option as the app offered it."""
    group = {"label": plain("Customers"), "options": [{"text": plain("Jane Doe"), "value": "58"}]}
    with raw_app(slack) as app:
        view = open_modal(slack, app, field(EXTERNAL, block_id="who"))
        app.answer = lambda _envelope: {"option_groups": [group]}
        found = slack.act(DANA, "options", view_id=view, action_id="find", query="ja")
        app.answer = lambda _envelope: None
        slack.act(DANA, "submit", view_id=view, values={"who": "58"})
        state = app.wait_for("view_submission")["payload"]["view"]["state"]["values"]

    assert found["option_groups"] == [group]
    assert state["who"]["find"]["selected_option"]["text"]["text"] == "Jane Doe"


def test_a_select_may_start_with_the_present_channel(slack: Slack) -> None:
    """default_to_current_conversation fills in where the command was used."""
    chooser = {
        "type": "conversations_select",
        "action_id": "c",
        "default_to_current_conversation": True,
    }
    with raw_app(slack) as app:
        view = open_modal(slack, app, field(chooser, block_id="where"))
        slack.act(DANA, "submit", view_id=view)
        state = app.wait_for("view_submission")["payload"]["view"]["state"]["values"]

    assert state["where"]["c"]["selected_conversation"] == HARBOR


def test_a_workflow_button_does_not_reach_the_app(slack: Slack) -> None:
    """It starts a workflow of Slack's own."""
    trigger = {"trigger": {"url": "https://slack.com/shortcuts/Ft1/2"}}
    row = {"type": "workflow_button", "text": plain(), "action_id": "w", "workflow": trigger}
    ts = slack.web.chat_postMessage(channel=HARBOR, text="x", blocks=[actions(row)])["ts"]
    with raw_app(slack) as app:
        done = slack.act(DANA, "button", channel=HARBOR, ts=ts, action_id="w")

        assert done["reason"] == "not_dispatched"
        assert not app.envelopes("block_actions")


def test_a_menu_in_an_attachment_has_state_and_container(slack: Slack) -> None:
    """block_actions of an attachment names it, and its menu's choice is in the state."""
    rows = [actions(select("a", "b"), button(), block_id="row")]
    posted = slack.web.chat_postMessage(channel=HARBOR, text="x", attachments=[{"blocks": rows}])
    with raw_app(slack) as app:
        place = {"channel": HARBOR, "ts": posted["ts"], "action_id": "pick"}
        slack.act(DANA, "select", **place, value="b")
        payload = app.wait_for("block_actions")["payload"]

    assert payload["container"]["type"] == "message_attachment"
    assert payload["container"]["attachment_id"] == 1
    assert payload["state"]["values"]["row"]["pick"]["selected_option"]["value"] == "b"


def test_downloads_need_a_token_that_may_read_files(slack: Slack) -> None:
    """With one: the bytes. Without: Slack's sign-in page, also HTTP 200."""
    stored = slack.act(DANA, "file", channel=HARBOR, name="a.csv", content="a,b\n1,2\n")["file"]
    url = stored["url_private_download"]
    token = {"authorization": f"Bearer {slack.web.token}"}

    assert slack.http.get(url, headers=token).text == "a,b\n1,2\n"
    assert "Sign in" in slack.http.get(url).text
    slack.world.tokens[slack.web.token].scopes = ("chat:write",)
    assert "Sign in" in slack.http.get(url, headers=token).text
    assert slack.http.head(url, headers=token).status_code == 200


def manifest(**sections: Any) -> dict[str, Any]:
    """The smallest manifest, with these sections."""
    return {"display_information": {"name": "x"}, **sections}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (manifest(display_information={"name": "x" * 36}), "/display_information/name"),
        (
            manifest(display_information={"name": "x", "description": "x" * 141}),
            "/display_information/description",
        ),
        (
            manifest(display_information={"name": "x", "long_description": "short"}),
            "/display_information/long_description",
        ),
        (
            manifest(features={"bot_user": {"display_name": "x" * 81}}),
            "/features/bot_user/display_name",
        ),
        (manifest(features={"unfurl_domains": ["e.com"] * 6}), "/features/unfurl_domains"),
        (
            manifest(oauth_config={"scopes": {"bot": [f"s:{n}" for n in range(256)]}}),
            "/oauth_config/scopes/bot",
        ),
        (
            manifest(settings={"event_subscriptions": {"bot_events": ["x"] * 101}}),
            "/settings/event_subscriptions/bot_events",
        ),
        (
            manifest(settings={"event_subscriptions": {"metadata_subscriptions": [{}] * 21}}),
            "/settings/event_subscriptions/metadata_subscriptions",
        ),
        (
            manifest(
                features={
                    "shortcuts": [
                        {"name": "x", "type": "global", "callback_id": "c", "description": "d"}
                    ]
                    * 11
                }
            ),
            "/features/shortcuts",
        ),
    ],
)
def test_the_limits_of_a_manifest(slack: Slack, body: dict[str, Any], pointer: str) -> None:
    """Each limit of the manifest is told with its place."""
    answer = slack.order("app", manifest=body)

    assert answer["error"] == "invalid_manifest"
    assert pointer in [row["pointer"] for row in answer["errors"]]
