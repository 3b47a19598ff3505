"""JSON with exact numbers, and with words for a person where it is none."""

import json
from decimal import Decimal

from bot.domain import JsonValue
from bot.sync.amounts import Exponential
from bot.sync.reading import each_key_once

# More digits than any amount has; Python itself refuses to read much longer ones as an int.
_MOST_DIGITS = 400


def parse_json(data: bytes) -> JsonValue:
    """Read JSON with exact numbers. Raises ValueError with words for a person."""
    try:
        return json.loads(
            data.decode("utf-8-sig"),
            parse_float=_fraction,
            parse_int=_whole,
            parse_constant=_no_constant,
            object_pairs_hook=each_key_once,
        )
    except RecursionError:
        msg = "it is nested too deep"
    except UnicodeDecodeError as error:
        msg = f"it is not UTF-8 (byte 0x{data[error.start]:02X} at position {error.start + 1})"
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        msg = f"{_plainly(error.msg)} at {line}position {error.colno}"
    raise ValueError(msg)


def _plainly(words: str) -> str:
    """The parser's words as the rest of a sentence."""
    known = {
        "Expecting value": "a value is missing or not written as JSON",
        "Extra data": "something stands behind the end of the record",
    }
    return known.get(words, words[:1].lower() + words[1:].removesuffix(" at"))


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _MOST_DIGITS else Decimal(digits)


def _fraction(digits: str) -> Decimal:
    return Exponential(digits) if "e" in digits.lower() else Decimal(digits)


def _no_constant(name: str) -> None:
    msg = f"{name} is not a number"
    raise ValueError(msg)
