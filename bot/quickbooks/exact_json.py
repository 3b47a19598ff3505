"""JSON with exact amounts: Decimal in, Decimal out, never a float in between."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from bot.domain import JsonValue

# What `json.dumps` makes of a text, without its way there.
_quoted = json.encoder.encode_basestring_ascii
_PLAIN = frozenset({str, int, bool, type(None)})
_DECIMAL = re.compile(r"-?\d+(?:\.\d+)?")
_NUMBER_FIELDS = frozenset(
    {
        "Amount",
        "DiscountAmt",
        "DiscountPercent",
        "ExchangeRate",
        "NetAmountTaxable",
        "OpenBalance",
        "OpeningBalance",
        "PurchaseCost",
        "Qty",
        "QtyOnHand",
        "TaxInclusiveAmt",
        "TaxPercent",
        "TotalAmt",
        "TotalTax",
        "UnitPrice",
    }
)


def loads(text: str) -> JsonValue:
    """Parse JSON; numbers with a point become Decimal. Raises ValueError."""
    return json.loads(text, parse_float=Decimal)


def dumps(value: JsonValue) -> str:
    """Write JSON; a Decimal goes out as the number it is, digit by digit.

    Raises TypeError for what JSON cannot hold, ValueError for NaN and infinity.
    """
    if isinstance(value, str):
        return _quoted(value)  # first: nearly everything of a record is text
    if isinstance(value, Decimal | float):
        return _number(value)
    if isinstance(value, date | datetime):
        return _quoted(value.isoformat())
    if isinstance(value, Mapping):
        pairs = [f"{_quoted(str(key))}:{dumps(held)}" for key, held in value.items()]
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return "[" + ",".join([dumps(held) for held in value]) + "]"
    return json.dumps(value)


def _number(value: Decimal | float) -> str:
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not exact.is_finite():
        msg = f"{value} is not an amount"
        raise ValueError(msg)
    return format(exact, "f")


def with_numbers(value: JsonValue, field: str = "") -> JsonValue:
    """Undo `storable`: decimal strings in QuickBooks' number fields become Decimal again."""
    if isinstance(value, str) and field in _NUMBER_FIELDS and _DECIMAL.fullmatch(value):
        return Decimal(value)
    if isinstance(value, dict | Mapping):
        return {str(key): with_numbers(held, str(key)) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [with_numbers(held) for held in value]
    return value


def storable(value: JsonValue) -> JsonValue:
    """Copy a payload for a JSON column: every Decimal becomes its decimal string."""
    if isinstance(value, str | bool | int) or value is None:
        return value  # first, and apart: nearly everything of a page is one of these
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict | Mapping):
        return {
            str(key): held if type(held) in _PLAIN else storable(held)
            for key, held in value.items()
        }
    if isinstance(value, list | tuple):
        return [storable(held) for held in value]
    return value
