"""The Web API's door: methods, tokens, scopes, arguments, content types, limits."""

import pytest
from slack_sdk.errors import SlackApiError

from tests.sandbox.slack.harness import DANA, HARBOR, Slack


def error(slack: Slack, method: str, token: str | None = None, **args: object) -> str:
    """The error of a call that must fail."""
    body = slack.api(method, token, **args).json()

    assert body["ok"] is False
    return str(body["error"])


def test_auth_test_says_who_the_app_is_and_what_it_may(slack: Slack) -> None:
    """auth.test names team, user and bot; the scopes are in a header, as Bolt reads them."""
    answer = slack.web.auth_test()

    assert answer["team_id"] == slack.world.team_id
    assert answer["user_id"] == slack.world.bot_user_id
    assert answer["bot_id"] == slack.world.bot_id
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("no.such.method", "unknown_method"),
        ("chat.postMessages", "unknown_method"),
        ("files.upload", "method_deprecated"),
    ],
)
def test_methods_that_do_not_exist(slack: Slack, method: str, expected: str) -> None:
    """Unknown methods and retired methods are told apart."""
    assert error(slack, method) == expected


def test_tokens(slack: Slack) -> None:
    """No token, a wrong one, one of the wrong kind, a revoked one: four different errors."""
    assert error(slack, "auth.test", "") == "not_authed"
    assert error(slack, "auth.test", "xoxb-wrong") == "invalid_auth"
    assert error(slack, "apps.connections.open") == "not_allowed_token_type"
    assert error(slack, "users.list", slack.app_token) == "not_allowed_token_type"
    slack.world.tokens[slack.web.token].revoked = True
    assert error(slack, "auth.test") == "token_revoked"


def test_token_in_the_form_works_too(slack: Slack) -> None:
    """Old clients pass the token as an argument; it is not kept in the record of calls."""
    answer = slack.http.post("/api/auth.test", data={"token": slack.web.token})

    assert answer.json()["ok"]
    assert "token" not in slack.look("calls")["calls"][-1]["args"]


def test_missing_scope_says_what_is_needed_and_what_is_there(slack: Slack) -> None:
    """`needed` and `provided` let an app tell its installer what to add."""
    slack.world.tokens[slack.web.token].scopes = ("users:read",)
    body = slack.api("chat.postMessage", channel=HARBOR, text="x").json()

    assert body["error"] == "missing_scope"
    assert body["needed"] == "chat:write"
    assert body["provided"] == "users:read"


@pytest.mark.parametrize(
    ("method", "args", "scope"),
    [
        ("chat.update", {"channel": HARBOR, "ts": "1.000000", "text": "x"}, "chat:write"),
        ("chat.postEphemeral", {"channel": HARBOR, "user": DANA, "text": "x"}, "chat:write"),
        ("conversations.history", {"channel": HARBOR}, "channels:history"),
        ("conversations.info", {"channel": HARBOR}, "channels:read"),
        ("conversations.open", {"users": DANA}, "im:write"),
        ("conversations.join", {"channel": HARBOR}, "channels:join"),
        ("users.info", {"user": DANA}, "users:read"),
        ("users.lookupByEmail", {"email": "x"}, "users:read.email"),
        ("usergroups.list", {}, "usergroups:read"),
        ("usergroups.users.list", {"usergroup": "S1"}, "usergroups:read"),
        ("files.info", {"file": "F1"}, "files:read"),
        ("files.getUploadURLExternal", {"filename": "a", "length": 1}, "files:write"),
        ("reactions.add", {"channel": HARBOR, "name": "x"}, "reactions:write"),
        ("pins.add", {"channel": HARBOR}, "pins:write"),
        ("team.info", {}, "team:read"),
        ("bots.info", {}, "users:read"),
    ],
)
def test_every_method_asks_for_its_scope(
    slack: Slack, method: str, args: dict[str, object], scope: str
) -> None:
    """Without the scope of the method the call is refused, whatever else was granted."""
    granted = slack.world.tokens[slack.web.token].scopes
    slack.world.tokens[slack.web.token].scopes = tuple(s for s in granted if s != scope)
    body = slack.api(method, **args).json()

    assert body["error"] == "missing_scope"
    assert scope in body["needed"].split(",")


def test_missing_arguments_are_named(slack: Slack) -> None:
    """invalid_arguments carries one message for each missing field."""
    body = slack.api("views.open").json()

    assert body["error"] == "invalid_arguments"
    assert body["response_metadata"]["messages"] == [
        "[ERROR] missing required field: trigger_id",
        "[ERROR] missing required field: view",
    ]


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        (b"{", "application/json; charset=utf-8", "invalid_json"),
        (b"[]", "application/json; charset=utf-8", "json_not_object"),
        (b"x", "text/plain", "invalid_post_type"),
        (b"{}", "application/json; charset=utf-7", "invalid_charset"),
        (b'{"a b": 1}', "application/json; charset=utf-8", "invalid_arg_name"),
    ],
)
def test_malformed_requests(slack: Slack, content: bytes, kind: str, expected: str) -> None:
    """A body that cannot be read is refused by its own name."""
    headers = {"content-type": kind, "authorization": f"Bearer {slack.web.token}"}
    answer = slack.http.post("/api/auth.test", content=content, headers=headers)

    assert answer.status_code == 200
    assert answer.json()["error"] == expected


def test_json_without_charset_is_warned_about(slack: Slack) -> None:
    """Slack answers `missing_charset` beside the result."""
    headers = {"content-type": "application/json", "authorization": f"Bearer {slack.web.token}"}
    body = slack.http.post("/api/auth.test", content=b"{}", headers=headers).json()

    assert body["ok"]
    assert body["warning"] == "missing_charset"
    assert body["response_metadata"]["warnings"] == ["missing_charset"]


def test_posting_faster_than_the_channel_takes_is_limited(slack: Slack) -> None:
    """After a short burst about one message a second goes through; Retry-After says when."""
    slack.order("limits", limits="real")

    def storm() -> None:
        for number in range(40):
            slack.web.chat_postMessage(channel=HARBOR, text=str(number))

    with pytest.raises(SlackApiError) as caught:
        storm()

    assert caught.value.response["error"] == "ratelimited"
    assert caught.value.response.status_code == 429
    assert int(caught.value.response.headers["Retry-After"]) >= 1
    assert slack.web.chat_postMessage(channel="general", text="another channel")["ok"]


def test_a_tier_two_method_takes_about_twenty_calls_a_minute(slack: Slack) -> None:
    """Tiers are counted by method; `limits off` opens them again."""
    slack.order("limits", limits="real")
    codes = [slack.api("users.list").status_code for _ in range(30)]
    slack.order("limits", limits="off")

    assert codes.count(200) in {20, 21}
    assert codes[-1] == 429
    assert slack.api("users.list").status_code == 200


def test_every_call_is_on_record_without_its_token(slack: Slack) -> None:
    """The record of calls holds method, arguments and outcome, and no secret."""
    slack.api("chat.postMessage", channel="C0NOWHERE", text="x")
    rows = slack.look("calls", method="chat.postMessage")["calls"]

    assert rows[-1]["ok"] is False
    assert rows[-1]["error"] == "channel_not_found"
    assert rows[-1]["args"] == {"channel": "C0NOWHERE", "text": "x"}
    assert slack.web.token not in str(slack.look("calls"))


def test_people_channels_and_groups_are_found(slack: Slack) -> None:
    """The methods that look things up agree with the workspace."""
    web = slack.web
    assert web.users_info(user=DANA)["user"]["real_name"] == "Dana Reyes"
    assert web.users_lookupByEmail(email="DANA@northwind-books.example")["user"]["id"] == DANA
    guests = [u for u in web.users_list()["members"] if u["is_restricted"]]
    assert [u["real_name"] for u in guests] == ["Gus Guest"]
    assert web.conversations_info(channel=HARBOR)["channel"]["is_member"]
    assert DANA in web.conversations_members(channel=HARBOR)["members"]
    group = web.usergroups_list()["usergroups"][0]["id"]
    assert len(web.usergroups_users_list(usergroup=group)["users"]) == 2
    assert web.team_info()["team"]["name"] == "Northwind Bookkeeping"
    assert web.bots_info(bot=slack.world.bot_id)["bot"]["user_id"] == slack.world.bot_user_id


@pytest.mark.parametrize(
    ("method", "args", "expected"),
    [
        ("users.info", {"user": "U404"}, "user_not_found"),
        ("users.lookupByEmail", {"email": "no@one"}, "users_not_found"),
        ("conversations.info", {"channel": "C404"}, "channel_not_found"),
        ("usergroups.users.list", {"usergroup": "S404"}, "no_such_subteam"),
        ("conversations.list", {"types": "nonsense"}, "invalid_types"),
        ("conversations.list", {"cursor": "nonsense"}, "invalid_cursor"),
        ("conversations.history", {"channel": HARBOR, "limit": 5000}, "invalid_limit"),
        ("conversations.history", {"channel": HARBOR, "oldest": "x"}, None),
        ("conversations.replies", {"channel": HARBOR, "ts": "1.000000"}, "thread_not_found"),
        ("conversations.open", {}, "users_list_not_supplied"),
        ("conversations.open", {"users": "U404"}, "user_not_found"),
        ("bots.info", {"bot": "B404"}, "bot_not_found"),
        ("files.info", {"file": "F404"}, "file_not_found"),
    ],
)
def test_things_that_are_not_there(
    slack: Slack, method: str, args: dict[str, object], expected: str | None
) -> None:
    """Each method has its own word for what it did not find."""
    body = slack.api(method, **args).json()

    assert body.get("error") == expected


def test_lists_come_in_pages(slack: Slack) -> None:
    """A cursor leads through the whole list, once each."""
    seen: list[str] = []
    cursor = ""
    for _ in range(10):
        page = slack.web.conversations_list(limit=2, cursor=cursor)
        seen += [channel["id"] for channel in page["channels"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break

    assert len(seen) == len(set(seen)) == 3
