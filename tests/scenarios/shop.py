"""Records as a shop hands them over, small and readable."""

from decimal import Decimal
from typing import Any

Json = dict[str, Any]


def customer(external_id: str, name: str, **more: Any) -> Json:
    """A customer record."""
    return {"type": "customer", "external_id": external_id, "name": name, **more}


def item(sku: str, name: str, price: str = "10.00") -> Json:
    """An item record."""
    return {"type": "item", "external_id": sku, "sku": sku, "name": name, "price": price}


def invoice(number: str, buyer: str, sku: str, amount: str = "100.00", **more: Any) -> Json:
    """A one-line invoice record."""
    price = Decimal(amount)
    line = {"item": sku, "quantity": "1", "unit_price": str(price), "amount": str(price)}
    return {
        "type": "invoice",
        "external_id": number,
        "number": number,
        "date": "2026-11-12",
        "customer": buyer,
        "lines": [line],
        "total": str(price),
        **more,
    }


def payment(external_id: str, buyer: str, number: str, amount: str = "100.00") -> Json:
    """A payment of one invoice."""
    return {
        "type": "payment",
        "external_id": external_id,
        "date": "2026-11-14",
        "customer": buyer,
        "amount": amount,
        "applies_to": [{"invoice": number, "amount": amount}],
    }
