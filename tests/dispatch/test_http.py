"""Signed HTTP: Slack's signature or nothing, and the same handlers behind it."""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import pytest
from sqlalchemy import text as sql

from bot.dispatch import build_app, http_handler
from bot.models import Forwarded, WatchedChannel
from commands import ALL_COMMANDS
from commands.buttons import BUTTONS
from commands.modals import FORMS
from tests.dispatch.slack_world import text_of
from tests.waiting import wait_for

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


@pytest.fixture
def door(bot):
    """The handler of /slack/events with the simulator's signing secret."""
    app = build_app(bot.services, ALL_COMMANDS, BUTTONS, FORMS)
    secret = bot.services.settings.SLACK_SIGNING_SECRET.get_secret_value()
    return http_handler(app, secret)


def signed(secret, body, at=None):
    """The headers Slack sends."""
    stamp = str(int(at if at is not None else time.time()))
    mark = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={mark}",
    }


def command(bot, text=""):
    """A slash command's body."""
    return urlencode(
        {
            "command": "/qb-status",
            "text": text,
            "user_id": bot.slack.users["operator"],
            "team_id": bot.slack.ready["team_id"],
            "channel_id": bot.slack.channels["general"],
            "trigger_id": f"1.{time.monotonic_ns()}",
            "response_url": "",
        }
    )


def secret_of(bot):
    """The simulator's signing secret."""
    return bot.services.settings.SLACK_SIGNING_SECRET.get_secret_value()


def test_a_signed_command_is_noted_and_acknowledged(bot, door):
    """200 with an empty body; the answer comes by the response address."""
    from bot.models import CommandRun

    body = command(bot)

    status, _, text = door(body.encode(), signed(secret_of(bot), body))

    assert (status, text) == (200, "")
    assert bot.rows(CommandRun)[0].command == "/qb-status"


@pytest.mark.parametrize(
    "spoil",
    [
        {},
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": "v0=ünïcode"},
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "1"},
        {"X-Slack-Request-Timestamp": "9" * 40},
    ],
)
def test_anything_not_signed_right_is_refused_and_leaves_no_row(bot, door, spoil):
    """401, never a stack trace."""
    from bot.models import CommandRun

    body = command(bot)
    headers = signed(secret_of(bot), body) | spoil
    if not spoil:
        headers = {}

    status, _, _ = door(body.encode(), headers)

    assert status == 401
    assert bot.rows(CommandRun) == []


def test_an_old_request_is_refused(bot, door):
    """A recorded request cannot be replayed after five minutes."""
    body = command(bot)

    assert door(body.encode(), signed(secret_of(bot), body, time.time() - 600))[0] == 401


def test_a_changed_body_is_refused(bot, door):
    """The signature covers the body."""
    body = command(bot)
    headers = signed(secret_of(bot), body)

    assert door(body.replace("status", "errors").encode(), headers)[0] == 401


def test_a_huge_or_binary_body_is_refused(bot, door):
    """Before anything reads it."""
    assert door(b"x" * (1024 * 1024 + 1), {})[0] == 413
    assert door(b"\xff\xfe", signed(SECRET, "x"))[0] == 401


def test_without_a_signing_secret_nothing_gets_in(bot):
    """An empty secret would make every signature easy."""
    app = build_app(bot.services, ALL_COMMANDS)
    body = command(bot)

    assert http_handler(app, "")(body.encode(), signed("", body))[0] == 401


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "shortcut", "callback_id": "gone", "trigger_id": "1.1"},
        {"type": "message_action", "callback_id": "gone", "trigger_id": "1.1"},
        {"type": "view_closed", "view": {"callback_id": "gone", "type": "modal"}},
        {"type": "block_suggestion", "action_id": "gone", "value": "x"},
    ],
)
def test_what_nobody_asked_for_is_acknowledged(bot, door, payload):
    """Slack shows no warning triangle."""
    user = {"user": {"id": bot.slack.users["operator"]}, "team": {"id": "T1"}}
    body = urlencode({"payload": json.dumps(user | payload)})

    assert door(body.encode(), signed(secret_of(bot), body))[0] == 200


def test_a_press_over_http_acts_once_however_often_it_comes(bot, door):
    """The same action_ts is the same press."""
    incident = bot.incident(bot.harbor)
    payload = {
        "type": "block_actions",
        "user": {"id": bot.slack.users["guest"], "team_id": bot.slack.ready["team_id"]},
        "team": {"id": bot.slack.ready["team_id"]},
        "container": {"type": "message", "message_ts": "1.2"},
        "channel": {"id": bot.slack.channels["books-harbor-foods"]},
        "trigger_id": "1.2",
        "actions": [
            {
                "type": "button",
                "action_id": "fix:retry",
                "block_id": "b",
                "value": str(incident.id),
                "action_ts": "1732.55",
            }
        ],
    }
    body = urlencode({"payload": json.dumps(payload)})
    before = len(bot.slack.ephemerals("guest", "books-harbor-foods"))

    for _ in range(3):
        assert door(body.encode(), signed(secret_of(bot), body))[0] == 200

    told = wait_for(
        "the refusal", lambda: bot.slack.ephemerals("guest", "books-harbor-foods")[before:]
    )
    assert "Only an operator" in text_of(told[0])
    assert len(bot.clicks()) == 1


def test_an_error_of_another_app_is_acknowledged_once_it_is_kept(bot, door):
    """500 while it cannot be: Slack sends it again. Then 200, and however often it comes, once."""
    channel = bot.slack.channels["general"]
    now = bot.services.clock.now()
    bot.add(WatchedChannel(channel_id=channel, company_id=bot.harbor.id, by="U", created_at=now))
    event = {"type": "message", "subtype": "bot_message", "bot_id": "B1", "channel": channel,
             "ts": "1.5", "text": "Error 6240: The name supplied already exists."}  # fmt: skip
    told = {"type": "event_callback", "team_id": "T1", "api_app_id": "A1", "event": event}
    body = json.dumps(told)
    headers = signed(secret_of(bot), body) | {"Content-Type": "application/json"}
    engine = bot.services.sessions.engine

    with engine.begin() as database:
        database.execute(sql("ALTER TABLE forwarded RENAME TO away"))
    assert door(body.encode(), headers)[0] == 500
    with engine.begin() as database:
        database.execute(sql("ALTER TABLE away RENAME TO forwarded"))
    assert [door(body.encode(), headers)[0] for _ in range(2)] == [200, 200]

    assert [(row.channel_id, row.message_ts) for row in bot.rows(Forwarded)] == [(channel, "1.5")]


def test_a_person_of_another_workspace_is_refused(bot, door):
    """In a shared channel outsiders can press buttons too."""
    incident = bot.incident(bot.harbor)
    payload = {
        "type": "block_actions",
        "user": {"id": bot.slack.users["operator"], "team_id": "T0ELSEWHERE"},
        "team": {"id": bot.slack.ready["team_id"]},
        "container": {"type": "message", "message_ts": "1.3"},
        "channel": {"id": bot.slack.channels["books-harbor-foods"]},
        "trigger_id": "1.3",
        "actions": [{"type": "button", "action_id": "fix:retry", "value": str(incident.id)}],
    }
    body = urlencode({"payload": json.dumps(payload)})

    assert door(body.encode(), signed(secret_of(bot), body))[0] == 200

    entry = wait_for("the refusal", lambda: bot.audit("press.refused"))[0]
    assert "People of other workspaces cannot" in entry.data["why"]
