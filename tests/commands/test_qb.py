"""/qb understands plain words, and says what it did not understand."""

from decimal import Decimal

import pytest

from bot.domain import RecordState
from bot.models import MirrorRow, SyncRun
from commands import ALL_COMMANDS
from commands.parts.meaning import means


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
        ("the token is dead", "/qb-reconnect", ""),
        ("reconnect, the sync is broken", "/qb-reconnect", ""),
        ("cannot connect to quickbooks", "/qb-reconnect", ""),
        ("is quickbooks connected?", "/qb-status", ""),
        ("is the connection ok", "/qb-status", ""),
        ("how much money is waiting", "/qb-status", ""),
        ("what waits for jane doe", "/qb-status", "jane doe"),
        ("when did it last sync", "/qb-status", ""),
        ("how is the sync going", "/qb-status", ""),
        ("wats brokn", "/qb-errors", ""),
        ("whats wrng", "/qb-errors", ""),
        ("why did jane doe not sync", "/qb-errors", "jane doe"),
        ("import csv", "/qb-sync-now", "file"),
        ("csv", "/qb-sync-now", "file"),
        ("upload file", "/qb-sync-now", "file"),
        ("uplaod a file for harbor foods", "/qb-sync-now", "file harbor foods"),
        ("the import failed", "/qb-errors", ""),
        ("how do I sync", "/qb-help", "sync"),
        ("help me sync", "/qb-help", "sync"),
        ("can you sync now", "/qb-sync-now", ""),
        ("hlep", "/qb-help", ""),
        ("hello", "/qb-help", ""),
    ],
)
def test_words_find_their_command(text, command, rest):
    """A slip of the keyboard does not matter."""
    found = means(text)

    assert found is not None
    assert (found.command, found.text) == (command, rest)


@pytest.mark.parametrize(
    "text",
    ["", "invoice 1042", "#1042", "banana", "past due customers", "don't sync", "stop syncing now"],
)
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

    assert "A number is used already" in said


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
    assert "No source has handed over invoice 1042 for Harbor Foods" in said


def test_every_command_explains_itself(bot):
    """`help` as an argument of each."""
    for command in ALL_COMMANDS:
        said = bot.ask("guest", command.name, "help", "books-harbor-foods")
        assert command.name in said


def test_a_customers_name_tells_what_waits_and_what_is_wrong(bot):
    """However it is spelt; with the way to the alert."""
    incident = bot.incident(bot.harbor)
    bot.alert(incident, [("details", str(incident.id))], "books-harbor-foods")
    held = bot.record(
        bot.harbor, name="Jane  Doe", amount=Decimal("100.00"), state=RecordState.HELD
    )
    bot.hold(held, incident)
    bot.record(bot.harbor, name="jane doe", amount=Decimal("40.00"))
    bot.record(bot.harbor, name="Somebody Else", amount=Decimal("9.00"))

    said = bot.ask("operator", "/qb", "jane doe")

    assert "1 invoice, $40.00, waits · 1 invoice, $100.00, held by 1 problem" in said
    assert "go to the alert" in said
    assert "Next: open the alert" in said
    assert "9.00" not in said


@pytest.mark.parametrize(
    "text", ["seaview", "what about seaview?", "seavew hotel", "Seaview Hotel"]
)
def test_a_part_of_a_name_or_a_slip_in_it_is_enough(bot, text):
    """People type the word they remember."""
    now = bot.services.clock.now()
    bot.record(
        bot.harbor,
        name="Séaview Hotel, Inc.",
        amount=Decimal("40.00"),
        state=RecordState.POSTED,
        posted_at=now,
    )

    said = bot.ask("operator", "/qb", text)

    assert "Séaview Hotel, Inc. · Harbor Foods" in said
    assert "1 invoice, $40.00 posted" in said
    assert "Next: nothing to do here" in said


def test_a_name_made_of_words_for_commands_is_still_a_name(bot):
    """Nothing is posted because a customer is called so."""
    bot.record(bot.harbor, name="Post & Sync Partners", amount=Decimal("40.00"))

    assert "Post & Sync Partners ·" in bot.ask("operator", "/qb", "post & sync partners")


def test_a_name_like_a_slip_of_a_command_is_a_name(bot):
    """Amy Wong is not "wrong"."""
    bot.record(bot.harbor, name="Amy Wong", amount=Decimal("40.00"))

    assert "Amy Wong ·" in bot.ask("operator", "/qb", "wong")


def test_a_name_only_quickbooks_has_is_told_too(bot):
    """With whether it is active."""
    bot.add(
        MirrorRow(
            company_id=bot.harbor.id,
            entity="Customer",
            qbo_id="7",
            name="Zebra Zoo",
            folded="zebra zoo",
            active=False,
            read_at=bot.services.clock.now(),
        )
    )

    said = bot.ask("operator", "/qb", "zebra")

    assert "in QuickBooks (customer, INACTIVE) · no source has handed over anything" in said


def test_many_names_are_counted_and_more_is_asked_for(bot):
    """No wall of names."""
    for number in range(7):
        bot.record(bot.harbor, name=f"Smith {number}", amount=1)

    said = bot.ask("operator", "/qb", "smith")

    assert "7 names fit “smith”" in said
    assert "Next: type more of the name." in said


def test_another_companys_customer_is_not_told_in_a_companys_channel(bot):
    """Not even that there is one."""
    bot.record(bot.ridge, name="Secret Client", amount=Decimal("40.00"))

    said = bot.ask("operator", "/qb", "secret client", "books-harbor-foods")

    assert "$40.00" not in said
    assert "Blue Ridge" not in said


def test_a_companys_name_alone_is_its_status(bot):
    """In quotes, in any case."""
    for text in ("harbor foods", "“Harbor Foods”", "blue rigde"):
        assert "posted today" in bot.ask("operator", "/qb", text)


def test_importing_opens_the_window_for_a_file(bot):
    """Whatever it is called; nothing else is posted."""
    bot.record(bot.harbor)

    bot.say("operator", "/qb", "upload a csv", "books-harbor-foods")

    bot.view("operator", says="CSV export")
    assert bot.rows(SyncRun) == []


def test_to_stop_is_never_taken_for_a_wish_to_post(bot):
    """Examples come instead."""
    bot.record(bot.harbor)

    assert "Examples:" in bot.ask("operator", "/qb", "don't sync")
    assert "posted today" in bot.ask("operator", "/qb", "how is the sync going")
    assert bot.rows(SyncRun) == []


def test_a_short_error_text_is_explained_and_not_searched_for(bot):
    """Four words pasted from QuickBooks are no filter for the list of problems."""
    said = bot.ask("operator", "/qb", "Duplicate Name Exists Error")

    assert "Name of a record is taken" in said
    assert "What to do" in said
