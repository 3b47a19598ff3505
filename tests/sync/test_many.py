"""What keeps a slice short and a company going: few queries, one bad row, one bad list."""

from datetime import timedelta

import pytest
from sqlalchemy import event, update
from structlog.testing import capture_logs

from bot import mirror
from bot.domain import EVERYTHING
from bot.mirror import MirrorIncomplete
from bot.models import Company, Connection, Record
from bot.sync.due import due
from checks import connection
from tests.sync.shop import customer, invoice, item, payment


@pytest.fixture
def queries(shop):
    """The statements the database was asked, as they come."""
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(shop.services.sessions.engine, "before_cursor_execute", note)
    yield seen
    event.remove(shop.services.sessions.engine, "before_cursor_execute", note)


def test_a_slice_of_many_asks_the_database_a_few_times(shop, queries):
    """Two thousand records and what they refer to: not one query each."""
    shop.hand_over(
        *(customer(f"c{n}", f"Buyer {n}") for n in range(200)),
        item("i1", "Mug"),
        *(invoice(f"{n}", f"c{n % 200}") for n in range(900)),
        *(payment(f"p{n}", f"c{n % 200}", "100.00", f"{n}") for n in range(900)),
    )
    documents = [row.id for row in shop.all(Record) if str(row.type) in ("invoice", "payment")]
    now = shop.services.clock.now()
    queries.clear()
    with shop.services.sessions.read() as session:
        found = due(session, shop.company_id, now, limit=30, only=documents)

    assert len(queries) < 15
    assert len(found) == 30
    assert "customer" in {str(row.type) for row in found}


def test_a_payment_alone_brings_its_whole_chain(shop):
    """Parents of parents go first."""
    shop.hand_over(
        payment("p1", "c1", "100.00", "1"),
        invoice("1", "c1"),
        item("i1", "Mug"),
        customer("c1", "Jane Doe"),
        customer("c2", "Other Person"),
    )
    shop.push(only={shop.record("payment", "p1").id})

    assert shop.state("payment", "p1") == "posted"
    assert shop.state("customer", "c2") == "waiting"


def test_what_has_to_wait_does_not_stand_before_what_can_go(shop):
    """More documents without their customer than one look takes: the others go all the same."""
    shop.hand_over(customer("c1", "Jane Doe"), item("i1", "Mug"))
    shop.push_all()
    shop.hand_over(*(invoice(f"w{n}", "nobody") for n in range(5)), invoice("1", "c1"))
    documents = {row.id for row in shop.all(Record) if str(row.state) == "waiting"}

    shop.push(only=documents, limit=3)

    assert shop.state("invoice", "1") == "posted"


def test_a_stored_record_that_cannot_be_read_is_held_and_the_others_go(shop):
    """With what is wrong; handing it over again mends it."""
    shop.hand_over(customer("c1", "Jane Doe"), item("i1", "Mug"))
    shop.hand_over(invoice("1", "c1"), invoice("2", "c1"))
    with shop.services.sessions.write() as session:
        row = session.get_one(Record, shop.record("invoice", "1").id)
        row.payload = {**row.payload, "tax_total": "lots"}
        session.add(row)
    shop.push_all()

    assert shop.state("invoice", "2") == "posted"
    [hold] = shop.holds("invoice", "1")
    assert (hold.problem, hold.facts["unreadable"]) == ("validation_other", True)
    assert "tax_total" in hold.facts["detail"]

    shop.hand_over(invoice("1", "c1"))
    shop.push_all()
    assert shop.state("invoice", "1") == "posted"


def test_a_list_that_cannot_be_read_whole_is_trouble_that_is_told_when_it_lasts(shop, monkeypatch):
    """Noted at the connection, not lost in a log; gone with the next good slice."""
    shop.hand_over(customer("c1", "Jane Doe"))

    def incomplete(*_arguments, **_options):
        raise MirrorIncomplete("QuickBooks counts 7 records of Customer but hands out 5.")

    with monkeypatch.context() as patch:
        patch.setattr(mirror, "load", incomplete)
        assert "hands out 5" in shop.push().stopped.message
    [row] = [row for row in shop.all(Connection) if row.company_id == shop.company_id]
    assert row.trouble == "sync_stopped"
    shop.bench.change_connection(trouble_since=row.trouble_since - timedelta(hours=1))
    with shop.services.sessions.read() as session:
        company = session.get_one(Company, shop.company_id)
    [found] = connection.run(shop.services, company, EVERYTHING)
    assert found.problem == "sync_stopped"
    assert "hands out 5" in found.facts["detail"]

    shop.push_all()
    assert list(connection.run(shop.services, company, EVERYTHING)) == []


def test_a_stop_is_logged_once_however_many_records_met_it(shop):
    """Ten invoices, one line."""
    shop.hand_over(customer("c1", "Jane Doe"), item("i1", "Mug"))
    shop.push_all()
    shop.simulator.act(shop.realm, "end_subscription")
    shop.hand_over(*(invoice(f"{n}", "c1") for n in range(10)))
    with capture_logs() as lines:
        shop.push()

    assert [line["event"] for line in lines].count("sync_stopped") == 1


def test_records_without_a_currency_follow_the_companys(shop):
    """Taken in before the first connect, when the home currency was not known."""
    shop.hand_over(invoice("1", "c1"), invoice("2", "c1", currency="EUR"), invoice("3", "c1"))
    with shop.services.sessions.write() as session:
        session.exec(update(Company).values(currency="CAD"))
        session.exec(update(Record).where(Record.number != "2").values(currency="CAD"))

    mirror.refresh_company(shop.services, shop.company_id)

    currencies = {row.number: row.currency for row in shop.all(Record)}
    assert currencies == {"1": "USD", "2": "EUR", "3": "USD"}
