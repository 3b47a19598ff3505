"""Messages: posting, changing, deleting, threads, history, whispers."""

import pytest
from slack_sdk.errors import SlackApiError

from tests.sandbox.slack.harness import DANA, GUEST, HARBOR, Slack
from tests.sandbox.slack.parts import actions, button, section

BLUE = "C0BLUERDG1"


def error(slack: Slack, method: str, **args: object) -> str:
    """The error of a call that must fail."""
    body = slack.api(method, **args).json()

    assert body["ok"] is False
    return str(body["error"])


def test_a_posted_message_carries_the_apps_face_and_ids(slack: Slack) -> None:
    """The answer holds ts, channel and the message with bot_id, app_id and generated block_ids."""
    answer = slack.web.chat_postMessage(channel=HARBOR, text="Hi", blocks=[section("Hi")])
    message = answer["message"]

    assert message["bot_id"] == slack.world.bot_id
    assert message["app_id"] == slack.world.app_id
    assert message["user"] == slack.world.bot_user_id
    assert message["blocks"][0]["block_id"]
    assert answer["ts"] == message["ts"]


def test_blocks_without_text_are_warned_about(slack: Slack) -> None:
    """A message that a phone cannot announce is posted, with a warning."""
    body = slack.api("chat.postMessage", channel=HARBOR, blocks=[section("Hi")]).json()

    assert body["ok"]
    assert body["warning"] == "missing_text_in_message"
    assert body["response_metadata"]["warnings"] == ["missing_text_in_message"]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"channel": "C404", "text": "x"}, "channel_not_found"),
        ({"channel": HARBOR}, "no_text"),
        ({"channel": HARBOR, "text": "   "}, "no_text"),
        ({"channel": HARBOR, "blocks": []}, "no_text"),
        ({"channel": HARBOR, "text": "x", "blocks": "not json"}, "invalid_blocks_format"),
        ({"channel": HARBOR, "text": "x", "blocks": {"blocks": []}}, "invalid_blocks_format"),
        ({"channel": HARBOR, "text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"channel": HARBOR, "text": "x", "metadata": "{"}, "invalid_metadata_format"),
        (
            {"channel": HARBOR, "text": "x", "metadata": {"event_type": "a"}},
            "invalid_metadata_format",
        ),
        ({"channel": HARBOR, "text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
        ({"channel": HARBOR, "text": "x", "attachments": "x"}, "invalid_attachments"),
    ],
)
def test_what_cannot_be_posted(slack: Slack, args: dict[str, object], expected: str) -> None:
    """Each documented refusal of chat.postMessage."""
    assert error(slack, "chat.postMessage", **args) == expected


def test_archived_private_and_foreign_channels(slack: Slack) -> None:
    """Archived: is_archived. Private without the app: it does not exist. Public: by scope."""
    slack.act(DANA, "archive", channel=BLUE)
    private = slack.order("channels", name="secret", is_private=True, members=[DANA])["channel"]
    public = slack.order("channels", name="open", members=[DANA])["channel"]

    assert error(slack, "chat.postMessage", channel=BLUE, text="x") == "is_archived"
    assert error(slack, "chat.postMessage", channel=private["id"], text="x") == "channel_not_found"
    assert slack.api("chat.postMessage", channel=public["id"], text="x").json()["ok"]
    token = slack.world.tokens[slack.web.token]
    token.scopes = tuple(s for s in token.scopes if s != "chat:write.public")
    assert error(slack, "chat.postMessage", channel=public["id"], text="x") == "not_in_channel"
    assert slack.web.conversations_join(channel=public["id"])["ok"]
    assert slack.api("chat.postMessage", channel=public["id"], text="x").json()["ok"]


def test_long_text_is_cut_at_forty_thousand_and_said_so(slack: Slack) -> None:
    """Slack truncates a posted text and warns; an update of such length is refused."""
    body = slack.api("chat.postMessage", channel=HARBOR, text="x" * 40_001).json()

    assert len(body["message"]["text"]) == 40_000
    assert body["warning"] == "message_truncated"
    ts = body["ts"]
    assert error(slack, "chat.update", channel=HARBOR, ts=ts, text="x" * 4001) == "msg_too_long"


def test_update_with_text_alone_removes_the_blocks(slack: Slack) -> None:
    """chat.update replaces text and blocks together; the old text stays in the history."""
    ts = slack.web.chat_postMessage(channel=HARBOR, text="One", blocks=[section("One")])["ts"]
    slack.web.chat_update(channel=HARBOR, ts=ts, text="Two", blocks=[section("Two")])
    assert slack.messages()[0]["blocks"][0]["text"]["text"] == "Two"
    assert "edited" not in slack.messages()[0]

    slack.web.chat_update(channel=HARBOR, ts=ts, text="Three")
    message = slack.messages()[0]
    assert message["blocks"] == []
    assert message["updates"] == 2
    assert [row["text"] for row in message["history"]] == ["One", "Two"]


def test_update_keeps_metadata_unless_given(slack: Slack) -> None:
    """Absent metadata stays; an empty object removes it."""
    metadata = {"event_type": "incident", "event_payload": {"id": "7"}}
    ts = slack.web.chat_postMessage(channel=HARBOR, text="x", metadata=metadata)["ts"]
    slack.web.chat_update(channel=HARBOR, ts=ts, text="y")
    assert slack.messages()[0]["metadata"] == metadata

    slack.web.chat_update(channel=HARBOR, ts=ts, text="z", metadata={})
    assert "metadata" not in slack.messages()[0]


def test_only_own_and_existing_messages_change(slack: Slack) -> None:
    """Another's message cannot be updated or deleted; one that is gone is message_not_found."""
    theirs = slack.act(DANA, "message", channel=HARBOR, text="mine")["message"]["ts"]
    own = slack.web.chat_postMessage(channel=HARBOR, text="x")["ts"]
    slack.web.chat_delete(channel=HARBOR, ts=own)

    assert error(slack, "chat.update", channel=HARBOR, ts=theirs, text="x") == "cant_update_message"
    assert error(slack, "chat.delete", channel=HARBOR, ts=theirs) == "cant_delete_message"
    assert error(slack, "chat.update", channel=HARBOR, ts=own, text="x") == "message_not_found"
    assert error(slack, "chat.delete", channel=HARBOR, ts=own) == "message_not_found"


def test_replies_form_a_thread(slack: Slack) -> None:
    """Replies count on the parent, stay out of the channel's history and come in order."""
    ts = slack.web.chat_postMessage(channel=HARBOR, text="parent")["ts"]
    first = slack.web.chat_postMessage(channel=HARBOR, text="1", thread_ts=ts)
    slack.web.chat_postMessage(channel=HARBOR, text="2", thread_ts=first["ts"])

    assert first["message"]["thread_ts"] == ts
    history = slack.web.conversations_history(channel=HARBOR)["messages"]
    assert [m["text"] for m in history] == ["parent"]
    assert history[0]["reply_count"] == 2
    replies = slack.web.conversations_replies(channel=HARBOR, ts=ts)["messages"]
    assert [m["text"] for m in replies] == ["parent", "1", "2"]


def test_a_reply_whose_parent_is_gone_goes_top_level(slack: Slack) -> None:
    """Slack posts it without an error; only the answer's missing thread_ts tells."""
    ts = slack.web.chat_postMessage(channel=HARBOR, text="parent")["ts"]
    slack.web.chat_delete(channel=HARBOR, ts=ts)
    reply = slack.web.chat_postMessage(channel=HARBOR, text="lost", thread_ts=ts)

    assert "thread_ts" not in reply["message"]
    assert [m["text"] for m in slack.web.conversations_history(channel=HARBOR)["messages"]] == [
        "lost"
    ]


def test_a_deleted_parent_with_replies_leaves_a_tombstone(slack: Slack) -> None:
    """The thread stays readable under "This message was deleted."."""
    ts = slack.web.chat_postMessage(channel=HARBOR, text="parent")["ts"]
    slack.web.chat_postMessage(channel=HARBOR, text="child", thread_ts=ts)
    slack.web.chat_delete(channel=HARBOR, ts=ts)

    top = slack.web.conversations_history(channel=HARBOR)["messages"]
    assert top[0]["subtype"] == "tombstone"
    assert top[0]["text"] == "This message was deleted."


def test_history_window_and_metadata(slack: Slack) -> None:
    """oldest, latest, inclusive and pages; metadata only when asked for."""
    metadata = {"event_type": "incident", "event_payload": {"id": "7"}}
    stamps = [
        slack.web.chat_postMessage(channel=HARBOR, text=str(n), metadata=metadata)["ts"]
        for n in range(5)
    ]

    def texts(**args: object) -> list[str]:
        body = slack.api("conversations.history", channel=HARBOR, **args).json()
        return [m["text"] for m in body["messages"]]

    assert texts() == ["4", "3", "2", "1", "0"]
    assert texts(oldest=stamps[1], latest=stamps[3]) == ["2"]
    assert texts(oldest=stamps[1], latest=stamps[3], inclusive=True) == ["3", "2", "1"]
    page = slack.web.conversations_history(channel=HARBOR, limit=2)
    assert page["has_more"]
    cursor = page["response_metadata"]["next_cursor"]
    assert texts(limit=2, cursor=cursor) == ["2", "1"]
    plain = slack.web.conversations_history(channel=HARBOR)["messages"]
    full = slack.web.conversations_history(channel=HARBOR, include_all_metadata=True)["messages"]
    assert "metadata" not in plain[0]
    assert full[0]["metadata"] == metadata


def test_history_needs_membership(slack: Slack) -> None:
    """A bot reads only channels it is in."""
    other = slack.order("channels", name="open", members=[DANA])["channel"]["id"]

    assert error(slack, "conversations.history", channel=other) == "not_in_channel"


def test_an_ephemeral_message_is_for_one_member_only(slack: Slack) -> None:
    """It is in no history; a person outside the channel cannot get one."""
    answer = slack.web.chat_postEphemeral(channel=HARBOR, user=DANA, text="psst")

    assert answer["message_ts"]
    assert slack.messages() == []
    assert slack.look("ephemerals", user=DANA)["ephemerals"][0]["text"] == "psst"
    assert slack.look("ephemerals", user=GUEST)["ephemerals"] == []
    outside = {"channel": BLUE, "user": GUEST, "text": "psst"}
    assert error(slack, "chat.postEphemeral", **outside) == "user_not_in_channel"
    ts = answer["message_ts"]
    assert error(slack, "chat.update", channel=HARBOR, ts=ts, text="x") == "message_not_found"


def test_a_direct_message_opens_by_user_id(slack: Slack) -> None:
    """conversations.open twice gives the same channel; posting to the user id lands there."""
    first = slack.web.conversations_open(users=DANA)
    second = slack.web.conversations_open(users=DANA)
    posted = slack.web.chat_postMessage(channel=DANA, text="hello")

    assert first["channel"]["id"] == second["channel"]["id"] == posted["channel"]
    assert second["already_open"]
    assert slack.look("state", user=DANA)["ims"][0]["id"] == posted["channel"]


def test_permalinks_reactions_and_pins(slack: Slack) -> None:
    """Marks on a message, each once."""
    ts = slack.web.chat_postMessage(channel=HARBOR, text="x")["ts"]
    link = slack.web.chat_getPermalink(channel=HARBOR, message_ts=ts)["permalink"]
    slack.web.reactions_add(channel=HARBOR, timestamp=ts, name="eyes")
    slack.web.pins_add(channel=HARBOR, timestamp=ts)

    assert f"/archives/{HARBOR}/p{ts.replace('.', '')}" in link
    assert slack.messages()[0]["reactions"][0]["name"] == "eyes"
    with pytest.raises(SlackApiError, match="already_reacted"):
        slack.web.reactions_add(channel=HARBOR, timestamp=ts, name="eyes")
    with pytest.raises(SlackApiError, match="already_pinned"):
        slack.web.pins_add(channel=HARBOR, timestamp=ts)
    with pytest.raises(SlackApiError, match="message_not_found"):
        slack.web.pins_add(channel=HARBOR, timestamp="1.000000")


def test_many_blocks_within_each_limit_are_too_long_together(slack: Slack) -> None:
    """The undocumented cap on the sum of all blocks."""
    fits = [section("x" * 2900) for _ in range(4)]
    too_long = [section("x" * 2900) for _ in range(5)]

    assert slack.api("chat.postMessage", channel=HARBOR, text="x", blocks=fits).json()["ok"]
    args = {"channel": HARBOR, "text": "x", "blocks": too_long}
    assert error(slack, "chat.postMessage", **args) == "msg_blocks_too_long"


def test_two_thousand_messages_are_read_quickly(slack: Slack) -> None:
    """The control API returns a long channel whole, and its tail by limit."""
    blocks = [section("x"), actions(button())]
    for number in range(2000):
        slack.api("chat.postMessage", channel=HARBOR, text=str(number), blocks=blocks)

    assert len(slack.messages()) == 2000
    tail = slack.look("messages", channel=HARBOR, limit=3)["messages"]
    assert [m["text"] for m in tail] == ["1997", "1998", "1999"]
