"""Follows long work on the terminal: a bar for a person, a line now and then for a log."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from sqlalchemy.exc import SQLAlchemyError

from bot.console.model import Desk
from bot.console.output import note
from bot.console.working import see_through
from bot.mirror import reading
from bot.services import Services

_LOOK_SECONDS = 0.3
# Lines: short work is not told; then at each tenth of the way, and at least so often.
_FIRST_LINE_SECONDS = 2.0
_NEXT_LINE_SECONDS = 10.0


@dataclass(frozen=True)
class Step:
    """What is being done, how much of it is done, and how much there is (0: not known yet)."""

    what: str
    done: int
    total: int

    @property
    def count(self) -> str:
        """How much of how much; nothing while that is not known."""
        return f"{self.done:,} of {self.total:,}" if self.total else ""

    @property
    def tenth(self) -> int:
        """How many tenths are done."""
        return self.done * 10 // self.total if self.total else 0

    @property
    def line(self) -> str:
        """As a line of its own."""
        if not self.total:
            return f"{self.what} …"
        return f"{self.what}: {self.count} ({self.done * 100 // self.total} %)"


def follow(
    desk: Desk, done: Callable[[], bool], step: Callable[[], Step], *, seconds: float, quiet: bool
) -> bool:
    """Work, or watch the bot work, until `done`; False when it is not within `seconds`.

    How far it is stands on standard error: as a bar, or as lines where that is no terminal.
    """
    with _shown(step, quiet=quiet):
        return see_through(desk.services, desk.table, done, seconds=seconds)


@contextmanager
def _shown(step: Callable[[], Step], *, quiet: bool) -> Iterator[None]:
    if quiet:
        yield
        return
    if not sys.stderr.isatty():
        with _watched(_Lines(step).look):
            yield
        return
    with _bar() as bar:
        task = bar.add_task("", total=None, count="")

        def look() -> None:
            now = step()
            total = max(now.total, now.done) or None
            bar.update(task, description=now.what, completed=now.done, total=total, count=now.count)

        with _watched(look):
            yield


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[count]}"),
        console=Console(stderr=True),
        transient=True,
    )


@contextmanager
def _watched(look: Callable[[], None]) -> Iterator[None]:
    """Look again and again in a thread of its own: alone, the work itself runs in this one."""
    ended = Event()

    def watch() -> None:
        # A look that cannot be made, or be shown, never disturbs the work.
        while not ended.wait(_LOOK_SECONDS):
            with suppress(SQLAlchemyError, OSError):
                look()

    watcher = Thread(target=watch, name="progress", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


class _Lines:
    """Writes a line for what begins, at each tenth of the way, and at least every ten seconds."""

    def __init__(self, step: Callable[[], Step]) -> None:
        self._step = step
        self._told_at = monotonic() - _NEXT_LINE_SECONDS + _FIRST_LINE_SECONDS
        self._told = Step("", 0, 0)

    def look(self) -> None:
        """Write a line if one is due."""
        waited = monotonic() - self._told_at
        if waited < _NEXT_LINE_SECONDS and not self._told.what:
            return
        now = self._step()
        news = (now.what, now.tenth) != (self._told.what, self._told.tenth)
        if news or waited >= _NEXT_LINE_SECONDS:
            note(now.line)
            self._told, self._told_at = now, monotonic()


def reading_now(services: Services, company_ids: Sequence[int]) -> Step | None:
    """How far the reading of these companies is; None while none is being read.

    Once every page came the counts are compared: QuickBooks counts again, what is missing is read.
    """
    with services.sessions.read() as session:
        under_way = [reading.under_way(session, one) for one in company_ids]
        parts = [reading.progress(session, one) for one in under_way if one is not None]
    if not parts:
        return None
    if all(one.is_whole for one in parts):
        return Step("comparing the counts with QuickBooks", 0, 0)
    return Step(
        "reading QuickBooks", sum(one.done for one in parts), sum(one.total for one in parts)
    )
