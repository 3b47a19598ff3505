"""The job queue of a fleet: what is nudged here runs on whichever machine is free."""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from threading import Condition, Event, Thread
from time import monotonic

import structlog
from procrastinate.exceptions import ConnectorException
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from bot.checkup import Check
from bot.clock import Clock
from bot.fleet.crew import Crew
from bot.fleet.sending import Sender
from bot.fleet.steward import Steward
from bot.scheduler.lanes import Ticket, ticket
from bot.scheduler.local import BUSY_SECONDS, DRAIN_SECONDS, JobTable, run_job
from bot.scheduler.runs import BUSY, Runs
from bot.services import Services

FLUSH_SECONDS = 3.0
AGAIN_SECONDS = 1.0
# Keys that may wait for a database that is away; the sweep finds whatever was dropped.
MOST_KEPT = 10_000

_LAST_DONE = text("SELECT max(ended_at) FROM jobrun WHERE job = :job AND outcome = 'done'")

log = structlog.get_logger(__name__)


class FleetQueue:
    """Nudges for all processes on one PostgreSQL (implements `bot.jobs.JobQueue`).

    Made before the services that carry it; a nudge is handed to a thread, which never raises and
    tries again while the database is away. A process without `start` only hands nudges over.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = Condition()
        self._pending: OrderedDict[str, tuple[Ticket, float]] = OrderedDict()
        self._sending = 0
        self._closed = False
        self._stopping = Event()
        self._services: Services | None = None
        self._jobs: JobTable = {}
        self._runs = Runs(clock)
        self._crew: Crew | None = None
        self._steward: Steward | None = None
        self._thread: Thread | None = None

    def nudge(
        self,
        job: str,
        arg: str = "",
        *,
        lane: str | None = None,
        urgent: bool = False,
        seconds: float = 0.0,
    ) -> None:
        """Ask for a job to run soon, anywhere (see `bot.jobs.JobQueue`)."""
        new = ticket(job, arg, lane, urgent)
        name = f"later:{new.nudge.key}" if seconds > 0 else new.nudge.key
        moment = monotonic() + seconds if seconds > 0 else 0.0
        with self._changed:
            old = self._pending.get(name)
            if self._closed or (old is None and len(self._pending) >= MOST_KEPT):
                return
            if old is None or new.urgent or seconds > 0:
                self._pending[name] = (new, moment)
            self._changed.notify_all()

    def connect(self, engine: Engine) -> None:
        """Begin to hand nudges over."""
        self._thread = Thread(target=self._hand_over, args=(Sender(engine),), daemon=True)
        self._thread.start()

    def start(self, services: Services, jobs: JobTable, checks: Iterable[Check]) -> None:
        """Begin to run jobs and to keep the time, together with every other process."""
        self._services, self._jobs = services, jobs
        self._runs = Runs(self._clock, services.holder)
        engine = services.sessions.engine
        self._crew = Crew(engine, tuple(jobs), self._run)
        self._steward = Steward(services, self, checks, self._runs, self._crew)
        self.connect(engine)
        self._crew.start()
        self._steward.start()

    def stop(self, seconds: float = DRAIN_SECONDS) -> bool:
        """Take nothing new, let what runs come to its end; False if it did not within `seconds`.

        What was nudged meanwhile is handed over to the living.
        """
        self._stopping.set()
        if self._steward is not None:
            self._steward.stop()
        drained = self._crew.stop(seconds) if self._crew is not None else True
        if self._steward is not None:
            self._steward.leave(drained)
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(FLUSH_SECONDS)
        return drained

    def flushed(self, seconds: float) -> bool:
        """Wait until every nudge is handed over; False if that did not happen in time."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._pending and not self._sending, seconds)

    def last_done(self, job: str) -> datetime | None:
        """When a job of that name last came to a good end, in whichever process."""
        services = self._services
        if services is None:
            return None
        try:
            with services.sessions.engine.connect() as connection:
                return connection.execute(_LAST_DONE, {"job": job}).scalar()
        except SQLAlchemyError:
            return None

    def _run(self, chosen: Ticket) -> None:
        services = self._services
        assert services is not None
        outcome = run_job(services, self._jobs, chosen, self._runs)
        if outcome == BUSY:
            nudge = chosen.nudge
            lane = chosen.lane if not chosen.lane.startswith("key:") else None
            self.nudge(nudge.job, nudge.arg, lane=lane, urgent=chosen.urgent, seconds=BUSY_SECONDS)

    def _hand_over(self, sender: Sender) -> None:
        while (taken := self._next()) is not None:
            name, (chosen, moment) = taken
            try:
                if moment:
                    sender.send_later(chosen, max(0.0, moment - monotonic()))
                else:
                    sender.send(chosen)
            except (ConnectorException, SQLAlchemyError) as error:
                self._keep(name, chosen, moment, type(error.__cause__ or error).__name__)
            with self._changed:
                self._sending = 0
                self._changed.notify_all()
        sender.close()

    def _next(self) -> tuple[str, tuple[Ticket, float]] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._pending or self._closed)
            if not self._pending:
                return None
            self._sending = 1
            return self._pending.popitem(last=False)

    def _keep(self, name: str, chosen: Ticket, moment: float, reason: str) -> None:
        with self._changed:
            if self._closed:
                self._pending.clear()
                return
            self._pending.setdefault(name, (chosen, moment))
        log.warning("a nudge is handed over later", job=chosen.nudge.job, reason=reason)
        self._stopping.wait(AGAIN_SECONDS)
