"""The values a record of a source is made of: money, days, names and words, each checked."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from bot.domain import JsonValue
from bot.sync import amounts

# Outside of these a day is a slip of the source (0001-01-01, 9999-12-31), not a day of business.
_FIRST_YEAR, _LAST_YEAR = 1970, 2099
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


def _blank_is_none(value: JsonValue) -> JsonValue:
    return None if isinstance(value, str) and not value.strip() else value


def _currency(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{3}", value):
        raise ValueError("must be a currency code of three letters, such as USD")
    return value.upper()


Money = Annotated[Decimal, BeforeValidator(amounts.money)]
Cents = Annotated[Decimal, BeforeValidator(amounts.cents)]
Quantity = Annotated[Decimal, BeforeValidator(amounts.quantity)]
Day = Annotated[date, BeforeValidator(_day)]
Name = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_plain)]
Key = Annotated[
    str, Field(min_length=1, max_length=128), AfterValidator(_plain), AfterValidator(_one_line)
]
Words = Annotated[str, Field(max_length=20_000), AfterValidator(_plain)]
MaybeWords = Annotated[Words | None, BeforeValidator(_blank_is_none)]
MaybeKey = Annotated[Key | None, BeforeValidator(_blank_is_none)]
MaybeDay = Annotated[Day | None, BeforeValidator(_blank_is_none)]
MaybeMoney = Annotated[Money | None, BeforeValidator(_blank_is_none)]
Currency = Annotated[
    Annotated[str, AfterValidator(_currency)] | None, BeforeValidator(_blank_is_none)
]


# Missing is taken in: it becomes an alert with a form, not a row that is lost.
KeyOrNone = Annotated[
    Annotated[str, Field(max_length=128), AfterValidator(_plain), AfterValidator(_one_line)],
    BeforeValidator(lambda value: "" if value is None else value),
]
