"""/qb-tips: what came on several days, with a tip, and whether it comes less often."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from bot.domain import IncidentState
from bot.incidents import message

TIP = "Set the same limits in"


def came(bot, company, *days_ago, problem="too_long", hours=0):
    """Alerts that were opened so many days ago, and have ended."""
    for days in days_ago:
        opened = bot.services.clock.now() - timedelta(days=days, hours=hours)
        bot.incident(
            company, problem, opened_at=opened, resolved_at=opened, state=IncidentState.RESOLVED
        )


def tips(bot, text="harbor foods"):
    """What the operator is told."""
    return bot.ask("operator", "/qb-tips", text)


def test_what_came_on_three_days_has_a_tip_and_the_days_of_the_month_before(bot):
    """With the rate of problems known before, of these 30 days and of those before them."""
    came(bot, bot.harbor, 3, 8, 20, 33, 40, 41, 50)
    came(bot, bot.harbor, 5, problem="closed_period")

    said = tips(bot)

    assert (
        "Harbor Foods · trouble 4 times in the last 30 days, 3 of a kind you had before (75 %); "
        in said
    )
    assert "4 in the 30 days before, 3 of a kind you had before (75 %)." in said
    assert "3 texts too long on 3 days; in the 30 days before, on 4 days. Tip: " in said
    assert TIP in said
    assert "closed" not in said


def test_many_alerts_of_one_day_are_one_mistake(bot):
    """One bad import does not make a habit, however many rows it had."""
    came(bot, bot.harbor, *[6] * 12)
    came(bot, bot.harbor, 9)

    said = tips(bot)

    assert "trouble 2 times in the last 30 days, 1 of a kind you had before (50 %)." in said
    assert "None came on three days." in said
    assert TIP not in said


def test_the_commonest_three_are_shown_and_no_other_companys(bot):
    """Most days first; what another company does wrong is not told here."""
    came(bot, bot.harbor, 1, 2, 3, 4, 5, 6, problem="closed_period")
    came(bot, bot.harbor, 1, 2, 3, 4, 5, problem="too_long")
    came(bot, bot.harbor, 1, 2, 3, 4, problem="missing_mapping")
    came(bot, bot.harbor, 1, 2, 3, problem="invalid_characters")
    came(bot, bot.ridge, 1, 2, 3, problem="amount_calculation")

    said = tips(bot)

    assert said.count("Tip: ") == 3
    assert said.index("on 6 days") < said.index("on 5 days") < said.index("on 4 days")
    assert "add up" not in said


def test_nothing_that_repeats_is_said_in_a_sentence(bot):
    """A company without problems, and words that are no company."""
    assert "no trouble in the last 30 days." in tips(bot)
    assert "takes the name of a company" in tips(bot, "frobnicate")
    assert "no trouble in the last 30 days." in bot.ask("operator", "/qb", "tips harbor foods")


def test_the_alert_itself_tells_on_how_many_days_it_came(bot):
    """From the third day on, with the tip; the second day says nothing yet."""

    def said():
        alert = bot.incident(bot.harbor, "too_long")
        return str(message.build(bot.services, alert).blocks)

    came(bot, bot.harbor, 4, 31)
    assert TIP not in said()
    came(bot, bot.harbor, 9)
    assert "This came on 3 days within 30. Tip: Set the same limits in" in said()


def test_a_day_is_the_companys(bot):
    """Two alerts of one evening are one day, though midnight of UTC lies between them."""
    zone = ZoneInfo(bot.harbor.time_zone)
    evening = bot.services.clock.now().astimezone(zone).replace(hour=18, minute=30)
    assert evening.astimezone(UTC).date() < (evening + timedelta(hours=2)).astimezone(UTC).date()
    for opened in (evening, evening + timedelta(hours=2)):
        moment = opened.astimezone(UTC) - timedelta(days=5)
        bot.incident(bot.harbor, "too_long", opened_at=moment, state=IncidentState.RESOLVED)
    came(bot, bot.harbor, 12)

    assert "trouble 2 times in the last 30 days" in tips(bot)
