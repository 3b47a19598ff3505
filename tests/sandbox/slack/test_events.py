"""The Events API: what happens in the workspace reaches an app that subscribed and may see it."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.slack.manifest import DEFAULT_EVENTS, DEFAULT_SCOPES
from tests.sandbox.slack.harness import DANA, HARBOR, MANIFEST, Slack, eventually
from tests.sandbox.slack.raw_app import RawApp, raw_app

ADMIN, SAM = "admin", "approver2"
WIDE = {
    **MANIFEST,
    "features": {**MANIFEST["features"], "unfurl_domains": ["example.com"]},
    "oauth_config": {"scopes": {"bot": list(DEFAULT_SCOPES)}},
    "settings": {
        "socket_mode_enabled": True,
        "event_subscriptions": {"bot_events": list(DEFAULT_EVENTS)},
    },
}


@pytest.fixture
def app(slack: Slack) -> Iterator[RawApp]:
    """An app that hears of everything."""
    assert slack.order("app", manifest=WIDE)["ok"]
    with raw_app(slack) as found:
        yield found


def event(app: RawApp, kind: str, **fields: Any) -> dict[str, Any]:
    """The first event of a kind with these fields."""

    def look() -> list[dict[str, Any]]:
        rows = [row["payload"]["event"] for row in app.envelopes(kind)]
        return [row for row in rows if all(row.get(k) == v for k, v in fields.items())]

    found: dict[str, Any] = eventually(look)[0]
    return found


def test_a_persons_message_is_escaped_and_its_names_are_ids(slack: Slack, app: RawApp) -> None:
    """& < > arrive as entities, @name and #channel as ids; naming the app is app_mention too."""
    slack.act(DANA, "message", channel=HARBOR, text="@test_bot <b> & @priya in #general @here")
    bot = slack.world.bot_user_id

    text = f"<@{bot}> &lt;b&gt; &amp; <@U0PRIYA001> in <#C0GENERAL1|general> <!here>"
    assert event(app, "message")["text"] == text
    assert event(app, "app_mention")["channel"] == HARBOR


def test_changed_and_deleted_messages_say_what_was(slack: Slack, app: RawApp) -> None:
    """message_changed and message_deleted carry the message before."""
    ts = slack.act(DANA, "message", channel=HARBOR, text="one")["message"]["ts"]
    assert slack.act(DANA, "edit", channel=HARBOR, ts=ts, text="two")["message"]["edited"]
    changed = event(app, "message", subtype="message_changed")
    slack.act(DANA, "delete", channel=HARBOR, ts=ts)
    deleted = event(app, "message", subtype="message_deleted")

    assert changed["previous_message"]["text"] == "one"
    assert changed["message"]["text"] == "two"
    assert deleted["previous_message"]["text"] == "two"
    assert deleted["deleted_ts"] == ts


def test_an_admin_deletes_the_apps_message_others_do_not(slack: Slack, app: RawApp) -> None:
    """The app hears of it; a reply to it then goes top-level."""
    ts = slack.web.chat_postMessage(channel=HARBOR, text="alert")["ts"]

    assert slack.act(DANA, "delete", channel=HARBOR, ts=ts)["error"] == "cant_delete_message"
    assert slack.act(ADMIN, "delete", channel=HARBOR, ts=ts)["ok"]
    assert event(app, "message", subtype="message_deleted")["deleted_ts"] == ts
    reply = slack.web.chat_postMessage(channel=HARBOR, text="reply", thread_ts=ts)
    assert "thread_ts" not in reply["message"]


def test_reactions_and_pins(slack: Slack, app: RawApp) -> None:
    """Added and taken back; twice is refused."""
    ts = slack.web.chat_postMessage(channel=HARBOR, text="x")["ts"]
    for kind, heard in (("react", "reaction_added"), ("unreact", "reaction_removed")):
        assert slack.act(DANA, kind, channel=HARBOR, ts=ts, name="eyes")["ok"]
        assert event(app, heard)["item"]["ts"] == ts
    assert slack.act(DANA, "unreact", channel=HARBOR, ts=ts, name="eyes")["error"] == "no_reaction"
    for kind, heard in (("pin", "pin_added"), ("unpin", "pin_removed")):
        assert slack.act(DANA, kind, channel=HARBOR, ts=ts)["ok"]
        assert event(app, heard)["channel_id"] == HARBOR
    assert slack.act(DANA, "unpin", channel=HARBOR, ts=ts)["error"] == "no_pin"


def test_people_and_the_app_come_and_go(slack: Slack, app: RawApp) -> None:
    """Joining, leaving, being brought in and put out; the app's own end has its own event."""
    made = slack.act(DANA, "create", name="month-end")["channel"]["id"]
    assert event(app, "channel_created")["channel"]["name"] == "month-end"
    slack.act(DANA, "invite", channel=made, target="bot")
    joined = event(app, "member_joined_channel", user=slack.world.bot_user_id)
    assert joined["inviter"] == DANA
    slack.act(SAM, "join", channel=made)
    assert event(app, "member_joined_channel", user="U0SAM00001")["channel"] == made
    assert event(app, "message", subtype="channel_join")["user"]
    slack.act(SAM, "leave", channel=made)
    assert event(app, "member_left_channel")["user"] == "U0SAM00001"
    slack.act(DANA, "kick", channel=made, target="bot")
    assert event(app, "channel_left")["channel"] == made
    answer = slack.api("conversations.history", channel=made).json()
    assert answer["error"] == "not_in_channel"


def test_channels_are_renamed_and_archived(slack: Slack, app: RawApp) -> None:
    """Public channels by channel_…, private ones by group_…, and only where the app is inside."""
    slack.act(DANA, "rename", channel=HARBOR, name="books-harbor")
    assert event(app, "channel_rename")["channel"] == event(app, "channel_rename")["channel"] | {
        "id": HARBOR,
        "name": "books-harbor",
    }
    slack.act(DANA, "archive", channel=HARBOR)
    assert event(app, "channel_archive")["channel"] == HARBOR
    slack.act(DANA, "unarchive", channel=HARBOR)
    assert event(app, "channel_unarchive")["user"] == DANA
    inside = slack.act(DANA, "create", name="private-one", is_private=True)["channel"]["id"]
    outside = slack.act(DANA, "create", name="private-two", is_private=True)["channel"]["id"]
    slack.act(DANA, "invite", channel=inside, target="bot")
    for channel in (outside, inside):
        slack.act(DANA, "archive", channel=channel)
    assert event(app, "group_archive")["channel"] == inside
    assert not [e for e in app.envelopes("group_archive") if outside in str(e)]


def test_the_app_hears_that_it_is_out(slack: Slack, app: RawApp) -> None:
    """Uninstalled: token dead, commands gone, two events; installed again, all is back."""
    assert slack.act(DANA, "uninstall")["error"] == "not_allowed"
    assert slack.act(ADMIN, "uninstall")["ok"]
    assert event(app, "tokens_revoked")["tokens"]["bot"] == [slack.world.bot_user_id]
    assert event(app, "app_uninstalled")["type"] == "app_uninstalled"
    assert slack.api("auth.test").json()["error"] == "account_inactive"
    refused = slack.act(DANA, "command", channel=HARBOR, command="/hello")
    assert refused["error"] == "dispatch_unknown_command"
    assert slack.look("state")["app"]["installed"] is False
    slack.order("app", manifest=WIDE)
    assert slack.api("auth.test").json()["ok"]


def test_a_revoked_token_and_a_revoked_app_token(slack: Slack, app: RawApp) -> None:
    """auth.revoke kills the token of the call, an admin any; `test` only asks."""
    assert slack.api("auth.revoke", test=True).json() == {"ok": True, "revoked": False}
    assert slack.api("auth.revoke").json()["revoked"] is True
    assert slack.api("auth.test").json()["error"] == "token_revoked"
    assert event(app, "tokens_revoked")
    slack.act(ADMIN, "revoke", token="app")
    answer = slack.api("apps.connections.open", slack.app_token).json()
    assert answer["error"] == "token_revoked"


def test_links_are_unfurled(slack: Slack, app: RawApp) -> None:
    """A link to a registered domain is an event; chat.unfurl puts something under it."""
    url = "https://shop.example.com/orders/1042?a=1&b=2"
    posted = slack.act(DANA, "message", channel=HARBOR, text=f"look: {url}")["message"]
    shared = event(app, "link_shared")
    slack.web.chat_unfurl(
        unfurl_id=shared["unfurl_id"],
        source=shared["source"],
        unfurls={url: {"blocks": [{"type": "divider"}]}},
    )
    attachment = slack.messages()[-1]["attachments"][0]

    assert shared["links"][0]["domain"] == "shop.example.com"
    assert shared["message_ts"] == posted["ts"]
    assert attachment["app_unfurl_url"] == url
    assert attachment["is_app_unfurl"] is True


def test_files_people_and_groups(slack: Slack, app: RawApp) -> None:
    """A shared file, a new person, a changed person, a changed group: one event each."""
    stored = slack.act(DANA, "file", channel=HARBOR, name="a.csv", content="x")["file"]
    assert event(app, "file_created")["file_id"] == stored["id"]
    assert event(app, "file_shared")["channel_id"] == HARBOR
    assert event(app, "message", subtype="file_share")["files"][0]["name"] == "a.csv"
    new = slack.order("users", name="kai")["user"]["id"]
    assert event(app, "team_join")["user"]["id"] == new
    slack.order("users", id=new, deleted=True)
    assert event(app, "user_change")["user"]["deleted"] is True
    slack.web.usergroups_users_update(usergroup="S0APPROVE1", users=[DANA])
    assert event(app, "subteam_members_changed")["subteam_id"] == "S0APPROVE1"


def test_shared_channels_say_so(slack: Slack, app: RawApp) -> None:
    """In a channel shared with another company the event and conversations.info say it."""
    slack.order("channels", id=HARBOR, is_ext_shared=True)
    slack.order("users", id="WOTHER0001", name="other", team_id="TOTHER0001")
    slack.act(DANA, "message", channel=HARBOR, text="hi")
    envelope = app.wait_for("message")

    assert envelope["payload"]["is_ext_shared_channel"] is True
    assert slack.web.conversations_info(channel=HARBOR)["channel"]["is_ext_shared"] is True
    assert slack.web.users_info(user="WOTHER0001")["user"]["team_id"] == "TOTHER0001"


def test_an_event_needs_its_scope(slack: Slack) -> None:
    """Subscribed without the scope, or outside of the channel: nothing comes."""
    less = {**WIDE, "oauth_config": {"scopes": {"bot": ["chat:write", "channels:read"]}}}
    slack.order("app", manifest=less)
    with raw_app(slack) as app:
        ts = slack.act(DANA, "message", channel=HARBOR, text="x")["message"]["ts"]
        slack.act(DANA, "react", channel=HARBOR, ts=ts, name="eyes")
        slack.act(DANA, "archive", channel=HARBOR)
        event(app, "channel_archive")

        assert not app.envelopes("message")
        assert not app.envelopes("reaction_added")
