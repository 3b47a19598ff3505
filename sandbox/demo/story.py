"""What the demo's two companies sell, to whom, and which troubles wait for a person.

Every trouble comes with look-alikes that are fine and must stay silent.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

Record = dict[str, Any]

HARBOR = "Harbor Foods"
BLUE_RIDGE = "Blue Ridge Supply"
CHANNELS = {HARBOR: "books-harbor-foods", BLUE_RIDGE: "books-blue-ridge"}
ZONES = {HARBOR: "America/New_York", BLUE_RIDGE: "America/Denver"}
SOURCE = "shop"
SALES_ACCOUNT = "Sales of Product Income"

# What somebody typed into QuickBooks before the shop was connected.
BY_HAND: tuple[tuple[str, Record], ...] = (
    (
        "Customer",
        {
            "DisplayName": "Jane Doe",
            "GivenName": "Jane",
            "FamilyName": "Doe",
            "PrimaryEmailAddr": {"Address": "jane@doe.example"},
            "PrimaryPhone": {"FreeFormNumber": "(555) 014-0142"},
            "BillAddr": {"Line1": "12 Elm St", "City": "Portland", "PostalCode": "04101"},
        },
    ),
    (
        "Customer",
        {
            "DisplayName": "Robert T. Miller",
            "GivenName": "Robert",
            "FamilyName": "Miller",
        },
    ),
    (
        "Customer",
        {
            "DisplayName": "Kim Lee",
            "PrimaryEmailAddr": {"Address": "kim.lee@birch.example"},
            "BillAddr": {"Line1": "9 Birch St", "City": "Bangor", "PostalCode": "04401"},
        },
    ),
    ("Customer", {"DisplayName": "Corner Deli #12", "CompanyName": "Corner Deli"}),
    ("Customer", {"DisplayName": "Josefa Álvarez"}),
    ("Vendor", {"DisplayName": "Atlantic Ice Company"}),
    ("Vendor", {"DisplayName": "Portland Box & Label"}),
    ("Employee", {"GivenName": "Emily", "FamilyName": "Platt"}),
)


@dataclass(frozen=True)
class Batch:
    """Records handed in together."""

    records: tuple[Record, ...]


@dataclass(frozen=True)
class Expected:
    """One root problem that must be exactly one message."""

    company: str
    problem: str
    kind: str
    about: str
    documents: int


def customer(key: str, name: str, email: str = "", street: str = "", city: str = "") -> Record:
    """A customer of the shop."""
    record: Record = {"type": "customer", "external_id": key, "name": name}
    if email:
        record["email"] = email
    if street:
        record["billing_address"] = {"street": street, "city": city}
    return record


def item(key: str, name: str, price: str) -> Record:
    """A product of the shop."""
    return {
        "type": "item",
        "external_id": key,
        "name": name,
        "sku": key,
        "price": price,
        "income_account": SALES_ACCOUNT,
    }


def invoice(number: str, day: date, who: str, *lines: tuple[str, int, str]) -> Record:
    """An order; each line is (item, quantity, price)."""
    amounts = [Decimal(price) * quantity for _, quantity, price in lines]
    return {
        "type": "invoice",
        "external_id": f"order-{number}",
        "number": number,
        "date": day.isoformat(),
        "customer": who,
        "lines": [
            {"item": key, "quantity": quantity, "unit_price": price, "amount": str(amount)}
            for (key, quantity, price), amount in zip(lines, amounts, strict=True)
        ],
        "total": str(sum(amounts)),
    }


def payment(key: str, day: date, of: Record) -> Record:
    """A payment of a whole order."""
    return {
        "type": "payment",
        "external_id": key,
        "date": day.isoformat(),
        "customer": of["customer"],
        "amount": of["total"],
        "method": "Visa",
        "applies_to": [{"invoice": of["external_id"], "amount": of["total"]}],
    }


_ITEMS = (
    item("TEA-100", "Green tea, tin 100 g", "12.50"),
    item("TEA-1000", "Green tea, tin 1000 g", "89.00"),
    item("OIL-5L", "Olive oil 5 l", "64.90"),
    item("SALT-25", "Sea salt 25 kg", "21.75"),
    item("CRATE-W", "Wooden crate", "9.40"),
)
OLD_STOCK = "CRATE-W"
AWAY = "c-201"


def harbor_before(today: date) -> Batch:
    """Harbor Foods while all is well: lists, orders and payments that post without a word."""
    people = (
        customer("c-101", "Bayside Café", "orders@bayside.example", "1 Wharf Lane", "Portland"),
        customer("c-102", "Łukasz & Sons", "office@lukasz.example", "8 Mill Road", "Bath"),
        # Not the ones in QuickBooks: another branch, another first name, another person.
        customer("c-103", "Corner Deli #13", "thirteen@deli.example", "13 High St", "Bath"),
        customer("c-104", "José Álvarez", "jose@alvarez.example", "22 Oak Ave", "Saco"),
        customer("c-105", "Kim J. Lee", "kim@lee-marine.example", "41 Harbor Rd", "Rockland"),
        customer(AWAY, "Seaview Hotel", "books@seaview.example", "5 Cliff Road", "Camden"),
    )
    first = invoice("INV-100", _ago(today, 12), "c-101", ("TEA-100", 8, "12.50"))
    second = invoice("INV-1000", _ago(today, 11), "c-101", ("TEA-100", 8, "12.50"))
    others = (
        invoice("INV-1001", _ago(today, 10), "c-102", ("OIL-5L", 3, "64.90")),
        invoice("INV-1002", _ago(today, 9), "c-103", ("SALT-25", 6, "21.75")),
        invoice("INV-1003", _ago(today, 9), "c-104", ("TEA-1000", 1, "89.00")),
        invoice("INV-1004", _ago(today, 8), "c-105", ("TEA-100", 2, "12.50")),
    )
    # The same customer pays the same amount twice, for two orders: that is no duplicate.
    paid = (
        payment("pay-1", _ago(today, 6), first),
        payment("pay-2", _ago(today, 5), second),
        payment("pay-3", _ago(today, 4), others[0]),
    )
    return Batch((*people, *_ITEMS, first, second, *others, *paid))


def harbor_after(today: date) -> Batch:
    """Harbor Foods after somebody tidied up in QuickBooks: four root problems."""
    hotel = tuple(
        invoice(f"INV-11{place:02}", _ago(today, 4 - place), AWAY, *lines)
        for place, lines in enumerate(
            (
                (("OIL-5L", 10, "64.90"), ("SALT-25", 4, "21.75")),
                (("TEA-1000", 6, "89.00"),),
                (("TEA-100", 24, "12.50"), ("OIL-5L", 2, "64.90")),
            )
        )
    )
    crates = tuple(
        invoice(f"INV-12{place:02}", _ago(today, 3 - place), who, (OLD_STOCK, count, "9.40"))
        for place, (who, count) in enumerate((("c-101", 20), ("c-102", 35), ("c-103", 12)))
    )
    jane = customer("c-301", "Jane  Doe", "jane@doe.example", "12 Elm St", "Portland")
    janes = tuple(
        invoice(f"INV-13{place:02}", _ago(today, 14 - place), "c-301", _pick(place))
        for place in range(14)
    )
    miller = customer("c-302", "Robert Miller", "rob@millerfarm.example", "77 Pine St", "Augusta")
    millers = tuple(
        invoice(f"INV-14{place:02}", _ago(today, 2 - place), "c-302", ("SALT-25", 2, "21.75"))
        for place in range(2)
    )
    fine = (
        invoice("INV-1500", _ago(today, 1), "c-104", ("TEA-1000", 2, "89.00")),
        invoice("INV-1501", today, "c-101", ("OIL-5L", 1, "64.90")),
    )
    return Batch((*hotel, *crates, jane, *janes, miller, *millers, *fine))


def blue_ridge_before(today: date) -> Batch:
    """Blue Ridge Supply while it is connected."""
    people = (
        customer("b-1", "Timberline Lodge", "desk@timberline.example", "2 Pass Road", "Estes Park"),
        customer("b-2", "Aspen Outfitters", "pay@aspen.example", "40 Main St", "Aspen"),
    )
    goods = (item("ROPE-50", "Climbing rope 50 m", "119.00"), item("STOVE-1", "Stove", "74.50"))
    return Batch(
        (*people, *goods, invoice("BR-700", _ago(today, 20), "b-2", ("STOVE-1", 1, "74.50")))
    )


def blue_ridge_after(today: date) -> Batch:
    """Twelve orders and three payments that wait for the permission to come back."""
    orders = tuple(
        invoice(
            f"BR-{701 + place}",
            _ago(today, 12 - place),
            "b-1" if place % 2 else "b-2",
            ("ROPE-50", 1 + place % 3, "119.00"),
            ("STOVE-1", 1 + place % 2, "74.50"),
        )
        for place in range(12)
    )
    paid = tuple(payment(f"br-pay-{n}", today, orders[n]) for n in range(3))
    return Batch((*orders, *paid))


EXPECTED = (
    Expected(HARBOR, "inactive_record", "inactive_record", "Seaview Hotel", 3),
    Expected(HARBOR, "inactive_record", "inactive_record", "Wooden crate", 3),
    Expected(HARBOR, "same_party", "duplicate_name", "Jane Doe", 14),
    Expected(HARBOR, "same_party", "duplicate_name", "Robert Miller", 2),
    Expected(BLUE_RIDGE, "connection_lost", "token_expired", "connection", 15),
)


def _pick(place: int) -> tuple[str, int, str]:
    choices = (("TEA-100", "12.50"), ("OIL-5L", "64.90"), ("TEA-1000", "89.00"))
    key, price = choices[place % len(choices)]
    return key, 1 + place % 5, price


def _ago(today: date, days: int) -> date:
    return today - timedelta(days=days)
