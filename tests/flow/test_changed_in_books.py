"""Somebody changes in QuickBooks what was posted: told, accepted or put back, never silently."""

import pytest

from bot.incidents import storm_message
from bot.models import Storm
from bot.render import sums
from bot.sync.posted_sums import posted_since
from tests.flow.words import DRIFT, book, buyer, edit, posted, said, writes
from tests.sync.shop import invoice, payment
from tests.work.test_ending_words import shown

LINES = (("i1", 1, "60.00"), ("i2", 2, "20.00"))


def _edit_total(house):
    """Somebody makes the first line of invoice 1001 cheaper: $90.00 instead of $100.00."""
    found = book(house)
    lines = [row for row in found["Line"] if row["DetailType"] == "SalesItemLineDetail"]
    lines[0] |= {"Amount": 50.0}
    lines[0]["SalesItemLineDetail"] |= {"UnitPrice": 50.0}
    edit(house, "Invoice", found["Id"], Line=lines)


def test_another_total_is_told_and_accepted(house, heard):
    """Both values, when; QuickBooks stays, the source hears it, and the same is not asked again."""
    posted(house, invoice("1001", "c1", *LINES))
    before = writes(house)
    _edit_total(house)

    words = said(house)
    assert "Invoice 1001: changed in QuickBooks" in words
    assert "Total: $100.00 when it was posted; $90.00 in QuickBooks now; $100.00 in Shop" in words
    assert "says by whom" in words
    assert heard() == []

    alert = house.mend(house.incident(DRIFT), "accept_theirs")
    assert alert.state == "resolved"
    assert house.shop.holds() == []
    assert writes(house) == before
    [(event, changes)] = heard()
    assert event == "record.changed"
    assert changes["money"]["was"]["total"] == "100.00"
    assert changes["money"]["now"]["total"] == "90.00"

    house.shop.hand_over(invoice("1001", "c1", *LINES))
    house.capture()
    assert house.shop.holds() == []
    assert len(heard()) == 1


def test_another_total_is_put_back(house, heard):
    """The approver sees what the month gains; the invoice is as it was posted; no second one."""
    posted(house, invoice("1001", "c1", *LINES))
    _edit_total(house)

    _, words = house.preview(house.incident(DRIFT), "push_again")
    assert "total: $90.00 in QuickBooks → $100.00" in words
    assert "November 2026: +$10.00" in words
    alert = house.mend(house.incident(DRIFT), "push_again")
    assert alert.state == "resolved", house.ending(alert)
    assert book(house)["TotalAmt"] == 100
    assert "[sync:Shop:1001]" in book(house)["PrivateNote"]
    assert len(house.shop.creates("Invoice")) == 1

    house.capture()
    assert house.shop.holds() == []
    assert heard() == []


def test_what_is_put_back_can_be_undone(house):
    """Undo brings QuickBooks' values back, and the question with them."""
    posted(house, invoice("1001", "c1", *LINES))
    _edit_total(house)
    alert = house.mend(house.incident(DRIFT), "push_again")

    _, words = house.preview(alert, "undo")
    assert "November 2026: -$10.00" in words
    assert "total: $100.00 in QuickBooks → $90.00" in words

    house.mend(alert, "undo")
    house.capture()
    assert book(house)["TotalAmt"] == 90
    assert [row.problem for row in house.shop.holds()] == [DRIFT]


@pytest.mark.long
def test_what_was_accepted_can_be_asked_again(house):
    """Undo of an acceptance: the same question stands again."""
    posted(house, invoice("1001", "c1", *LINES))
    _edit_total(house)
    alert = house.mend(house.incident(DRIFT), "accept_theirs")
    assert house.shop.holds() == []

    _, words = house.preview(alert, "undo")
    assert "Months" not in words
    assert "$" not in words
    house.mend(alert, "undo")
    assert [row.problem for row in house.shop.holds()] == [DRIFT]
    house.capture()
    assert [row.problem for row in house.shop.holds()] == [DRIFT]


@pytest.mark.long
def test_changed_back_by_hand_ends_the_alert(house):
    """Whoever edited it puts it back: nothing to decide any more."""
    posted(house, invoice("1001", "c1"))
    edit(house, "Invoice", book(house)["Id"], TxnDate="2026-11-20")
    assert "Date: 11/12/2026 when it was posted; 11/20/2026 in QuickBooks now" in said(house)

    edit(house, "Invoice", book(house)["Id"], TxnDate="2026-11-12", DueDate=_due(house))
    assert house.shop.holds() == []
    assert house.incident(DRIFT).state == "resolved"


def _due(house):
    return house.shop.record("invoice", "1001").base["values"].get("due", "2026-12-12")


@pytest.mark.long
@pytest.mark.parametrize(("verb", "event"), [("void", "voided"), ("delete", "deleted")])
def test_a_document_that_is_gone_is_told_and_accepted(house, heard, verb, event):
    """Voided and deleted are said as such; accepted, the source hears just that."""
    posted(house, invoice("1001", "c1"))
    house.shop.act(verb, "Invoice", book(house)["Id"])
    house.capture()
    house.told()

    assert f"Invoice 1001: {event} in QuickBooks" in said(house)
    _, words = house.preview(house.incident(DRIFT), "accept_theirs")
    assert f"posted, voided or deleted: posted → {event}" in words
    alert = house.mend(house.incident(DRIFT), "accept_theirs")
    assert alert.state == "resolved"
    assert [name for name, _ in heard()] == [f"record.{event}"]
    assert len(house.shop.creates("Invoice")) == 1


def test_a_deleted_document_is_posted_once_more(house):
    """The same number, day, total and mark; the link goes to the new one."""
    posted(house, invoice("1001", "c1"))
    first = book(house)
    house.shop.act("delete", "Invoice", first["Id"])
    house.capture()
    house.told()

    alert = house.mend(house.incident(DRIFT), "push_again")
    assert alert.state == "resolved", house.ending(alert)
    # What was posted once more is voided in QuickBooks: no button says that it can be undone.
    assert not alert.story["outcome"]["undoable"]
    again = book(house)
    assert again["Id"] != first["Id"]
    assert (again["TotalAmt"], again["TxnDate"]) == (first["TotalAmt"], first["TxnDate"])
    assert house.shop.record("invoice", "1001").qbo_id == again["Id"]
    house.capture()
    assert house.shop.holds() == []


@pytest.mark.long
def test_a_voided_document_is_posted_under_another_number(house):
    """Its own number stays with what was voided, and is noted in the memo."""
    posted(house, invoice("1001", "c1"))
    house.shop.act("void", "Invoice", book(house)["Id"])
    house.capture()
    house.told()

    prepared, words = house.preview(house.incident(DRIFT), "push_again")
    assert "under the number 1001-2" in words
    house.confirm(prepared)
    again = book(house, "1001-2")
    assert again["TotalAmt"] == 100
    assert "Number in Shop: 1001" in again["PrivateNote"]
    assert house.incident(DRIFT).state == "resolved", house.ending(house.incident(DRIFT))


def test_what_is_paid_is_not_put_back(house):
    """A payment stands on it: only a person changes it, in QuickBooks (accounting.md rule 5)."""
    posted(house, invoice("1001", "c1"), payment("p1", "c1", "40.00", ("1001", "40.00")))
    edit(house, "Invoice", book(house)["Id"], TxnDate="2026-11-20")

    prepared, _ = house.preview(house.incident(DRIFT), "push_again")
    assert "is partly paid in QuickBooks" in prepared.plan.refused


@pytest.mark.long
def test_a_payment_makes_no_alert(house):
    """Paying an invoice changes its balance there, and nothing both sides know."""
    posted(house, invoice("1001", "c1"))
    posted(house, payment("p1", "c1", "100.00", "1001"))
    assert house.shop.holds() == []


def test_a_changed_address_stands_and_is_told(house, heard):
    """Usual for lists: what only QuickBooks changed stands, and flows back to the source."""
    edit(house, "Customer", buyer(house)["Id"], PrimaryPhone={"FreeFormNumber": "555-0100"})

    assert house.shop.holds() == []
    assert heard() == [
        ("record.changed", {"contact": {"was": {"phone": None}, "now": {"phone": "555-0100"}}})
    ]
    house.capture()
    assert len(heard()) == 1


@pytest.mark.long
def test_a_memo_is_the_bookkeepers(house):
    """Somebody adds to the memo: no alert."""
    posted(house, invoice("1001", "c1"))
    note = f"Called them. {book(house)['PrivateNote']}"
    edit(house, "Invoice", book(house)["Id"], PrivateNote=note)
    assert house.shop.holds() == []


def test_a_storm_never_says_that_what_is_posted_is_not(house):
    """Seven invoices changed there: what changed, no money "not posted", no count at the end."""
    numbers = [str(1001 + one) for one in range(7)]
    posted(house, *(invoice(number, "c1") for number in numbers))
    for number in numbers[:-1]:
        house.shop.act("edit", "Invoice", book(house, number)["Id"], data={"TxnDate": "2026-11-20"})
    house.shop.act("delete", "Invoice", book(house, numbers[-1])["Id"])
    house.capture()
    house.told()

    [storm] = house.shop.all(Storm)
    message = storm_message.build(house.services, storm)
    told = shown(message)
    assert "🔴 OPEN · 7 posted records changed in QuickBooks" in told
    assert "date 11/12/2026 → 11/20/2026" in told
    assert "deleted" in told
    assert "not posted" not in told + message.text
    assert "$" not in told + message.text

    for number in numbers:
        subject = f"Invoice:{house.shop.record('invoice', number).qbo_id}"
        house.mend(house.incident(DRIFT, subject), "accept_theirs")
    green = storm_message.build(house.services, house.shop.all(Storm)[0])
    assert "✅ FIXED · 7 posted records changed in QuickBooks" in shown(green)
    assert "posted ·" not in shown(green)
    assert "documents posted" not in shown(green) + green.text


def test_posted_today_is_what_was_posted(house):
    """What the source says later, and what somebody deletes there, changes nothing of that sum."""
    since = house.services.clock.now()
    posted(house, invoice("1001", "c1", *LINES), invoice("1002", "c1", *LINES))
    house.shop.hand_over(invoice("1001", "c1", ("i1", 1, "61.00")))
    house.capture()
    house.shop.act("delete", "Invoice", book(house, "1002")["Id"])
    house.capture()

    assert house.shop.record("invoice", "1001").amount != 100
    with house.services.sessions.read() as session:
        company_id = house.shop.record("invoice", "1001").company_id
        told = sums.told(posted_since(session, company_id, since), others=False)
    assert told == "2 invoices, $200.00"
