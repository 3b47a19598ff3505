"""Amounts: whole cents inside, two decimals on the wire."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")


def cents(value: Any) -> int:
    """An amount from the wire in whole cents, rounded half up; nothing counts as zero."""
    if not value:
        return 0
    return int((Decimal(str(value)) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def product(price: Any, quantity: Any) -> int:
    """Price times quantity at the precision sent, rounded once, in cents."""
    exact = Decimal(str(price)) * Decimal(str(quantity))
    return int((exact * 100).quantize(Decimal(1), ROUND_HALF_UP))


def percent(amount: int, rate: Any) -> int:
    """`rate` percent of `amount` cents."""
    return int((Decimal(amount) * Decimal(str(rate)) / 100).quantize(Decimal(1), ROUND_HALF_UP))


def wire(amount: int) -> float:
    """Cents as the number QuickBooks writes."""
    return amount / 100
