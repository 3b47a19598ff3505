"""/qb-sync-now: what is asked for, what is told, and an honest end."""

import pytest

from bot import jobs
from bot.domain import RecordState
from bot.errors import BadInput
from bot.models import CommandRun, SyncRun
from commands.parts.wish import Wish, parse
from tests.dispatch.slack_world import text_of
from tests.waiting import wait_for


def post(bot, record):
    """What a slice of the sync would do."""
    with bot.services.sessions.write() as session:
        row = session.get_one(type(record), record.id)
        row.state, row.posted_at = RecordState.POSTED, bot.services.clock.now()
        session.add(row)


def settle(bot, run, done):
    """What the sync does with its running wishes after a slice."""
    with bot.services.sessions.write() as session:
        row = session.get_one(SyncRun, run.id)
        if done:
            row.state, row.finished_at = "done", bot.services.clock.now()
        session.add(row)
    jobs.answer_command(bot.queue, run.command_id)


def test_it_says_at_once_what_will_happen_and_in_the_end_what_did(bot):
    """Three wait: two are posted, one is held; the end names both and where to look."""
    records = [bot.record(bot.harbor, amount=100, number=str(n)) for n in range(3)]

    said = bot.ask("operator", "/qb-sync-now", channel="books-harbor-foods")
    assert "Harbor Foods: posting 3 records that wait …" in said
    assert "I tell you here how it went" in said

    run = bot.rows(SyncRun)[0]
    before = len(bot.slack.ephemerals("operator", "books-harbor-foods"))
    post(bot, records[0])
    settle(bot, run, done=False)
    told = wait_for(
        "the progress", lambda: bot.slack.ephemerals("operator", "books-harbor-foods")[before:]
    )
    assert "1 of 3 are done" in text_of(told[0])

    post(bot, records[1])
    incident = bot.incident(bot.harbor)
    bot.hold(records[2], incident)
    with bot.services.sessions.write() as session:
        row = session.get_one(type(records[2]), records[2].id)
        row.state = RecordState.HELD
        session.add(row)
    settle(bot, run, done=True)
    ended = wait_for(
        "the end",
        lambda: [
            e
            for e in bot.slack.ephemerals("operator", "books-harbor-foods")[before:]
            if "posted" in text_of(e)
        ],
    )
    assert "2 posted: 2 invoices, $200.00, 1 held: 1 cause." in text_of(ended[0])
    assert "The alerts are in this channel; /qb-errors lists them." in text_of(ended[0])
    wait_for("the command to be done", lambda: bot.rows(CommandRun)[0].state == "done")


def test_a_second_nudge_begins_no_second_sync(bot):
    """A redelivered job finds the row."""
    bot.record(bot.harbor)
    bot.ask("operator", "/qb-sync-now", channel="books-harbor-foods")
    command = bot.rows(CommandRun)[0]

    jobs.answer_command(bot.queue, command.id)
    assert bot.queue.wait_idle(5)

    assert len(bot.rows(SyncRun)) == 1


def test_nothing_to_post_is_said(bot):
    """No row is left running."""
    said = bot.ask("operator", "/qb-sync-now", channel="books-harbor-foods")

    assert "nothing waits to be posted. Nothing to do." in said
    assert bot.rows(SyncRun) == []


def test_a_lost_connection_is_said_with_what_to_do(bot):
    """Nothing can be posted there."""
    said = bot.ask("operator", "/qb-sync-now", "blue ridge")

    assert "Blue Ridge Outfitters has lost its connection" in said
    assert "/qb-reconnect Blue Ridge Outfitters" in said


def test_a_document_that_is_held_is_explained(bot):
    """With the way to its alert."""
    incident = bot.incident(bot.harbor)
    record = bot.record(
        bot.harbor, number="1042", name="Jane Doe", amount=420, state=RecordState.HELD
    )
    bot.hold(record, incident)
    bot.alert(incident, [("details", str(incident.id))], "books-harbor-foods")

    said = bot.ask("operator", "/qb-sync-now", "inv #1042")

    assert "invoice 1042 (Jane Doe, $420.00)" in said
    assert "not posted" in said
    assert "Go to its alert" in said


def test_a_document_nobody_handed_over_is_said(bot):
    """Not "not found" but where to look."""
    said = bot.ask("operator", "/qb-sync-now", "invoice 77")

    assert "No source has handed over invoice 77" in said


def test_words_that_mean_nothing_are_refused_with_examples(bot):
    """And nothing is posted."""
    bot.record(bot.harbor)

    said = bot.ask("operator", "/qb-sync-now", "frobnicate")

    assert "I do not understand “frobnicate”" in said
    assert "/qb-sync-now invoice 1042" in said
    assert bot.rows(SyncRun) == []


def test_a_viewer_is_refused_by_name(slack, tmp_path):
    """Posting needs an operator."""
    from tests.dispatch.slack_world import running

    with running(slack, tmp_path, OPERATORS="", VIEWERS=slack.users["operator"]) as bot:
        bot.record(bot.harbor)
        said = bot.ask("operator", "/qb-sync-now", channel="books-harbor-foods")

        assert "Only an operator or above can do this at Harbor Foods: Priya or Sam." in said
        assert bot.rows(SyncRun) == []
        assert bot.audit("command.refused")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Wish()),
        ("now please", Wish()),
        ("invoices", Wish(types=("invoice",))),
        ("customers and items", Wish(types=("customer", "item"))),
        ("invoice 1042", Wish(types=("invoice",), number="1042")),
        ("inv #1042", Wish(types=("invoice",), number="1042")),
        ("payment PMT-7", Wish(types=("payment",), number="PMT-7")),
        ("1042", Wish(number="1042")),
        ("file", Wish(file=True)),
        ("csv", Wish(file=True)),
    ],
)
def test_the_words_are_understood(text, expected):
    """Types, a number, a file, or everything."""
    assert expected == parse(text)


def test_strange_words_raise():
    """With the strange words named."""
    with pytest.raises(BadInput, match="“quickly”"):
        parse("invoices quickly")
