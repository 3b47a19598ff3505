"""/qb-sync-now file: the window, the file, what was taken in and what was not."""

import pytest

from bot.dispatch.model import Press
from bot.models import Record, Source
from commands.parts import file_form
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
    assert said.count("line 4") == 1
    assert said.count("order 1003") == 1
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


def choices_of(view, block_id="source"):
    """The lines of a menu and what is chosen in it."""
    (element,) = [b["element"] for b in view["blocks"] if b.get("block_id") == block_id]
    initial = (element.get("initial_option") or {}).get("text", {}).get("text")
    return [option["text"]["text"] for option in element.get("options", [])], initial


def test_the_only_source_is_chosen_already(bot):
    """Nothing is typed and no other source comes into being."""
    source = bot.source(bot.harbor, "Amazon")
    view = opened(bot)

    assert choices_of(view) == (["Amazon", "A new source"], "Amazon")
    handed_over(bot, view, GOOD)
    bot.view("operator", says="They are being posted now")
    assert {row.source_id for row in bot.rows(Record)} == {source.id}
    assert [row.name for row in bot.rows(Source)] == ["Amazon"]


def test_of_several_sources_one_has_to_be_chosen(bot):
    """None is guessed."""
    for name in ("Web shop", "Amazon"):
        bot.source(bot.harbor, name)

    assert choices_of(opened(bot)) == (["Amazon", "Web shop", "A new source"], None)


def test_with_several_companies_a_source_says_whose_it_is(bot):
    """One menu for both: a source of one client can never be used for another."""
    source = bot.source(bot.ridge, "Amazon")
    view = opened(bot, channel="general")
    lines, _ = choices_of(view)

    assert lines == [
        "Blue Ridge Outfitters · Amazon",
        "Blue Ridge Outfitters · a new source",
        "Harbor Foods · a new source",
    ]
    handed_over(bot, view, GOOD, source={"value": f"s{source.id}"})
    bot.view("operator", says="orders.csv for Blue Ridge Outfitters")
    assert {row.company_id for row in bot.rows(Record)} == {bot.ridge.id}


def test_a_new_source_is_made_by_its_name(bot):
    """Only when it was chosen that way."""
    bot.source(bot.harbor, "Amazon")
    handed_over(
        bot,
        opened(bot),
        GOOD,
        source={"value": f"c{bot.harbor.id}"},
        new_source={"value": "Market stall"},
    )

    bot.view("operator", says="They are being posted now")
    assert [row.name for row in bot.rows(Source)] == ["Amazon", "Market stall"]


def test_a_mistyped_source_is_refused(bot):
    """The same file under another name would be everything twice."""
    bot.source(bot.harbor, "Market stall")
    handed_over(
        bot,
        opened(bot),
        GOOD,
        source={"value": f"c{bot.harbor.id}"},
        new_source={"value": "Markt stal"},
    )

    view = bot.view("operator", says="Markt stal is no source of Harbor Foods")
    assert "Market stall" in text_of(view)
    assert bot.rows(Record) == []


@pytest.mark.parametrize(
    ("choices", "wrong"),
    [
        ({"source": "s1", "new_source": ""}, []),
        ({"source": "s1", "new_source": "Stall"}, ["new_source"]),
        ({"source": "c1", "new_source": " "}, ["new_source"]),
        ({"source": "c1", "new_source": "Stall"}, []),
        ({"source": "", "new_source": ""}, ["source"]),
        ({"new_source": ""}, ["new_source"]),
        ({"new_source": "Web shop"}, []),
    ],
)
def test_the_menu_and_the_name_have_to_agree(bot, choices, wrong):
    """Told in the form, at the input that is wrong."""
    files = [{"id": "F1", "name": "a.csv"}]
    press = Press("k", "U1", "T1", "file_submit", "1", choices=choices | {"file": files})

    assert list(file_form.check(bot.services, press)) == wrong
