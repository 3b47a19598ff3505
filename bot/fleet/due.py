"""Moments as rows: whichever process comes first takes one, and no other does."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import Engine, text

AT_ONCE = 200

# Rows that another process is at are passed over; what is taken commits with its next moment.
_TAKE = text("""
SELECT name, every, job, arg, lane, urgent FROM due
WHERE next_at <= now() ORDER BY next_at LIMIT :most FOR UPDATE SKIP LOCKED
""")
_AGAIN = text("""
UPDATE due SET next_at = now() + make_interval(secs => every * (0.95 + 0.1 * random()))
WHERE name = ANY(:names)
""")
_GONE = text("DELETE FROM due WHERE name = ANY(:names)")
_PLAN = text("""
INSERT INTO due (name, next_at, every, job, arg, lane, urgent)
VALUES (:name, now() + make_interval(secs => :first), :every, '', '', '', false)
ON CONFLICT (name) DO UPDATE SET every = excluded.every,
    next_at = least(due.next_at, now() + make_interval(secs => excluded.every))
WHERE due.every <> excluded.every
""")
_KNOWN = text("SELECT name, every FROM due WHERE every > 0")


@dataclass(frozen=True)
class Moment:
    """One row whose time has come; `job` is empty for what comes again and again."""

    name: str
    job: str
    arg: str
    lane: str
    urgent: bool


def take(engine: Engine, once: Callable[[Moment], None]) -> tuple[list[str], bool]:
    """Take what is due: what comes once goes to `once`, the names of the others come back.

    Also says whether there may be more. What `once` raises leaves everything as it was.
    """
    with engine.begin() as connection:
        rows = connection.execute(_TAKE, {"most": AT_ONCE}).all()
        again = [row.name for row in rows if row.every > 0]
        gone = [row.name for row in rows if row.every == 0]
        for row in rows:
            if row.every == 0:
                once(Moment(row.name, row.job, row.arg, row.lane, row.urgent))
        if again:
            connection.execute(_AGAIN, {"names": again})
        if gone:
            connection.execute(_GONE, {"names": gone})
    return again, len(rows) == AT_ONCE


def plan(engine: Engine, ticks: Iterable[tuple[str, float, float]]) -> None:
    """Keep these (name, every, first): one that is there goes on, at the pace of now."""
    rows = [
        {"name": name, "every": every, "first": min(first, every)} for name, every, first in ticks
    ]
    if rows:
        with engine.begin() as connection:
            connection.execute(_PLAN, rows)


def forget(engine: Engine, names: Iterable[str]) -> None:
    """Take moments out."""
    with engine.begin() as connection:
        connection.execute(_GONE, {"names": list(names)})


def planned(engine: Engine) -> dict[str, float]:
    """The names of everything that comes again and again, with their pace."""
    with engine.connect() as connection:
        return {row.name: row.every for row in connection.execute(_KNOWN)}
