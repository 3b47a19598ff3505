"""Numbers as sources write them, read exactly: nothing is rounded, nothing overflows."""

import re
from decimal import Decimal

from bot.domain import JsonValue

# QuickBooks takes amounts up to eleven digits before the point.
LARGEST = Decimal("99999999999.99")
# What the decimal context keeps exactly.
MOST_DIGITS = 28
_CENT = Decimal("0.01")
# Python reads more than a person means: 1e3, 1_000, NaN, and digits of other scripts.
_WRITTEN_OUT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


class Exponential(Decimal):
    """A JSON number written with an exponent, such as 1e3: nobody writes an amount like that."""


def number_of(value: JsonValue) -> Decimal:
    """Read a number exactly. Raises ValueError with what is wrong."""
    if isinstance(value, Exponential):
        raise ValueError("is written with an exponent; write it out, such as 1000.00")
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError('must be a number, best written as text such as "12.50"')
    elif isinstance(value, str) and not _WRITTEN_OUT.fullmatch(value.strip()):
        raise ValueError(f"is not a number: {value[:40]!r}; write it as 1234.56")
    else:
        number = Decimal(repr(value) if isinstance(value, float) else str(value).strip())
    if not number.is_finite():
        raise ValueError("is not a number")
    if isinstance(value, float) and len(number.as_tuple().digits) > 15:
        raise ValueError("has too many digits for a JSON number; write it as text")
    # Before any arithmetic: a huge exponent overflows it, more than 28 digits are rounded by it.
    if number and number.adjusted() > LARGEST.adjusted():
        raise ValueError(f"is larger than QuickBooks takes ({LARGEST:,})")
    parts = number.as_tuple()
    if len(parts.digits) > MOST_DIGITS or int(parts.exponent) < -MOST_DIGITS:
        raise ValueError("has too many digits")
    if abs(number) > LARGEST:
        raise ValueError(f"is larger than QuickBooks takes ({LARGEST:,})")
    return number


def with_places(number: Decimal, most: int) -> Decimal:
    """Give a number with at most `most` places in its one spelling. Raises ValueError."""
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > most:
        raise ValueError(f"has more than {most} decimal places: {number}")
    # One spelling per value, so that 12.5 and 12.50 have one digest.
    return number.quantize(_CENT) if -int(exponent) <= 2 else number.normalize()


def money(value: JsonValue) -> Decimal:
    """Read an amount with up to four places."""
    return with_places(number_of(value), 4)


def cents(value: JsonValue) -> Decimal:
    """Read an amount in whole cents."""
    number = with_places(number_of(value), 4)
    if number != number.quantize(_CENT):
        raise ValueError(f"is finer than a cent: {number}")
    return number


def quantity(value: JsonValue) -> Decimal:
    """Read a quantity with up to six places."""
    number = number_of(value)
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > 6:
        raise ValueError(f"has more than 6 decimal places: {number}")
    return (
        number.quantize(Decimal(1))
        if number == number.to_integral_value()
        else (number.normalize())
    )
