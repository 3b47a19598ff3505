"""/qb-sync-now: what is asked for, what is told, and an honest end."""

from decimal import Decimal

import pytest

from bot import jobs
from bot.domain import IncidentState, RecordState, RecordType
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
    said = text_of(ended[0])
    assert "2 posted: 2 invoices, $200.00." in said
    assert "1 invoice, $100.00, is held by 1 problem and goes by itself once that is solved" in said
    assert "Next: /qb-errors" in said
    assert "Nothing to do" not in said
    wait_for("the command to be done", lambda: bot.rows(CommandRun)[0].state == "done")


def test_one_source_alone(bot):
    """What another source handed over stays where it is."""
    bot.record(bot.harbor, number="7")
    other = bot.source(bot.harbor, "Cin7 Core")
    own = [bot.record(bot.harbor, number=str(n), source_id=other.id) for n in (8, 9)]
    paid = bot.record(bot.harbor, "payment", number="10", source_id=other.id)

    said = bot.ask("operator", "/qb-sync-now", "cin7 core", channel="books-harbor-foods")
    assert "posting 2 waiting invoices and 1 waiting payment of Cin7 Core" in said
    assert set(bot.rows(SyncRun)[-1].report["only"]) == {one.id for one in (*own, paid)}


def test_a_number_of_one_source_is_looked_for_there_only(bot):
    """Another source's document of that number is not meant."""
    bot.record(bot.harbor, number="7")
    bot.source(bot.harbor, "Cin7 Core")
    said = bot.ask("operator", "/qb-sync-now", "Cin7 Core invoice 7", channel="books-harbor-foods")
    assert (
        "Cin7 Core has not handed over invoice 7; another source has. Nothing was posted." in said
    )
    assert "waits to be posted since" in said
    assert bot.rows(SyncRun) == []


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


def test_numbers_that_are_near_are_named(bot):
    """A number that nobody handed over: two digits swapped, a word, another source's."""
    bot.source(bot.harbor, "Cin7 Core")
    for number in ("1040", "1041", "1042"):
        bot.record(bot.harbor, number=number, name="Jane Doe", amount=Decimal("42.00"))

    def said(text):
        return bot.ask("operator", "/qb-sync-now", text, "books-harbor-foods")

    assert "Did you mean invoice 1042 (Jane Doe, $42.00)?" in said("invoice 1402")
    answer = said("invoice NOPE")
    assert "No source has handed over invoice NOPE for Harbor Foods yet." in answer
    assert "The newest ones are 1042, 1041 and 1040." in answer
    assert "No source has handed over bill NOPE for Harbor Foods yet." in said("bill NOPE")
    assert "Cin7 Core has not handed over payment NOPE" in said("payment NOPE of Cin7 Core")
    assert "Jane Doe · Harbor Foods · 3 invoices" in said("invoice jane")
    assert bot.rows(SyncRun) == []


def test_a_document_this_version_cannot_read_is_posted_as_far_as_it_can(bot):
    """Its own trouble is told by its alert; the command does not fail on it."""
    bot.record(bot.harbor, number="1042", name="Jane Doe", amount=Decimal("42.00"))
    said = bot.ask("operator", "/qb-sync-now", "invoice 1042", "books-harbor-foods")
    assert "posting invoice 1042 (Jane Doe, $42.00)" in said


def test_words_that_mean_nothing_are_refused_with_examples(bot):
    """And nothing is posted."""
    bot.record(bot.harbor)

    said = bot.ask("operator", "/qb-sync-now", "frobnicate")

    assert "I do not understand “frobnicate”" in said
    assert "/qb-sync-now invoice 1042" in said
    assert bot.rows(SyncRun) == []


def test_a_number_without_a_digit_is_found(bot):
    """What is typed is all of a document's number; beside a word of no meaning nothing is done."""
    bot.record(bot.harbor, number="CUR", name="Jane Doe", amount=Decimal("42.00"))

    said = bot.ask("operator", "/qb-sync-now", "cur frobnicate", "books-harbor-foods")
    assert "I do not understand “cur frobnicate”" in said
    assert "payments, bills, sales receipts, credit memos" in said
    assert bot.rows(SyncRun) == []
    said = bot.ask("operator", "/qb-sync-now", "cur", "books-harbor-foods")
    assert "posting invoice CUR (Jane Doe, $42.00)" in said


def test_a_viewer_is_refused_by_name(slack, tmp_path):
    """Posting needs an operator."""
    from tests.dispatch.slack_world import running

    with running(slack, tmp_path, OPERATORS="", VIEWERS=slack.users["operator"]) as bot:
        bot.record(bot.harbor)
        said = bot.ask("operator", "/qb-sync-now", channel="books-harbor-foods")

        assert "Only an operator or above can do this at Harbor Foods: Priya, Sam or " in said
        assert bot.rows(SyncRun) == []
        assert bot.audit("command.refused")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Wish()),
        ("now please", Wish()),
        ("invoices", Wish(types=("invoice",))),
        ("customers and items", Wish(types=("customer", "item"))),
        ("invoice 1042", Wish(types=("invoice",), numbers=("1042",))),
        ("inv #1042", Wish(types=("invoice",), numbers=("1042",))),
        ("payment PMT-7", Wish(types=("payment",), numbers=("PMT-7",))),
        ("1042", Wish(numbers=("1042",))),
        ("invoice NOPE", Wish(types=("invoice",), numbers=("NOPE",))),
        ("employees", Wish(types=("employee",))),
        ("file", Wish(file=True)),
        ("csv", Wish(file=True)),
    ],
)
def test_the_words_are_understood(text, expected):
    """Types, a number, a file, or everything."""
    assert expected == parse(text)


@pytest.mark.parametrize(
    ("text", "source", "types"),
    [
        ("cin7 core", "Cin7 Core", ()),
        ("invoices of Shop", "Shop", (RecordType.INVOICE,)),
        ("orders", "", (RecordType.INVOICE,)),
        ("Shop 2", "Shop 2", ()),
    ],
)
def test_a_source_is_known_by_its_name(text, source, types):
    """The longest name that is there counts; a name that is a word of ours never does."""
    wish = parse(text, ["Shop", "Shop 2", "Cin7 Core", "Orders"])
    assert (wish.source, wish.types, wish.strange) == (source, types, "")


@pytest.mark.parametrize("text", ["invoices quickly", "quickly", "invoice 1 quickly"])
def test_strange_words_ask_for_nothing(text):
    """They come back by themselves, and nothing is posted."""
    found = parse(text)

    assert found.strange
    assert (found.types, found.numbers, found.file) == ((), (), False)


def hold_some(bot):
    """Two invoices of Jane Doe held, one invoice and one payment in other money held; an alert."""
    incident = bot.incident(bot.harbor)
    bot.alert(incident, [("details", str(incident.id))], "books-harbor-foods")
    held = {"state": RecordState.HELD, "name": "Jane Doe"}
    for given in (
        {"kind": "invoice", "amount": Decimal("100.00"), "number": "1001"},
        {"kind": "invoice", "amount": Decimal("20.50"), "number": "1002"},
        {"kind": "invoice", "amount": Decimal("7.00"), "number": "1003", "currency": "EUR"},
        {"kind": "payment", "amount": Decimal("5.00"), "number": "P1"},
    ):
        bot.hold(bot.record(bot.harbor, **held, **given), incident)
    return incident


HELD = "3 invoices, €7.00 and $120.50, and 1 payment, $5.00, "


def test_what_problems_hold_is_told_when_nothing_waits(bot):
    """With count and money, sales and payments apart, currencies apart, and the problem."""
    hold_some(bot)

    answer = bot.answer("operator", "/qb-sync-now", channel="books-harbor-foods")
    said = text_of(answer)

    assert "Harbor Foods: nothing waits to be posted." in said
    assert f"{HELD}are held by 1 problem and go by themselves once that is solved." in said
    assert "go to the alert" in said
    assert "Next: /qb-errors" in said
    assert "Nothing to do" not in said
    assert bot.rows(SyncRun) == []


def test_several_problems_are_spoken_of_as_several(bot):
    """What is held goes once those are solved, not "that"."""
    hold_some(bot)
    other = bot.incident(bot.harbor, subject="Customer:59")
    bot.hold(bot.record(bot.harbor, "invoice", state=RecordState.HELD, number="1004"), other)

    said = bot.ask("operator", "/qb-sync-now", "", "books-harbor-foods")

    assert "held by 2 problems and go by themselves once those are solved." in said


def test_of_one_kind_the_held_ones_are_told(bot):
    """Payments are not counted where invoices were asked for."""
    hold_some(bot)

    said = bot.ask("operator", "/qb-sync-now", "payments", "books-harbor-foods")

    assert "no payments wait to be posted." in said
    assert "1 payment, $5.00, is held by 1 problem" in said
    assert "Nothing to do" not in said
    assert "Nothing to do." in bot.ask("operator", "/qb-sync-now", "items", "books-harbor-foods")


def test_of_one_source_only_what_that_one_handed_over_is_told_as_held(bot):
    """Neither another source's money nor its problems, whether something waits or not."""
    hold_some(bot)
    own = bot.source(bot.harbor, "Cin7 Core").id
    other = bot.incident(bot.harbor, subject="Customer:59")
    bot.hold(bot.record(bot.harbor, "journal_entry", amount=10, state=RecordState.HELD,
                        source_id=own), other)  # fmt: skip
    kept = "1 journal entry, $10.00, is held by 1 problem"

    quiet = bot.ask("operator", "/qb-sync-now", "cin7 core", "books-harbor-foods")
    bot.record(bot.harbor, "credit_memo", source_id=own)
    busy = bot.ask("operator", "/qb-sync-now", "cin7 core", "books-harbor-foods")

    assert "no records of Cin7 Core wait" in quiet
    for said in (quiet, busy):
        assert kept in said
        assert "payment" not in said
    assert "posting 1 waiting credit memo of Cin7 Core …" in busy
    assert [run.report["source"] for run in bot.rows(SyncRun)] == ["Cin7 Core"]


def test_beside_what_goes_of_one_kind_only_that_kind_is_told_as_held(bot):
    """Credit memos were asked for: of invoices and payments nothing is said."""
    hold_some(bot)
    bot.record(bot.harbor, "credit_memo")

    said = bot.ask("operator", "/qb-sync-now", "credit memos", "books-harbor-foods")

    assert "posting 1 waiting credit memo …" in said
    assert "held" not in said
    assert [run.report["types"] for run in bot.rows(SyncRun)] == [["credit_memo"]]


def test_what_was_left_out_on_purpose_is_told_with_its_reason(bot):
    """And with the way to who decided it."""
    bot.record(bot.harbor, number="1042", state=RecordState.SKIPPED, skip_reason="a test order")

    said = bot.ask("operator", "/qb-sync-now", "invoice 1042", "books-harbor-foods")

    assert "not posted on purpose: a test order. /qb-errors skipped says who decided it." in said


def test_what_is_held_is_told_beside_what_is_posted_now(bot):
    """Both: what goes, and what does not."""
    hold_some(bot)
    bot.record(bot.harbor)

    said = bot.ask("operator", "/qb-sync-now", channel="books-harbor-foods")

    assert "posting 1 record that waits …" in said
    assert f"{HELD}are held by 1 problem" in said


def test_a_held_document_whose_alert_is_not_written_yet_is_told(bot):
    """Neither "nothing to do" nor a problem that cannot be found."""
    incident = bot.incident(bot.harbor, state=IncidentState.RESOLVED)
    bot.hold(bot.record(bot.harbor, amount=5, state=RecordState.HELD), incident)

    said = bot.ask("operator", "/qb-sync-now", channel="books-harbor-foods")

    assert "1 invoice, $5.00, is held by 1 problem" in said
    assert "1 problem whose alert is being written" in said


def test_a_lost_connection_says_how_much_is_not_posted(bot):
    """What waits and what is held, together: none of it can go."""
    bot.record(bot.ridge, amount=Decimal("40.00"))
    bot.record(bot.ridge, amount=Decimal("2.00"), state=RecordState.HELD)

    said = bot.ask("operator", "/qb-sync-now", "blue ridge")

    assert "2 invoices, $42.00 not posted so far." in said


def test_a_customers_name_is_answered_and_nothing_is_posted(bot):
    """The command knows no customers, and says what is known of this one."""
    bot.record(bot.harbor, name="Jane Doe", amount=Decimal("40.00"))

    said = bot.ask("operator", "/qb-sync-now", "jane doe", "books-harbor-foods")

    assert "Jane Doe · Harbor Foods · 1 invoice, $40.00, waits" in said
    assert bot.rows(SyncRun) == []


def test_a_slip_in_a_word_is_asked_back(bot):
    """Nothing is posted on a guess."""
    bot.record(bot.harbor)

    said = bot.ask("operator", "/qb-sync-now", "invioces", "books-harbor-foods")

    assert "Did you mean /qb-sync-now invoices?" in said
    assert "Nothing was posted." in said
    assert bot.rows(SyncRun) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("sales receipt 2001", Wish((RecordType.SALES_RECEIPT,), ("2001",))),
        ("credit memos", Wish((RecordType.CREDIT_MEMO,))),
        ("vendor credits and vendors", Wish((RecordType.VENDOR_CREDIT, RecordType.VENDOR))),
        ("bill payments", Wish((RecordType.BILL_PAYMENT,))),
        ("bills, payments", Wish((RecordType.BILL, RecordType.PAYMENT))),
        ("journal entries", Wish((RecordType.JOURNAL_ENTRY,))),
        ("refund receipts", Wish((RecordType.REFUND,))),
        ("expenses and deposits", Wish((RecordType.EXPENSE, RecordType.DEPOSIT))),
        ("classes", Wish((RecordType.CLASS,))),
    ],
)
def test_types_of_two_words_are_understood(text, wanted):
    """What people call a record is what they may ask for."""
    assert parse(text) == wanted


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("source shop", Wish(source="shop")),
        ("only from the source shop", Wish(source="shop")),
        ("web  shop's payments", Wish((RecordType.PAYMENT,), source="Web shop")),
        ("Cin7 Core: bill 12", Wish((RecordType.BILL,), ("12",), source="Cin7 Core")),
        ("invoices from cin7", Wish((RecordType.INVOICE,), source="Cin7 Core")),
        ("invoice shop-12", Wish((RecordType.INVOICE,), ("shop-12",))),
        ("inv#1042", Wish((RecordType.INVOICE,), ("1042",))),
        ("web", Wish(strange="web")),
    ],
)
def test_a_source_is_known_by_its_name_or_its_first_word(words, wish):
    """A number that begins like a source is a number; a short or shared word names nobody."""
    assert parse(words, ["shop", "Web shop", "Cin7 Core"]) == wish
