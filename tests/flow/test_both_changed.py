"""A posted document that its source and somebody in QuickBooks both changed: one alert asks."""

import pytest

from tests.flow.test_changed_in_the_source import hand_over
from tests.flow.words import BOTH, DRIFT, book, edit, message, posted, said, writes
from tests.sync.shop import customer, invoice, payment

LINES = (("i1", 1, "60.00"), ("i2", 2, "20.00"))
MORE = (("i1", 3, "50.00"),)


def _alerts(house):
    """The open alerts about records, and what is held, by problem."""
    open_ = [row.problem for row in house.incidents() if row.state != "resolved"]
    return open_, [row.problem for row in house.shop.holds()]


def _edited_there(house):
    """Somebody makes it cheaper in QuickBooks: $90.00 instead of $100.00."""
    found = book(house)
    lines = [row for row in found["Line"] if row["DetailType"] == "SalesItemLineDetail"]
    lines[0] |= {"Amount": 50.0}
    lines[0]["SalesItemLineDetail"] |= {"UnitPrice": 50.0}
    edit(house, "Invoice", found["Id"], Line=lines)


@pytest.fixture
def both(house):
    """Invoice 1001 was posted at $100.00; QuickBooks shows $90.00, the shop says $150.00."""
    posted(house, invoice("1001", "c1", *LINES))
    _edited_there(house)
    [note] = hand_over(house, invoice("1001", "c1", *MORE, date="2026-11-13"))
    assert "an alert asks about its amounts and dates, which QuickBooks has otherwise" in note
    return house


def test_one_alert_says_both_values_and_when(both):
    """The first alert ends, the second shows three values: posted, there, in the source."""
    assert _alerts(both) == ([BOTH], [BOTH])
    words = said(both, BOTH)
    assert "was changed **both** in QuickBooks and in Shop".replace("**", "") in words
    assert "Total: $150.00 in Shop; $90.00 in QuickBooks (before: $100.00)" in words
    assert "Date: 11/13/2026 in Shop; 11/12/2026 in QuickBooks" in words
    assert "its audit log" in words
    assert "group by group. 3. This" in words.replace("\n", " ")
    assert "Shop handed its change over Nov" in words
    assert book(both)["TotalAmt"] == 90


def test_the_source_first_ends_in_the_same_alert(house):
    """Other amounts and another day were noted; the edit there joins them to one question."""
    posted(house, invoice("1001", "c1", *LINES))
    hand_over(house, invoice("1001", "c1", *MORE, date="2026-11-13"))
    assert sorted(_alerts(house)[1]) == ["day_differs", "total_differs"]
    _edited_there(house)
    assert _alerts(house) == ([BOTH], [BOTH])
    words = said(house, BOTH)
    assert "Total: $150.00 in Shop; $90.00 in QuickBooks (before: $100.00)" in words
    assert "Shop handed its change over Nov" in words

    # The same again, in full: the same question.
    hand_over(house, invoice("1001", "c1", *MORE, date="2026-11-13"))
    assert _alerts(house) == ([BOTH], [BOTH])


@pytest.mark.parametrize("fix", ["accept_theirs", "push_again"])
def test_what_was_told_before_is_part_of_the_one_alert(house, fix):
    """Nothing says that amounts agree: neither while a person is asked, nor after the answer."""
    posted(house, invoice("1001", "c1", *LINES))
    hand_over(house, invoice("1001", "c1", *MORE, date="2026-11-13"))
    _edited_there(house)
    for problem in ("total_differs", "day_differs"):
        words = message(house, problem)
        assert "PART OF ANOTHER" in words
        assert "That one asks about both sides; this ends with it." in words
        assert "agree" not in words
    assert "2 earlier alerts are part of this one." in house.shown(house.incident(BOTH))

    house.mend(house.incident(BOTH), fix)
    house.capture()
    words = message(house, "total_differs")
    assert "Invoice 1001: both sides agree" in words
    assert "Ended with: " in words
    assert "amounts agree" not in words


def test_the_alert_of_quickbooks_alone_is_part_of_it(both):
    """It was told first; the question about both sides takes its place."""
    assert "PART OF ANOTHER" in message(both, DRIFT)


def test_amounts_that_do_agree_are_fixed(house):
    """Corrected in QuickBooks as the source says: the alert about them ends by itself."""
    posted(house, invoice("1001", "c1", *LINES))
    hand_over(house, invoice("1001", "c1", ("i1", 1, "50.00"), ("i2", 2, "20.00")))
    _edited_there(house)
    assert "Invoice 1001: amounts agree" in house.shown(house.incident("total_differs"))


def test_the_source_is_right(both):
    """What the source says now is written, once, not what was posted first; undo asks again."""
    alert = both.incident(BOTH)
    _, words = both.preview(alert, "push_again")
    assert "total: $90.00 in QuickBooks → $150.00" in words
    assert "November 2026: +$60.00" in words
    assert "Blue Mug: $50.00 → 3 × $50.00" in words
    assert "Red Mug: 2 × $20.00 → not on it" in words
    before = writes(both)
    alert = both.mend(alert, "push_again")
    assert alert.state == "resolved", both.ending(alert)
    assert (book(both)["TotalAmt"], book(both)["TxnDate"]) == (150, "2026-11-13")
    assert "[sync:Shop:1001]" in book(both)["PrivateNote"]
    assert writes(both) == before + 1
    assert both.shop.record("invoice", "1001").amount == 150
    both.capture()
    assert hand_over(both, invoice("1001", "c1", *MORE, date="2026-11-13")) == []
    assert both.shop.holds() == []

    _, words = both.preview(alert, "undo")
    assert "what was done for invoice 1001 is taken back" in words
    assert "Blue Mug: 3 × $50.00 → $50.00" in words
    assert "Red Mug: not on it → 2 × $20.00" in words
    alert = both.mend(alert, "undo")
    told = "Undone: Invoice 1001 is $90.00 in QuickBooks again; the two sides differ, as before"
    assert told in str(alert.story)
    both.capture()
    assert book(both)["TotalAmt"] == 90
    assert both.shop.record("invoice", "1001").amount == 100
    _asks_as_before(both)


def _asks_as_before(both):
    """The same alert, with what was posted at first, and every choice it had."""
    assert _alerts(both) == ([BOTH], [BOTH])
    words = said(both, BOTH)
    assert "Total: $150.00 in Shop; $90.00 in QuickBooks (before: $100.00)" in words
    assert "Press Shop is right to have it in QuickBooks as it says" in words
    prepared, _ = both.preview(both.incident(BOTH), "push_again")
    assert prepared.plan.refused == ""


def test_quickbooks_is_right(both, heard):
    """Nothing is written, the source hears what stands, the same version asks no more."""
    before = writes(both)
    alert = both.mend(both.incident(BOTH), "accept_theirs")
    assert alert.state == "resolved"
    assert writes(both) == before
    [(event, changes)] = heard()
    assert (event, changes["money"]["now"]["total"]) == ("record.changed", "90.00")
    assert hand_over(both, invoice("1001", "c1", *MORE, date="2026-11-13")) == []
    assert both.shop.holds() == []

    both.mend(alert, "undo")
    both.capture()
    _asks_as_before(both)


@pytest.mark.long
def test_the_source_takes_it_back(both):
    """Then only QuickBooks differs from what was posted, and the alert says just that."""
    hand_over(both, invoice("1001", "c1", *LINES))
    assert _alerts(both) == ([DRIFT], [DRIFT])


def test_changed_there_as_the_source_says_ends_it(both):
    """Whoever enters the source's version in QuickBooks ends the alert."""
    lines = [row for row in book(both)["Line"] if row["DetailType"] == "SalesItemLineDetail"]
    lines[0] |= {"Amount": 150.0}
    lines[0]["SalesItemLineDetail"] |= {"UnitPrice": 50.0, "Qty": 3}
    edit(both, "Invoice", book(both)["Id"], Line=lines[:1], TxnDate="2026-11-13")
    assert _alerts(both) == ([], [])


def test_what_is_paid_is_not_changed(both):
    """A payment stands on it by now: the preview refuses, and says what to do."""
    line = {"Amount": 90, "LinkedTxn": [{"TxnId": book(both)["Id"], "TxnType": "Invoice"}]}
    who = book(both)["CustomerRef"]
    both.shop.create("Payment", CustomerRef=who, TotalAmt=90, Line=[line])
    prepared, _ = both.preview(both.incident(BOTH), "push_again")
    assert "is paid in QuickBooks" in prepared.plan.refused


@pytest.mark.long
def test_deleted_there_and_changed_in_the_source(house):
    """One alert; it is posted once more as the source says it now."""
    posted(house, invoice("1001", "c1", *LINES))
    house.shop.act("delete", "Invoice", book(house)["Id"])
    house.capture()
    house.told()
    hand_over(house, invoice("1001", "c1", *MORE))
    assert _alerts(house) == ([BOTH], [BOTH])
    assert "was deleted in QuickBooks after it was posted, and changed in Shop" in said(house, BOTH)

    _, words = house.preview(house.incident(BOTH), "push_again")
    assert "posted once more, as Shop says it now" in words
    alert = house.mend(house.incident(BOTH), "push_again")
    assert alert.state == "resolved", house.ending(alert)
    assert book(house)["TotalAmt"] == 150
    house.capture()
    assert hand_over(house, invoice("1001", "c1", *MORE)) == []
    assert house.shop.holds() == []


def test_a_customer_nobody_knows_is_never_passed_over(house):
    """What it names is not in QuickBooks yet: its own alert says so, beside the other."""
    posted(house, invoice("1001", "c1", *LINES))
    _edited_there(house)
    hand_over(house, invoice("1001", "c77", *LINES))
    assert "content_differs" in _alerts(house)[1]


@pytest.mark.parametrize("verb", ["delete", "void"])
def test_posting_once_more_foresees_an_inactive_customer(house, verb):
    """The preview refuses what QuickBooks would refuse, and names what to do first."""
    posted(house, invoice("1001", "c1", *LINES))
    house.shop.act(verb, "Invoice", book(house)["Id"])
    house.capture()
    jane = house.shop.record("customer", "c1").qbo_id
    house.shop.act("deactivate", "Customer", jane)

    prepared, _ = house.preview(house.incident(DRIFT), "push_again")
    assert "cannot be posted once more as things are now" in prepared.plan.refused
    assert "Make the customer Jane Doe active in QuickBooks first" in prepared.plan.refused

    house.shop.act("reactivate", "Customer", jane)
    alert = house.mend(house.incident(DRIFT), "push_again")
    assert alert.state == "resolved", house.ending(alert)


def test_posting_once_more_foresees_an_inactive_item(house):
    """As for a customer."""
    posted(house, invoice("1001", "c1", *LINES), customer("c2", "Joe Roe"))
    house.shop.act("delete", "Invoice", book(house)["Id"])
    house.capture()
    house.shop.act("deactivate", "Item", house.shop.record("item", "i1").qbo_id)
    prepared, _ = house.preview(house.incident(DRIFT), "push_again")
    assert "Make the item Blue Mug active in QuickBooks first" in prepared.plan.refused


def test_a_payment_both_changed(house):
    """Bank-dated: both values in one alert, and nothing is put back over the bank's day."""
    posted(house, invoice("1001", "c1", *LINES), payment("p1", "c1", "40.00", ("1001", "40.00")))
    [made] = house.shop.books("Payment")
    edit(house, "Payment", made["Id"], TxnDate="2026-11-20")
    fresh = payment("p1", "c1", "45.00", ("1001", "45.00"))
    hand_over(house, fresh)
    assert _alerts(house) == ([BOTH], [BOTH])
    words = said(house, BOTH)
    assert "Total: $45.00 in Shop; $40.00 in QuickBooks" in words
    assert "11/20/2026 in QuickBooks" in words
