"""One process of the token race: asks for access tokens, and may die between answer and store."""

import os
import signal
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection as Pipe
from threading import Event
from typing import Any

import structlog
from structlog.typing import EventDict

from bot.clock import Clock
from bot.config import Settings
from bot.db import Sessions, make_engine
from bot.quickbooks import PermissionLost, QuickBooksFault
from bot.quickbooks.oauth import Grant, Intuit
from bot.quickbooks.tokens import TokenKeeper
from bot.quickbooks.vault import Vault

# How often a process that was told to come back later does so within one round.
_TRIES = 5


@dataclass(frozen=True)
class Shared:
    """What the coordinator and all processes see: hours passed, and who has to die where."""

    ahead: Any
    deadly: Any


class AheadClock(Clock):
    """The machine's clock, put forward by what all processes agree on."""

    def __init__(self, ahead: Any) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        """The present moment in the race."""
        return super().now() + timedelta(seconds=self._ahead.value)


class DyingIntuit(Intuit):
    """Intuit has answered, and the process ends before anything is written down."""

    def __init__(self, settings: Settings, shared: Shared, place_of: Mapping[str, int]) -> None:
        super().__init__(settings)
        self._shared = shared
        self._place_of = place_of
        self.company = ""

    def refresh(self, refresh_token: str) -> Grant:
        """Refresh; the first one after a death was ordered dies."""
        grant = super().refresh(refresh_token)
        place = self._place_of[self.company]
        with self._shared.deadly.get_lock():
            dies = bool(self._shared.deadly[place])
            self._shared.deadly[place] = 0
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)
        return grant


class Runner:
    """The process's own token keeper, and what it says in its log."""

    def __init__(self, name: str, settings: Settings, companies: Sequence[int], shared: Shared):
        self.seen: Counter[str] = Counter()
        structlog.configure(processors=[self._note])
        places = {str(company): place for place, company in enumerate(companies)}
        self._intuit = DyingIntuit(settings, shared, places)
        self._keeper = TokenKeeper(
            Sessions(make_engine(settings.DATABASE_URL)),
            AheadClock(shared.ahead),
            self._intuit,
            Vault(settings.SECRET_KEYS.get_secret_value()),
            name,
            Event().wait,
        )

    def _note(self, _logger: Any, _method: str, event: EventDict) -> EventDict:
        self.seen[str(event["event"])] += 1
        raise structlog.DropEvent

    def ask(self, company_id: int) -> None:
        """Ask for a token twice: the second time nothing can be due."""
        self._intuit.company = str(company_id)
        for _ in range(_TRIES):
            try:
                self._keeper.access(company_id)
                self._keeper.access(company_id)
                self.seen["answered"] += 1
                return
            except PermissionLost:
                self.seen["lost"] += 1
                return
            except QuickBooksFault:
                self.seen["told_later"] += 1
        self.seen["gave_up"] += 1


def serve(
    name: str, settings: Settings, companies: Sequence[int], shared: Shared, pipe: Pipe
) -> None:
    """Race whenever the coordinator says so; answer with what was seen. Never returns."""
    runner = Runner(name, settings, companies, shared)
    pipe.send("ready")
    while True:
        try:
            order: list[int] = pipe.recv()
        except EOFError:
            os._exit(0)
        runner.seen.clear()
        for company_id in order:
            runner.ask(company_id)
        pipe.send(dict(runner.seen))
