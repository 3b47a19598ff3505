"""Barcodes of a file: their column is known or guessed, kept, and used by the proposals."""

import pytest

from bot.console import posting
from bot.models import Company
from bot.sync import columnmaps
from bot.sync.tablefile import read_file, tables
from tests.sources.test_columns import ODD
from tests.sync.conftest import bench, settings, shop, simulator
from tests.sync.shop import customer
from tests.sync.test_suggestions import UPC, item

__all__ = ["bench", "settings", "shop", "simulator"]
ORDERS = (
    "Order,Date,Customer ID,SKU,{header},Qty,Price,Amount,Total\n"
    "1041,11/12/2026,c1,B-7,{code},1,10.00,10.00,10.00\n"
)


def taken(shop, text, **columns):
    """Hand a file in as the command line does, and post what can be posted."""
    with shop.services.sessions.read() as session:
        company = session.get_one(Company, shop.company_id)
    found = posting.take_file(shop.services, company, "Shop", text.encode(), columns=columns)
    shop.push_all()
    return found.report


def proposed(shop):
    """What is proposed for the SKU of the order: (name, reasons)."""
    [hold] = shop.holds("invoice", "1041")
    return [(one["name"], one["reasons"]) for one in hold.facts["suggestions"]]


@pytest.mark.parametrize(
    "header", ["Barcode", "EAN", "UPC", "GTIN", "EAN-13", "Variant Barcode", "UPC_Code", "Bar Code"]
)
def test_the_column_is_known_by_its_usual_names(header):
    """As shops and tills call it."""
    [order] = read_file(ORDERS.format(header=header, code=UPC).encode())

    assert (order.lines[0].sku, order.lines[0].barcode) == ("B-7", UPC)


def test_a_column_that_is_nearly_called_so_is_proposed():
    """And never used by itself."""
    raws = tables(ORDERS.format(header="Barcod", code=UPC).encode())
    reading = columnmaps.read_columns(raws, lambda cells: {})
    [near] = [one for one in reading.guesses if one.how == "like"]

    assert (near.header, near.column) == ("Barcod", "barcode")


def test_the_barcode_of_a_line_proposes_its_item(shop):
    """What a person said of the column holds for the next file as well."""
    item(shop, "Blue Mug", sku=f"0{UPC}")
    shop.hand_over(customer("c1", "Jane Doe"))
    first = ORDERS.format(header="Code", code="").replace("1041", "1040")
    taken(shop, first, code="barcode")
    taken(shop, ORDERS.format(header="Code", code=UPC))

    assert proposed(shop) == [("Blue Mug", ["the same barcode"])]


def test_goods_known_by_their_barcode_alone_have_it_as_their_sku(shop):
    """A till names neither SKU nor item; zeros that Excel dropped do not count."""
    item(shop, "Blue Mug", description=f"UPC {UPC}")
    shop.hand_over(customer("c1", "Jane Doe"))
    text = ORDERS.format(header="UPC", code=UPC.lstrip("0")).replace("B-7", "")
    report = taken(shop, text)

    assert report.refused == []
    assert proposed(shop) == [("Blue Mug", ["the SKU is its barcode"])]


def test_the_barcode_of_the_sources_own_item_proposes_what_quickbooks_has(shop):
    """The file of items has it, the orders have only the item's id as their SKU."""
    item(shop, "Blue Mug", sku=f"0{UPC}")
    shop.hand_over(customer("c1", "Jane Doe"))
    report = taken(shop, f"Item ID,Name,Barcode,Price\nB-7,Mug of the sea,{UPC},10.00\n")
    taken(shop, ORDERS.format(header="Remark", code=""))

    assert report.accepted == 1
    assert ("Blue Mug", ["the same barcode"]) in proposed(shop)


def test_a_barcode_that_excel_spoilt_refuses_nothing(shop):
    """It only helps to find; digits that are gone prove nothing."""
    item(shop, "Blue Mug", sku=f"0{UPC}")
    shop.hand_over(customer("c1", "Jane Doe"))
    report = taken(shop, ORDERS.format(header="EAN", code="3.60003E+10"))

    assert report.refused == []
    assert proposed(shop) == []


def test_other_columns_are_guessed_as_before():
    """A file without a barcode is read as ever."""
    reading = columnmaps.read_columns(tables(ODD.encode()), lambda cells: {})

    assert "barcode" not in {one.column for one in reading.guesses}
