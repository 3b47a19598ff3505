"""/qb understands plain words, and says what it did not understand."""

import pytest

from bot.domain import RecordState
from commands import ALL_COMMANDS
from commands.qb import means


@pytest.mark.parametrize(
    ("text", "command", "rest"),
    [
        ("sync now", "/qb-sync-now", ""),
        ("snyc", "/qb-sync-now", ""),
        ("synch blue ridge", "/qb-sync-now", "blue ridge"),
        ("sync invoice 1042", "/qb-sync-now", "invoice 1042"),
        ("sync file", "/qb-sync-now", "file"),
        ("what is broken", "/qb-errors", ""),
        ("what's wrong at harbor foods?", "/qb-errors", "harbor foods?"),
        ("show me duplicates", "/qb-errors", "duplicates"),
        ("erors", "/qb-errors", ""),
        ("status", "/qb-status", ""),
        ("staus blue ridge", "/qb-status", "blue ridge"),
        ("how are things", "/qb-status", ""),
        ("reconnect blue ridge", "/qb-reconnect", "blue ridge"),
        ("reconect", "/qb-reconnect", ""),
        ("the token is dead", "/qb-reconnect", "dead"),
        ("hlep", "/qb-help", ""),
        ("hello", "/qb-help", ""),
    ],
)
def test_words_find_their_command(text, command, rest):
    """A slip of the keyboard does not matter."""
    found = means(text)

    assert found is not None
    assert (found.command, found.text) == (command, rest)


@pytest.mark.parametrize("text", ["", "invoice 1042", "#1042", "banana", "past due customers"])
def test_other_words_are_answered_by_qb_itself(text):
    """Nothing is posted because a word looks a little like "post"."""
    assert means(text) is None


def test_a_document_is_looked_up_and_its_place_told(bot):
    """In QuickBooks since when, with the way there."""
    now = bot.services.clock.now()
    bot.record(
        bot.harbor,
        number="1042",
        name="Jane Doe",
        amount=420,
        state=RecordState.POSTED,
        posted_at=now,
        qbo_id="77",
    )

    said = bot.ask("operator", "/qb", "where is invoice 1042 at harbor foods")

    assert "invoice 1042 (Jane Doe, $420.00) · Harbor Foods · in QuickBooks since" in said


def test_a_waiting_document_names_the_command_that_posts_it(bot):
    """What to do next."""
    bot.record(bot.harbor, number="INV-1042", amount=420)

    said = bot.ask("operator", "/qb", "#1042")

    assert "waits to be posted" in said
    assert "/qb-sync-now invoice INV-1042 posts it at once" in said


def test_a_number_that_is_not_there_suggests_near_ones(bot):
    """A slip in the number."""
    bot.record(bot.harbor, number="1042", amount=420)

    said = bot.ask("operator", "/qb", "invoice 1024")

    assert "Did you mean invoice 1042" in said


def test_nonsense_gets_examples(bot):
    """And the nearest command, if any is near."""
    assert "/qb sync now" in bot.ask("operator", "/qb", "blorb")
    assert "Did you mean /qb-status?" in bot.ask("operator", "/qb", "statitics")


def test_a_pasted_error_text_is_recognised(bot):
    """Not taken for a search among the alerts."""
    said = bot.ask(
        "operator",
        "/qb",
        "Duplicate Document Number Error : You must specify a different number. "
        "This number has already been used.",
    )

    assert "duplicate document number" in said


def test_company_names_stand_anywhere(bot):
    """In any spelling, as long as one company is meant."""
    for text in ("status blue ridge", "blue ridge status", "status at blu ridge outfiters"):
        said = bot.ask("operator", "/qb", text)
        assert "Blue Ridge Outfitters" in said
        assert "Harbor Foods" not in said


def test_the_lookup_stays_inside_the_channels_company(bot):
    """No other client's name or money."""
    bot.record(bot.ridge, number="1042", name="Secret Client", amount=420)

    said = bot.ask("operator", "/qb", "invoice 1042", "books-harbor-foods")

    assert "Secret Client" not in said
    assert "No source has handed over document 1042 for Harbor Foods" in said


def test_every_command_explains_itself(bot):
    """`help` as an argument of each."""
    for command in ALL_COMMANDS:
        said = bot.ask("guest", command.name, "help", "books-harbor-foods")
        assert command.name in said
