"""Puts nudges into Procrastinate's table, and moments for later into ours."""

from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.sync_psycopg_connector import SyncPsycopgConnector
from sqlalchemy import Engine, text

from bot.scheduler.lanes import WRITERS, Ticket

URGENT = 10
# What somebody waits for in a company's lane has threads of its own (bot.scheduler.lanes.WRITERS).
URGENT_WRITERS = "writers_urgent"
OPEN_SECONDS = 10.0

_HURRY = """
WITH moved AS (
    UPDATE procrastinate_jobs SET priority = %(priority)s, queue_name = %(queue)s
    WHERE queueing_lock = %(key)s AND status = 'todo' AND priority < %(priority)s
    RETURNING id
)
SELECT pg_notify(
    'procrastinate_queue_v1#' || %(queue)s,
    json_build_object('type', 'job_inserted', 'job_id', id)::text
) FROM moved
"""
_LATER = text("""
INSERT INTO due (name, next_at, every, job, arg, lane, urgent)
VALUES (:name, now() + make_interval(secs => :seconds), 0, :job, :arg, :lane, :urgent)
ON CONFLICT (name) DO UPDATE SET
    next_at = excluded.next_at, lane = excluded.lane, urgent = excluded.urgent
""")


def queue_name(chosen: Ticket) -> str:
    """The queue of Procrastinate in which a ticket waits."""
    return URGENT_WRITERS if chosen.pool is WRITERS and chosen.urgent else chosen.pool.name


def conninfo(engine: Engine) -> str:
    """The database's address as libpq reads it."""
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


class Sender:
    """Hands nudges over, one at a time; raises what the database raises."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connector = SyncPsycopgConnector(
            conninfo=conninfo(engine), min_size=1, max_size=2, timeout=OPEN_SECONDS
        )
        self._app = App(connector=self._connector)
        self._opened = False

    def send(self, chosen: Ticket) -> None:
        """Put a nudge into the table, unless its key waits there already.

        Raises ConnectorException.
        """
        self._open()
        nudge = chosen.nudge
        try:
            self._app.configure_task(
                nudge.job,
                queue=queue_name(chosen),
                lock=chosen.lane,
                queueing_lock=nudge.key,
                priority=URGENT if chosen.urgent else 0,
            ).defer(arg=nudge.arg, lane=_lane(chosen), urgent=chosen.urgent)
        except AlreadyEnqueued:
            if chosen.urgent:
                self._connector.execute_query(
                    _HURRY, priority=URGENT, queue=queue_name(chosen), key=nudge.key
                )

    def send_later(self, chosen: Ticket, seconds: float) -> None:
        """Let a nudge wait for its moment; of one key only the newest counts.

        It is a row of ours: a job for later would keep its company's lane closed until then.
        """
        nudge = chosen.nudge
        with self._engine.begin() as connection:
            connection.execute(
                _LATER,
                {
                    "name": f"later:{nudge.key}",
                    "seconds": seconds,
                    "job": nudge.job,
                    "arg": nudge.arg,
                    "lane": _lane(chosen),
                    "urgent": chosen.urgent,
                },
            )

    def close(self) -> None:
        """Give the connections back."""
        if self._opened:
            self._app.close()
            self._opened = False

    def _open(self) -> None:
        if not self._opened:
            self._app.open()
            self._opened = True


def _lane(chosen: Ticket) -> str:
    return chosen.lane if chosen.pool is WRITERS else ""
