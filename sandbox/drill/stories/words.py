"""Words of a shop that mean the wrong thing or nothing: SKUs, locations, tax codes, currencies."""

import csv
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from sandbox.demo.children import DemoError
from sandbox.demo.web import wait_until
from sandbox.drill.books import SOURCE, Books, Json
from sandbox.drill.records import SALES_ACCOUNT, by_sku
from sandbox.drill.story import CANADA, Alert, Case, Story

FAMILY = "mapping"
_GST = Decimal("0.05")
_POSTED_SECONDS = 30.0


def _item(books: Books, name: str, sku: str = "") -> str:
    income = {"value": books.find("Account", SALES_ACCOUNT)["Id"]}
    return books.typed_in("Item", Name=name, Sku=sku, Type="NonInventory", IncomeAccountRef=income)


def _import_mappings(books: Books, *rows: tuple[str, str]) -> None:
    """Take a spreadsheet in that says which item each SKU of the shop stands for."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "mappings.csv"
        with file.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.writer(opened)
            writer.writerow(("source", "what", "word", "id"))
            writer.writerows((SOURCE, "sku", sku, item_id) for sku, item_id in rows)
        books.app("mappings", "import", str(file), "--company", books.name)


def _sold_as(books: Books, order: Json) -> set[str]:
    """The items that an order uses in QuickBooks."""
    return {
        line["SalesItemLineDetail"]["ItemRef"]["value"]
        for row in books.all("Invoice")
        if row.get("DocNumber") == order["number"]
        for line in row["Line"]
        if "SalesItemLineDetail" in line
    }


def _two_units(books: Books, rng: Random) -> Case:
    """A spreadsheet maps a piece and a case of twelve to one item: the case gets its own."""
    word = books.names.word(rng)
    piece, case_of = f"{word} Mug", f"{word} Mug 12 pack"
    one, twelve = f"{word}-MUG".upper(), f"{word}-MUG-12-PK".upper()
    piece_id, case_id = _item(books, piece), _item(books, case_of)
    buyer, thing = books.buyer(rng), books.goods(rng)
    order = by_sku(books.order(rng, buyer, [thing]), twelve)
    sold: list[str] = []

    def inject() -> None:
        _import_mappings(books, (one, piece_id), (twelve, piece_id))

    def right() -> str:
        if not sold:
            sold.append(order["number"])
            books.hand_in(order)
            try:
                wait_until(lambda: not books.posted(order), _POSTED_SECONDS, "it is not posted")
            except DemoError as wrong:
                return str(wrong)
        used = _sold_as(books, order)
        return books.posted(order) or ("" if used == {case_id} else f"sold as {sorted(used)}")

    alert = Alert("missing_mapping", word, typed={"Which item": case_of})
    return Case(inject, right, alert, (buyer,))


def _one_sku_twice(books: Books, rng: Random) -> Case:
    """Two items of QuickBooks have the SKU of an order: nobody but a person can know which."""
    sku = f"TW{books.names.number(rng)}"
    name, other = books.names.thing(rng), books.names.thing(rng)
    item_id, _ = _item(books, name, sku), _item(books, other, sku)
    buyer, thing = books.buyer(rng), books.goods(rng)
    orders = [by_sku(one, sku) for one in books.orders(rng, buyer, [thing], rng.randint(1, 3))]

    def right() -> str:
        used = set().union(*(_sold_as(books, one) for one in orders))
        return books.posted(*orders) or ("" if used == {item_id} else f"sold as {sorted(used)}")

    alert = Alert("missing_mapping", sku, len(orders), typed={"Which item": name})
    return Case(lambda: books.hand_in(*orders), right, alert, (buyer,))


def _location_as_class(books: Books, rng: Random) -> Case:
    """The code of a place is no location of QuickBooks; the firm keeps that place as a class."""
    code, name = f"LOC{books.names.number(rng)}", f"{books.names.word(rng)} Store"
    class_id = books.typed_in("Class", Name=name)
    buyer, thing = books.buyer(rng), books.goods(rng)
    orders = [{**one, "location": code} for one in books.orders(rng, buyer, [thing], 2)]

    def right() -> str:
        used = {
            (line["SalesItemLineDetail"].get("ClassRef") or {}).get("value")
            for order in orders
            for row in books.named("Invoice", order["number"])
            for line in row["Line"]
            if "SalesItemLineDetail" in line
        }
        return books.posted(*orders) or ("" if used == {class_id} else f"of the classes {used}")

    alert = Alert("missing_mapping", code, len(orders), typed={"Which location": name})
    return Case(lambda: books.hand_in(*orders), right, alert, (buyer, thing))


def _line_without_tax_code(books: Books, rng: Random) -> Case:
    """Orders of a Canadian shop say their tax and no code; a person says which one they get."""
    buyer, thing = books.buyer(rng), books.goods(rng)
    orders = []
    for order in books.orders(rng, buyer, [thing], 2):
        total = Decimal(order["total"])
        tax = (total * _GST).quantize(Decimal("0.01"))
        orders.append({**order, "tax_total": str(tax), "total": str(total + tax)})

    def right() -> str:
        names = {row["Id"]: row["Name"] for row in books.all("TaxCode")}
        used = {
            names.get(line["SalesItemLineDetail"].get("TaxCodeRef", {}).get("value"))
            for order in orders
            for row in books.named("Invoice", order["number"])
            for line in row["Line"]
            if "SalesItemLineDetail" in line
        }
        return books.posted(*orders) or ("" if used == {"GST"} else f"of the tax codes {used}")

    alert = Alert("tax_currency", documents=len(orders), typed={"Which tax code": "GST"})
    return Case(lambda: books.hand_in(*orders), right, alert, (buyer, thing))


def _other_currency(books: Books, rng: Random) -> Case:
    """An order in euros of a customer kept in dollars: never converted; corrected in the shop."""
    buyer, thing = books.buyer(rng), books.goods(rng)
    order = books.order(rng, buyer, [thing])

    def right() -> str:
        codes = {row["CurrencyRef"]["value"] for row in books.named("Invoice", order["number"])}
        return books.posted(order) or ("" if codes == {"USD"} else f"in {sorted(codes)}")

    alert = Alert("tax_currency", buyer["name"].split()[-1], 1, press=False)
    return Case(
        lambda: books.hand_in({**order, "currency": "EUR"}),
        right,
        alert,
        (buyer, thing),
        by_hand=lambda: books.hand_in(order),
    )


STORIES: tuple[Story, ...] = (
    Story(13, FAMILY, "a piece and a case under one item", _two_units),
    Story(13, FAMILY, "one SKU on two items", _one_sku_twice),
    Story(17, FAMILY, "a location that is kept as a class", _location_as_class),
    Story(17, FAMILY, "lines without a tax code", _line_without_tax_code, CANADA),
    Story(17, FAMILY, "an order in another currency", _other_currency),
)
