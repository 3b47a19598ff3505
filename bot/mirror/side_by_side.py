"""Runs calls several at a time and hands their results over as they come, few at once in memory."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from bot.errors import BotError

T = TypeVar("T")
# One call more than there are threads waits, so that none of them idles.
_AHEAD = 1


def side_by_side(
    calls: Iterable[Callable[[], T]], workers: int, *, go_on: Callable[[], bool] = lambda: True
) -> Iterator[T]:
    """Yield each call's result once it is there; at most `workers` + 1 are begun and not taken.

    While `go_on` says no, nothing new is begun; what runs is still handed over. After a BotError
    no further call is begun, the results of those that run are handed over, then it is raised.
    """
    todo = iter(calls)
    failed: BotError | None = None
    pending: set[Future[T]] = set()
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="read") as pool:
        while True:
            while failed is None and len(pending) < workers + _AHEAD and go_on():
                call = next(todo, None)
                if call is None:
                    break
                pending.add(pool.submit(call))
            if not pending:
                break
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                try:
                    result = future.result()
                except BotError as error:
                    failed = failed or error
                else:
                    yield result
    if failed is not None:
        raise failed
