"""How long an alert is put off: the words people type, as a moment of the company's clock."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(9)
# Most firms have the month closed by then; a company that is later puts it off once more.
CLOSE_DAY = 10
_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPAN = re.compile(
    r"(?<![-\d.,])(?:for\s+)?(?<![-\d.,])(?P<count>\d{1,3}|an?|one|two|three)\s*"
    r"(?P<unit>m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?|w(?:ee)?k?s?)\b",
    re.IGNORECASE,
)
_TOMORROW = re.compile(r"(?:until\s+|till\s+)?(?:tomorrow|tmrw|tomorow)\b", re.IGNORECASE)
_CLOSE = re.compile(
    r"(?:until\s+|till\s+)?(?:after\s+)?(?:the\s+)?(?:month[- ]?end\s+)?clos(?:e|ing)\b",
    re.IGNORECASE,
)
_NEXT_WEEK = re.compile(r"(?:until\s+|till\s+)?next\s+week\b", re.IGNORECASE)
_WEEKDAY = re.compile(
    r"(?:until\s+|till\s+|on\s+)(?P<day>mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\b|"
    r"(?:until\s+|till\s+|on\s+)?\b"
    r"(?P<full>monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:until\s+|till\s+)?(?P<month>\d{1,2})/(?P<day>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?\b",
    re.IGNORECASE,
)
_WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}


def tomorrow(now: datetime, time_zone: str, days: int = 1) -> datetime:
    """Nine in the morning, some days on, at the company."""
    return morning(_today(now, time_zone) + timedelta(days=days), time_zone)


def after_close(now: datetime, time_zone: str) -> datetime:
    """The morning of the next 10th, when the month before is closed."""
    today = _today(now, time_zone)
    first = date(today.year, today.month, CLOSE_DAY)
    if first <= today:
        year, month = divmod(today.month, 12)
        first = date(today.year + year, month + 1, CLOSE_DAY)
    return morning(first, time_zone)


def read(text: str, now: datetime, time_zone: str) -> tuple[datetime, str] | None:
    """Find an end in typed words: the moment and the words that are left; None if there is none.

    "2 hours", "tomorrow", "friday", "next week", "12/05", "after the close". The first that is
    found counts; a day means nine in the morning.
    """
    seen = [(found, make) for pattern, make in _READERS for found in pattern.finditer(text)]
    for found, make in sorted(seen, key=lambda one: one[0].start()):
        try:
            moment = make(found, now, time_zone)
        except ValueError:
            continue  # 13/45 is no day
        left = f"{text[: found.start()]} {text[found.end() :]}"
        return moment, " ".join(left.split())
    return None


def _span(found: re.Match[str], now: datetime, time_zone: str) -> datetime:
    said = found["count"].lower()
    count = _WORDS.get(said) or int(said)
    if not count:
        msg = "no time at all is no end"
        raise ValueError(msg)
    unit = _UNITS[found["unit"][0].lower()]
    if unit < timedelta(days=1):
        return now + count * unit
    return tomorrow(now, time_zone, (count * unit).days)


def _weekday(found: re.Match[str], now: datetime, time_zone: str) -> datetime:
    said = (found["day"] or found["full"]).lower()[:3]
    wanted = next(i for i, day in enumerate(_DAYS) if day.startswith(said))
    ahead = (wanted - _today(now, time_zone).weekday() - 1) % 7 + 1
    return tomorrow(now, time_zone, ahead)


def _date(found: re.Match[str], now: datetime, time_zone: str) -> datetime:
    today = _today(now, time_zone)
    year = int(found["year"] or today.year)
    year += 2000 if year < 100 else 0
    day = date(year, int(found["month"]), int(found["day"]))
    if not found["year"] and day <= today:
        day = day.replace(year=year + 1)
    return morning(day, time_zone)


def _today(now: datetime, time_zone: str) -> date:
    return now.astimezone(ZoneInfo(time_zone)).date()


def morning(day: date, time_zone: str) -> datetime:
    """Nine in the morning of a day at the company."""
    return datetime.combine(day, MORNING, ZoneInfo(time_zone)).astimezone(UTC)


_READERS = (
    (_SPAN, _span),
    (_TOMORROW, lambda _found, now, zone: tomorrow(now, zone)),
    (_NEXT_WEEK, lambda _found, now, zone: tomorrow(now, zone, 7)),
    (_CLOSE, lambda _found, now, zone: after_close(now, zone)),
    (_DATE, _date),
    (_WEEKDAY, _weekday),
)
