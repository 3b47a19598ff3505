"""Sends intended writes side by side and settles the answers as they come, in few transactions."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event

from bot.db import leases
from bot.models import Write
from bot.services import Services
from bot.sync import writing
from bot.sync.writing import Answer

# So long good answers are collected before they are written down; shorter where a person watches.
_COLLECT_SECONDS = 8.0
_WATCHED_SECONDS = 3.0


def send(
    services: Services,
    held: leases.Held,
    keeper: leases.Keeper,
    writes: Sequence[Write],
    halt: Event,
    *,
    again: bool,
    in_order: bool = False,
) -> Iterator[tuple[Write, Answer]]:
    """Perform the writes, several at a time; yield each one once it is settled.

    `in_order`: one after the other, as somebody who replays what waited expects.

    When `halt` is set no further call is begun; writes that were never sent are taken back.
    Raises LeaseLost; then nothing more is sent, and the new holder settles what is open.
    """
    if not writes:
        return
    stop_calling = Event()
    workers = 1 if in_order else min(services.settings.QUICKBOOKS_CONCURRENCY, len(writes))

    def call(write: Write) -> Answer | None:
        if halt.is_set() or stop_calling.is_set():
            return None
        return writing.call(services, write, again=again)

    collect = _WATCHED_SECONDS if in_order else _COLLECT_SECONDS
    answers = _Answers(writes)
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="post") as pool:
        at_work = [pool.submit(answers.bring, call) for _ in range(workers)]
        for worker in at_work:
            worker.add_done_callback(answers.ended)
        try:
            while answers.left:
                keeper.renew()
                done = answers.collected(collect)
                for worker in at_work:
                    if worker.done():
                        worker.result()
                yield from _settle(services, held, done, again=again)
        finally:
            stop_calling.set()


class _Answers:
    """Writes to be sent and the answers to them, between the workers and whoever settles.

    Good answers are collected for a moment; any other one is handed on at once. One transaction
    for several costs little more than for one. An answer that is not written down yet is no risk:
    after a crash its requestid is asked again.
    """

    def __init__(self, writes: Sequence[Write]) -> None:
        self.left = len(writes)
        self._todo: SimpleQueue[Write] = SimpleQueue()
        for write in writes:
            self._todo.put(write)
        self._come: SimpleQueue[tuple[Write, Answer | None]] = SimpleQueue()
        self._worth_a_look = Event()

    def bring(self, call: Callable[[Write], Answer | None]) -> None:
        """A worker's whole work: one write after the other, until none is left."""
        while (write := self._next()) is not None:
            answer = call(write)
            self._come.put((write, answer))
            if not _is_good(answer) or self._come.qsize() >= self.left:
                self._worth_a_look.set()

    def _next(self) -> Write | None:
        with suppress(Empty):
            return self._todo.get_nowait()
        return None

    def ended(self, worker: Future[None]) -> None:
        """A worker that broke off is seen at once."""
        if worker.exception() is not None:
            self._worth_a_look.set()

    def collected(self, seconds: float) -> list[tuple[Write, Answer | None]]:
        """What has come, after at most so long."""
        # The last one may have come before `left` said that it was the last.
        if self._come.qsize() < self.left:
            self._worth_a_look.wait(seconds)
        self._worth_a_look.clear()
        found: list[tuple[Write, Answer | None]] = []
        with suppress(Empty):
            while True:
                found.append(self._come.get_nowait())
        self.left -= len(found)
        return found


def _is_good(answer: Answer | None) -> bool:
    return answer is not None and answer.state == "done"


def _settle(
    services: Services,
    held: leases.Held,
    answered: list[tuple[Write, Answer | None]],
    *,
    again: bool,
) -> list[tuple[Write, Answer]]:
    if not answered:
        return []
    settled: list[tuple[Write, Answer]] = []
    unsent: list[int] = []
    for write, answer in answered:
        if answer is not None:
            settled.append((write, answer))
        elif not again:
            unsent.append(write.id or 0)
    with services.sessions.write() as session:
        leases.require(session, held)
        answers = [(write.id or 0, answer) for write, answer in settled]
        writing.settle(session, answered[0][0].company_id, answers, services.clock.now())
        for write_id in unsent:
            writing.forget(session, write_id)
    return settled
