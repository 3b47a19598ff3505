"""What people can and cannot do in the client."""

from typing import Any

import pytest

from tests.sandbox.slack.harness import DANA, GUEST, HARBOR, Slack
from tests.sandbox.slack.parts import actions, button, option, section, select
from tests.sandbox.slack.raw_app import raw_app

BLUE = "C0BLUERDG1"


def posted(slack: Slack, *blocks: dict[str, Any]) -> str:
    """A message with these blocks."""
    return str(slack.web.chat_postMessage(channel=HARBOR, text="x", blocks=list(blocks))["ts"])


def test_an_unregistered_command_is_refused_as_slack_does(slack: Slack) -> None:
    """The app never hears of it."""
    with raw_app(slack) as app:
        done = slack.act(DANA, "command", channel=HARBOR, command="/helo", text="x")
        typed = slack.act(DANA, "message", channel=HARBOR, text="/helo x")
        assert app.envelopes() == []

    assert done["ok"] is False
    assert done["error"] == typed["error"] == "dispatch_unknown_command"
    assert done["why"].startswith("/helo is not a valid command. In Slack, all messages that")
    assert slack.messages() == []


def test_a_message_that_starts_with_a_slash_is_a_command(slack: Slack) -> None:
    """Typed into the message box it runs; in a thread it is not supported."""
    with raw_app(slack) as app:
        slack.act(DANA, "message", channel=HARBOR, text="/hello you there")
        payload = app.wait_for("slash_commands")["payload"]
    thread = slack.act(DANA, "message", channel=HARBOR, text="/hello", thread_ts="1.000000")

    assert (payload["command"], payload["text"]) == ("/hello", "you there")
    assert thread["error"] == "command_in_thread"
    assert "not supported in threads" in thread["why"]


@pytest.mark.parametrize(
    ("answer", "private", "public"),
    [
        ("text", ["text"], []),
        ({"text": "a"}, ["a"], []),
        ({"text": "b", "response_type": "in_channel"}, [], ["b"]),
        ({"blocks": [section("c")], "text": "c"}, ["c"], []),
        (None, [], []),
        ({}, [], []),
    ],
)
def test_what_an_acknowledgement_shows(
    slack: Slack, answer: Any, private: list[str], public: list[str]
) -> None:
    """Text or JSON in the acknowledgement is shown; nothing shows nothing."""
    with raw_app(slack) as app:
        app.answer = lambda _e: answer
        done = slack.act(DANA, "command", channel=HARBOR, command="/hello")

    assert done["acked"]
    assert done["ack"] == answer
    assert [e["text"] for e in slack.look("ephemerals", user=DANA)["ephemerals"]] == private
    assert [m["text"] for m in slack.messages()] == public


def test_an_acknowledgement_with_bad_blocks_fails_before_the_person(slack: Slack) -> None:
    """The person reads that the command failed; the act carries the detail."""
    with raw_app(slack) as app:
        app.answer = lambda _e: {"text": "x", "blocks": [section("x" * 3001)]}
        done = slack.act(DANA, "command", channel=HARBOR, command="/hello")

    assert done["error"] == "invalid_blocks"
    assert "/blocks/0/text/text" in done["detail"]["errors"][0]
    told = slack.look("ephemerals", user=DANA)["ephemerals"]
    assert told[0]["text"] == '/hello failed with the error "invalid_blocks"'


def test_a_press_carries_the_buttons_own_value(slack: Slack) -> None:
    """The value is the element's, whatever the press claims; the newest rendering counts."""
    ts = posted(slack, actions(button(value="1"), block_id="a"))
    row = [actions(button(value="2"), block_id="b")]
    slack.web.chat_update(channel=HARBOR, ts=ts, text="x", blocks=row)
    with raw_app(slack) as app:
        done = slack.act(DANA, "button", channel=HARBOR, ts=ts, action_id="go")
        claimed = slack.act(DANA, "button", channel=HARBOR, ts=ts, action_id="go", value="1")
        old = slack.act(DANA, "button", channel=HARBOR, ts=ts, action_id="go", block_id="a")
        values = [e["payload"]["actions"][0]["value"] for e in app.envelopes("block_actions")]

    assert done["acked"]
    assert done["ack_ms"] >= 0
    assert values == ["2"]
    assert claimed["error"] == old["error"] == "element_not_found"


def test_a_removed_button_cannot_be_pressed_but_an_old_screen_can(slack: Slack) -> None:
    """`stale` replays a press on what was still on the person's screen."""
    ts = posted(slack, actions(button(value="1"), block_id="a"))
    slack.web.chat_update(channel=HARBOR, ts=ts, text="done")
    press = {"channel": HARBOR, "ts": ts, "action_id": "go"}
    with raw_app(slack) as app:
        gone = slack.act(DANA, "button", **press)
        slack.act(DANA, "button", **press, stale=True, value="1", block_id="a")
        payload = app.wait_for("block_actions")["payload"]

    assert gone["error"] == "element_not_found"
    assert payload["actions"][0]["value"] == "1"
    assert payload["message"]["text"] == "done"


def test_rows_with_one_action_id_are_told_apart(slack: Slack) -> None:
    """By block_id, or by the value the person sees behind the button."""
    rows = [actions(button(value=str(n)), block_id=f"row{n}") for n in range(3)]
    ts = posted(slack, *rows)
    with raw_app(slack) as app:
        for more in ({"block_id": "row1"}, {"value": "2"}, {}):
            slack.act(DANA, "button", channel=HARBOR, ts=ts, action_id="go", **more)
        values = [e["payload"]["actions"][0]["value"] for e in app.envelopes("block_actions")]

    assert values == ["1", "2", "0"]


def test_confirm_dialogs_and_link_buttons(slack: Slack) -> None:
    """Denied, nothing is sent; a link opens and the press is sent all the same."""
    sure = {k: {"type": "plain_text", "text": k} for k in ("title", "text", "confirm", "deny")}
    ts = posted(slack, actions(button(confirm=sure), button("open", url="https://example.com/a")))
    with raw_app(slack) as app:
        no = slack.act(DANA, "button", channel=HARBOR, ts=ts, action_id="go", confirm=False)
        yes = slack.act(DANA, "button", channel=HARBOR, ts=ts, action_id="go")
        link = slack.act(DANA, "button", channel=HARBOR, ts=ts, action_id="open")
        sent = len(app.envelopes("block_actions"))

    assert no["reason"] == "not_confirmed"
    assert yes["acked"]
    assert link["open_url"] == "https://example.com/a"
    assert sent == 2


def test_menus_in_messages(slack: Slack) -> None:
    """A select keeps its choice in the state, an overflow menu only sends it."""
    menu = {"type": "overflow", "action_id": "more", "options": [option("a"), option("b")]}
    ts = posted(slack, section(accessory=menu, block_id="m"), actions(select(), block_id="s"))
    with raw_app(slack) as app:
        slack.act(DANA, "select", channel=HARBOR, ts=ts, action_id="more", value="b")
        slack.act(DANA, "select", channel=HARBOR, ts=ts, action_id="pick", value="a")
        wrong = slack.act(DANA, "select", channel=HARBOR, ts=ts, action_id="pick", value="z")
        first, second = [e["payload"] for e in app.envelopes("block_actions")]

    assert first["actions"][0]["selected_option"]["value"] == "b"
    assert second["state"]["values"]["s"]["pick"]["selected_option"]["value"] == "a"
    assert wrong["error"] == "no_such_option"
    assert wrong["available"] == ["a", "b"]


def test_guests_see_and_use_only_their_channels(slack: Slack) -> None:
    """A guest presses in a channel they are in, and can do nothing in another."""
    ts = posted(slack, actions(button()))
    with raw_app(slack) as app:
        assert slack.act(GUEST, "button", channel=HARBOR, ts=ts, action_id="go")["acked"]
        assert app.wait_for("block_actions")["payload"]["user"]["id"] == GUEST

    outside = slack.act(GUEST, "command", channel=BLUE, command="/hello")
    assert outside["error"] == "not_in_channel"
    assert slack.act(GUEST, "join", channel=BLUE)["error"] == "cannot_join"


@pytest.mark.parametrize(
    ("body", "error", "status"),
    [
        ({"user": DANA, "type": "dance"}, "unknown_type", 400),
        ({"user": "U404", "type": "home"}, "user_not_found", 400),
        (
            {"user": DANA, "type": "message", "channel": "C404", "text": "x"},
            "channel_not_found",
            200,
        ),
        ({"user": DANA, "type": "message", "channel": HARBOR, "text": " "}, "no_text", 200),
        ({"user": DANA, "type": "button", "channel": HARBOR, "ts": "1"}, "message_not_found", 200),
        ({"user": DANA, "type": "submit", "view_id": "V404"}, "view_not_found", 200),
        ({"user": DANA, "type": "file", "name": "a", "content_base64": "%"}, "bad_base64", 400),
    ],
)
def test_impossible_acts(slack: Slack, body: dict[str, Any], error: str, status: int) -> None:
    """What the client would not let a person do says why; nonsense is HTTP 400."""
    answer = slack.http.post("/control/act", json=body)

    assert answer.status_code == status
    assert answer.json()["ok"] is False
    assert answer.json()["error"] == error
    assert answer.json()["why"]


def test_roles_name_people_too(slack: Slack) -> None:
    """`operator` is as good as her id; a deactivated person can do nothing."""
    assert slack.act("operator", "message", channel=HARBOR, text="x")["message"]["user"] == DANA
    slack.order("users", id=DANA, deleted=True)
    assert slack.act(DANA, "message", channel=HARBOR, text="x")["error"] == "user_deactivated"


def test_archived_channels_take_nothing(slack: Slack) -> None:
    """No messages, no commands, no presses, until it is brought back."""
    ts = posted(slack, actions(button()))
    slack.act(DANA, "archive", channel=HARBOR)
    acts = [
        slack.act(DANA, "message", channel=HARBOR, text="x"),
        slack.act(DANA, "command", channel=HARBOR, command="/hello"),
        slack.act(DANA, "button", channel=HARBOR, ts=ts, action_id="go"),
    ]
    slack.act(DANA, "unarchive", channel=HARBOR)

    assert [done["error"] for done in acts] == ["is_archived"] * 3
    assert slack.act(DANA, "message", channel=HARBOR, text="x")["ok"]


def test_should_escape_turns_names_into_ids(slack: Slack) -> None:
    """Only commands registered so; people and channels become <@…|…> and <#…|…>."""
    slack.order(
        "app",
        manifest={
            "display_information": {"name": "x"},
            "features": {
                "slash_commands": [
                    {"command": "/e", "description": "x", "should_escape": True},
                ]
            },
            "settings": {"socket_mode_enabled": True},
        },
    )
    with raw_app(slack) as app:
        slack.act(DANA, "command", channel=HARBOR, command="/e", text="@sam in #general and @no")
        text = app.wait_for("slash_commands")["payload"]["text"]

    assert text == "<@U0SAM00001|sam> in <#C0GENERAL1|general> and @no"
