"""What a payment term says: in how many days it is due, and which discount is given when.

Read from the words of a source ("2/10 net 30", "N30", "30 days", "due upon receipt", "15th of next
month") and from a term of QuickBooks (Term: Type STANDARD with DueDays, DiscountPercent and
DiscountDays; Type DATE_DRIVEN with DayOfMonthDue).
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from bot.domain import JsonValue, Payload

_WEEK = 7
# "2/10", "2% 10", "2 % in 10 days", "1.5% within 15 days".
_DISCOUNT = re.compile(
    r"(?<![\d.])(\d{1,2}(?:\.\d{1,2})?)"
    r"(?:\s*/\s*|\s*%\s*(?:discount)?\s*(?:/|-|,|if paid)?\s*(?:in|within)?\s*)"
    r"(\d{1,3})(?!\d)\s*(?:days?|d\b)?",
    re.IGNORECASE,
)
_NET = re.compile(r"\b(?:net|n|due in|within|in)\s*[/.:-]?\s*(\d{1,3})(?!\d)", re.IGNORECASE)
_MONTHLY = re.compile(
    r"(?<!\d)([0-3]?\d)(?:st|nd|rd|th)\b|\bday ([0-3]?\d) of|\b([0-3]?\d) (?:mfi|eom|prox)\b",
    re.IGNORECASE,
)
_AT_ONCE = re.compile(
    r"\b(receipt|immediate(?:ly)?|at once|cod|c\.o\.d|cash on delivery|on delivery|due now|"
    r"pre ?paid|prepay(?:ment)?|in advance|cia)\b",
    re.IGNORECASE,
)
_WEEKS = re.compile(r"(?<!\d)(\d{1,2})\s*(?:weeks?|wks?)\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\d.])\d{1,3}(?![\d.])")


@dataclass(frozen=True)
class Shape:
    """When a document is due: `days` after its date, or on that `day` of a month; None: not said.

    `percent` off where it is paid within `early` days; 0 is no discount.
    """

    days: int | None = None
    day: int | None = None
    percent: Decimal = Decimal(0)
    early: int = 0

    @property
    def is_said(self) -> bool:
        """Whether it says when a document is due."""
        return self.days is not None or self.day is not None

    def due_alike(self, other: "Shape") -> bool:
        """Whether both are due alike, whatever discount they give."""
        return self.is_said and (self.days, self.day) == (other.days, other.day)

    def same_discount(self, other: "Shape") -> bool:
        """Whether both give the same discount, or none."""
        return (self.percent, self.early) == (other.percent, other.early)


def said(words: str) -> Shape:
    """What the words of a source say, as far as they say it."""
    found = _DISCOUNT.search(words)
    percent, early, rest = Decimal(0), 0, words
    if found:
        percent, early = Decimal(found[1]), int(found[2])
        rest = words[: found.start()] + " " + words[found.end() :]
    monthly = _MONTHLY.search(rest)
    if monthly:
        day = int(next(one for one in monthly.groups() if one))
        return Shape(None, day, percent, early)
    return Shape(_days(rest), None, percent, early)


def _days(words: str) -> int | None:
    net, weeks = _NET.search(words), _WEEKS.search(words)
    if weeks:
        return int(weeks[1]) * _WEEK
    if net:
        return int(net[1])
    numbers = _NUMBER.findall(words)
    if not numbers and _AT_ONCE.search(words):
        return 0
    return int(numbers[0]) if len(numbers) == 1 else None


def kept(term: Payload) -> Shape:
    """What a term of QuickBooks says."""
    days, day = _whole(term.get("DueDays")), _whole(term.get("DayOfMonthDue"))
    percent, early = _number(term.get("DiscountPercent")), _whole(term.get("DiscountDays")) or 0
    return Shape(None if day else days, day or None, percent, early if percent else 0)


def _number(value: JsonValue) -> Decimal:
    try:
        return Decimal(str(value or 0)).normalize()
    except InvalidOperation:
        return Decimal(0)


def _whole(value: JsonValue) -> int | None:
    return None if value is None else int(_number(value))
