"""Turns the clock into nudges: syncs, captures, checks, mails, sources, events, the sweep."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.jobstores.base import JobLookupError
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import text
from sqlmodel import col, select

from bot import jobs, mailbox
from bot.checkup import Check
from bot.mirror.notices import due
from bot.models import Company, Delivery
from bot.models.incidents import UNSETTLED
from bot.outgoing.delivering import due as due_callbacks
from bot.scheduler.local import CLOCK_POOL, LocalQueue
from bot.services import Services
from bot.sources.pulling import due as due_sources

SWEEP_SECONDS = 60.0
DELIVERY_SECONDS = 1.0
COMPANIES_SECONDS = 5.0
HOME_SECONDS = 10.0
SOURCES_SECONDS = 5.0
OUTGOING_SECONDS = 2.0
MAIL_FIRST_SECONDS = 1.0
# The pace of a check of `every=5 minutes` is CHECK_SECONDS; slower and faster ones in proportion.
CHECK_PACE = timedelta(minutes=5)
# First runs are spread so that a thousand companies do not start in the same second.
SPREAD_SECONDS = 0.05
DUE_AT_ONCE = 200


@dataclass(frozen=True)
class Tick:
    """Something that is done every so many seconds, the first time after `first`."""

    name: str
    every: float
    act: Callable[[], None]
    first: float


class Timetable:
    """Every tick there is, for whichever engine keeps the time."""

    def __init__(self, services: Services, queue: jobs.JobQueue, checks: Iterable[Check]) -> None:
        self._services = services
        self._queue = queue
        self._checks = tuple(checks)

    def house(self) -> list[Tick]:
        """What is nobody's in particular: the sweep, homes, deliveries, sources, mailboxes."""
        queue = self._queue
        return [
            Tick("sweep", SWEEP_SECONDS, partial(queue.nudge, jobs.SWEEP), SWEEP_SECONDS),
            Tick("homes", HOME_SECONDS, partial(jobs.show_home, queue), HOME_SECONDS),
            Tick("deliveries", DELIVERY_SECONDS, self._deliveries, DELIVERY_SECONDS),
            Tick("sources", SOURCES_SECONDS, self._sources, SOURCES_SECONDS),
            Tick("outgoing", OUTGOING_SECONDS, self._outgoing, OUTGOING_SECONDS),
            *(
                Tick(
                    f"mail:{box.kind}",
                    self._services.settings.MAIL_SECONDS,
                    partial(jobs.read_mail, queue, box.kind),
                    MAIL_FIRST_SECONDS,
                )
                for box in mailbox.boxes(self._services.settings)
            ),
        ]

    def of_company(self, company_id: int, first: float) -> list[Tick]:
        """The syncs, captures and checks of one company."""
        settings, queue = self._services.settings, self._queue
        sync = partial(jobs.sync_company, queue, company_id)
        capture = partial(self._capture, company_id)
        return [
            Tick(f"sync:{company_id}", settings.SYNC_SECONDS, sync, first),
            Tick(f"capture:{company_id}", settings.CAPTURE_SECONDS, capture, first),
            *(
                Tick(
                    f"check:{company_id}:{check.name}",
                    settings.CHECK_SECONDS * (check.every / CHECK_PACE),
                    partial(jobs.run_check, queue, company_id, check.name),
                    first,
                )
                for check in self._checks
            ),
        ]

    def companies(self) -> set[int]:
        """The companies there are now."""
        with self._services.sessions.read() as session:
            return {key for key in session.exec(select(Company.id)) if key is not None}

    def _sources(self) -> None:
        """Nudge a look at each source whose turn it is."""
        for source_id in due_sources(self._services):
            jobs.pull_source(self._queue, source_id)

    def _outgoing(self) -> None:
        """Nudge the delivery to each source that has an event to hear."""
        for source_id in due_callbacks(self._services):
            jobs.tell_source(self._queue, source_id)

    def _deliveries(self) -> None:
        """Nudge the senders of messages whose time has come; one indexed query."""
        now = self._services.clock.now()
        due = (
            select(col(Delivery.id))
            .where(
                text(f"({UNSETTLED})"),
                # "unknown": whether the last post arrived has to be looked up first.
                col(Delivery.state) != "claimed",
                col(Delivery.not_before) <= now,
            )
            .order_by(col(Delivery.not_before))
            .limit(DUE_AT_ONCE)
        )
        with self._services.sessions.read() as session:
            found = list(session.exec(due))
        for delivery_id in found:
            if delivery_id is not None:
                jobs.deliver(self._queue, delivery_id)

    def _capture(self, company_id: int) -> None:
        if due(self._services, company_id):
            jobs.capture_company(self._queue, company_id)


class Ticks:
    """Keeps one interval job per tick in the queue's engine, and nothing on disk.

    Companies are looked up again every few seconds, so that one connected while the bot runs
    joins by itself.
    """

    def __init__(self, services: Services, queue: LocalQueue, checks: Iterable[Check]) -> None:
        self._table = Timetable(services, queue, checks)
        self._queue = queue
        self._companies: set[int] = set()

    def start(self) -> None:
        """Sweep now, begin to tick."""
        self._queue.nudge(jobs.SWEEP)
        for tick in self._table.house():
            self._add(tick)
        self._follow_companies()
        self._add(Tick("companies", COMPANIES_SECONDS, self._follow_companies, COMPANIES_SECONDS))

    def _follow_companies(self) -> None:
        found = self._table.companies()
        for place, company_id in enumerate(sorted(found - self._companies)):
            for tick in self._table.of_company(company_id, place * SPREAD_SECONDS):
                self._add(tick)
        for company_id in self._companies - found:
            for tick in self._table.of_company(company_id, 0):
                with suppress(JobLookupError):
                    self._queue.engine.remove_job(tick.name)
        self._companies = found

    def _add(self, tick: Tick) -> None:
        seconds, first = tick.every, min(tick.first, tick.every)
        start = datetime.now(UTC) + timedelta(seconds=first)  # noqa: TID251  timers
        self._queue.engine.add_job(
            tick.act,
            IntervalTrigger(
                seconds=seconds, jitter=min(seconds / 10, 30) if seconds > 10 else None
            ),
            id=tick.name,
            replace_existing=True,
            next_run_time=start,
            executor=CLOCK_POOL,
        )
