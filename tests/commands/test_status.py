"""/qb-status, as people read it."""

from datetime import timedelta
from decimal import Decimal

from bot.domain import RecordState, RecordType
from bot.mirror.contents import HELD
from bot.models import (
    Callback,
    ControlTotal,
    MirrorLoad,
    MirrorPage,
    Outgoing,
    ReadCount,
    Source,
)
from bot.render import moment


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


def test_what_waits_and_what_a_problem_holds_are_told_apart(bot):
    """No document is in both; /qb-errors and /qb-sync-now say the same count and money."""
    incident = bot.incident(bot.harbor)
    bot.alert(incident, [("details", str(incident.id))], "books-harbor-foods")
    bot.hold(bot.record(bot.harbor, amount=Decimal("100.00"), state=RecordState.HELD), incident)
    bot.hold(
        bot.record(bot.harbor, "payment", amount=Decimal("30.00"), state=RecordState.HELD), incident
    )
    bot.record(bot.harbor, amount=Decimal("40.00"))
    kept = "1 invoice, $100.00, and 1 payment, $30.00, "

    status = bot.ask("operator", "/qb-status", channel="books-harbor-foods")
    errors = bot.ask("operator", "/qb-errors", channel="books-harbor-foods")
    posting = bot.ask("operator", "/qb-sync-now", channel="books-harbor-foods")

    assert f"1 invoice, $40.00, waits · {kept}held by 1 problem · 1 open problem" in status
    assert f"1 open problem · {kept}held by 1 problem · 1 invoice, $40.00, waits" in errors
    assert f"{kept.rstrip(', ')} not posted" in errors
    assert f"{kept}are held by 1 problem" in posting


def test_behind_a_lost_connection_what_waits_waits_for_it(bot):
    """What a problem holds is told beside it."""
    bot.record(bot.ridge, amount=Decimal("40.00"))
    incident = bot.incident(bot.ridge, paused_by_id=None)
    bot.hold(bot.record(bot.ridge, amount=Decimal("7.00"), state=RecordState.HELD), incident)
    bot.incident(bot.ridge, "connection_lost", subject="connection")

    status = bot.ask("operator", "/qb-status", "blue ridge")
    errors = bot.ask("operator", "/qb-errors", "blue ridge")

    assert "1 invoice, $40.00, waits for the connection" in status
    assert "1 invoice, $7.00, held by 1 problem" in status
    assert "2 invoices, $47.00 not posted" in errors
    assert "1 invoice, $7.00 not posted" in errors


def test_a_document_held_twice_is_in_the_sum_once(bot):
    """And the list says so."""
    record = bot.record(bot.harbor, amount=Decimal("100.00"), state=RecordState.HELD)
    for problem in ("unknown", "too_long"):
        bot.hold(record, bot.incident(bot.harbor, problem))

    said = bot.ask("operator", "/qb-errors", channel="books-harbor-foods")

    assert "1 invoice, $100.00, held by 2 problems" in said
    assert "counted under each of them, and once in the sum" in said


def test_a_customer_can_be_asked_for(bot):
    """The status of one name."""
    bot.record(bot.harbor, name="Jane Doe", amount=Decimal("40.00"))

    assert "Jane Doe · Harbor Foods · 1 invoice, $40.00, waits" in bot.ask(
        "operator", "/qb-status", "jane doe"
    )


def test_the_months_reads_are_shown(bot):
    """How many of the quota are used by all companies, and how many there will be."""
    today = bot.services.clock.now().date()
    with bot.services.sessions.write() as session:
        session.add(ReadCount(company_id=bot.harbor.id, day=today, reads=12_340))

    said = bot.ask("operator", "/qb-status")

    assert "reads this month, for all companies together: 12,340 of 500,000 (2 %)" in said


def test_a_company_that_is_being_read_says_how_far_it_is(bot):
    """Nothing is posted before QuickBooks is known; the line says so until it is."""
    now = bot.services.clock.now()
    expected = dict.fromkeys(HELD, 0) | {"Customer": 2300}
    with bot.services.sessions.write() as session:
        load = MirrorLoad(
            company_id=bot.harbor.id,
            capture_point=now,
            documents_since=now.date(),
            expected=expected,
            started_at=now,
        )
        session.add(load)
        session.flush()
        session.add(MirrorPage(load_id=load.id, entity="Customer", start=1, rows=1000))

    said = bot.ask("operator", "/qb-status", "harbor")

    assert "being read from QuickBooks, 1,000 of 2,300 records; nothing is posted before" in said


def test_the_last_day_of_a_source_has_its_receipt(bot):
    """What the source has, what is in QuickBooks, 0 missing, 0 too many, or exactly what."""
    now = bot.services.clock.now()
    day = (now - timedelta(days=2)).date()
    for number in ("1", "2"):
        bot.record(
            bot.harbor, amount=Decimal("100.00"), number=number, doc_date=day,
            state=RecordState.POSTED, posted_at=now - timedelta(days=1),
        )  # fmt: skip

    def total(day, count, amount):
        return ControlTotal(
            company_id=bot.harbor.id, source_id=bot.source(bot.harbor).id, day=day,
            type=RecordType.INVOICE, currency="USD", count=count, amount=Decimal(amount),
            said_at=now - timedelta(days=1),
        )  # fmt: skip

    name = bot.source(bot.harbor).name
    with bot.services.sessions.write() as session:
        session.add(total(day, 2, "200.00"))
    said = bot.ask("operator", "/qb-status", "harbor")
    words = "2 invoices $200.00 there, 2 in QuickBooks; 0 missing, 0 too many."
    assert f"{name} complete through {day:%m/%d/%Y}: {words}" in said

    with bot.services.sessions.write() as session:
        session.add(total(day - timedelta(days=1), 3, "310.00"))
    said = bot.ask("operator", "/qb-status", "harbor")
    assert "1 earlier day differs." in said
    assert "complete through" not in said


def test_a_source_that_does_not_hear_is_named_with_how_much_waits(bot):
    """After an hour of no answer; nothing is said while events arrive."""
    now = bot.services.clock.now()
    record = bot.record(bot.harbor, amount=Decimal("100.00"))
    with bot.services.sessions.write() as session:
        early = now - timedelta(hours=2)
        session.add(Callback(source_id=record.source_id, url="https://shop.example/h", since=early))
        session.add(
            Outgoing(
                company_id=record.company_id, source_id=record.source_id, record_id=record.id,
                seq=1, event_id="evt_1", event="record.posted", attempts=9, not_before=now,
                created_at=early,
            )
        )  # fmt: skip
        source = session.get_one(Source, record.source_id).name

    assert f"{source} has not taken 1 event since" in bot.ask("operator", "/qb-status", "harbor")


def test_what_waits_long_says_since_when(bot):
    """The oldest of it, in the company's time; what came just now goes in its turn."""
    bot.record(bot.harbor, amount=Decimal("100.00"))
    assert "since" not in bot.ask("operator", "/qb-status", "harbor")

    then = bot.services.clock.now() - timedelta(hours=3)
    bot.record(bot.harbor, amount=Decimal("50.00"), received_at=then)
    said = bot.ask("operator", "/qb-status", "harbor")

    words = moment(then, bot.harbor.time_zone)
    assert f"2 invoices, $150.00, wait, the oldest since {words}" in said
