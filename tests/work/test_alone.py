"""A preview promises only what its own fix lets go, and names what the rest waits for."""

from bot.incidents.buttons import label_of
from tests.sync.shop import customer, invoice, payment


def inactive(house, entity, type, external_id):
    """A person makes it inactive; returns the subject of its alert."""
    qbo_id = house.shop.record(type, external_id).qbo_id
    house.shop.act("deactivate", entity, qbo_id)
    return f"{entity}:{qbo_id}"


def two_causes(house):
    """Jane and the blue mug inactive: one invoice of each alone, one of both; their alerts."""
    house.shop.hand_over(customer("c2", "Omar Haddad"))
    house.shop.push_all()
    jane = inactive(house, "Customer", "customer", "c1")
    mug = inactive(house, "Item", "item", "i1")
    house.shop.hand_over(
        invoice("1", "c1", ("i2", 1, "10.00")),
        invoice("2", "c1", ("i1", 1, "20.00")),
        invoice("3", "c2", ("i1", 1, "40.00")),
    )
    house.sync()
    return house.incident("inactive_record", jane), house.incident("inactive_record", mug)


def test_a_preview_counts_only_what_its_own_fix_lets_go(house):
    """One invoice posts, one waits for the item as well; the item's alert is named."""
    jane, mug = two_causes(house)

    prepared, words = house.preview(jane, "reactivate")
    assert "Posts 1 document: 1 invoice, receivables +$10.00." in words
    assert "1 more waits for another alert too: Blue Mug inactive." in words
    assert prepared.plan.facts["records"] == [house.shop.record("invoice", "1").id]
    assert "$20.00" not in words

    _, words = house.preview(mug, "reactivate")
    assert "Posts 1 document: 1 invoice, receivables +$40.00." in words
    assert "another alert too: Jane Doe inactive." in words


def test_the_alert_tells_its_button_how_many_go(house):
    """The fact behind the button's count leaves out what another alert holds as well."""
    jane, mug = two_causes(house)

    assert (jane.facts["documents"], jane.facts["alone"]) == (2, 1)
    assert (mug.facts["documents"], mug.facts["alone"]) == (2, 1)
    button = house.services.buttons["reactivate"]
    assert label_of(button, jane.facts) == "Reactivate and post 1…"
    assert label_of(button, {**jane.facts, "alone": 0}) == "Reactivate…"


def test_a_preview_of_which_nothing_can_go_says_so(house):
    """All wait for another alert too: no document is promised, the button posts nothing."""
    jane = inactive(house, "Customer", "customer", "c1")
    inactive(house, "Item", "item", "i1")
    house.shop.hand_over(*(invoice(str(n), "c1") for n in range(3)))
    house.sync()

    prepared, words = house.preview(house.incident("inactive_record", jane), "reactivate")
    assert prepared.plan.submit == "Reactivate"
    assert "Posts no document by itself." in words
    assert "3 documents wait for another alert too: Blue Mug inactive." in words
    assert prepared.plan.facts["months"] == []


def test_a_payment_of_an_invoice_that_stays_stays_too(house):
    """What refers to a record that another alert holds is not promised either."""
    jane = inactive(house, "Customer", "customer", "c1")
    inactive(house, "Item", "item", "i1")
    house.shop.hand_over(invoice("1", "c1"), payment("p1", "c1", "100.00", "1"))
    house.sync()

    _, words = house.preview(house.incident("inactive_record", jane), "reactivate")
    assert "Posts no document by itself." in words
    assert "2 documents wait for another alert too" in words


def test_the_green_message_says_what_still_waits_and_for_what(house):
    """1 of 1 posted, one more waits for the item; the second fix posts it and its own."""
    jane, mug = two_causes(house)

    green = house.mend(jane, "reactivate")
    assert green.state == "resolved"
    assert "1 of 1 in QuickBooks, sales $10.00" in house.ending(jane)
    assert "1 more waits for another alert too: Blue Mug inactive" in house.ending(jane)

    assert house.mend(mug, "reactivate").state == "resolved"
    assert house.ending(mug) == "2 of 2 in QuickBooks, sales $60.00"
    assert len(house.shop.creates("Invoice")) == 3


def test_a_green_message_without_documents_names_what_holds_them(house):
    """Nothing was promised, nothing is counted; what was done is told, and what waits."""
    jane = inactive(house, "Customer", "customer", "c1")
    inactive(house, "Item", "item", "i1")
    house.shop.hand_over(invoice("1", "c1"), invoice("2", "c1"))
    house.sync()

    incident = house.incident("inactive_record", jane)
    assert house.mend(incident, "reactivate").state == "resolved"
    told = house.ending(incident)
    done, waits = told.split(" · ")
    assert done == "Jane Doe active again: QuickBooks shows it so"
    assert waits == "2 documents wait for another alert too: Blue Mug inactive"
