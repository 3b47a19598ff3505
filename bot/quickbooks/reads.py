"""Counts the calls that cost read quota at Intuit, and foretells when a month's quota ends.

Reads, queries, change data capture and reports that were answered cost; writes and OAuth do not.
blogs.intuit.com/2026/01/08/understanding-builder-tier-api-limits-for-you-and-your-customers
"""

import threading
import time
from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import structlog
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, func, select

from bot.clock import Clock
from bot.db import Sessions
from bot.models import Company, ReadCount

# A burst of reads is one row change a second; a single read is written down at once.
_PAUSE_SECONDS = 1.0
# The forecast goes by the last whole days, so that it moves once a day and not with every read.
_DAYS_BACK = 7
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Usage:
    """This month's reads of all companies together; the quota is one for all (days in UTC)."""

    used: int
    budget: int
    per_day: int
    month_ends: date
    # At the present pace: how many by the month's end, and the day the quota ends before that.
    forecast: int
    ends_on: date | None
    by_company: tuple[tuple[str, int], ...]

    @property
    def percent(self) -> int:
        """How much of the quota is used, rounded down."""
        return self.used * 100 // self.budget if self.budget else 0


class ReadMeter:
    """Counts in memory and writes down soon; safe to use from many threads."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._lock = threading.Lock()
        self._pending: Counter[tuple[int, date]] = Counter()
        self._written_at = 0.0

    def count(self, company_id: int, calls: int = 1) -> None:
        """Note calls that QuickBooks has answered."""
        with self._lock:
            self._pending[company_id, self._clock.now().date()] += calls
            due = time.monotonic() - self._written_at >= _PAUSE_SECONDS
        if due:
            self.write_down()

    def write_down(self) -> None:
        """Bring what is counted into the database. Trouble there never fails a call."""
        with self._lock:
            pending, self._pending = self._pending, Counter()
            self._written_at = time.monotonic()
        if not pending:
            return
        try:
            with self._sessions.write() as session:
                for (company_id, day), calls in sorted(pending.items()):
                    _add(session, company_id, day, calls)
        except SQLAlchemyError:
            _log.warning("reads_not_written_down", reads=pending.total())
            with self._lock:
                self._pending += pending


def _add(session: Session, company_id: int, day: date, calls: int) -> None:
    changed = session.exec(
        update(ReadCount)
        .where(col(ReadCount.company_id) == company_id, col(ReadCount.day) == day)
        .values(reads=col(ReadCount.reads) + calls)
    ).rowcount
    if not changed:
        session.add(ReadCount(company_id=company_id, day=day, reads=calls))


def usage(session: Session, budget: int, today: date) -> Usage:
    """Read this month's use and foretell its end. `today` is the day in UTC."""
    first = today.replace(day=1)
    ends = today.replace(day=monthrange(today.year, today.month)[1])
    since = min(first, today - timedelta(days=_DAYS_BACK))
    by_day: dict[date, int] = dict(
        session.exec(
            select(col(ReadCount.day), func.sum(ReadCount.reads))
            .where(col(ReadCount.day) >= since)
            .group_by(col(ReadCount.day))
        ).all()
    )
    used = sum(int(reads) for day, reads in by_day.items() if day >= first)
    per_day = _per_day(by_day, today)
    today_more = max(0, per_day - int(by_day.get(today, 0)))
    forecast = used + today_more + per_day * (ends - today).days
    return Usage(
        used=used,
        budget=budget,
        per_day=per_day,
        month_ends=ends,
        forecast=forecast,
        ends_on=_ends_on(used, used + today_more, budget, per_day, today, ends),
        by_company=_by_company(session, first),
    )


def _per_day(by_day: dict[date, int], today: date) -> int:
    """The mean of the whole days counted lately; on the very first day what it has so far."""
    whole = [day for day in by_day if today - timedelta(days=_DAYS_BACK) <= day < today]
    if not whole:
        return int(by_day.get(today, 0))
    days = (today - min(whole)).days
    return -(-sum(int(by_day[day]) for day in whole) // days)


def _ends_on(
    used: int, tonight: int, budget: int, per_day: int, today: date, ends: date
) -> date | None:
    if not budget:
        return None
    if used >= budget or tonight > budget:
        return today
    if not per_day:
        return None
    day = today + timedelta(days=(budget - tonight) // per_day + 1)
    return day if day <= ends else None


def _by_company(session: Session, first: date) -> tuple[tuple[str, int], ...]:
    total = func.sum(ReadCount.reads)
    rows = session.exec(
        select(col(Company.name), total)
        .join(ReadCount, col(ReadCount.company_id) == col(Company.id))
        .where(col(ReadCount.day) >= first)
        .group_by(col(Company.id), col(Company.name))
        .order_by(total.desc(), col(Company.name))
    ).all()
    return tuple((name, int(reads)) for name, reads in rows)
