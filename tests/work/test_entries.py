"""Deposits and journal entries in alerts and previews: named by their type, with their money."""

from tests.sync.shop import invoice, payment

DEPOSIT = {
    "type": "deposit",
    "external_id": "d1",
    "deposit_to": "Checking",
    "date": "2026-11-20",
    "total": "50.00",
    "lines": [{"payment": "p1", "amount": "50.00"}],
}
JOURNAL = {
    "type": "journal_entry",
    "external_id": "j1",
    "number": "J-1",
    "date": "2026-11-20",
    "lines": [
        {"account": "Nowhere", "debit": "10.00"},
        {"account": "Checking", "credit": "10.00"},
    ],
}


def test_a_deposit_that_goes_too_stands_in_the_preview(house):
    """What reaches the bank is named beside what is sold and paid, and in its month."""
    house.shop.hand_over(
        invoice("P-1", "c1", ("sku:NOPE-1", 1, "50.00")),
        payment("p1", "c1", "50.00", "P-1"),
        DEPOSIT,
    )
    house.sync()
    alert = house.incident("item_not_mapped")
    assert "1 deposit, $50.00" in house.shown(alert)

    [blue] = [row["Id"] for row in house.shop.books("Item") if row["Name"] == "Blue Mug"]
    _, words = house.preview(alert, "map_item", item=f"Item:{blue}")
    posts = "1 invoice, receivables +$50.00; 1 payment, $50.00 received; 1 deposit, $50.00."
    assert f"Posts 3 documents: {posts}" in words
    assert "deposits $50.00 (3 documents)" in words


def test_a_journal_entry_is_called_one(house):
    """Not "1 other document", nor is it a purchase; its preview has no empty list of sums."""
    house.shop.hand_over(JOURNAL)
    house.sync()
    alert = house.incident("account_not_found")

    shown = house.shown(alert)
    assert "1 journal entry, $10.00" in shown
    assert "other document" not in shown
    assert "purchase" not in shown
    _, words = house.preview(alert, "retry")
    assert "Posts 1 document: 1 journal entry, $10.00." in words
    assert "November 2026: journal entries $10.00 (1 document)" in words
