"""One `run` per SQLite file, held by the operating system, so that a crash frees it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from bot.errors import BotError


class AlreadyRunning(BotError):
    """Another bot is running on this database."""


def _lock_path(url: str) -> Path | None:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(f"{parsed.database}.lock")


@contextmanager
def single_run(url: str) -> Iterator[None]:
    """Hold the lock for the life of a `run`. Raises AlreadyRunning. PostgreSQL needs none."""
    path = _lock_path(url)
    if path is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            msg = f"Another bot is running on this database ({path.name}). Stop it first."
            raise AlreadyRunning(msg) from None
        yield


def is_running(url: str) -> bool:
    """Say whether a `run` holds the lock just now."""
    try:
        with single_run(url):
            return False
    except AlreadyRunning:
        return True
