"""What waits, runs, is planned and who works: read from the rows that the whole fleet shares."""

from typing import Any

from sqlalchemy import Connection, Engine, text

from bot.fleet.crew import DEAD_SECONDS
from bot.jobs import LATE_SECONDS, Line, Overview, Planned, Ran, WorkerLine

SHOWN = 200
# The last runs of each job: checks alone would fill a list that is cut by age.
OF_EACH = 20

_JOBS = text("""
SELECT job.task_name AS job, job.args ->> 'arg' AS arg, job.lock, job.priority, job.status,
    event.at AS since, worker.name AS worker,
    event.at < now() - make_interval(secs => :late) AS late
FROM procrastinate_jobs AS job
JOIN LATERAL (
    SELECT max(at) AS at FROM procrastinate_events WHERE job_id = job.id AND type = ANY(
        CASE WHEN job.status = 'doing' THEN '{started}' ELSE '{deferred,deferred_for_retry}' END
        ::procrastinate_job_event_type[]
    )
) AS event ON true
LEFT JOIN worker ON worker.ids::jsonb @> to_jsonb(job.worker_id)
WHERE job.status = CAST(:status AS procrastinate_job_status) ORDER BY event.at LIMIT :shown
""")
_COUNTS = text("""
SELECT count(*) AS waiting, count(*) FILTER (
    WHERE (SELECT max(at) FROM procrastinate_events
        WHERE job_id = job.id AND type IN ('deferred', 'deferred_for_retry'))
        < now() - make_interval(secs => :late)
) AS late FROM procrastinate_jobs AS job WHERE status = 'todo'
""")
_LATE_MOMENTS = text(
    "SELECT count(*) FROM due WHERE next_at < now() - make_interval(secs => :late)"
)
_PLANNED = text("""
SELECT job, arg, name, next_at, next_at < now() - make_interval(secs => :late) AS late
FROM due WHERE every = 0 OR next_at < now() - make_interval(secs => :late)
ORDER BY next_at LIMIT :shown
""")
_LAST = text("""
SELECT job, arg, worker, ended_at, seconds, outcome FROM (
    SELECT *, row_number() OVER (PARTITION BY job ORDER BY ended_at DESC) AS place FROM jobrun
) AS ranked WHERE place <= :each ORDER BY ended_at DESC
""")
_WORKERS = text("""
SELECT name, started_at, seen_at, threads,
    seen_at > now() - make_interval(secs => :dead) AS alive,
    (SELECT count(*) FROM procrastinate_jobs AS job WHERE job.status = 'doing'
        AND worker.ids::jsonb @> to_jsonb(job.worker_id)) AS running
FROM worker ORDER BY name
""")


def overview(engine: Engine) -> Overview:
    """Look at the rows as of one moment; lists hold at most `SHOWN`, the last runs `OF_EACH`."""
    late = {"late": LATE_SECONDS}
    shown = {"shown": SHOWN}
    with engine.connect() as opened:
        # One snapshot for all questions: a job that ends between two would be counted, not shown.
        connection = opened.execution_options(isolation_level="REPEATABLE READ")
        counts = connection.execute(_COUNTS, late).one()
        overdue = connection.execute(_LATE_MOMENTS, late).scalar_one()
        return Overview(
            waiting=_lines(connection, "todo"),
            running=_lines(connection, "doing"),
            planned=tuple(
                Planned(*_named(row), at=row.next_at, late=row.late)
                for row in connection.execute(_PLANNED, late | shown)
            ),
            last=tuple(Ran(*row) for row in connection.execute(_LAST, {"each": OF_EACH})),
            workers=tuple(
                WorkerLine(
                    row.name, row.started_at, row.seen_at, row.threads, row.running, row.alive
                )
                for row in connection.execute(_WORKERS, {"dead": DEAD_SECONDS})
            ),
            waiting_count=counts.waiting,
            late_count=counts.late + overdue,
        )


def _lines(connection: Connection, status: str) -> tuple[Line, ...]:
    given = {"status": status, "late": LATE_SECONDS, "shown": SHOWN}
    return tuple(
        Line(
            job=row.job,
            arg=row.arg or "",
            lane=row.lock or "",
            urgent=row.priority > 0,
            since=row.since,
            late=bool(row.late) and status == "todo",
            worker=row.worker or "",
        )
        for row in connection.execute(_JOBS, given)
    )


def _named(row: Any) -> tuple[str, str]:
    """A moment's job and its argument; what comes again and again is known by its name."""
    if row.job:
        return row.job, row.arg
    job, _, arg = row.name.partition(":")
    return job, arg
