"""Turns the clock into nudges: syncs, captures, checks, mailboxes, due messages, the sweep."""

import random
from collections.abc import Callable, Iterable
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
from bot.scheduler.local import CLOCK_POOL, LocalQueue
from bot.services import Services

SWEEP_SECONDS = 60.0
DELIVERY_SECONDS = 1.0
COMPANIES_SECONDS = 5.0
HOME_SECONDS = 10.0
MAIL_FIRST_SECONDS = 1.0
# The pace of a check of `every=5 minutes` is CHECK_SECONDS; slower and faster ones in proportion.
CHECK_PACE = timedelta(minutes=5)
# First runs are spread so that a thousand companies do not start in the same second.
SPREAD_SECONDS = 0.05
DUE_AT_ONCE = 200


class Ticks:
    """Keeps one interval job per company and task in the queue's engine, and nothing on disk.

    Companies are looked up again every few seconds, so that one connected while the bot runs
    joins by itself.
    """

    def __init__(self, services: Services, queue: LocalQueue, checks: Iterable[Check]) -> None:
        self._services = services
        self._queue = queue
        self._checks = tuple(checks)
        self._companies: set[int] = set()
        self._random = random.Random()

    def start(self) -> None:
        """Sweep now, begin to tick."""
        self._queue.nudge(jobs.SWEEP)
        self._every(SWEEP_SECONDS, self._sweep, "sweep", first=SWEEP_SECONDS)
        self._every(HOME_SECONDS, self._homes, "homes", first=HOME_SECONDS)
        self._every(DELIVERY_SECONDS, self._deliveries, "deliveries", first=DELIVERY_SECONDS)
        for box in mailbox.boxes(self._services.settings):
            self._every(
                self._services.settings.MAIL_SECONDS,
                partial(jobs.read_mail, self._queue, box.kind),
                f"mail:{box.kind}",
                first=MAIL_FIRST_SECONDS,
            )
        self._follow_companies()
        self._every(COMPANIES_SECONDS, self._follow_companies, "companies", first=COMPANIES_SECONDS)

    def _sweep(self) -> None:
        self._queue.nudge(jobs.SWEEP)

    def _homes(self) -> None:
        jobs.show_home(self._queue)

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

    def _follow_companies(self) -> None:
        with self._services.sessions.read() as session:
            found = {key for key in session.exec(select(Company.id)) if key is not None}
        for place, company_id in enumerate(sorted(found - self._companies)):
            self._add(company_id, place * SPREAD_SECONDS)
        for company_id in self._companies - found:
            self._remove(company_id)
        self._companies = found

    def _add(self, company_id: int, first: float) -> None:
        settings = self._services.settings
        queue = self._queue
        self._every(
            settings.SYNC_SECONDS,
            lambda: jobs.sync_company(queue, company_id),
            f"sync:{company_id}",
            first=first,
        )
        self._every(
            settings.CAPTURE_SECONDS,
            lambda: self._capture(company_id),
            f"capture:{company_id}",
            first=first,
        )
        for check in self._checks:
            self._every(
                settings.CHECK_SECONDS * (check.every / CHECK_PACE),
                _nudger(queue, company_id, check.name),
                f"check:{company_id}:{check.name}",
                first=first,
            )

    def _capture(self, company_id: int) -> None:
        if due(self._services, company_id):
            jobs.capture_company(self._queue, company_id)

    def _remove(self, company_id: int) -> None:
        names = [f"check:{company_id}:{check.name}" for check in self._checks]
        for name in (f"sync:{company_id}", f"capture:{company_id}", *names):
            try:
                self._queue.engine.remove_job(name)
            except JobLookupError:
                continue

    def _every(self, seconds: float, task: Callable[[], None], name: str, *, first: float) -> None:
        start = datetime.now(UTC) + timedelta(seconds=min(first, seconds))  # noqa: TID251  timers
        self._queue.engine.add_job(
            task,
            IntervalTrigger(
                seconds=seconds, jitter=min(seconds / 10, 30) if seconds > 10 else None
            ),
            id=name,
            replace_existing=True,
            next_run_time=start,
            executor=CLOCK_POOL,
        )


def _nudger(queue: LocalQueue, company_id: int, check: str) -> Callable[[], None]:
    return lambda: jobs.run_check(queue, company_id, check)
