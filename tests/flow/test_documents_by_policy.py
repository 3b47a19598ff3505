"""A posted document that its source changes, where a firm decided that this needs no question."""

import pytest

from bot.models import FlowUpdate
from tests.flow.test_changed_in_the_source import decide, hand_over
from tests.flow.words import BOTH, DRIFT, book, edit, posted, said, writes
from tests.sync.shop import invoice, payment

LINES = (("i1", 1, "60.00"), ("i2", 2, "20.00"))


@pytest.fixture
def by_source(house):
    """The shop's amounts and dates stand."""
    decide(house, "invoice.money=source")
    decide(house, "invoice.dates=source")
    posted(house, invoice("1001", "c1", *LINES))
    return house


def test_other_lines_and_another_day_are_posted(by_source):
    """One sparse update of the open invoice: lines, total, day; its mark and number stay."""
    house, before = by_source, writes(by_source)
    fresh = invoice("1001", "c1", ("i1", 3, "50.00"), date="2026-11-13")
    [note] = hand_over(house, fresh)
    assert "its amounts and dates will be changed in QuickBooks too" in note

    found = book(house)
    assert (found["TotalAmt"], found["TxnDate"]) == (150, "2026-11-13")
    assert "[sync:Shop:1001]" in found["PrivateNote"]
    assert writes(house) == before + 1
    house.capture()
    assert (house.shop.holds(), house.shop.all(FlowUpdate)) == ([], [])
    assert hand_over(house, fresh) == []
    assert writes(house) == before + 1


def test_what_is_paid_is_never_changed(by_source):
    """The usual alert says what differs; the invoice stays (accounting.md rules 4 and 5)."""
    house = by_source
    posted(house, payment("p1", "c1", "40.00", ("1001", "40.00")))
    hand_over(house, invoice("1001", "c1", ("i1", 3, "50.00")))
    assert book(house)["TotalAmt"] == 100
    assert [row.problem for row in house.shop.holds()] == ["total_differs"]


@pytest.mark.long
def test_a_filed_month_is_never_changed(by_source):
    """Nor does a policy touch a month whose sales tax is filed (rule 3)."""
    house = by_source
    house.filed_through("2026-11-30")
    hand_over(house, invoice("1001", "c1", ("i1", 3, "50.00")))
    assert book(house)["TotalAmt"] == 100
    assert "total_differs" in [row.problem for row in house.shop.holds()]


@pytest.mark.long
def test_paid_before_it_is_written_is_asked_about(by_source):
    """Somebody keyed the payment meanwhile: a person decides, nothing is written."""
    house = by_source
    house.shop.hand_over(invoice("1001", "c1", ("i1", 3, "50.00")))
    line = {"Amount": 100, "LinkedTxn": [{"TxnId": book(house)["Id"], "TxnType": "Invoice"}]}
    house.shop.create("Payment", CustomerRef=book(house)["CustomerRef"], TotalAmt=100, Line=[line])
    house.run()
    house.capture()
    assert book(house)["TotalAmt"] == 100
    assert [row.problem for row in house.shop.holds()] == [BOTH]


@pytest.mark.long
def test_what_somebody_changed_there_goes_back(by_source):
    """The policy says that the source's day stands, also against an edit in QuickBooks."""
    house = by_source
    edit(house, "Invoice", book(house)["Id"], TxnDate="2026-11-20")
    assert book(house)["TxnDate"] == "2026-11-12"
    assert house.shop.holds() == []


@pytest.mark.long
def test_after_a_change_that_was_posted_the_new_version_is_put_back(by_source):
    """What is put back is what the source says now, not what was posted first."""
    house = by_source
    hand_over(house, invoice("1001", "c1", ("i1", 3, "50.00"), date="2026-11-13"))
    decide(house, "invoice.dates=ask")
    edit(house, "Invoice", book(house)["Id"], TxnDate="2026-11-20")
    alert = house.mend(house.incident(DRIFT), "push_again")
    assert alert.state == "resolved", house.ending(alert)
    assert (book(house)["TxnDate"], book(house)["TotalAmt"]) == ("2026-11-13", 150)


@pytest.mark.long
def test_quickbooks_stands_without_a_question(house, heard):
    """invoice.money=quickbooks: the shop hears what stands, nobody is asked."""
    decide(house, "invoice.money=quickbooks")
    posted(house, invoice("1001", "c1", *LINES))
    before = writes(house)
    hand_over(house, invoice("1001", "c1", ("i1", 3, "50.00")))
    house.capture()
    assert (writes(house), house.shop.holds()) == (before, [])
    assert [event for event, _ in heard()] == ["record.changed"]


@pytest.mark.long
def test_a_return_after_payment_is_a_credit_memo_of_its_day(house):
    """The paid invoice is never edited: the alert says how much, and the credit is posted."""
    posted(house, invoice("1001", "c1", *LINES), payment("p1", "c1", "100.00", "1001"))
    hand_over(house, invoice("1001", "c1", ("i1", 1, "60.00")))
    words = said(house, "total_differs")
    assert "If $40.00 of it was returned or cancelled: leave this invoice as it is" in words
    assert "dated on the day of the return" in words

    credit = invoice("CM-1", "c1", ("i2", 2, "20.00"), date="2026-11-20") | {"type": "credit_memo"}
    posted(house, credit)
    [made] = house.shop.books("CreditMemo")
    assert (made["TotalAmt"], made["TxnDate"]) == (40, "2026-11-20")
    assert book(house)["TotalAmt"] == 100
