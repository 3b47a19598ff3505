"""Payment terms, methods and accounts of documents; names of accounts, classes, employees."""

from datetime import date, timedelta

import pytest

from bot.errors import BadInput
from tests.flow.test_changed_in_the_source import decide, hand_over
from tests.flow.words import BOTH, book, edit, posted, said, writes
from tests.sync.shop import invoice, payment


def _row(house, entity, name):
    """A record of a list of QuickBooks by its name."""
    field = "DisplayName" if entity == "Employee" else "Name"
    [row] = [row for row in house.shop.books(entity) if row[field] == name]
    return row


def test_terms_changed_there_stand_and_are_told(house, heard):
    """The bookkeeper gives them 60 days: nobody is asked, the shop hears it."""
    posted(house, invoice("1001", "c1", terms="Net 30"))
    term = _row(house, "Term", "Net 60")["Id"]
    edit(house, "Invoice", book(house)["Id"], SalesTermRef={"value": term})
    assert house.shop.holds() == []
    [(event, changes)] = [one for one in heard() if "settlement" in one[1]]
    assert event == "record.changed"
    assert changes["settlement"]["now"] == {"terms": "Net 60"}


def test_other_terms_of_the_source_are_asked_about(house):
    """Both names in the alert; the source is right: one write, of the term alone."""
    posted(house, invoice("1001", "c1", terms="Net 30"))
    [note] = hand_over(house, invoice("1001", "c1", terms="Net 60"))
    assert "an alert asks about its payment terms" in note
    assert "Payment terms: Net 60 in Shop; Net 30 in QuickBooks" in said(house, BOTH)
    assert "What is posted is not changed in the books by itself" in said(house, BOTH)
    assert "is called is not changed" not in said(house, BOTH)

    before = writes(house)
    alert = house.mend(house.incident(BOTH), "push_again")
    assert alert.state == "resolved", house.ending(alert)
    assert book(house)["SalesTermRef"]["value"] == _row(house, "Term", "Net 60")["Id"]
    dated = date.fromisoformat(book(house)["TxnDate"])
    assert book(house)["DueDate"] == (dated + timedelta(days=60)).isoformat()
    assert writes(house) == before + 1
    house.capture()
    assert hand_over(house, invoice("1001", "c1", terms="Net 60")) == []
    assert house.shop.holds() == []


@pytest.mark.parametrize(
    ("change", "words", "field", "was", "value"),
    [
        (
            {"due_date": "2027-01-15"},
            "Due date: 01/15/2027 in Shop; 12/20/2026 in QuickBooks",
            "DueDate",
            "2026-12-20",
            "2027-01-15",
        ),
        (
            {"number": "1001-X"},
            "Number: 1001-X in Shop; 1001 in QuickBooks",
            "DocNumber",
            "1001",
            "1001-X",
        ),
    ],
)
def test_another_due_date_or_number_alone_is_asked_about(house, change, words, field, was, value):
    """Nothing else of it changed: no other alert tells it, so it is not dropped in silence."""
    first = {"due_date": "2026-12-20"}
    posted(house, invoice("1001", "c1", **first))
    [note] = hand_over(house, invoice("1001", "c1", **first) | change)
    assert "an alert asks about its" in note
    assert words in said(house, BOTH)

    [before] = house.shop.books("Invoice")
    alert = house.mend(house.incident(BOTH), "push_again")
    assert alert.state == "resolved", house.ending(alert)
    [after] = house.shop.books("Invoice")
    assert (before[field], after[field]) == (was, value)
    assert after["TotalAmt"] == before["TotalAmt"]
    house.capture()
    assert hand_over(house, invoice("1001", "c1", **first) | change) == []
    assert house.shop.holds() == []


def test_a_due_date_that_changes_with_the_amount_is_part_of_the_same_alert(house):
    """ "Shop is right" then makes both as the shop says; nothing of it is left behind."""
    first = invoice("1001", "c1", due_date="2026-12-20")
    posted(house, first)
    now = invoice("1001", "c1", ("i1", 1, "60.00"), due_date="2026-12-31")
    [note] = hand_over(house, now)
    assert "an alert asks about its amounts and dates" in note
    words = said(house, BOTH)
    assert "Due date: 12/31/2026 in Shop; 12/20/2026 in QuickBooks" in words
    assert "Total: $60.00 in Shop" in words
    assert [row.problem for row in house.shop.holds()] == [BOTH]

    alert = house.mend(house.incident(BOTH), "push_again")
    assert alert.state == "resolved", house.ending(alert)
    assert (book(house)["TotalAmt"], book(house)["DueDate"]) == (60, "2026-12-31")
    house.capture()
    assert hand_over(house, now) == []
    assert house.shop.holds() == []


def test_of_a_paid_invoice_the_amounts_keep_their_own_alert(house):
    """A return after payment is credited from there; the due date is told to the sender."""
    first = invoice("1001", "c1", due_date="2026-12-20")
    posted(house, first, payment("p1", "c1", "100.00", ("1001", "100.00")))
    hand_over(house, invoice("1001", "c1", ("i1", 1, "60.00"), due_date="2026-12-31"))
    assert "total_differs" in [row.problem for row in house.shop.holds()]


@pytest.mark.long
def test_a_policy_posts_other_terms(house):
    """invoice.settlement=source: an open invoice has them at once, by one write."""
    decide(house, "invoice.settlement=source")
    posted(house, invoice("1001", "c1", terms="Net 30"))
    before = writes(house)
    [note] = hand_over(house, invoice("1001", "c1", terms="Net 60"))
    assert "its payment terms will be changed in QuickBooks too" in note
    assert book(house)["SalesTermRef"]["value"] == _row(house, "Term", "Net 60")["Id"]
    house.capture()
    assert (writes(house), house.shop.holds()) == (before + 1, [])


def test_another_deposit_account_is_asked_about(house, heard):
    """A payment's method and account by name; QuickBooks is right: nothing is written."""
    first, second = (
        house.shop.create("Account", Name=name, AccountType="Bank") for name in ("Main", "Second")
    )
    paid = payment("p1", "c1", "100.00", "1001", method="Check", deposit_to="Main")
    posted(house, invoice("1001", "c1"), paid)
    [made] = house.shop.books("Payment")
    assert made["DepositToAccountRef"]["value"] == first

    hand_over(house, {**paid, "deposit_to": "Second", "method": "Cash"})
    words = said(house, BOTH)
    assert "Deposit account: Second in Shop; Main in QuickBooks" in words
    assert "Payment method: Cash in Shop; Check in QuickBooks" in words
    before = writes(house)
    alert = house.mend(house.incident(BOTH), "accept_theirs")
    assert (alert.state, writes(house)) == ("resolved", before)

    edit(house, "Payment", made["Id"], DepositToAccountRef={"value": second})
    assert house.shop.holds() == []


@pytest.mark.long
def test_nothing_new_is_told_of_what_is_as_it_was(house, heard):
    """Handed over again, captured again: no write, no event, no question."""
    records = (invoice("1001", "c1", terms="Net 30"), payment("p1", "c1", "100.00", "1001"))
    posted(house, *records)
    before = writes(house)
    for _ in range(3):
        house.shop.hand_over(*records)
        house.capture()
    assert (writes(house), heard(), house.shop.holds()) == (before, [], [])


ACCOUNT = {"type": "account", "external_id": "a1", "name": "Web sales", "account_type": "Income"}
CLASS = {"type": "class", "external_id": "k1", "name": "West"}
PLACE = {"type": "location", "external_id": "l1", "name": "Dock 4"}


@pytest.mark.parametrize(
    ("record", "entity"), [(ACCOUNT, "Account"), (CLASS, "Class"), (PLACE, "Department")]
)
def test_a_list_that_is_synced_is_compared(house, heard, record, entity):
    """Renamed and made inactive there: told. Renamed by the source: asked, and put there."""
    posted(house, record)
    row = _row(house, entity, record["name"])
    edit(house, entity, row["Id"], Name=f"{record['name']} new")
    assert heard()[-1][1] == {
        "identity": {"was": {"name": record["name"]}, "now": {"name": f"{record['name']} new"}}
    }
    assert house.shop.holds() == []

    [note] = hand_over(house, {**record, "name": "Ours"})
    assert "an alert asks about its name" in note
    assert f"Name: Ours in Shop; {record['name']} new in QuickBooks" in said(house, BOTH)
    alert = house.mend(house.incident(BOTH), "push_again")
    assert alert.state == "resolved", house.ending(alert)
    assert _row(house, entity, "Ours")["Id"] == row["Id"]

    house.shop.act("deactivate", entity, row["Id"])
    house.capture()
    assert [event for event, _ in heard()][-1] == "record.inactivated"
    assert house.shop.holds() == []


def test_an_employee_is_only_read(house, heard):
    """Payroll keeps them: their new name is told, ours is asked about and never written."""
    house.shop.create("Employee", GivenName="Ann", FamilyName="Lee", DisplayName="Ann Lee")
    house.capture()
    ann = {"type": "employee", "external_id": "e1", "name": "Ann Lee"}
    posted(house, ann)
    row = _row(house, "Employee", "Ann Lee")
    edit(house, "Employee", row["Id"], DisplayName="Ann Roe", FamilyName="Roe")
    assert heard()[-1][1]["identity"]["now"] == {"name": "Ann Roe"}

    hand_over(house, {**ann, "name": "Anna Lee"})
    before = writes(house)
    prepared, _ = house.preview(house.incident(BOTH), "push_again")
    assert "the bot changes no employee in QuickBooks" in prepared.plan.refused
    assert "Shop is right…" not in house.shown(house.incident(BOTH))
    assert house.mend(house.incident(BOTH), "accept_theirs").state == "resolved"
    assert writes(house) == before
    with pytest.raises(BadInput, match="only read"):
        decide(house, "employee.identity=source")
