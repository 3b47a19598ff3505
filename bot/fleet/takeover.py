"""Jobs of dead workers go to the living, within seconds and by themselves.

That a process was killed shows at once (bot.db.presence); that a machine is cut off or hangs, by
its heart, which Procrastinate keeps.
"""

import structlog
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.db import Sessions
from bot.fleet.crew import DEAD_SECONDS

# Any number that no other program uses in this database.
TAKEOVER_LOCK = 7_202_612
FORGOTTEN_SECONDS = 60.0

_MINE = text("SELECT pg_try_advisory_xact_lock(:key)")
_STALLED = text("""
SELECT job.id, job.task_name, job.args ->> 'arg' AS arg FROM procrastinate_jobs AS job
LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
WHERE job.status = 'doing' AND (
    worker.id IS NULL OR worker.id = ANY(:killed)
    OR worker.last_heartbeat < now() - make_interval(secs => :seconds)
)
""")
_OTHERS = text("SELECT name, ids FROM worker WHERE name <> :me")
_BURY = text("DELETE FROM worker WHERE name = ANY(:names)")
_RETRY = text("SELECT procrastinate_retry_job_v2(:id, now(), NULL, NULL, NULL)")
_DROP = text("SELECT procrastinate_finish_job_v1(:id, 'failed', true)")
_FORGET = text("SELECT procrastinate_prune_stalled_workers_v1(:seconds)")
_WAKE = text("""
SELECT pg_notify('procrastinate_queue_v1#' || queue_name,
    json_build_object('type', 'job_inserted', 'job_id', id)::text)
FROM procrastinate_jobs WHERE id = :id
""")

log = structlog.get_logger(__name__)


def take_over(sessions: Sessions, me: str) -> int:
    """Let what dead workers were at wait again; gives how many jobs.

    One process at a time does it, and no job does: the looker could stall with the others. A
    worker that was only slow loses nothing: leases keep two from writing at once.
    """
    with Session(sessions.engine) as session, session.begin():
        connection = session.connection()
        if not connection.execute(_MINE, {"key": TAKEOVER_LOCK}).scalar():
            return 0
        others = connection.execute(_OTHERS, {"me": me}).all()
        killed = [row for row in others if sessions.is_gone(session, row.name)]
        ids = [number for row in killed for number in row.ids]
        stalled = connection.execute(_STALLED, {"seconds": DEAD_SECONDS, "killed": ids}).all()
        for row in stalled:
            _again(connection, row.id)
            log.warning("a dead worker's job is taken over", job=row.task_name, arg=row.arg)
        connection.execute(_BURY, {"names": [row.name for row in killed]})
        connection.execute(_FORGET, {"seconds": FORGOTTEN_SECONDS})
    return len(stalled)


def _again(connection: Connection, job_id: int) -> None:
    try:
        with connection.begin_nested():
            connection.execute(_RETRY, {"id": job_id})
            connection.execute(_WAKE, {"id": job_id})
    except IntegrityError:
        # The same key was nudged meanwhile and waits already: that one does the work.
        connection.execute(_DROP, {"id": job_id})
