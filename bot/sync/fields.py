"""The values a record of a source is made of: money, days, names and words, each checked."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from bot.domain import JsonValue
from bot.sync import amounts, versions

# Outside of these a day is a slip of the source (0001-01-01, 9999-12-31), not a day of business.
_FIRST_YEAR, _LAST_YEAR = 1970, 2099
# What a program that counts from it writes where it has no day at all.
_DAY_ZERO = date(1970, 1, 1)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# Tabs and line breaks pass: QuickBooks refuses them in names, and that becomes an alert with a fix.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def _day(value: JsonValue) -> date:
    if isinstance(value, date):
        return _believable(value)
    if not isinstance(value, str) or not _DAY.fullmatch(value.strip()):
        raise ValueError("must be a day written as YYYY-MM-DD")
    try:
        day = date.fromisoformat(value.strip())
    except ValueError:
        raise ValueError(f"is not a day of the calendar: {value.strip()}") from None
    return _believable(day)


def _believable(day: date) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(f"is not between {_FIRST_YEAR} and {_LAST_YEAR}: {day.isoformat()}")
    if day == _DAY_ZERO:
        raise ValueError(f"is {day.isoformat()}, which stands where no day is known")
    return day


def _plain(value: str) -> str:
    found = _CONTROL.search(value)
    if found:
        raise ValueError(f"holds a control character (U+{ord(found.group()):04X})")
    return value


def _one_line(value: str) -> str:
    if any(mark in value for mark in "\t\r\n"):
        raise ValueError("holds a tab or a line break")
    return value


def blank_is_none(value: JsonValue) -> JsonValue:
    """Empty text is no value."""
    return None if isinstance(value, str) and not value.strip() else value


def _address(value: str) -> str:
    if not re.fullmatch(r"https://[^\s/@]+\.[^\s/@]+(/\S*)?", value):
        raise ValueError("must be an https:// address without a user name")
    return value


def _currency(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{3}", value):
        raise ValueError("must be a currency code of three letters, such as USD")
    return value.upper()


def _schema(pattern: str, *types: str, words: str = "", blank: bool = False) -> WithJsonSchema:
    """How a value is written, for the published JSON Schema; `blank` text is no value."""
    said = {"description": words} if words else {}
    inner = rf"^\s*({pattern})?\s*$" if blank else rf"^\s*({pattern})\s*$"
    kinds = [*types, *(["null"] if blank else [])]
    return WithJsonSchema({"type": kinds if len(kinds) > 1 else kinds[0], "pattern": inner, **said})


_NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))?"
_MONEY_WORDS = "An amount, best written as text; at most 4 decimal places."
_CENTS_WORDS = "An amount in whole cents, best written as text."
_DAY_WORDS = "A day of the company, YYYY-MM-DD, or a moment with an offset."

Money = Annotated[
    Decimal,
    BeforeValidator(amounts.money),
    _schema(_NUMBER, "string", "number", words=_MONEY_WORDS),
]
Cents = Annotated[
    Decimal,
    BeforeValidator(amounts.cents),
    _schema(_NUMBER, "string", "number", words=_CENTS_WORDS),
]
Quantity = Annotated[
    Decimal,
    BeforeValidator(amounts.quantity),
    _schema(_NUMBER, "string", "number", words="A quantity; at most 6 decimal places."),
]
Day = Annotated[date, BeforeValidator(_day), _schema(_DATE, "string", words=_DAY_WORDS)]
Name = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_plain)]
Key = Annotated[
    str, Field(min_length=1, max_length=128), AfterValidator(_plain), AfterValidator(_one_line)
]
# The address of a file; nobody opens it.
Link = Annotated[
    str,
    Field(max_length=2000),
    AfterValidator(_plain),
    AfterValidator(_address),
    _schema(r"https://\S+", "string", words="Kept with the record, never fetched."),
]
Words = Annotated[str, Field(max_length=20_000), AfterValidator(_plain)]
MaybeWords = Annotated[Words | None, BeforeValidator(blank_is_none)]
MaybeKey = Annotated[
    Key | None,
    BeforeValidator(blank_is_none),
    WithJsonSchema({"type": ["string", "null"], "maxLength": 128}),
]
MaybeDay = Annotated[
    Day | None,
    BeforeValidator(blank_is_none),
    _schema(_DATE, "string", words=_DAY_WORDS, blank=True),
]
MaybeMoney = Annotated[
    Money | None,
    BeforeValidator(blank_is_none),
    _schema(_NUMBER, "string", "number", words=_MONEY_WORDS, blank=True),
]
MaybeCents = Annotated[
    Cents | None,
    BeforeValidator(blank_is_none),
    _schema(_NUMBER, "string", "number", words=_CENTS_WORDS, blank=True),
]
Currency = Annotated[
    Annotated[str, AfterValidator(_currency)] | None,
    BeforeValidator(blank_is_none),
    _schema("[A-Za-z]{3}", "string", words="Left out, it is the company's.", blank=True),
]
# Kept as text that sorts as the versions do (bot.sync.versions).
MaybeVersion = Annotated[
    str | None,
    BeforeValidator(versions.sortable),
    WithJsonSchema(
        {
            "type": ["integer", "string", "null"],
            "description": "A whole number that grows, or the moment of the last change.",
        }
    ),
]

# Missing is taken in: it becomes an alert with a form, not a row that is lost.
KeyOrNone = Annotated[
    Annotated[str, Field(max_length=128), AfterValidator(_plain), AfterValidator(_one_line)],
    BeforeValidator(lambda value: "" if value is None else value),
    WithJsonSchema({"type": ["string", "null"], "maxLength": 128}),
]
