"""The job runner of one machine: keyed nudges on APScheduler's own thread pools."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from threading import Condition

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.job import Job
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from prometheus_client import Counter, Gauge, Histogram

from bot.clock import Clock
from bot.errors import CompanyBusy, LeaseLost
from bot.jobs import LATE_SECONDS, Line, Overview, Planned
from bot.scheduler.lanes import POOLS, Lanes, Ticket, ticket
from bot.scheduler.runs import BUSY, DONE, FAILED, LEASE_LOST, Runs
from bot.services import Services

JobTable = Mapping[str, Callable[[Services, str], None]]

CLOCK_POOL = "clock"
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
        self._runs = Runs(clock)
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
        self,
        job: str,
        arg: str = "",
        *,
        lane: str | None = None,
        urgent: bool = False,
        seconds: float = 0.0,
    ) -> None:
        """Ask for a job to run soon (see `bot.jobs.JobQueue`)."""
        if seconds > 0:
            self._later(ticket(job, arg, lane, urgent), seconds, f"later:{job}:{arg}")
            return
        with self._changed:
            if self._open:
                self._lanes.add(ticket(job, arg, lane, urgent, self._clock.now()))
                self._dispatch()

    def wait_idle(self, seconds: float) -> bool:
        """Wait until nothing waits or runs; False if that did not happen within `seconds`."""
        with self._changed:
            return self._changed.wait_for(self._idle, seconds)

    def last_done(self, job: str) -> datetime | None:
        """When a job of that name last came to a good end in this process."""
        return self._runs.last_done(job)

    def overview(self) -> Overview:
        """What waits, runs, is planned, and how the last runs ended."""
        now = self._clock.now()
        with self._changed:
            waiting = [_line(one, now) for one in self._lanes.waiting()]
        planned = [_planned(one.args[0], one.trigger.run_date, now) for one in self._pauses()]
        return Overview(
            waiting=tuple(sorted(waiting, key=lambda line: line.since)),
            running=self._runs.running(),
            planned=tuple(sorted(planned, key=lambda one: one.at)),
            last=self._runs.last(),
            waiting_count=len(waiting),
            late_count=sum(line.late for line in waiting) + sum(one.late for one in planned),
        )

    def _pauses(self) -> list[Job]:
        jobs = self.engine.get_jobs() if self.engine.running else []
        return [one for one in jobs if one.func == self._begin]

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
            outcome = run_job(services, self._jobs, chosen, self._runs)
        finally:
            with self._changed:
                self._lanes.done(chosen)
                self._dispatch()
                self._changed.notify_all()
        if outcome == BUSY:
            self._later(chosen, BUSY_SECONDS)

    def _later(self, chosen: Ticket, seconds: float, name: str | None = None) -> None:
        """Run it when so long has passed; of one name the newest wish replaces the earlier."""
        moment = datetime.now(UTC) + timedelta(seconds=seconds)  # noqa: TID251  APScheduler's
        if self._open:
            self.engine.add_job(
                self._begin,
                DateTrigger(moment),
                args=[chosen],
                executor=CLOCK_POOL,
                id=name,
                replace_existing=name is not None,
            )

    def _begin(self, chosen: Ticket) -> None:
        with self._changed:
            if self._open:
                self._lanes.add(chosen)
                self._dispatch()


def _line(waiting: Ticket, now: datetime) -> Line:
    nudge, since = waiting.nudge, waiting.since or now
    late = (now - since).total_seconds() > LATE_SECONDS
    return Line(nudge.job, nudge.arg, waiting.lane, waiting.urgent, since, late)


def _planned(chosen: Ticket, at: datetime, now: datetime) -> Planned:
    late = (now - at).total_seconds() > LATE_SECONDS
    return Planned(chosen.nudge.job, chosen.nudge.arg, at, late)


def run_job(services: Services, jobs: JobTable, chosen: Ticket, runs: Runs) -> str:
    """Run one job to its end and tell how it went; BUSY must be tried again."""
    nudge = chosen.nudge
    outcome = FAILED
    runs.begin(chosen)
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
    runs.end(chosen, outcome)
    JOBS.labels(nudge.job, outcome).inc()
    return outcome
