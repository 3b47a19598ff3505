"""What an adoption lets go and another question holds is told before, and never promised."""

from tests.adoption.test_adopting import open_alerts, posted_by_another, states
from tests.sync.shop import customer, invoice, item, payment

NEW = [str(1030 + place) for place in range(4)]


def asked_about_an_item(house, *more):
    """28 are there, 2 differ, 4 are new; all of them name an item that QuickBooks seems to have."""
    for place in range(30):
        amount = "100.01" if place >= 28 else "100.00"
        posted_by_another(house, str(1000 + place), amount)
    house.capture()
    house.shop.hand_over(
        customer("n1", "Jane Doe"),
        item("n-tea", "Mug sampler", sku="M-1"),
        *(invoice(str(1000 + place), "n1", ("n-tea", 1, "100.00")) for place in range(34)),
        *more,
    )
    house.sync()
    return house.incident("already_in_books")


def test_what_the_same_item_holds_is_not_promised(house):
    """Four new ones wait for Same item: no money, no month, and nothing is posted."""
    alert = asked_about_an_item(house)
    before = len(house.shop.creates())
    _, words = house.preview(alert, "adopt")

    assert "28 documents: held → are linked" in words
    assert "2 documents: held → are asked about one by one" in words
    assert "4 documents: held → are not in QuickBooks, and wait for: Same item" in words
    assert "Mug sampler" in words
    assert "and are posted" not in words
    assert "Posts no document by itself." in words
    assert "November 2026" not in words
    house.mend(alert, "adopt")
    assert len(house.shop.creates()) == before
    assert {key for key, state in states(house).items() if state == "held"} >= set(NEW)
    assert "same_item" in open_alerts(house)


def test_what_nothing_holds_is_promised_beside_it(house):
    """An invoice of the other item goes, as the preview says."""
    alert = asked_about_an_item(house, invoice("1040", "n1", ("i1", 1, "7.00")))
    _, words = house.preview(alert, "adopt")

    assert "1 document: held → are not" in words
    assert "4 documents: held → are not in QuickBooks, and wait for: Same item" in words
    assert "Posts 1 document: 1 invoice, receivables +$7.00." in words
    house.mend(alert, "adopt")
    assert states(house)["1040"] == "posted"
    assert all(states(house)[number] == "held" for number in NEW)


def test_after_an_undo_all_of_it_waits_for_the_decision_again(house):
    """The counts are those of before at once, and Same item promises nothing by itself."""
    house.mend(asked_about_an_item(house), "adopt")
    adopted = next(row for row in house.incidents() if row.problem == "already_in_books")
    before = len(house.shop.creates())
    house.mend(adopted, "undo")
    house.sync()

    [alert] = open_alerts(house)["already_in_books"]
    counted = {name: alert.facts[name] for name in ("looked", "exact", "differs", "rest")}
    assert counted == {"looked": 34, "exact": 28, "differs": 2, "rest": 4}
    [item_alert] = open_alerts(house)["same_item"]
    assert item_alert.facts["alone"] == 0
    assert "and post" not in house.shown(item_alert)
    house.mend(item_alert, "use_existing")
    assert len(house.shop.creates()) == before
    assert set(states(house).values()) == {"held"}
    _, words = house.preview(house.incident("already_in_books"), "adopt")
    assert "4 documents: held → are not in QuickBooks, and are posted" in words
    house.mend(house.incident("already_in_books"), "adopt")
    assert len(house.shop.creates()) == before + 4


def test_a_missing_mapping_is_told_and_the_known_customer_is_not_asked_about(house):
    """One new document names a SKU nobody knows; the other goes: n1 is linked with the exact."""
    for place in range(6):
        posted_by_another(house, str(1000 + place))
    house.capture()
    house.shop.hand_over(
        customer("n1", "Jane Doe"),
        *(invoice(str(1000 + place), "n1") for place in range(6)),
        invoice("1040", "n1", ("i1", 1, "7.00")),
        invoice("1041", "n1", ("sku:NOBODY-1", 1, "9.00")),
        payment("p1", "n1", "9.00", "1041"),
    )
    house.sync()
    _, words = house.preview(house.incident("already_in_books"), "adopt")

    assert "1 document: held → are not in QuickBooks, and are posted" in words
    assert "2 documents: held → are not in QuickBooks, and wait for: " in words
    assert "NOBODY-1" in words
    assert "Posts 1 document: 1 invoice, receivables +$7.00." in words
    house.mend(house.incident("already_in_books"), "adopt")
    assert (states(house)["1040"], states(house)["1041"]) == ("posted", "held")
