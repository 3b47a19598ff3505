"""Which item a SKU may stand for: by its barcode too, as digits that check themselves."""

import pytest

from bot.sync import suggestions
from tests.sync.shop import customer, invoice

UPC = "036000291452"


def item(shop, name, sku="", description=""):
    """An item a person typed in."""
    income = next(row["Id"] for row in shop.books("Account") if row["AccountType"] == "Income")
    made = {"Type": "Service", "IncomeAccountRef": {"value": income}}
    return shop.create("Item", Name=name, Sku=sku, Description=description, **made)


def proposed(shop, sku, barcode=None):
    """Hand an order over, and what is proposed for its SKU: (name, reasons)."""
    order = invoice("1041", "c1", (f"sku:{sku}", 1, "10.00"))
    if barcode:
        order["lines"][0]["barcode"] = barcode
    shop.hand_over(customer("c1", "Jane Doe"), order)
    shop.push_all()
    [hold] = shop.holds("invoice", "1041")
    return [(one["name"], one["reasons"]) for one in hold.facts["suggestions"]]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (UPC, 1),
        (f"0{UPC}", 1),
        ("Mug, 0036000291452, blue", 1),
        ("036000291453", 0),
        ("00000000", 0),
        ("12345", 0),
        (f"9{UPC}77", 0),
        ("96385074", 1),
    ],
)
def test_a_barcode_is_digits_that_check_themselves(text, count):
    """UPC-A and EAN-13 of one product are one; order numbers are none."""
    assert len(suggestions.barcodes(text)) == count
    assert suggestions.barcodes(UPC) == suggestions.barcodes(f"00{UPC}")


def test_the_item_with_the_lines_barcode_is_proposed(shop):
    """In its SKU or its description, with zeros before it or not; a likeness, never an answer."""
    item(shop, "Blue Mug", sku=f"0{UPC}")
    item(shop, "Green Pan", description="EAN 4006381333931")

    assert proposed(shop, "B-7", UPC) == [("Blue Mug", ["the same barcode"])]
    assert shop.state("invoice", "1041") == "held"


def test_a_sku_that_is_the_barcode_is_one_fact(shop):
    """Not two that support each other, though it stands in the description as well."""
    item(shop, "Green Pan", description="EAN 4006381333931")

    assert proposed(shop, "4006381333931") == [("Green Pan", ["the SKU is its barcode"])]
    [hold] = shop.holds("invoice", "1041")
    assert hold.facts["suggested"] is None


def test_two_facts_that_agree_make_it_the_one_to_press(shop):
    """The barcode and the same SKU but for signs."""
    item(shop, "Blue Mug", sku="B 7", description=UPC)

    [(name, reasons)] = proposed(shop, "B-7", UPC)
    assert (name, len(reasons)) == ("Blue Mug", 2)
    [hold] = shop.holds("invoice", "1041")
    assert hold.facts["suggested"]["name"] == "Blue Mug"
