"""One `run` per SQLite file, held by the operating system, so that a crash frees it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic
from typing import IO

from bot.db.address import address
from bot.errors import BotError

# Whoever asks `is_running` shares the lock for a moment; a start waits that out.
PATIENCE_SECONDS = 1.0
# How long a command waits for another one that works without a bot.
COMMAND_PATIENCE_SECONDS = 120.0
_PAUSE_SECONDS = 0.02


class AlreadyRunning(BotError):
    """Another bot is running on this database."""


def _lock_path(url: str) -> Path | None:
    parsed = address(url)
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
    msg = f"Another bot is running on this database ({path.name}). Stop it first."
    with _held(path, PATIENCE_SECONDS, msg):
        yield


@contextmanager
def single_worker(url: str) -> Iterator[bool]:
    """Hold the lock of a command that works with no bot running; waits for another such command.

    Gives True on SQLite: whoever holds a lease then is dead, because nobody else can be at work.
    """
    path = _lock_path(url)
    if path is None:
        yield False
        return
    msg = "Another command is working on this database; try again when it is done."
    with _held(path.with_name(f"{path.name}.command"), COMMAND_PATIENCE_SECONDS, msg):
        yield True


@contextmanager
def _held(path: Path, patience: float, msg: str) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="ascii") as file:
        end = monotonic() + patience
        while not _taken(file, fcntl.LOCK_EX):
            if monotonic() > end:
                raise AlreadyRunning(msg)
            Event().wait(_PAUSE_SECONDS)
        yield


def _taken(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_running(url: str) -> bool:
    """Say whether a `run` holds the lock just now."""
    path = _lock_path(url)
    if path is None or not path.exists():
        return False
    with path.open(encoding="ascii") as file:
        # Shared: two that ask at the same time do not take each other for a `run`.
        return not _taken(file, fcntl.LOCK_SH)
