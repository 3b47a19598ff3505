"""A borrowed record goes back to inactive at balance zero only, when a person asked for it."""

from bot.fixes import engine
from tests.sync.shop import invoice, payment


def borrowed(house, remind="yes"):
    """Jane was inactive; an invoice for her waited and was posted."""
    jane = house.shop.record("customer", "c1").qbo_id
    house.shop.act("deactivate", "Customer", jane)
    house.shop.hand_over(invoice("1", "c1"))
    house.sync()
    incident = house.incident("inactive_record")
    prepared, words = house.preview(incident, "reactivate")
    assert "inactive" in words
    answer = engine.confirm(
        house.services, prepared.run_id, "U0DANA", {"remind": remind} if remind else {}
    )
    assert isinstance(answer, engine.Confirmed), answer
    house.run()
    assert house.again(incident).state == "resolved"
    house.capture()
    house.check()
    return jane


def reminders(house):
    """The open reminders."""
    return [
        row
        for row in house.incidents()
        if row.problem == "borrowed_record" and row.state != "resolved"
    ]


def test_it_is_reminded_of_when_it_is_paid(house):
    """With a balance nothing is said; paid, one press makes it inactive; undo brings it back."""
    jane = borrowed(house)
    assert reminders(house) == []
    house.shop.hand_over(payment("p1", "c1", "100.00", "1"))
    house.sync()
    house.capture()
    house.check()

    [incident] = reminders(house)
    assert incident.subject == f"Customer:{jane}"
    assert house.mend(incident, "return_inactive").state == "resolved"
    [row] = [row for row in house.shop.books("Customer") if row["Id"] == jane]
    assert not row["Active"]
    assert len(house.shop.books("CreditMemo")) == 0
    house.mend(house.again(incident), "undo")
    [row] = [row for row in house.shop.books("Customer") if row["Id"] == jane]
    assert (row["Active"], row["DisplayName"]) == (True, "Jane Doe")


def test_nobody_asked_nobody_is_reminded(house):
    """Without the tick it simply stays active."""
    borrowed(house, remind="")
    house.shop.hand_over(payment("p1", "c1", "100.00", "1"))
    house.sync()
    house.capture()
    house.check()
    assert reminders(house) == []


def test_what_is_open_at_balance_zero_keeps_it_active(house):
    """An invoice and an unapplied payment cancel out: it stays active, and nothing is written."""
    jane = borrowed(house)
    buyer = {"value": jane}
    house.shop.create("Payment", CustomerRef=buyer, TotalAmt=100)
    house.capture()
    house.check()
    [incident] = reminders(house)
    prepared, _ = house.preview(incident, "return_inactive")
    assert "1 open invoice" in prepared.plan.refused
    assert "stays active" in prepared.plan.refused
