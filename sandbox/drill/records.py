"""Records as a shop hands them over, with amounts that add up."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

Json = dict[str, Any]
Line = tuple[str, int, str]
SALES_ACCOUNT = "Sales of Product Income"


def customer(key: str, name: str, **more: Any) -> Json:
    """A customer; `email`, `phone`, `billing_address` … as in the intake."""
    return {"type": "customer", "external_id": key, "name": name, **more}


def item(key: str, name: str, price: str = "10.00", **more: Any) -> Json:
    """A product; its SKU is its key."""
    made = {"type": "item", "external_id": key, "sku": key, "name": name, "price": price}
    return {**made, "income_account": SALES_ACCOUNT, **more}


def invoice(number: str, day: date, who: str, lines: Sequence[Line], **more: Any) -> Json:
    """An order; each line is (item key, quantity, price)."""
    rows = [
        {
            "item": key,
            "quantity": str(quantity),
            "unit_price": price,
            "amount": str((Decimal(price) * quantity).quantize(Decimal("0.01"))),
        }
        for key, quantity, price in lines
    ]
    return {
        "type": "invoice",
        "external_id": f"order-{number}",
        "number": number,
        "date": day.isoformat(),
        "customer": who,
        "lines": rows,
        "total": str(sum((Decimal(row["amount"]) for row in rows), Decimal("0.00"))),
        **more,
    }


def by_sku(order: Json, sku: str, text: str = "") -> Json:
    """The order with a SKU on its lines instead of the shop's own key."""
    lines = [
        {**{key: value for key, value in line.items() if key != "item"}, "sku": sku}
        for line in order["lines"]
    ]
    if text:
        lines = [{**line, "description": text} for line in lines]
    return {**order, "lines": lines}


def payment(key: str, day: date, of: Json, amount: str = "", **more: Any) -> Json:
    """A payment of an order, in full unless `amount` says less."""
    paid = amount or of["total"]
    return {
        "type": "payment",
        "external_id": key,
        "date": day.isoformat(),
        "customer": of["customer"],
        "amount": paid,
        "method": "Visa",
        "applies_to": [{"invoice": of["external_id"], "amount": paid}],
        **more,
    }


def vendor(key: str, name: str, **more: Any) -> Json:
    """A vendor; `email`, `phone`, `billing_address` … as in the intake."""
    return {"type": "vendor", "external_id": key, "name": name, **more}


def bill(number: str, day: date, whose: str, lines: Sequence[tuple[str, str]], **more: Any) -> Json:
    """A vendor's bill under the vendor's own number; each line is (account, amount)."""
    rows = [{"account": account, "amount": amount} for account, amount in lines]
    return {
        "type": "bill",
        "external_id": f"bill-{number}",
        "number": number,
        "date": day.isoformat(),
        "vendor": whose,
        "lines": rows,
        "total": str(sum((Decimal(row["amount"]) for row in rows), Decimal("0.00"))),
        **more,
    }
