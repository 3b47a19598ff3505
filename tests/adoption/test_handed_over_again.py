"""What is handed over again under new ids is held and asked about, and never posted twice."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.mirror import refresh_company
from bot.models import Record, Source
from bot.sync import intake, links
from bot.sync.reading import parse_record
from tests.sync.shop import customer, invoice, payment
from tests.work.sales import jane, keyed, sales


def payments(house):
    """Payments of the simulator that are alive."""
    return [row for row in house.shop.books("Payment") if not row.get("_deleted")]


def problems(house):
    """The problems of the alerts that stand."""
    return [row.problem for row in house.incidents() if row.state != "resolved"]


def received(house, days):
    """What is in the outbox came and was posted so many days ago."""
    with house.services.sessions.write() as session:
        for row in session.exec(select(Record)):
            row.received_at -= timedelta(days=days)
            row.posted_at = row.posted_at and row.posted_at - timedelta(days=days)
            session.add(row)


def numbers_off(house):
    """QuickBooks numbers by itself."""
    house.shop.simulator.act(
        house.shop.realm, "set_preference", data={"SalesFormsPrefs.CustomTxnNumbers": False}
    )
    refresh_company(house.services, house.shop.company_id)


@pytest.fixture
def paid(house):
    """An invoice and its payment are posted."""
    house.shop.hand_over(invoice("1001", "c1"), payment("p1", "c1", "60.00", "1001"))
    house.sync()
    assert len(payments(house)) == 1
    return house


def test_a_payment_under_a_new_id_is_held(paid):
    """Same customer, day, amount and invoice: not posted a second time; left out by an approver."""
    paid.shop.hand_over(payment("new-p1", "c1", "60.00", "1001"))
    paid.sync()

    assert len(payments(paid)) == 1
    alert = paid.incident("duplicate_transaction")
    assert alert.facts["theirs"]["by_us"]
    assert "pays: invoice 1001 in both" in paid.shown(alert).casefold()
    assert paid.mend(alert, "skip").state == "resolved"
    assert len(payments(paid)) == 1


def test_a_payment_without_reference_or_invoice_is_held(house):
    """Nothing tells the two apart: a person is asked, and may say that it is another one."""
    house.shop.hand_over(payment("p1", "c1", "60.00"))
    house.sync()
    house.shop.hand_over(payment("p2", "c1", "60.00"))
    house.sync()

    assert len(payments(house)) == 1
    alert = house.incident("duplicate_transaction")
    _, words = house.preview(alert, "post_another")
    assert "two payments" in words
    assert house.mend(alert, "post_another").state == "resolved"
    assert len(payments(house)) == 2


def test_two_at_once_are_asked_about_as_two_after_each_other(house):
    """Handed over together under two ids: one goes, the other one waits for an answer."""
    house.shop.hand_over(payment("p1", "c1", "60.00"), payment("p2", "c1", "60.00"))
    house.sync()

    assert len(payments(house)) == 1
    assert house.incident("duplicate_transaction").facts["external_id"] == "p2"


def test_equal_payments_that_are_others_are_posted_without_a_word(house):
    """Story 10: other invoices, other references, other days, other customers."""
    house.shop.hand_over(
        customer("c2", "Kim Lee"),
        *(invoice(number, "c1") for number in ("1001", "1002", "1003", "1004")),
        payment("p1", "c1", "60.00", "1001"),
        payment("p2", "c1", "60.00", "1002"),
        payment("p3", "c1", "60.00", "1003", reference="CHK 1", date="2026-11-15"),
        payment("p4", "c1", "60.00", "1004", reference="CHK 2", date="2026-11-15"),
        payment("p5", "c1", "60.00", date="2026-10-14"),
        payment("p6", "c1", "60.00", date="2026-09-14"),
        payment("p7", "c2", "60.00"),
        payment("p8", "c1", "40.00", "1001", reference="CHK 3"),
        payment("p9", "c1", "40.00", "1002", reference="CHK 4"),
    )
    house.sync()

    assert problems(house) == []
    assert len(payments(house)) == 9


def test_a_payment_that_a_person_entered_is_linked(paid):
    """Rule 13: the one entered by hand stays, and ours becomes it."""
    theirs = paid.shop.create(
        "Payment", CustomerRef={"value": jane(paid)}, TotalAmt=25.0, TxnDate="2026-11-17"
    )
    paid.shop.hand_over(payment("p2", "c1", "25.00"))
    paid.sync()

    alert = paid.incident("duplicate_transaction")
    assert not alert.facts["theirs"]["by_us"]
    assert alert.facts["same_document"]
    assert paid.mend(alert, "link_document").state == "resolved"
    assert paid.shop.record("payment", "p2").qbo_id == theirs
    assert len(payments(paid)) == 2


def test_another_source_with_the_same_payment_is_asked_about(paid):
    """Two systems hand over one payment: the second one is held."""
    with paid.services.sessions.write() as session:
        other = Source(
            company_id=paid.shop.company_id, name="Till", created_at=paid.services.clock.now()
        )
        session.add(other)
        session.flush()
        till = other.id
    records = [customer("t1", "Jane Doe"), payment("t-9", "t1", "60.00")]
    intake.accept(paid.services, till, [parse_record(record) for record in records])
    with paid.services.sessions.write() as session:
        links.link(
            session,
            company_id=paid.shop.company_id,
            source_id=till,
            type="customer",
            external_id="t1",
            qbo_id=jane(paid),
            how="chosen",
            by="U0DANA",
            now=paid.services.clock.now(),
        )
    paid.sync()

    assert len(payments(paid)) == 1
    assert paid.incident("duplicate_transaction").facts["external_id"] == "t-9"


def test_an_invoice_under_a_new_id_is_held_where_quickbooks_numbers_by_itself(house):
    """The number that the source gave it tells; the books have another one."""
    numbers_off(house)
    house.shop.hand_over(invoice("1001", "c1"))
    house.sync()
    house.shop.hand_over(invoice("1001", "c1") | {"external_id": "new-1001"})
    house.sync()

    assert len(sales(house)) == 1
    alert = house.incident("duplicate_transaction")
    assert alert.facts["theirs"]["by_us"]
    assert house.mend(alert, "post_another").state == "resolved"
    assert len(sales(house)) == 2


def test_an_invoice_under_a_new_id_and_number_is_held_when_it_comes_days_later(house):
    """Same customer, day, tax and items, three days after the first one: asked about."""
    house.shop.hand_over(invoice("1001", "c1"))
    house.sync()
    received(house, days=3)
    house.shop.hand_over(invoice("R-77", "c1"), invoice("R-78", "c1", ("i2", 4, "25.00")))
    house.sync()

    assert sorted(sales(house)) == ["1001", "R-78"]
    alert = house.incident("duplicate_transaction")
    assert "number: ours r-77, in quickbooks 1001" in house.shown(alert).casefold()


def test_equal_invoices_of_one_day_are_posted_without_a_word(house):
    """A customer who buys the same twice: two numbers that come together are two sales."""
    house.shop.hand_over(invoice("1001", "c1"), invoice("1002", "c1"))
    house.sync()
    house.shop.hand_over(invoice("1003", "c1"))
    house.sync()

    assert problems(house) == []
    assert sorted(sales(house)) == ["1001", "1002", "1003"]


def test_a_lost_reply_holds_back_what_may_be_the_same_payment(house):
    """While it is not known what became of the first one, its double does not go out."""
    house.shop.simulator.fault("reset_after", match={"entity": "Payment"})
    house.shop.hand_over(payment("p1", "c1", "60.00"), payment("p2", "c1", "60.00"))
    house.sync()
    with house.services.sessions.write() as session:
        for row in session.exec(select(Record).where(Record.type == "payment")):
            row.not_before = None
            session.add(row)
    house.sync()

    assert len(payments(house)) == 1


def test_an_invoice_entered_by_hand_is_found_as_before(house):
    """The look in QuickBooks itself stays for what people enter."""
    keyed(house, DocNumber="77-1", TxnDate="2026-11-12")
    house.shop.hand_over(invoice("W-1", "c1"))
    house.sync()

    assert problems(house) == ["duplicate_transaction"]
