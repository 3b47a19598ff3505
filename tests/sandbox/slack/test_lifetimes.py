"""Ends that take minutes at Slack, seen at once; and what a person cannot type."""

import time
from typing import Any

import pytest

from tests.sandbox.slack.harness import DANA, HARBOR, Slack, eventually
from tests.sandbox.slack.parts import actions, button, field, modal, section
from tests.sandbox.slack.raw_app import raw_app


def test_a_trigger_and_a_response_url_end_when_told(slack: Slack) -> None:
    """The same words as after three seconds and after thirty minutes."""
    slack.order("lifetimes", trigger_id=0.05, response_url=0.05)
    with raw_app(slack) as app:
        done = slack.act(DANA, "command", channel=HARBOR, command="/hello")
        url = app.wait_for("slash_commands")["payload"]["response_url"]
        start = time.monotonic()
        eventually(lambda: time.monotonic() - start > 0.1)
        opened = slack.api("views.open", trigger_id=done["trigger_id"], view=modal()).json()
        answered = slack.http.post(url, json={"text": "late"})

    assert opened["error"] == "expired_trigger_id"
    assert (answered.status_code, answered.json()["error"]) == (404, "expired_url")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"trigger": 1}, "unknown_lifetime"),
        ({"trigger_id": "1"}, "bad_seconds"),
        ({"trigger_id": -1}, "bad_seconds"),
        ({"trigger_id": True}, "bad_seconds"),
    ],
)
def test_wrong_lifetimes(slack: Slack, body: dict[str, Any], error: str) -> None:
    """Unknown names and odd values are refused."""
    assert slack.order("lifetimes", **body)["error"] == error


@pytest.mark.parametrize(
    ("element", "value", "error"),
    [
        ({"type": "datepicker", "action_id": "x"}, "2026-02-30", "bad_date"),
        ({"type": "datepicker", "action_id": "x"}, "22.11.2026", "bad_date"),
        ({"type": "timepicker", "action_id": "x"}, "25:00", "bad_time"),
        ({"type": "datetimepicker", "action_id": "x"}, "tomorrow", "bad_date_time"),
        ({"type": "users_select", "action_id": "x"}, "U404", "user_not_found"),
        ({"type": "channels_select", "action_id": "x"}, "C404", "channel_not_found"),
        ({"type": "number_input", "action_id": "x", "is_decimal_allowed": True}, "NaN", "form"),
    ],
)
def test_what_a_person_cannot_choose(
    slack: Slack, element: dict[str, Any], value: str, error: str
) -> None:
    """The client refuses it before the app hears of it."""
    with raw_app(slack) as app:
        done = slack.act(DANA, "command", channel=HARBOR, command="/hello")
        view = modal(field(element, block_id="b"))
        opened = slack.web.views_open(trigger_id=done["trigger_id"], view=view)["view"]["id"]
        answer = slack.act(DANA, "submit", view_id=opened, values={"b": value})

        assert not app.envelopes("view_submission")
    assert error in answer["error"]


def test_tabs_of_the_app(slack: Slack) -> None:
    """Home and messages are told apart; a tab the app does not have cannot be opened."""
    with raw_app(slack) as app:
        slack.act(DANA, "home")
        slack.act(DANA, "dm")
        eventually(lambda: len(app.envelopes("app_home_opened")) == 2)
        tabs = {row["payload"]["event"]["tab"] for row in app.envelopes("app_home_opened")}
    assert tabs == {"home", "messages"}
    assert slack.act(DANA, "home", tab="about")["error"] == "bad_tab"
    slack.order("app", manifest={"display_information": {"name": "x"}})
    assert slack.act(DANA, "home")["error"] == "home_disabled"


def test_a_file_goes_up_by_put_and_several_at_once(slack: Slack) -> None:
    """PUT or POST; completed files of one call are one message."""
    rows = []
    for name, send in (("a.txt", slack.http.put), ("b.txt", slack.http.post)):
        got = slack.web.files_getUploadURLExternal(filename=name, length=2)
        assert send(got["upload_url"], content=b"ok").status_code == 200
        rows.append({"id": got["file_id"], "title": name})
    answer = slack.web.files_completeUploadExternal(
        files=rows, channel_id=HARBOR, initial_comment="Both"
    )

    assert [row["title"] for row in answer["files"]] == ["a.txt", "b.txt"]
    message = slack.messages()[0]
    assert (message["text"], len(message["files"])) == ("Both", 2)


def test_state_of_two_thousand_messages_is_read_in_pages(slack: Slack) -> None:
    """A long thread and many updates stay as cheap as short ones."""
    world = slack.world
    blocks = [section("x" * 200), actions(button())]
    parent = slack.web.chat_postMessage(channel=HARBOR, text="p", blocks=blocks)["ts"]
    for _ in range(300):
        slack.web.chat_postMessage(channel=HARBOR, text="r", thread_ts=parent)
    for number in range(60):
        slack.web.chat_update(channel=HARBOR, ts=parent, text=str(number), blocks=blocks)
    shown = slack.look("messages", channel=HARBOR, limit=1)["messages"]

    assert len(shown) == 1
    stored = world.channels[HARBOR].messages[parent]
    assert (len(stored.replies), stored.updates) == (300, 60)
    assert len(stored.history) == 50
