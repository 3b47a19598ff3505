"""Who works, and how the last runs ended: rows for people, bounded."""

from collections.abc import Sequence

from sqlalchemy import Engine, text

from bot.jobs import Ran

KEPT = 5_000
GONE_HOURS = 1

_RAN = text("""
INSERT INTO jobrun (key, job, arg, worker, ended_at, seconds, outcome)
VALUES (:key, :job, :arg, :worker, :ended_at, :seconds, :outcome)
ON CONFLICT (key) DO UPDATE SET worker = excluded.worker, ended_at = excluded.ended_at,
    seconds = excluded.seconds, outcome = excluded.outcome
WHERE jobrun.ended_at <= excluded.ended_at
""")
_BEAT = text("""
INSERT INTO worker (name, started_at, seen_at, threads, ids)
VALUES (:name, now(), now(), :threads, to_json(CAST(:ids AS bigint[])))
ON CONFLICT (name) DO UPDATE SET seen_at = now(), ids = excluded.ids
""")
_LEAVE = text("DELETE FROM worker WHERE name = :name")
_PRUNE_RUNS = text("""
DELETE FROM jobrun WHERE ended_at <= (
    SELECT ended_at FROM jobrun ORDER BY ended_at DESC OFFSET :kept LIMIT 1
)
""")
_PRUNE_WORKERS = text("DELETE FROM worker WHERE seen_at < now() - make_interval(hours => :hours)")


def beat(engine: Engine, name: str, threads: int, ids: Sequence[int], ran: Sequence[Ran]) -> None:
    """Show that a worker lives, and note the runs that ended."""
    with engine.begin() as connection:
        connection.execute(_BEAT, {"name": name, "threads": threads, "ids": list(ids)})
        if ran:
            connection.execute(_RAN, [_row(one) for one in sorted(ran, key=lambda one: one.key)])


def leave(engine: Engine, name: str) -> None:
    """A worker ended in order."""
    with engine.begin() as connection:
        connection.execute(_LEAVE, {"name": name})


def prune(engine: Engine) -> None:
    """Keep the newest runs, and the dead of the last hour."""
    with engine.begin() as connection:
        connection.execute(_PRUNE_RUNS, {"kept": KEPT})
        connection.execute(_PRUNE_WORKERS, {"hours": GONE_HOURS})


def _row(ran: Ran) -> dict[str, object]:
    return {
        "key": ran.key,
        "job": ran.job,
        "arg": ran.arg,
        "worker": ran.worker,
        "ended_at": ran.ended_at,
        "seconds": ran.seconds,
        "outcome": ran.outcome,
    }
