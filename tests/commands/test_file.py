"""/qb-sync-now file: the window, the file, what was taken in and what was not."""

from bot.models import Record, Source
from tests.dispatch.slack_world import text_of
from tests.waiting import wait_for

GOOD = (
    "Order,Date,Customer,Email,SKU,Item,Quantity,Unit price,Total\n"
    "1001,2026-11-20,Jane Doe,jane@doe.com,MUG-1,Mug,2,10.00,20.00\n"
    "1002,2026-11-20,José Núñez,jose@example.com,MUG-1,Mug,1,10.00,10.00\n"
)


def opened(bot, text="file", channel="books-harbor-foods"):
    """Type the command and wait for its window."""
    acked = bot.say("operator", "/qb-sync-now", text, channel)
    assert acked["acked"]
    return bot.view("operator", says="CSV export")


def handed_over(bot, view, content, name="orders.csv", **values):
    """Choose a file in the window and send the form."""
    chosen = bot.slack.act(
        "operator",
        "file",
        name=name,
        content=content,
        view_id=view["id"],
        block_id="file",
        action_id="value",
    )
    assert chosen["ok"], chosen
    return bot.slack.act("operator", "submit", view_id=view["id"], values=values)


def test_in_a_companys_channel_the_company_is_clear(bot):
    """The window names it instead of asking."""
    view = opened(bot)

    assert "The records go to Harbor Foods." in text_of(view)


def test_elsewhere_the_company_is_asked_for(bot):
    """A select with the companies the person may post to."""
    view = opened(bot, channel="general")

    assert "Blue Ridge Outfitters" in text_of(view)
    assert "Harbor Foods" in text_of(view)


def test_the_rows_are_taken_in_and_counted(bot):
    """Under the source that was named; a second time they are known."""
    sent = handed_over(bot, opened(bot), GOOD)
    assert sent["acked"], sent

    view = bot.view("operator", says="They are being posted now")

    assert "orders.csv for Harbor Foods" in text_of(view)
    assert [row.name for row in bot.rows(Source)] == ["Web shop"]
    records = bot.rows(Record)
    assert {"1001", "1002"} <= {row.number for row in records}
    assert {row.company_id for row in records} == {bot.harbor.id}
    assert bot.audit("file.read")[0].data["accepted"] == len(records)


def test_bad_rows_are_told_by_line_and_the_good_ones_go_on(bot):
    """A broken date, and a row with a column too few."""
    bad = GOOD + "1003,soon,Jim,jim@example.com,MUG-1,Mug,1,10.00,10.00\n"

    handed_over(bot, opened(bot), bad)

    said = text_of(bot.view("operator", says="refused"))
    assert "line 4" in said
    assert "Correct these rows" in said
    assert {"1001", "1002"} <= {row.number for row in bot.rows(Record)}


def test_the_same_file_again_changes_nothing(bot):
    """Every row is known."""
    handed_over(bot, opened(bot), GOOD)
    bot.view("operator", says="They are being posted now")
    before = len(bot.rows(Record))
    bot.slack.close_windows()

    handed_over(bot, opened(bot), GOOD)

    view = bot.view("operator", says="known already")
    assert "Nothing new to post" in text_of(view)
    assert len(bot.rows(Record)) == before


def test_a_form_without_a_file_is_refused_in_the_form(bot):
    """Slack's own client refuses it; the bot would too."""
    view = opened(bot)

    sent = bot.slack.act("operator", "submit", view_id=view["id"])

    assert not sent["ok"] or sent["ack"]["response_action"] == "errors"
    assert bot.clicks() == []


def test_a_file_that_is_no_csv_is_answered_in_words(bot):
    """A picture with the name of a table."""
    handed_over(bot, opened(bot), "\x00\x01\x02 not a table")

    wait_for("the click to be done", lambda: bot.clicks()[-1].state == "done")
    views = bot.slack.views("operator")
    assert views
    assert "Reading" not in text_of(views[-1])
    assert bot.rows(Record) == []


def test_a_viewer_gets_no_window(slack, tmp_path):
    """The refusal comes instead."""
    from tests.dispatch.slack_world import running

    with running(slack, tmp_path, OPERATORS="", VIEWERS=slack.users["operator"]) as bot:
        said = bot.ask("operator", "/qb-sync-now", "file", "books-harbor-foods")

        assert "Only an operator or above can do this at Harbor Foods" in said
        assert bot.slack.views("operator") == []
