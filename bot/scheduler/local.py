"""The job runner of one machine: keyed nudges on APScheduler's own thread pools."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from threading import Condition

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from prometheus_client import Counter, Gauge, Histogram

from bot.clock import Clock
from bot.errors import CompanyBusy, LeaseLost
from bot.scheduler.lanes import POOLS, Lanes, Ticket, ticket
from bot.services import Services

JobTable = Mapping[str, Callable[[Services, str], None]]

CLOCK_POOL = "clock"
DONE, BUSY, LEASE_LOST, FAILED = "done", "busy", "lease_lost", "failed"
BUSY_SECONDS = 1.0
DRAIN_SECONDS = 10.0

log = structlog.get_logger(__name__)

JOBS = Counter("qb_jobs_total", "Jobs run, by name and outcome.", ["job", "outcome"])
JOB_SECONDS = Histogram(
    "qb_job_seconds",
    "How long jobs took.",
    ["job"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60),
)
WAITING = Gauge("qb_jobs_waiting", "Nudges that wait to run.")


class LocalQueue:
    """Runs nudges in this process (implements `bot.jobs.JobQueue`).

    Made before the services that carry it; nudges given before `start` wait for it. Nothing is
    stored: a sweep of the rows at start and every minute finds whatever is unfinished.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lanes = Lanes()
        self._changed = Condition()
        self._services: Services | None = None
        self._jobs: JobTable = {}
        self._open = True
        self._done_at: dict[str, datetime] = {}
        pools = {pool.name: ThreadPoolExecutor(pool.size) for pool in POOLS}
        self.engine = BackgroundScheduler(
            timezone=UTC,
            executors={
                "default": ThreadPoolExecutor(2),
                CLOCK_POOL: ThreadPoolExecutor(2),
                **pools,
            },
            # Coalesced, and never dropped for being late (the default drops after one second).
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )

    def start(self, services: Services, jobs: JobTable) -> None:
        """Begin to run jobs."""
        self._services, self._jobs = services, jobs
        self.engine.start()
        with self._changed:
            self._dispatch()

    def stop(self, seconds: float = DRAIN_SECONDS) -> bool:
        """Take nothing new, let what runs come to its end; False if it did not within `seconds`."""
        with self._changed:
            self._open = False
            self._lanes.clear()
            drained = self._changed.wait_for(lambda: self._lanes.running == 0, seconds)
        if self.engine.running:
            # Its thread must not be within a turn when the jobs are taken away: a pause begins no
            # new turn, and reading the jobs waits for the one at work.
            self.engine.pause()
            self.engine.get_jobs()
            self.engine.shutdown(wait=drained)
        return drained

    def nudge(
        self, job: str, arg: str = "", *, lane: str | None = None, urgent: bool = False
    ) -> None:
        """Ask for a job to run soon (see `bot.jobs.JobQueue`)."""
        with self._changed:
            if self._open:
                self._lanes.add(ticket(job, arg, lane, urgent))
                self._dispatch()

    def wait_idle(self, seconds: float) -> bool:
        """Wait until nothing waits or runs; False if that did not happen within `seconds`."""
        with self._changed:
            return self._changed.wait_for(self._idle, seconds)

    def last_done(self, job: str) -> datetime | None:
        """When a job of that name last came to a good end in this process."""
        return self._done_at.get(job)

    def _idle(self) -> bool:
        return self._lanes.running == 0 and len(self._lanes) == 0

    def _dispatch(self) -> None:
        if self._services is None or not self._open:
            return
        while (chosen := self._lanes.take()) is not None:
            self.engine.add_job(self._run, args=[chosen], executor=chosen.pool.name)
        WAITING.set(len(self._lanes))

    def _run(self, chosen: Ticket) -> None:
        services = self._services
        assert services is not None
        try:
            outcome = run_job(services, self._jobs, chosen)
        finally:
            with self._changed:
                self._lanes.done(chosen)
                self._dispatch()
                self._changed.notify_all()
        if outcome == BUSY:
            self._later(chosen)
        elif outcome == DONE:
            self._done_at[chosen.nudge.job] = self._clock.now()

    def _later(self, chosen: Ticket) -> None:
        """Try again in a second: another process holds the company."""
        moment = datetime.now(UTC) + timedelta(seconds=BUSY_SECONDS)  # noqa: TID251  APScheduler's
        if self._open:
            self.engine.add_job(
                self._retry, DateTrigger(moment), args=[chosen], executor=CLOCK_POOL
            )

    def _retry(self, chosen: Ticket) -> None:
        with self._changed:
            if self._open:
                self._lanes.add(chosen)
                self._dispatch()


def run_job(services: Services, jobs: JobTable, chosen: Ticket) -> str:
    """Run one job to its end and tell how it went; BUSY must be tried again."""
    nudge = chosen.nudge
    outcome = FAILED
    with JOB_SECONDS.labels(nudge.job).time():
        try:
            jobs[nudge.job](services, nudge.arg)
            outcome = DONE
        except CompanyBusy:
            outcome = BUSY
        except LeaseLost as error:
            outcome = LEASE_LOST
            log.warning("lease lost", job=nudge.job, arg=nudge.arg, reason=error.message)
        except Exception:  # marked border: one job never stops the runner
            log.exception("job crashed", job=nudge.job, arg=nudge.arg)
    JOBS.labels(nudge.job, outcome).inc()
    return outcome
