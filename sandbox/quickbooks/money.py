"""Amounts: whole cents inside, two decimals on the wire."""

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

CENT = Decimal("0.01")
# Intuit names no limit: a float shows whole cents up to far beyond this one.
LARGEST = 99_999_999_999.99
# With the usual 28 digits rounding fails on what a huge rate or percentage makes.
_ROOMY = Context(prec=100, rounding=ROUND_HALF_UP)


def rounded(exact: Decimal) -> int:
    """To whole ones, half up, however large."""
    return int(exact.quantize(Decimal(1), context=_ROOMY))


def cents(value: Any) -> int:
    """An amount from the wire in whole cents, rounded half up; nothing counts as zero."""
    if not value:
        return 0
    return rounded(Decimal(str(value)) * 100)


def product(price: Any, quantity: Any) -> int:
    """Price times quantity at the precision sent, rounded once, in cents."""
    exact = Decimal(str(price)) * Decimal(str(quantity))
    return rounded(exact * 100)


def percent(amount: int, rate: Any) -> int:
    """`rate` percent of `amount` cents."""
    return rounded(Decimal(amount) * Decimal(str(rate)) / 100)


def wire(amount: int) -> float:
    """Cents as the number QuickBooks writes."""
    return amount / 100
