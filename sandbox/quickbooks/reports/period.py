"""The days a report covers, and the columns it cuts them into."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.faults import fault

FIRST = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Span:
    """From one day to another, both included."""

    start: date
    end: date
    title: str = "Total"

    def holds(self, day: str) -> bool:
        """Whether an ISO day lies in it."""
        return self.start.isoformat() <= day <= self.end.isoformat()


def month_end(day: date) -> date:
    """The last day of the month."""
    following = day.replace(day=28) + timedelta(days=4)
    return following - timedelta(days=following.day)


def _month(today: date, back: int) -> Span:
    first = today.replace(day=1)
    for _ in range(back):
        first = (first - timedelta(days=1)).replace(day=1)
    return Span(first, month_end(first))


def _quarter(today: date, back: int) -> Span:
    first = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    for _ in range(back):
        last = first - timedelta(days=1)
        first = last.replace(month=(last.month - 1) // 3 * 3 + 1, day=1)
    third = first.replace(month=first.month + 2)
    return Span(first, month_end(third))


def _year(today: date, back: int) -> Span:
    year = today.year - back
    return Span(date(year, 1, 1), date(year, 12, 31))


MACROS: Mapping[str, Callable[[date], Span]] = {
    "all": lambda today: Span(FIRST, today.replace(year=today.year + 20, day=1)),
    "today": lambda today: Span(today, today),
    "yesterday": lambda today: Span(today - timedelta(days=1), today - timedelta(days=1)),
    "this month": lambda today: _month(today, 0),
    "this month-to-date": lambda today: Span(today.replace(day=1), today),
    "last month": lambda today: _month(today, 1),
    "this fiscal quarter": lambda today: _quarter(today, 0),
    "this calendar quarter": lambda today: _quarter(today, 0),
    "last fiscal quarter": lambda today: _quarter(today, 1),
    "last calendar quarter": lambda today: _quarter(today, 1),
    "this fiscal year": lambda today: _year(today, 0),
    "this calendar year": lambda today: _year(today, 0),
    "this fiscal year-to-date": lambda today: Span(date(today.year, 1, 1), today),
    "this calendar year-to-date": lambda today: Span(date(today.year, 1, 1), today),
    "last fiscal year": lambda today: _year(today, 1),
    "last calendar year": lambda today: _year(today, 1),
}
DEFAULT = "this calendar year-to-date"


def span_of(company: Company, params: Mapping[str, str], default: str = DEFAULT) -> Span:
    """The period asked for by dates, else by macro, else the default. Raises QboFault."""
    start, end = day_of(params, "start_date"), day_of(params, "end_date")
    today = company.clock.today(company.zone)
    if start or end:
        found = Span(start or FIRST, end or today)
    else:
        macro = params.get("date_macro", "").strip().lower() or default
        if macro not in MACROS:
            raise fault("2170", f"Invalid Enumeration : {params['date_macro']}", "date_macro")
        found = MACROS[macro](today)
    if found.start > found.end:
        raise fault("2190", "Invalid Date Range", "start_date")
    return found


def day_of(params: Mapping[str, str], name: str) -> date | None:
    """A date among the parameters. Raises QboFault 2060."""
    text = params.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise fault("2060", f"Supplied value:{text}", name) from None


STEPS = ("total", "month", "quarter", "year", "days")


def columns_of(span: Span, params: Mapping[str, str]) -> list[Span]:
    """The money columns: one, or one for each part of the period. Raises QboFault."""
    by = params.get("summarize_column_by", "Total").strip().lower()
    if by not in STEPS:
        raise fault(
            "2170",
            f"Invalid Enumeration : {params['summarize_column_by']}",
            "summarize_column_by",
        )
    if by == "total":
        return [span]
    parts: list[Span] = []
    start = span.start
    while start <= span.end and len(parts) < 400:
        end = min(_end_of(start, by), span.end)
        parts.append(Span(start, end, _title(start, end, by)))
        start = end + timedelta(days=1)
    return parts


def _end_of(start: date, by: str) -> date:
    if by == "days":
        return start
    if by == "month":
        return month_end(start)
    if by == "quarter":
        return _quarter(start, 0).end
    return date(start.year, 12, 31)


def _title(start: date, end: date, by: str) -> str:
    if by == "days":
        return f"{start:%b} {start.day}, {start.year}"
    if by == "year":
        return str(start.year)
    if by == "month":
        whole = start.day == 1 and end == month_end(start)
        return f"{start:%b %Y}" if whole else f"{start:%b} {start.day} - {end.day}, {start.year}"
    return f"{start:%b} - {end:%b}, {start.year}"
