"""The check missing_documents: what never arrived is told by number, once for a source and day."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.domain import Scope
from bot.models import Company, ControlTotal
from bot.sync import control
from checks import missing_documents
from tests.sync.shop import customer, invoice, item, payment
from tests.words import renderer


@pytest.fixture
def yesterday(shop):
    """Two invoices and a payment of the day before yesterday, all in QuickBooks."""
    day = shop.services.clock.now().date() - timedelta(days=2)
    dated = {"date": day.isoformat()}
    shop.hand_over(
        customer("c1", "Jane Doe"),
        item("i1", "Mug"),
        invoice("1041", "c1", **dated),
        invoice("1042", "c1", **dated),
        payment("p1", "c1", "100.00", "1041", **dated),
    )
    shop.push_all()
    return day.isoformat()


def said(shop, *totals):
    """What the shop says it has, an hour ago."""
    rows = [control.parse_total(one) for one in totals]
    control.keep(shop.services, shop.source_id, rows)
    with shop.services.sessions.write() as session:
        for row in session.exec(select(ControlTotal)):
            row.said_at -= timedelta(hours=1)
            session.add(row)


def found(shop):
    with shop.services.sessions.read() as session:
        company = session.get_one(Company, shop.company_id)
    return list(missing_documents.run(shop.services, company, Scope()))


def test_a_day_that_agrees_is_no_finding(shop, yesterday):
    """Count, sum and numbers are the same."""
    said(
        shop,
        {"day": yesterday, "type": "invoice", "count": 2, "amount": "200.00",
         "documents": ["1041", "1042"]},
        {"day": yesterday, "type": "payment", "count": 1, "amount": "100.00"},
    )  # fmt: skip

    assert found(shop) == []


def test_what_never_arrived_is_one_finding_of_the_day_with_its_numbers_and_money(shop, yesterday):
    """Until it comes in; then it is gone by itself."""
    named = ["1041", "1042", "1043"]
    said(
        shop,
        {"day": yesterday, "type": "invoice", "count": 3, "amount": "300.00", "documents": named},
        {"day": yesterday, "type": "payment", "count": 2, "amount": "150.00"},
    )
    [one] = found(shop)

    assert one.problem == "missing_documents"
    assert one.subject == f"source:{shop.source_id}:totals:{yesterday}"
    assert (one.facts["noun"], one.facts["missing_count"]) == ("document", 2)
    assert one.facts["missing_amount"] == [{"currency": "USD", "amount": "150.00"}]
    text = renderer().problem(one.problem, {**one.facts, "company": "Harbor Foods"})
    assert "2 of the 5 documents that Shop has" in text.push
    assert "never arrived, $150.00" in text.push
    shop.hand_over(invoice("1043", "c1", date=yesterday))
    shop.hand_over(payment("p2", "c1", "50.00", ("1042", "50.00"), date=yesterday))
    assert found(shop) == []


def test_what_waits_here_has_an_alert_of_its_own(shop, yesterday):
    """A held document did arrive: nothing is missing."""
    shop.hand_over(invoice("1044", "nobody", date=yesterday))
    said(shop, {"day": yesterday, "type": "invoice", "count": 3, "amount": "300.00"})

    assert found(shop) == []


def test_a_scope_of_others_is_left_alone(shop, yesterday):
    """Only what is asked about is answered."""
    said(shop, {"day": yesterday, "type": "invoice", "count": 9})
    with shop.services.sessions.read() as session:
        company = session.get_one(Company, shop.company_id)
    scope = Scope(frozenset({"Customer:1"}))

    assert list(missing_documents.run(shop.services, company, scope)) == []
    assert len(found(shop)) == 1
