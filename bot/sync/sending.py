"""Sends intended writes side by side and settles the answers as they come, in few transactions."""

import time
from collections.abc import Iterator, Sequence
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
    answered: SimpleQueue[Future[Answer | None]] = SimpleQueue()
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="post") as pool:
        pending = {pool.submit(call, write): write for write in writes}
        for future in pending:
            future.add_done_callback(answered.put)
        try:
            while pending:
                keeper.renew()
                done = _collected(answered, len(pending), collect)
                settled = [(pending.pop(one), one) for one in done]
                yield from _settle(services, held, settled, again=again)
        finally:
            stop_calling.set()


def _collected(
    answered: SimpleQueue[Future[Answer | None]], left: int, seconds: float
) -> list[Future[Answer | None]]:
    """Wait for answers: good ones are collected for a moment, any other one is handed on at once.

    One transaction for several costs little more than for one. An answer that is not written down
    yet is no risk: after a crash its requestid is asked again.
    """
    done: list[Future[Answer | None]] = []
    rest = leases.RENEW_SECONDS
    until = 0.0
    with suppress(Empty):
        while len(done) < left and rest > 0:
            done.append(answered.get(timeout=rest))
            if not _is_good(done[-1]):
                break
            until = until or time.monotonic() + seconds
            rest = until - time.monotonic()
        while True:
            done.append(answered.get_nowait())
    return done


def _is_good(answered: Future[Answer | None]) -> bool:
    failed = answered.exception()
    answer = answered.result() if failed is None else None
    return answer is not None and answer.state == "done"


def _settle(
    services: Services,
    held: leases.Held,
    answered: list[tuple[Write, Future[Answer | None]]],
    *,
    again: bool,
) -> list[tuple[Write, Answer]]:
    if not answered:
        return []
    settled: list[tuple[Write, Answer]] = []
    unsent: list[int] = []
    for write, future in answered:
        answer = future.result()
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
