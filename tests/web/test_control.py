"""Local control: only the command line of this machine may nudge."""

import pytest

from bot.config import Settings
from bot.jobs import Nudge
from bot.web.tokens import control_token, is_control_token


def sent(edge, body, token=None):
    value = control_token(edge.services.settings) if token is None else token
    return edge.http.post("/nudge", json=body, headers={"Authorization": f"Bearer {value}"})


def test_a_nudge_reaches_the_queue(edge):
    """The bot does what the command line asked for."""
    assert sent(edge, {"job": "sync", "arg": "3"}).status_code == 202
    assert sent(edge, {"job": "check", "arg": "3:connection"}).status_code == 202
    assert edge.noted.nudges == [Nudge("sync", "3"), Nudge("check", "3:connection")]


@pytest.mark.parametrize("token", ["-", "wrong", "ü"])
def test_without_the_token_nothing_happens(edge, token):
    """401 in a sentence."""
    reply = edge.http.post(
        "/nudge", json={"job": "sweep"}, headers={"Authorization": b"Bearer " + token.encode()}
    )

    assert reply.status_code == 401
    assert edge.noted.nudges == []


@pytest.mark.parametrize(
    "body",
    [
        {"job": "click", "arg": "1"},
        {"job": "fix", "arg": "1"},
        {"job": "sync", "arg": "one"},
        {"job": "rm -rf"},
        {"arg": "1"},
        {"job": "sync", "arg": "1; drop"},
    ],
)
def test_only_what_the_command_line_needs_can_be_asked_for(edge, body):
    """A press or a fix begins in Slack, with a person's name under it."""
    reply = sent(edge, body)

    assert reply.status_code in (400, 422)
    assert reply.json()["error"]
    assert edge.noted.nudges == []


def test_a_key_rotation_shuts_nobody_out():
    """While two keys are known, the token of either is taken."""
    old = Settings.from_mapping({"SECRET_KEYS": "one"})
    both = Settings.from_mapping({"SECRET_KEYS": "two, one"})

    assert is_control_token(both, control_token(old))
    assert is_control_token(both, control_token(both))
    assert not is_control_token(old, control_token(both))
    assert not is_control_token(Settings.from_mapping({}), "")
