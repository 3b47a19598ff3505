"""Counts the calls that cost read quota at Intuit, and foretells when a month's quota ends.

Reads, queries, change data capture and reports that were answered cost; writes and OAuth do not.
A call is in the database before it goes out, so that no crash can leave it uncounted; one that
cost nothing is taken off again.
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

# While blocks are used up faster than this, each is twice the one before; a quiet company's single
# read is counted singly.
_BURST_SECONDS = 4.0
_MOST_AHEAD = 32
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


@dataclass
class _Block:
    """Calls of one company and day that are in the database already and were not made yet."""

    day: date
    free: int = 0
    size: int = 1
    taken_at: float = float("-inf")


class ReadMeter:
    """Counts before the call, in blocks that grow in a burst; safe to use from many threads.

    After a `kill -9` the rest of a block stays counted: a few too many, never one too few.
    """

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._lock = threading.Lock()
        self._blocks: dict[int, _Block] = {}
        # Changes of the database's numbers that have not reached it, because of its trouble.
        self._owed: Counter[tuple[int, date]] = Counter()

    def reserve(self, company_id: int, calls: int = 1) -> date:
        """Count calls that are about to be made; returns the day they are counted on."""
        with self._lock:
            block = self._block(company_id)
            if block.free < calls:
                self._take_more(company_id, block, calls)
            block.free -= calls
            return block.day

    def give_back(self, company_id: int, day: date, calls: int = 1) -> None:
        """Take calls off again that surely cost nothing."""
        with self._lock:
            block = self._block(company_id)
            if block.day == day:
                block.free += calls
            else:
                self._change(company_id, day, -calls)

    def write_down(self) -> None:
        """Take off what is counted ahead. Trouble of the database never fails a call."""
        with self._lock:
            for company_id, block in self._blocks.items():
                free, block.free = block.free, 0
                self._owed[company_id, block.day] -= free
            self._settle()

    def _block(self, company_id: int) -> _Block:
        today = self._clock.now().date()
        block = self._blocks.get(company_id)
        if block is None or block.day != today:
            if block is not None and block.free:
                self._change(company_id, block.day, -block.free)
            block = self._blocks[company_id] = _Block(today)
        return block

    def _take_more(self, company_id: int, block: _Block, calls: int) -> None:
        now = time.monotonic()
        burst = now - block.taken_at < _BURST_SECONDS
        block.size = min(2 * block.size, _MOST_AHEAD) if burst else 1
        block.taken_at = now
        more = max(block.size, calls - block.free)
        block.free += more
        self._change(company_id, block.day, more)

    def _change(self, company_id: int, day: date, calls: int) -> None:
        self._owed[company_id, day] += calls
        self._settle()

    def _settle(self) -> None:
        owed = {key: calls for key, calls in self._owed.items() if calls}
        if not owed:
            return
        try:
            with self._sessions.write() as session:
                for (company_id, day), calls in sorted(owed.items()):
                    _add(session, company_id, day, calls)
        except SQLAlchemyError:
            _log.warning("reads_not_written_down", reads=sum(owed.values()))
        else:
            self._owed.clear()


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
