"""Sends intended writes side by side and settles the answers as they come, in few transactions."""

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Event

from bot.db import leases
from bot.models import Write
from bot.services import Services
from bot.sync import writing
from bot.sync.writing import Answer


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

    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="post") as pool:
        pending = {pool.submit(call, write): write for write in writes}
        try:
            while pending:
                keeper.renew()
                done, _ = wait(pending, timeout=leases.RENEW_SECONDS, return_when=FIRST_COMPLETED)
                settled = [(pending.pop(future), future) for future in done]
                yield from _settle(services, held, settled, again=again)
        finally:
            stop_calling.set()


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
