"""Follows long work on the terminal, with a bar that moves while the work goes on."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.console.model import Desk
from bot.console.working import see_through
from bot.mirror import reading
from bot.services import Services

_LOOK_SECONDS = 0.3


@dataclass(frozen=True)
class Step:
    """What is being done, how much of it is done, and how much there is."""

    what: str
    done: int
    total: int


def follow(
    desk: Desk, done: Callable[[], bool], step: Callable[[], Step], *, seconds: float, quiet: bool
) -> bool:
    """Work, or watch the bot work, until `done`; False when it is not within `seconds`.

    The bar stands on standard error, only where a person sees it.
    """
    with _bar(step, shown=not quiet and sys.stderr.isatty()):
        return see_through(desk.services, desk.table, done, seconds=seconds)


@contextmanager
def _bar(step: Callable[[], Step], *, shown: bool) -> Iterator[None]:
    if not shown:
        yield
        return
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    ended = Event()

    def watch() -> None:
        while not ended.wait(_LOOK_SECONDS):
            now = step()
            bar.update(
                task, description=now.what, completed=now.done, total=max(now.total, now.done)
            )

    with bar:
        task = bar.add_task("", total=None)
        # Alone, the work itself runs in this thread: the bar has one of its own.
        watcher = Thread(target=watch, name="bar", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()


def reading_now(services: Services, company_ids: Sequence[int]) -> Step | None:
    """How far the reading of these companies is; None while none is being read."""
    with services.sessions.read() as session:
        under_way = [reading.under_way(session, one) for one in company_ids]
        parts = [reading.progress(session, one) for one in under_way if one is not None]
    if not parts:
        return None
    return Step(
        "reading QuickBooks", sum(one.done for one in parts), sum(one.total for one in parts)
    )
