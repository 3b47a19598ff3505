"""response_url: how often, how long, and what each answer does."""

from typing import Any

import pytest
from slack_sdk.webhook import WebhookClient

from tests.sandbox.slack.harness import DANA, GUEST, HARBOR, Slack
from tests.sandbox.slack.parts import actions, button, section
from tests.sandbox.slack.raw_app import raw_app


def url_of_command(slack: Slack) -> str:
    """The response_url of a command Dana typed."""
    with raw_app(slack) as app:
        slack.act(DANA, "command", channel=HARBOR, command="/hello", text="x")
        return str(app.wait_for("slash_commands")["payload"]["response_url"])


def url_of_press(slack: Slack, ts: str, user: str = DANA) -> str:
    """The response_url of a press."""
    with raw_app(slack) as app:
        slack.act(user, "button", channel=HARBOR, ts=ts, action_id="go")
        return str(app.wait_for("block_actions")["payload"]["response_url"])


def pressable(slack: Slack) -> str:
    """A message with a button."""
    blocks = [section("Old"), actions(button())]
    return str(slack.web.chat_postMessage(channel=HARBOR, text="Old", blocks=blocks)["ts"])


def whispers(slack: Slack, user: str = DANA) -> list[dict[str, Any]]:
    """A person's ephemerals that are still there."""
    rows = slack.look("ephemerals", user=user)["ephemerals"]
    return [row for row in rows if not row["deleted"]]


def test_private_by_default_in_channel_on_request(slack: Slack) -> None:
    """Without response_type only the person sees it; in_channel is a message of the app."""
    hook = WebhookClient(url_of_command(slack))
    assert hook.send(text="quiet").status_code == 200
    assert hook.send(text="loud", response_type="in_channel").body == "ok"

    assert [row["text"] for row in whispers(slack)] == ["quiet"]
    assert whispers(slack)[0]["response_to"]["command"] == "/hello"
    assert [m["text"] for m in slack.messages()] == ["loud"]
    assert slack.messages()[0]["bot_id"] == slack.world.bot_id


def test_five_uses(slack: Slack) -> None:
    """The sixth is refused with used_url; a refused body uses none up."""
    hook = WebhookClient(url_of_command(slack))
    assert hook.send_dict({"blocks": [{"type": "x"}]}).status_code == 400
    codes = [hook.send(text=str(n)).status_code for n in range(6)]

    assert codes == [200] * 5 + [404]
    assert "used_url" in hook.send(text="x").body


def test_thirty_minutes(slack: Slack) -> None:
    """After them the address is expired_url; an unknown one is not there."""
    url = url_of_command(slack)
    slack.world.response_urls[url.rpartition("/")[2]].made -= 30 * 60 + 1

    assert "expired_url" in WebhookClient(url).send(text="x").body
    assert WebhookClient(url + "x").send(text="x").status_code == 404


def test_replace_and_delete_the_original_message(slack: Slack) -> None:
    """replace_original changes the message that was pressed, delete_original removes it."""
    ts = pressable(slack)
    hook = WebhookClient(url_of_press(slack, ts))
    hook.send(text="New", replace_original=True)
    message = slack.messages()[0]
    assert (message["text"], message["blocks"], message["updates"]) == ("New", [], 1)

    hook.send(delete_original=True)
    assert slack.messages()[0]["deleted"]


def test_replace_and_delete_an_ephemeral(slack: Slack) -> None:
    """The only way to change one: the response_url of a press on it."""
    slack.web.chat_postEphemeral(channel=HARBOR, user=DANA, text="a", blocks=[actions(button())])
    item = whispers(slack)[0]
    with raw_app(slack) as app:
        slack.act(DANA, "button", channel=HARBOR, ts=item["id"], action_id="go")
        payload = app.wait_for("block_actions")["payload"]
    hook = WebhookClient(payload["response_url"])
    hook.send(text="b", replace_original=True)

    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    assert [row["text"] for row in whispers(slack)] == ["b"]
    assert whispers(slack)[0]["replaced"] == 1
    hook.send(delete_original=True)
    assert whispers(slack) == []
    gone = slack.act(DANA, "button", channel=HARBOR, ts=item["id"], action_id="go")
    assert gone["error"] == "message_deleted"


def test_a_new_answer_goes_to_the_one_who_pressed(slack: Slack) -> None:
    """Without replace_original the message stays and the presser alone reads the answer."""
    ts = pressable(slack)
    WebhookClient(url_of_press(slack, ts, GUEST)).send(text="Not you")

    assert slack.messages()[0]["updates"] == 0
    assert [row["text"] for row in whispers(slack, GUEST)] == ["Not you"]
    assert whispers(slack) == []


def test_thread_ts_puts_the_answer_in_a_thread(slack: Slack) -> None:
    """In the thread of the message, for everyone or for one."""
    ts = pressable(slack)
    hook = WebhookClient(url_of_press(slack, ts))
    hook.send_dict({"text": "all", "response_type": "in_channel", "thread_ts": ts})
    hook.send_dict({"text": "one", "thread_ts": ts})

    assert slack.messages()[1]["thread_ts"] == ts
    assert whispers(slack)[0]["thread_ts"] == ts


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "no_text"),
        ({"text": "x", "blocks": "y"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [section("x" * 3001)]}, "invalid_blocks"),
    ],
)
def test_refused_answers(slack: Slack, body: dict[str, Any], error: str) -> None:
    """The same checks as chat.postMessage."""
    answer = slack.http.post(url_of_command(slack), json=body)

    assert answer.status_code == 400
    assert answer.json()["error"] == error
