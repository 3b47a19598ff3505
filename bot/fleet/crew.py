"""Procrastinate's workers of one process: one for each pool of threads, on one event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic

import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.worker import Worker
from sqlalchemy import Engine

from bot.fleet.sending import URGENT_WRITERS, conninfo
from bot.scheduler.lanes import MESSAGES, PEOPLE, READERS, WRITERS, Ticket, ticket

# A worker that has shown no sign of life for so long is dead: its jobs go to the living.
DEAD_SECONDS = 10.0
BEAT_SECONDS = 2.0
# The look for jobs that no notice told of: a lane that another machine has freed.
LOOK_SECONDS = 1.0
AGAIN_SECONDS = 1.0
CONNECTIONS = 8

log = structlog.get_logger(__name__)

_LANE_FREE = """
SELECT pg_notify(
    'procrastinate_queue_v1#' || queue_name,
    json_build_object('type', 'job_inserted', 'job_id', 0)::text
) FROM (
    SELECT DISTINCT queue_name FROM procrastinate_jobs
    WHERE lock = %(lock)s AND status = 'todo'
) AS waiting
"""


@dataclass(frozen=True)
class Watch:
    """One worker: which queues it serves with how many threads."""

    name: str
    queues: tuple[str, ...]
    threads: int


WATCHES = (
    Watch("people", (PEOPLE.name,), PEOPLE.size),
    Watch("writers", (WRITERS.name, URGENT_WRITERS), WRITERS.size - WRITERS.reserved),
    Watch("urgent writers", (URGENT_WRITERS,), WRITERS.reserved),
    Watch("messages", (MESSAGES.name,), MESSAGES.size),
    Watch("readers", (READERS.name,), READERS.size),
)
THREADS = sum(watch.threads for watch in WATCHES)


class _Manager(JobManager):
    """Procrastinate's own, with three gaps closed."""

    def __init__(self, connector: PsycopgConnector, stopping: Event) -> None:
        super().__init__(connector)
        self._stopping = stopping

    async def fetch_job(self, queues: object, worker_id: int) -> Job | None:
        """Two workers reached for one lane at the same moment: the second has found nothing."""
        try:
            return await super().fetch_job(queues, worker_id)  # type: ignore[arg-type]
        except UniqueViolation:
            return None

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """A freed lane wakes whoever has a job waiting in it.

        While the database is away the job's end is kept: one that nobody wrote down would look as
        if it ran on, and its company would wait for as long as this process lives.
        """
        while True:
            try:
                await super().finish_job(job, status, delete_job)
                if job.lock:
                    await self.connector.execute_query_all_async(_LANE_FREE, lock=job.lock)
            except ConnectorException as error:
                if self._stopping.is_set():
                    raise
                await _say_away(error)
            else:
                return


class Crew:
    """Runs jobs in this process until it is stopped, whatever the database does meanwhile."""

    def __init__(
        self, engine: Engine, names: tuple[str, ...], run: Callable[[Ticket], None]
    ) -> None:
        connector = PsycopgConnector(conninfo=conninfo(engine), min_size=2, max_size=CONNECTIONS)
        self._app = App(connector=connector)
        self._stopping = Event()
        self._app.job_manager = _Manager(connector, self._stopping)
        for name in names:
            self._app.task(name=name)(_task(name, run))
        self._workers: dict[str, Worker] = {}
        self._thread = Thread(target=self._live, name="fleet", daemon=True)

    def start(self) -> None:
        """Begin to take jobs."""
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """Take nothing new; False when what runs did not end within `seconds`."""
        self._stopping.set()
        end = monotonic() + seconds
        while self._thread.is_alive() and monotonic() < end:
            # Again and again: a worker that was just beginning forgets what it was told before.
            for worker in list(self._workers.values()):
                worker.stop()  # type: ignore[no-untyped-call]  # theirs
            self._thread.join(min(0.2, max(0.0, end - monotonic())))
        return not self._thread.is_alive()

    def ids(self) -> list[int]:
        """The numbers under which Procrastinate knows this process."""
        known = (worker.worker_id for worker in list(self._workers.values()))
        return [number for number in known if number is not None]

    def _live(self) -> None:
        with asyncio.Runner() as runner:
            runner.run(self._main())

    async def _main(self) -> None:
        # The loop's own executor has as many threads as the machine has cores, plus four.
        threads = ThreadPoolExecutor(THREADS, thread_name_prefix="job")
        asyncio.get_running_loop().set_default_executor(threads)
        while not self._stopping.is_set():
            try:
                async with self._app.open_async():
                    await asyncio.gather(*(self._keep(watch) for watch in WATCHES))
            except ConnectorException as error:
                await self._rest(error)

    async def _keep(self, watch: Watch) -> None:
        """One worker after the other: it ends when the database went away for a moment."""
        while not self._stopping.is_set():
            worker = Worker(
                app=self._app,
                queues=list(watch.queues),
                name=watch.name,
                concurrency=watch.threads,
                fetch_job_polling_interval=LOOK_SECONDS,
                delete_jobs="always",
                install_signal_handlers=False,
                update_heartbeat_interval=BEAT_SECONDS,
                stalled_worker_timeout=DEAD_SECONDS,
            )
            self._workers[watch.name] = worker
            if self._stopping.is_set():
                return
            try:
                await worker.run()  # type: ignore[no-untyped-call]  # theirs
            except ConnectorException as error:
                await self._rest(error)

    async def _rest(self, error: ConnectorException) -> None:
        if not self._stopping.is_set():
            await _say_away(error)


async def _say_away(error: ConnectorException) -> None:
    """Log that the database does not answer, and rest before the next try."""
    reason = type(error.__cause__ or error).__name__
    log.warning("the queue's database does not answer", reason=reason)
    await asyncio.sleep(AGAIN_SECONDS)


def _task(name: str, run: Callable[[Ticket], None]) -> Callable[..., None]:
    def task(arg: str = "", lane: str = "", urgent: bool = False) -> None:
        run(ticket(name, arg, lane or None, urgent))

    return task
