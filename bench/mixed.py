"""A small shop's records, mixed as they come: parties and items first, then its documents."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import cycle, islice
from typing import Any

Row = dict[str, Any]
# Of 40 records 3 are parties or items; sales and their payments are most of the rest.
_DOCUMENTS = (
    "invoice",
    "payment",
    "sales_receipt",
    "invoice",
    "payment",
    "bill",
    "invoice",
    "payment",
    "credit_memo",
    "invoice",
    "bill",
)


def records(count: int) -> list[Row]:
    """So many records; nothing in them looks like something else in them."""
    customers, vendors, items = max(2, count // 20), max(1, count // 60), max(1, count // 40)
    made: list[Row] = [
        {"type": "customer", "external_id": f"c{n}", "name": f"{_word(n)} {_word(n // 7 + 3)} {n}"}
        for n in range(customers)
    ]
    made += [
        {"type": "vendor", "external_id": f"v{n}", "name": f"{_word(n + 11)} Supplies {n}"}
        for n in range(vendors)
    ]
    made += [
        {"type": "item", "external_id": f"i{n}", "name": f"{_word(n)} Mug {n}", "price": "10.00"}
        for n in range(items)
    ]
    rest = islice(_documents(customers, vendors, items), max(0, count - len(made)))
    return [*made, *rest][:count]


def _documents(customers: int, vendors: int, items: int) -> Iterator[Row]:
    sold: Row = {}
    for n, kind in enumerate(cycle(_DOCUMENTS)):
        if kind == "bill":
            yield _bill(n, vendors)
        elif kind == "payment":
            yield _payment(n, sold)
        else:
            row = _sale(kind, n, customers, items)
            sold = row if kind == "invoice" else sold
            yield row


def _sale(kind: str, n: int, customers: int, items: int) -> Row:
    amount = str(Decimal(10) + Decimal(n) * Decimal("0.37"))
    line = {"item": f"i{n % items}", "quantity": "1", "unit_price": amount, "amount": amount}
    return {
        "type": kind,
        "external_id": f"s{n}",
        "number": f"S-{n:05}",
        "date": "2026-11-12",
        "customer": f"c{n % customers}",
        "lines": [line],
        "tax_total": "0.00",
        "total": amount,
    }


def _payment(n: int, sold: Row) -> Row:
    return {
        "type": "payment",
        "external_id": f"p{n}",
        "reference": f"P-{n:05}",
        "date": "2026-11-14",
        "customer": sold["customer"],
        "amount": sold["total"],
        "applies_to": [{"invoice": sold["external_id"], "amount": sold["total"]}],
    }


def _bill(n: int, vendors: int) -> Row:
    amount = str(Decimal(20) + Decimal(n) * Decimal("0.41"))
    return {
        "type": "bill",
        "external_id": f"b{n}",
        "number": f"B-{n * 17:06}",
        "date": "2026-11-12",
        "vendor": f"v{n % vendors}",
        "lines": [{"account": "Office Expenses", "amount": amount}],
        "total": amount,
    }


_WORDS = ("Amber", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Grove", "Harbor", "Indigo", "Juno")


def _word(n: int) -> str:
    return _WORDS[n % len(_WORDS)]
