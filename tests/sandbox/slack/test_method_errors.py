"""Every method's errors, one row each; a method without a row is noticed."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.slack.api.methods import BY_NAME, DEPRECATED, FOR_PEOPLE
from tests.sandbox.slack.harness import DANA, GUEST, HARBOR, MANIFEST, Slack
from tests.sandbox.slack.parts import modal, plain, section

ALL_SCOPES = [
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "commands",
    "dnd:read",
    "emoji:read",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:read",
    "im:write",
    "links:read",
    "links:write",
    "mpim:history",
    "mpim:read",
    "mpim:write",
    "pins:read",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "usergroups:write",
    "users.profile:read",
    "users:read",
    "users:read.email",
    "users:write",
]
NOW = int(time.time())
GENERAL = "C0GENERAL1"
Row = tuple[str, dict[str, Any], str]
# `$name` stands for what `prepared` made: a message, somebody else's, a channel, a file.
ROWS: list[Row] = [
    ("api.test", {"error": "my_error"}, "my_error"),
    ("apps.manifest.validate", {"manifest": {"features": {}}}, "not_allowed_token_type"),
    ("apps.manifest.export", {}, "not_allowed_token_type"),
    ("apps.connections.open", {}, "not_allowed_token_type"),
    ("apps.event.authorizations.list", {"event_context": "x"}, "not_allowed_token_type"),
    ("auth.test", {"token": ""}, "not_authed"),
    ("auth.revoke", {"token": "xoxb-no"}, "invalid_auth"),
    ("blocks.validate", {}, "invalid_arguments"),
    ("blocks.validate", {"blocks": [{"type": "x"}]}, "invalid_blocks"),
    ("bots.info", {"bot": "B404"}, "bot_not_found"),
    ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
    ("chat.postMessage", {"channel": "C404", "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": "$secret", "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": "$open", "text": "x"}, "not_in_channel"),
    ("chat.postMessage", {"channel": "$old", "text": "x"}, "is_archived"),
    ("chat.postMessage", {"channel": HARBOR}, "no_text"),
    ("chat.postMessage", {"channel": HARBOR, "text": "x", "thread_ts": "1"}, "invalid_thread_ts"),
    ("chat.postMessage", {"channel": "$gone", "text": "x"}, "channel_not_found"),
    (
        "chat.postMessage",
        {"channel": HARBOR, "text": "x", "blocks": [section("x" * 3000)] * 5},
        "msg_blocks_too_long",
    ),
    (
        "chat.postMessage",
        {
            "channel": HARBOR,
            "text": "x",
            "metadata": {"event_type": "a", "event_payload": {"x": "y" * 9000}},
        },
        "metadata_too_large",
    ),
    ("chat.postMessage", {"channel": HARBOR, "markdown_text": "x" * 12_001}, "msg_too_long"),
    ("chat.postEphemeral", {"channel": HARBOR, "user": "U404", "text": "x"}, "user_not_in_channel"),
    ("chat.postEphemeral", {"channel": GENERAL, "user": GUEST, "text": "x"}, "user_not_in_channel"),
    (
        "chat.postEphemeral",
        {"channel": HARBOR, "user": "$gone", "text": "x"},
        "user_not_in_channel",
    ),
    ("chat.postEphemeral", {"channel": "$open", "user": DANA, "text": "x"}, "not_in_channel"),
    ("chat.postEphemeral", {"channel": HARBOR, "user": DANA}, "no_text"),
    ("chat.update", {"channel": HARBOR, "ts": "1.000000", "text": "x"}, "message_not_found"),
    ("chat.update", {"channel": HARBOR, "ts": "$theirs", "text": "x"}, "cant_update_message"),
    ("chat.update", {"channel": HARBOR, "ts": "$mine", "text": "x" * 4001}, "msg_too_long"),
    ("chat.update", {"channel": HARBOR, "ts": "$mine"}, "no_text"),
    ("chat.update", {"channel": "#general", "ts": "$mine", "text": "x"}, "channel_not_found"),
    ("chat.delete", {"channel": HARBOR, "ts": "1.000000"}, "message_not_found"),
    ("chat.delete", {"channel": HARBOR, "ts": "$theirs"}, "cant_delete_message"),
    ("chat.getPermalink", {"channel": HARBOR, "message_ts": "1.000000"}, "message_not_found"),
    ("chat.getPermalink", {"channel": "C404", "message_ts": "$mine"}, "channel_not_found"),
    ("chat.meMessage", {"channel": "$old", "text": "x"}, "is_archived"),
    ("chat.scheduleMessage", {"channel": HARBOR, "text": "x", "post_at": "soon"}, "invalid_time"),
    ("chat.scheduleMessage", {"channel": HARBOR, "text": "x", "post_at": 1}, "time_in_past"),
    (
        "chat.scheduleMessage",
        {"channel": HARBOR, "text": "x", "post_at": NOW + 121 * 86_400},
        "time_too_far",
    ),
    ("chat.scheduleMessage", {"channel": HARBOR, "post_at": NOW + 3600}, "no_text"),
    ("chat.scheduleMessage", {"channel": "$open", "text": "x", "post_at": NOW}, "not_in_channel"),
    (
        "chat.deleteScheduledMessage",
        {"channel": HARBOR, "scheduled_message_id": "Q404"},
        "invalid_scheduled_message_id",
    ),
    ("chat.scheduledMessages.list", {"channel": "C404"}, "channel_not_found"),
    ("chat.scheduledMessages.list", {"cursor": "x"}, "invalid_cursor"),
    ("chat.unfurl", {"channel": HARBOR, "ts": "$theirs"}, "missing_unfurls"),
    ("chat.unfurl", {"channel": "C404", "ts": "$theirs", "unfurls": {}}, "cannot_find_channel"),
    ("chat.unfurl", {"channel": HARBOR, "ts": "1.0", "unfurls": {}}, "cannot_find_message"),
    ("chat.unfurl", {"channel": HARBOR, "ts": "$mine", "unfurls": {}}, "cannot_unfurl_message"),
    (
        "chat.unfurl",
        {"channel": HARBOR, "ts": "$theirs", "unfurls": {"https://e.com": {}}},
        "cannot_unfurl_url",
    ),
    (
        "chat.unfurl",
        {"channel": HARBOR, "ts": "$theirs", "unfurls": {"https://e.com": 1}},
        "cannot_parse_attachment",
    ),
    ("conversations.archive", {"channel": "$old"}, "already_archived"),
    ("conversations.archive", {"channel": GENERAL}, "cant_archive_general"),
    ("conversations.archive", {"channel": "$open"}, "not_in_channel"),
    ("conversations.archive", {"channel": "$dm"}, "method_not_supported_for_channel_type"),
    ("conversations.unarchive", {"channel": HARBOR}, "not_archived"),
    ("conversations.close", {"channel": HARBOR}, "method_not_supported_for_channel_type"),
    ("conversations.create", {"name": ""}, "invalid_name_required"),
    ("conversations.create", {"name": "x" * 81}, "invalid_name_maxlength"),
    ("conversations.create", {"name": "---"}, "invalid_name_punctuation"),
    ("conversations.create", {"name": "Two Words"}, "invalid_name_specials"),
    ("conversations.create", {"name": "general"}, "name_taken"),
    ("conversations.history", {"channel": "$open"}, "not_in_channel"),
    ("conversations.history", {"channel": "$secret"}, "channel_not_found"),
    ("conversations.history", {"channel": HARBOR, "limit": 1001}, "invalid_limit"),
    ("conversations.history", {"channel": HARBOR, "limit": -1}, "invalid_limit"),
    ("conversations.history", {"channel": HARBOR, "cursor": "x"}, "invalid_cursor"),
    ("conversations.history", {"channel": HARBOR, "cursor": "eA=="}, "invalid_cursor"),
    ("conversations.history", {"channel": HARBOR, "oldest": "x"}, "invalid_ts_oldest"),
    ("conversations.history", {"channel": HARBOR, "latest": "x"}, "invalid_ts_latest"),
    ("conversations.info", {"channel": "$secret"}, "channel_not_found"),
    ("conversations.invite", {"channel": HARBOR}, "no_user"),
    ("conversations.invite", {"channel": HARBOR, "users": "U404"}, "user_not_found"),
    ("conversations.invite", {"channel": HARBOR, "users": DANA}, "already_in_channel"),
    ("conversations.invite", {"channel": HARBOR, "users": "$bot"}, "cant_invite_self"),
    ("conversations.invite", {"channel": HARBOR, "users": "$gone"}, "cant_invite"),
    ("conversations.invite", {"channel": "$open", "users": DANA}, "not_in_channel"),
    ("conversations.join", {"channel": "$old"}, "is_archived"),
    ("conversations.join", {"channel": "$dm"}, "method_not_supported_for_channel_type"),
    ("conversations.kick", {"channel": HARBOR, "user": "$bot"}, "cant_kick_self"),
    ("conversations.kick", {"channel": GENERAL, "user": DANA}, "cant_kick_from_general"),
    ("conversations.kick", {"channel": HARBOR, "user": "U404"}, "user_not_found"),
    ("conversations.kick", {"channel": HARBOR, "user": "$gone"}, "not_in_channel"),
    ("conversations.leave", {"channel": GENERAL}, "cant_leave_general"),
    ("conversations.leave", {"channel": "$old"}, "is_archived"),
    ("conversations.list", {"types": "public"}, "invalid_types"),
    ("conversations.list", {"limit": 2000}, "invalid_limit"),
    ("conversations.mark", {"channel": HARBOR, "ts": "x"}, "invalid_timestamp"),
    ("conversations.members", {"channel": "C404"}, "channel_not_found"),
    ("conversations.open", {}, "users_list_not_supplied"),
    ("conversations.open", {"users": "U404"}, "user_not_found"),
    ("conversations.open", {"users": "$gone"}, "user_disabled"),
    ("conversations.open", {"users": "$bot"}, "cannot_dm_bot"),
    ("conversations.open", {"users": [DANA] * 9}, "too_many_users"),
    ("conversations.open", {"channel": HARBOR}, "method_not_supported_for_channel_type"),
    ("conversations.rename", {"channel": HARBOR, "name": "x"}, "not_authorized"),
    ("conversations.rename", {"channel": "$old", "name": "x"}, "is_archived"),
    ("conversations.replies", {"channel": HARBOR, "ts": "1.000000"}, "thread_not_found"),
    ("conversations.setTopic", {"channel": HARBOR, "topic": "x" * 251}, "too_long"),
    ("conversations.setPurpose", {"channel": "$old", "purpose": "x"}, "is_archived"),
    ("dnd.info", {"user": "U404"}, "user_not_found"),
    ("dnd.teamInfo", {}, "missing_users"),
    ("emoji.list", {"token": "xoxb-no"}, "invalid_auth"),
    ("files.completeUploadExternal", {"files": "x"}, "invalid_arguments"),
    ("files.completeUploadExternal", {"files": []}, "invalid_arguments"),
    ("files.completeUploadExternal", {"files": [{"id": "F404"}]}, "file_not_found"),
    (
        "files.completeUploadExternal",
        {"files": [{"id": "$file"}], "channel_id": "C404"},
        "channel_not_found",
    ),
    (
        "files.completeUploadExternal",
        {"files": [{"id": "$file"}], "channel_id": "$open"},
        "not_in_channel",
    ),
    ("files.delete", {"file": "$their_file"}, "cant_delete_file"),
    ("files.getUploadURLExternal", {"filename": "a", "length": -1}, "missing_argument"),
    ("files.info", {"file": "F404"}, "file_not_found"),
    ("files.info", {"file": "$deleted_file"}, "file_deleted"),
    ("files.list", {"count": "x"}, "invalid_arguments"),
    ("pins.add", {"channel": HARBOR}, "no_item_specified"),
    ("pins.add", {"channel": HARBOR, "timestamp": "$pinned"}, "already_pinned"),
    ("pins.list", {"channel": "C404"}, "channel_not_found"),
    ("pins.remove", {"channel": HARBOR, "timestamp": "$mine"}, "no_pin"),
    ("reactions.add", {"channel": HARBOR, "timestamp": "$mine", "name": "a b"}, "invalid_name"),
    ("reactions.add", {"channel": HARBOR, "timestamp": "1.0", "name": "x"}, "message_not_found"),
    ("reactions.add", {"channel": HARBOR, "name": "x"}, "no_item_specified"),
    (
        "reactions.add",
        {"channel": HARBOR, "timestamp": "$pinned", "name": "eyes"},
        "already_reacted",
    ),
    ("reactions.get", {"channel": "$open", "timestamp": "1.0"}, "not_in_channel"),
    ("reactions.list", {"cursor": "x"}, "invalid_cursor"),
    ("reactions.remove", {"channel": HARBOR, "timestamp": "$mine", "name": "x"}, "no_reaction"),
    ("team.info", {"token": ""}, "not_authed"),
    ("usergroups.create", {"name": "Approvers"}, "name_already_exists"),
    ("usergroups.create", {"name": "x", "handle": "@approvers"}, "handle_already_exists"),
    ("usergroups.disable", {"usergroup": "S404"}, "no_such_subteam"),
    ("usergroups.enable", {"usergroup": "S0APPROVE1"}, "already_enabled"),
    ("usergroups.list", {"token": "xoxb-no"}, "invalid_auth"),
    ("usergroups.update", {"usergroup": "S404"}, "no_such_subteam"),
    ("usergroups.users.list", {"usergroup": "S404"}, "no_such_subteam"),
    ("usergroups.users.update", {"usergroup": "S0APPROVE1"}, "no_users_provided"),
    ("usergroups.users.update", {"usergroup": "S0APPROVE1", "users": "U404"}, "invalid_users"),
    ("users.conversations", {"cursor": "x"}, "invalid_cursor"),
    ("users.getPresence", {"user": "U404"}, "user_not_found"),
    ("users.info", {"user": "U404"}, "user_not_found"),
    ("users.list", {"cursor": "x"}, "invalid_cursor"),
    ("users.lookupByEmail", {"email": "nobody@example.com"}, "users_not_found"),
    ("users.profile.get", {"user": "U404"}, "user_not_found"),
    ("users.setPresence", {"presence": "busy"}, "invalid_presence"),
    ("views.open", {"trigger_id": "1.2.a", "view": modal()}, "invalid_trigger_id"),
    ("views.open", {"trigger_id": "1.2.a", "view": "{"}, "invalid_arguments"),
    ("views.open", {"trigger_id": "1.2.a"}, "invalid_arguments"),
    ("views.push", {"trigger_id": "1.2.a", "view": modal()}, "invalid_trigger_id"),
    ("views.update", {"view": modal(), "view_id": "V404"}, "not_found"),
    ("views.update", {"view": modal(), "external_id": "nope"}, "not_found"),
    ("views.update", {"view": modal()}, "invalid_arguments"),
    (
        "views.publish",
        {"user_id": "U404", "view": {"type": "home", "blocks": []}},
        "user_not_found",
    ),
    (
        "views.publish",
        {"user_id": DANA, "view": {"type": "home", "blocks": [], "title": plain()}},
        "invalid_arguments",
    ),
]


def prepared(slack: Slack) -> dict[str, str]:
    """A workspace with one of everything a call can go wrong about."""
    names = {"$bot": slack.world.bot_user_id, "$dm": slack.world.open_im(DANA).id}
    names["$mine"] = slack.web.chat_postMessage(channel=HARBOR, text="mine")["ts"]
    names["$pinned"] = slack.web.chat_postMessage(channel=HARBOR, text="pinned")["ts"]
    slack.web.pins_add(channel=HARBOR, timestamp=names["$pinned"])
    slack.web.reactions_add(channel=HARBOR, timestamp=names["$pinned"], name="eyes")
    names["$theirs"] = slack.act(DANA, "message", channel=HARBOR, text="theirs")["message"]["ts"]
    for name, more in (("secret", {"is_private": True}), ("open", {}), ("old", {})):
        members = [DANA, slack.world.bot_user_id] if name == "old" else [DANA]
        made = slack.order(
            "channels", name=name, members=members, is_archived=name == "old", **more
        )
        names[f"${name}"] = made["channel"]["id"]
    names["$gone"] = slack.order("users", name="gone", deleted=True)["user"]["id"]
    stored = slack.act(DANA, "file", channel=HARBOR, name="a.csv", content="x")
    names["$their_file"] = stored["file"]["id"]
    for key in ("$file", "$deleted_file"):
        got = slack.web.files_getUploadURLExternal(filename="b.txt", length=1)
        slack.http.post(got["upload_url"], content=b"x")
        names[key] = got["file_id"]
    slack.web.files_completeUploadExternal(files=[{"id": names["$deleted_file"]}])
    slack.web.files_delete(file=names["$deleted_file"])
    return names


def filled(value: Any, names: dict[str, str]) -> Any:
    """A row's arguments with real ids."""
    if isinstance(value, dict):
        return {key: filled(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


def test_every_method_has_a_row() -> None:
    """A new method comes with its errors."""
    assert {row[0] for row in ROWS} == set(BY_NAME)


def by_json(slack: Slack, method: str, args: dict[str, Any], token: str | None) -> dict[str, Any]:
    """A call with a JSON body and the token in the header."""
    body: dict[str, Any] = slack.api(method, token, **args).json()
    return body


def by_form(slack: Slack, method: str, args: dict[str, Any], token: str | None) -> dict[str, Any]:
    """The same call as a form with the token in it, structures as JSON text."""
    value = slack.web.token if token is None else token
    form = {key: item if isinstance(item, str) else json.dumps(item) for key, item in args.items()}
    form |= {"token": value} if value else {}
    body: dict[str, Any] = slack.http.post(f"/api/{method}", data=form).json()
    return body


@pytest.mark.parametrize("way", [by_json, by_form])
def test_every_error_of_every_method(
    slack: Slack, way: Callable[[Slack, str, dict[str, Any], str | None], dict[str, Any]]
) -> None:
    """The same error by JSON and by form, and never anything but HTTP 200 with `ok` false."""
    slack.world.tokens[slack.web.token].scopes = tuple(ALL_SCOPES)
    names = prepared(slack)
    wrong: list[tuple[str, Any, str, str]] = []
    for method, args, expected in ROWS:
        given = filled(args, names)
        token = given.pop("token", None)
        answer = way(slack, method, given, token)
        if answer.get("error") != expected:
            wrong.append((method, args, expected, str(answer)[:200]))

    assert wrong == []


def test_methods_that_need_a_person_or_are_gone(slack: Slack) -> None:
    """A bot token is refused by name; retired methods say so."""
    assert {slack.api(name).json()["error"] for name in FOR_PEOPLE} == {"not_allowed_token_type"}
    assert {slack.api(name).json()["error"] for name in DEPRECATED} == {"method_deprecated"}
    assert slack.api("canvases.create").json()["error"] == "unknown_method"


def test_user_groups_need_a_paid_plan(slack: Slack) -> None:
    """On a free plan every method of user groups asks for an upgrade."""
    slack.world.tokens[slack.web.token].scopes = tuple(ALL_SCOPES)
    slack.order("switches", paid_plan=False)
    answers = {
        slack.api(name, usergroup="S0APPROVE1", name="x", users=DANA).json()["error"]
        for name in BY_NAME
        if name.startswith("usergroups.")
    }

    assert answers == {"plan_upgrade_required"}


def test_a_token_in_a_json_body_is_not_looked_at(slack: Slack) -> None:
    """With JSON the token belongs in the header."""
    answer = slack.http.post("/api/auth.test", json={"token": slack.web.token}).json()

    assert answer["error"] == "not_authed"


@pytest.mark.parametrize(
    ("method", "channel", "scope"),
    [
        ("conversations.archive", "$private", "groups:write"),
        ("conversations.archive", HARBOR, "channels:manage"),
        ("conversations.setTopic", HARBOR, "channels:manage"),
        ("conversations.invite", "$private", "groups:write"),
        ("conversations.mark", "$dm", "im:write"),
        ("conversations.history", "$private", "groups:history"),
        ("conversations.history", "$dm", "im:history"),
        ("conversations.info", "$dm", "im:read"),
        ("conversations.open", "", "im:write"),
    ],
)
def test_the_scope_follows_the_kind_of_channel(
    slack: Slack, method: str, channel: str, scope: str
) -> None:
    """`needed` names the scope for a private channel or a direct message where one is touched."""
    slack.world.tokens[slack.web.token].scopes = tuple(s for s in ALL_SCOPES if s != scope)
    made = slack.order("channels", name="p", is_private=True, members=[slack.world.bot_user_id])
    names = {"$private": made["channel"]["id"], "$dm": slack.world.open_im(DANA).id}
    answer = slack.api(method, channel=names.get(channel, channel), ts="1", users=DANA).json()

    assert answer["error"] == "missing_scope"
    assert scope in answer["needed"].split(",")
    assert scope not in answer["provided"].split(",")


def test_a_bad_manifest_is_explained_by_its_validator(slack: Slack) -> None:
    """apps.manifest.validate points at what is wrong; export gives back what is installed."""
    token = slack.world.token_of("config")
    good = slack.api("apps.manifest.validate", token, manifest=MANIFEST).json()
    bad = slack.api("apps.manifest.validate", token, manifest={"features": {}}).json()

    assert good == {"ok": True, "errors": []}
    assert bad["error"] == "invalid_manifest"
    assert bad["errors"][0]["pointer"] == "/display_information/name"
    exported = slack.api("apps.manifest.export", token).json()["manifest"]
    assert exported["display_information"]["name"] == "Test app"
