"""/qb-status, as people read it."""

from datetime import timedelta
from decimal import Decimal

from bot.domain import RecordState


def test_it_says_how_each_company_stands_worst_first(bot):
    """Connection, posted today, what waits with sales and payments apart, problems, next step."""
    now = bot.services.clock.now()
    bot.record(bot.harbor, amount=Decimal("100.00"), state=RecordState.POSTED, posted_at=now)
    bot.record(bot.ridge, amount=Decimal("1240.50"))
    bot.record(bot.ridge, "payment", amount=Decimal("310.00"))

    said = bot.ask("operator", "/qb-status")

    assert said.index("Blue Ridge Outfitters") < said.index("Harbor Foods")
    assert "CONNECTION LOST since" in said
    assert "1 invoice, $1,240.50, and 1 payment, $310.00" in said
    assert "posted today: 1 invoice, $100.00" in said
    assert "last post just now" in said
    assert "/qb-reconnect Blue Ridge Outfitters" in said


def test_in_a_companys_channel_it_means_that_company(bot):
    """Another company's name or money never shows there."""
    said = bot.ask("operator", "/qb-status", channel="books-harbor-foods")

    assert "Harbor Foods" in said
    assert "Blue Ridge" not in said


def test_an_answer_is_private_unless_shared_in_the_companys_own_channel(bot):
    """--public posts into the channel; elsewhere the person is told why not."""
    shared = bot.say("operator", "/qb-status", "--public", "books-harbor-foods")
    assert shared["acked"]

    from tests.dispatch.slack_world import text_of
    from tests.waiting import wait_for

    wait_for(
        "the shared answer",
        lambda: [m for m in bot.slack.messages("books-harbor-foods") if "posted" in text_of(m)],
    )

    said = bot.ask("operator", "/qb-status", "--public")
    assert "Only you see this" in said


def test_a_post_of_yesterday_is_not_of_today(bot):
    """Days are the company's days."""
    then = bot.services.clock.now() - timedelta(days=2)
    bot.record(bot.harbor, amount=Decimal("100.00"), state=RecordState.POSTED, posted_at=then)

    said = bot.ask("operator", "/qb-status", "harbor")

    assert "posted today: nothing" in said
