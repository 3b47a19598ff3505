"""How the command line gets work done: by the bot that runs, or alone in this process."""

from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import Protocol, cast

import httpx

from bot import jobs
from bot.config import Settings
from bot.console.remote import RemoteQueue, base_url
from bot.db import leases
from bot.db.address import address
from bot.db.lock import is_running, single_worker
from bot.errors import BotError
from bot.jobs import JobQueue
from bot.scheduler import InlineQueue, JobTable
from bot.services import Services

_POLL_SECONDS = 0.2


class Watched(JobQueue, Protocol):
    """A queue whose jobs run elsewhere."""

    @property
    def trouble(self) -> str:
        """Why a nudge was lost; empty while none was."""

    def close(self) -> None:
        """Give the connections back."""


def choose_queue(settings: Settings) -> Watched | InlineQueue:
    """The running bot's queue, that of a fleet whose workers live elsewhere, or one that runs here.

    Alone, messages are left to the next `run`: two processes must never post one twice.
    """
    if bot_runs(settings):
        return RemoteQueue(settings)
    if address(settings.DATABASE_URL).get_backend_name() != "sqlite":
        from bot.fleet import Handover

        fleet = Handover(settings.DATABASE_URL)
        if fleet.has_workers():
            return fleet
        fleet.close()
    return InlineQueue(left_out=frozenset({jobs.DELIVER, jobs.COMMAND, jobs.CLICK}))


def bot_runs(settings: Settings) -> bool:
    """Say whether a bot runs on this database (on this machine, for PostgreSQL)."""
    if address(settings.DATABASE_URL).get_backend_name() == "sqlite":
        return is_running(settings.DATABASE_URL)
    try:
        httpx.get(f"{base_url(settings)}/healthz", timeout=2, trust_env=False)
    except httpx.HTTPError:
        return False
    return True


def see_through(
    services: Services,
    table: JobTable,
    done: Callable[[], bool],
    *,
    seconds: float,
) -> bool:
    """Work, or watch the bot work, until `done`; False when it is not within `seconds`."""
    queue = services.queue
    if isinstance(queue, InlineQueue):
        _work_alone(services, queue, table)
        return done()
    trouble = cast(Watched, queue).trouble
    if trouble:
        raise BotError(trouble)
    end = monotonic() + seconds
    while not done():
        if monotonic() > end:
            return False
        Event().wait(_POLL_SECONDS)
    return True


def _work_alone(services: Services, queue: InlineQueue, table: JobTable) -> None:
    url = services.settings.DATABASE_URL
    with single_worker(url) as nobody_else:
        if nobody_else and not is_running(url):
            # A killed bot or command left its leases behind.
            leases.take_over_all(services.sessions, services.clock)
        queue.run_until_idle(services, table)
