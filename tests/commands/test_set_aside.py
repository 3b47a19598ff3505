"""Saying that an alert is no problem: from its menu, and with /qb-mute."""

from datetime import timedelta

import pytest

from bot.domain import IncidentState
from bot.models import Exemption, Incident
from commands.parts import set_aside, until
from tests.dispatch.slack_world import FACTS, text_of
from tests.waiting import wait_for

CHANNEL = "books-harbor-foods"
PAIR = {
    "list": "customer",
    "name": "Jane Doe",
    "agree": ["e-mail"],
    "differ": "only spaces differ",
    "one": {"name": "Jane Doe", "active": True, "ours": 1, "balance": "0.00", "link": ""},
    "two": {"name": "Jane  Doe", "active": True, "ours": 0, "balance": "", "link": ""},
}


def _alert(bot, problem="twice_in_books", facts=PAIR, subject="Customer:12+57"):
    return bot.incident(bot.harbor, problem=problem, facts=FACTS | facts, subject=subject)


def _row(bot, alert):
    with bot.services.sessions.read() as session:
        return session.get_one(Incident, alert.id)


@pytest.mark.parametrize(
    ("text", "alert", "reason", "days"),
    [
        ("12 not a duplicate 30 days two stores", "12", "two stores", 30),
        ("12 is not a problem because two stores until 12/22", "12", "two stores", None),
        ("jane doe no duplicate 2 weeks father and son", "jane doe", "father and son", 14),
        ("12 false alarm", "12", "", 0),
        ("12 is expected 7 days", "12", "", 7),
    ],
)
def test_typed_words_are_read(bot, text, alert, reason, days):
    """Which alert, why, until when, in any order people type them."""
    now = bot.services.clock.now()
    read = set_aside.typed(text, now, "America/New_York")

    assert read is not None
    assert (read.alert, read.reason) == (alert, reason)
    if days:
        assert read.until == until.tomorrow(now, "America/New_York", days)
    assert (read.until is None) == (days == 0)


@pytest.mark.parametrize("text", ["12 tomorrow", "12 3 days the payment expected friday", "12 off"])
def test_other_words_put_it_off(bot, text):
    """A snooze whose reason speaks of something expected stays a snooze."""
    assert set_aside.typed(text, bot.services.clock.now(), "America/New_York") is None


def test_mute_sets_aside_lists_and_takes_back(bot):
    """With reason and end at once; the list has the way back; both are in the record."""
    alert = _alert(bot)

    said = bot.ask(
        "operator", "/qb-mute", f"{alert.id} not a duplicate 30 days two stores", CHANNEL
    )
    assert "Set aside until" in said
    assert _row(bot, alert).state is IncidentState.RESOLVED
    assert bot.audit("alert.set_aside")

    listed = bot.answer("operator", "/qb-mute", channel=CHANNEL)
    assert "two stores" in text_of(listed)
    assert "exception_back" in str(listed["blocks"])

    assert "Taken back" in bot.ask("operator", "/qb-mute", f"{alert.id} off", CHANNEL)
    (row,) = bot.rows(Exemption)
    assert row.ended_by == bot.slack.users["operator"]
    assert bot.audit("alert.exception_ended")


def test_without_a_reason_or_an_end_the_window_asks(bot):
    """Never one tap: the window wants a reason of words and an end of a year at most."""
    bot.slack.close_windows()
    alert = _alert(bot)
    bot.say("operator", "/qb-mute", f"{alert.id} not a duplicate", CHANNEL)

    view = bot.view("operator", says="Nobody is asked about it again")
    assert view["callback_id"] == set_aside.CALLBACK
    far = str((bot.services.clock.now() + timedelta(days=500)).date())
    values = {
        "exception_reason": "two stores",
        "exception_end": "day",
        "exception_day": far,
    }
    for day in (far, "2020-01-31"):
        bot.slack.act(
            "operator", "submit", view_id=view["id"], values={**values, "exception_day": day}
        )
        (still,) = bot.slack.views("operator")
        assert "a year ahead at most" in str(still["errors"])
    assert _row(bot, alert).state is IncidentState.OPEN


def test_what_concerns_the_books_needs_an_approver(bot):
    """An operator is refused with a sentence saying who may; an approver gets the window."""
    bot.slack.close_windows()
    facts = {"theirs": {"qbo_id": "9", "entity": "Invoice", "type": "invoice", "number": "77"}}
    alert = _alert(bot, "duplicate_transaction", facts, "invoice:Shop/77")

    said = bot.ask("operator", "/qb-mute", f"{alert.id} not a duplicate 30 days two sales", CHANNEL)
    assert "approver" in said
    assert _row(bot, alert).state is IncidentState.OPEN

    said = bot.ask("approver", "/qb-mute", f"{alert.id} not a duplicate 30 days two sales", CHANNEL)
    assert "Set aside" in said
    wait_for("the end", lambda: _row(bot, alert).state is IncidentState.RESOLVED)


def test_where_it_helps_nobody_the_reason_is_said(bot):
    """An inactive customer is no matter of opinion."""
    alert = bot.incident(bot.harbor, facts=FACTS | {"name": "Jane Doe"})

    said = bot.ask("operator", "/qb-mute", f"{alert.id} not a problem 30 days we know", CHANNEL)

    assert "cannot be set aside" in said
    assert _row(bot, alert).state is IncidentState.OPEN
