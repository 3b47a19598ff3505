"""/qb-sync-now with several numbers, ranges, and words beside "file": each has one clear answer."""

from decimal import Decimal

import pytest

from bot.domain import RecordState, RecordType
from bot.models import SyncRun
from commands.parts.wish import Wish, parse
from tests.commands.test_file import choices_of
from tests.commands.test_targeted import shop, simulator, states
from tests.dispatch.conftest import bot, slack
from tests.dispatch.slack_world import text_of
from tests.waiting import wait_for

__all__ = ["bot", "shop", "simulator", "slack"]
HERE = "books-harbor-foods"
INVOICE = (RecordType.INVOICE,)


def said(bot, text):
    """The answer in the company's channel."""
    return bot.ask("operator", "/qb-sync-now", text, HERE)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("invoice 1040 1041", Wish(INVOICE, ("1040", "1041"))),
        ("invoices 1040, 1041 and #1042", Wish(INVOICE, ("1040", "1041", "1042"))),
        ("1040,1041;1042", Wish((), ("1040", "1041", "1042"))),
        ("invoice 1040 INV-1040 01040", Wish(INVOICE, ("1040",))),
        ("invoice 1 bill B-2", Wish((*INVOICE, RecordType.BILL), ("1", "B-2"))),
        ("1040 to 1042", Wish((), ("1040", "1041", "1042"))),
        ("invoices INV-08 through INV-10", Wish(INVOICE, ("INV-08", "INV-09", "INV-10"))),
        ("invoices 8..10", Wish(INVOICE, ("8", "9", "10"))),
        ("1042 to 1040", Wish((), ("1040", "1041", "1042"))),
        ("INV-10 to INV-08", Wish((), ("INV-08", "INV-09", "INV-10"))),
        ("1000000 to 1", Wish(too_many=1000000)),
        ("1040 – 1041", Wish((), ("1040", "1041"))),
        ("1040 - 1041", Wish((), ("1040", "1041"))),
        ("1040-1045", Wish((), ("1040-1045",))),
        ("B-7 to B-7", Wish((), ("B-7",))),
        ("1 to 1000000", Wish(too_many=1000000)),
        (" ".join(str(n) for n in range(1, 21)), Wish((), tuple(str(n) for n in range(1, 21)))),
        (" ".join(str(n) for n in range(1, 22)), Wish(too_many=21)),
        ("orders.csv", Wish(file=True)),
    ],
)
def test_several_numbers_are_understood(text, wish):
    """Each once, however it is written; a dash alone may be part of a number."""
    assert parse(text) == wish


def test_several_documents_are_posted_with_what_they_refer_to(shop):
    """One run, each document with its end; one that nobody handed over is named."""
    before = len(shop.slack.ephemerals("operator", HERE))
    first = said(shop, "invoices 1001 1002 1009")
    assert "Harbor Foods: posting invoice 1001 (Jane Doe, $100.00) and invoice 1002" in first
    assert "No source has handed over 1009 for Harbor Foods yet. Check the number, or" in first
    assert "whether it was exported." in first

    ended = wait_for(
        "the end",
        lambda: [
            text_of(one)
            for one in shop.slack.ephemerals("operator", HERE)[before:]
            if "documents are in QuickBooks" in text_of(one)
        ],
        20,
    )[-1]

    assert "Harbor Foods: 2 of 2 documents are in QuickBooks." in ended
    assert ended.count("Open it in QuickBooks") == 2
    assert set(states(shop).values()) == {RecordState.POSTED}
    assert len(shop.rows(SyncRun)) == 1


def test_what_does_not_wait_is_told_where_it_stands(bot):
    """Held, posted, and one number that two documents have: nothing of them is posted."""
    held = bot.record(bot.harbor, number="1", state=RecordState.HELD, amount=Decimal(5))
    bot.hold(held, bot.incident(bot.harbor))
    for kind in ("invoice", "payment"):
        bot.record(bot.harbor, kind=kind, number="2", amount=Decimal(5))
    text = said(bot, "1 2 3")

    assert "No source has handed over 3 for Harbor Foods yet." in text
    assert "invoice 1" in text
    assert text.count("waits to be posted since") == 2
    assert bot.rows(SyncRun) == []


def test_more_than_twenty_are_refused_with_what_to_do(bot):
    """Nothing is posted by half."""
    bot.record(bot.harbor, number="7")
    text = said(bot, "invoices 1 to 500")

    assert "At most 20 documents can be named at a time; these are 500." in text
    assert "/qb-sync-now invoices posts every invoice that waits" in text
    assert bot.rows(SyncRun) == []


def test_a_dash_that_may_be_a_range_is_asked_back(bot):
    """It is no number that is known."""
    text = said(bot, "invoices 1040-1045")

    assert "No source has handed over invoice 1040-1045" in text
    assert "For all numbers from 1040 to 1045: /qb-sync-now 1040 to 1045." in text


def test_an_unknown_source_is_answered_with_those_there_are(bot):
    """By name, and the one that is nearly it."""
    bot.source(bot.harbor, "Cin7 Core")
    text = said(bot, "from shopify")
    assert "a source's name (Cin7 Core)" in text
    assert "Did you mean /qb-sync-now Cin7 Core?" in said(bot, "cin core")


def window(bot, text):
    """The window that the words open, and no answer beside it."""
    before = len(bot.slack.ephemerals("operator", HERE))
    assert bot.say("operator", "/qb-sync-now", text, HERE)["acked"]
    view = bot.view("operator", says="CSV export")
    assert len(bot.slack.ephemerals("operator", HERE)) == before
    return view


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("file banana", "“banana” is no source here. Choose the source and the file below."),
        ("upload orders.csv", "“orders.csv” cannot be fetched by its name: choose the file below."),
        ("orders.xlsx", "“orders.xlsx” cannot be fetched by its name: choose the file below."),
    ],
)
def test_words_beside_file_that_mean_nothing_are_told_in_the_window(bot, text, words):
    """One answer: the window, which says what was not understood."""
    bot.source(bot.harbor, "Amazon")

    assert words in text_of(window(bot, text))


def test_a_source_beside_file_is_chosen_already(bot):
    """Whatever small words stand around it; without any the person chooses."""
    for name in ("Web shop", "Amazon"):
        bot.source(bot.harbor, name)
    for text, chosen in (
        ("file from the web shop", "Web shop"),
        ("file amazon Harbor Foods", "Amazon"),
        ("file please", None),
    ):
        view = window(bot, text)
        assert choices_of(view)[1] == chosen
        assert "no source here" not in text_of(view)
        bot.slack.close_windows()
