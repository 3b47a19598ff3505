"""On which days a template makes its documents."""

from calendar import monthrange
from datetime import date, timedelta

from sandbox.quickbooks.model import Body

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
LAST_WEEK = 5
"""A `WeekOfMonth` that means the last one."""
LARGEST = 999
"""So many days, weeks, months or years at most; the calendar has an end."""


def first_day(schedule: Body, start: date) -> date:
    """The first day of a schedule, on or after its start."""
    kind = schedule.get("IntervalType")
    weekday = _weekday(schedule)
    if kind == "Weekly" and weekday is not None:
        return start + timedelta(days=(weekday - start.weekday()) % 7)
    if kind == "Monthly":
        here = _in_month(schedule, start.year, start.month, start.day)
        return here if here >= start else _month_on(schedule, start, 1)
    if kind == "Yearly":
        here = _in_year(schedule, start.year, start)
        return here if here >= start else _in_year(schedule, start.year + 1, start)
    return start


def next_day(schedule: Body, last: date) -> date:
    """The day after `last` by the schedule's interval."""
    step = number_of(schedule, "NumInterval", 1)
    kind = schedule.get("IntervalType")
    if kind == "Monthly":
        return _month_on(schedule, last, step)
    if kind == "Yearly":
        return _in_year(schedule, last.year + step, last)
    return last + timedelta(days=step * (7 if kind == "Weekly" else 1))


def _month_on(schedule: Body, last: date, step: int) -> date:
    months = last.year * 12 + last.month - 1 + step
    return _in_month(schedule, months // 12, months % 12 + 1, last.day)


def _in_year(schedule: Body, year: int, usual: date) -> date:
    named = str(schedule.get("MonthOfYear") or "").lower()
    month = MONTHS.index(named) + 1 if named in MONTHS else usual.month
    return _in_month(schedule, year, month, usual.day)


def _in_month(schedule: Body, year: int, month: int, usual: int) -> date:
    """A day of the month, at most its last one; or such a weekday of such a week."""
    longest = monthrange(year, month)[1]
    weekday = _weekday(schedule)
    if schedule.get("WeekOfMonth") and weekday is not None:
        week = min(number_of(schedule, "WeekOfMonth", 1), LAST_WEEK)
        first = date(year, month, 1)
        day = 1 + (weekday - first.weekday()) % 7 + 7 * (week - 1)
        return date(year, month, day if day <= longest else day - 7)
    return date(year, month, min(number_of(schedule, "DayOfMonth", usual), longest))


def number_of(schedule: Body, name: str, usual: int) -> int:
    """A number of a schedule, from 1 on and small enough for the calendar."""
    return min(max(1, int(float(schedule.get(name) or usual))), LARGEST)


def _weekday(schedule: Body) -> int | None:
    named = str(schedule.get("DayOfWeek") or "").lower()
    return WEEKDAYS.index(named) if named in WEEKDAYS else None
