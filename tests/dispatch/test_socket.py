"""Socket Mode: the connection comes back by itself, and a stop is prompt."""

import time

from bot.models import CommandRun
from tests.waiting import wait_for


def connected(bot):
    """How many connections the simulator sees."""
    return bot.slack.get("state")["app"]["connected"]


def test_a_dropped_connection_is_opened_again(bot):
    """Presses work again after it."""
    before = bot.slack.get("calls", since=0, method="apps.connections.open")["calls"]

    bot.slack.post("faults", {"fault": "drop_socket"})

    wait_for(
        "a new connection",
        lambda: (
            len(bot.slack.get("calls", since=0, method="apps.connections.open")["calls"])
            > len(before)
        ),
    )
    wait_for("the socket", lambda: bot.door.is_connected() and connected(bot) == 1)
    assert "Harbor Foods" in bot.ask("operator", "/qb-status")


def test_slacks_wish_for_a_new_connection_is_followed(bot):
    """A refresh is announced a few times a day."""
    bot.slack.post("faults", {"fault": "disconnect", "reason": "refresh_requested"})

    wait_for("the socket", lambda: bot.door.is_connected() and connected(bot) >= 1)
    assert "Harbor Foods" in bot.ask("operator", "/qb-status")


def test_a_command_delivered_twice_is_answered_once(bot):
    """The second copy is acknowledged and nothing more."""
    bot.slack.post("faults", {"fault": "duplicate_envelope", "times": 1})

    bot.ask("operator", "/qb-status")

    assert len(bot.rows(CommandRun)) == 1


def test_the_door_knows_when_it_heard_from_slack(bot):
    """For the health page."""
    assert bot.door.last_envelope_at is None

    bot.ask("operator", "/qb-help")

    assert bot.door.last_envelope_at is not None


def test_a_stop_is_prompt(bot):
    """No thread waits for a time-out."""
    begun = time.monotonic()

    bot.door.stop()

    assert time.monotonic() - begun < 3
    assert not bot.door.is_connected()
    wait_for("the simulator to notice", lambda: connected(bot) == 0)
