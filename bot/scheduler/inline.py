"""Nudges for the command line without a bot: run in the caller, one after the other."""

from collections import OrderedDict
from threading import Event

from bot.errors import CompanyBusy
from bot.jobs import Nudge
from bot.scheduler.local import BUSY_SECONDS, JobTable
from bot.services import Services


class InlineQueue:
    """Collects nudges; `run_until_idle` runs them in the calling thread.

    Jobs named in `left_out` are dropped: their rows are found by the next `run` (messages are
    written by the running bot alone, so that two processes never post).
    """

    def __init__(self, left_out: frozenset[str] = frozenset()) -> None:
        self._left_out = left_out
        self._urgent: OrderedDict[str, Nudge] = OrderedDict()
        self._normal: OrderedDict[str, Nudge] = OrderedDict()

    def nudge(
        self,
        job: str,
        arg: str = "",
        *,
        lane: str | None = None,
        urgent: bool = False,
        seconds: float = 0.0,
    ) -> None:
        """Remember a nudge (see `bot.jobs.JobQueue`); lanes mean nothing to a single thread.

        One for later is left to the next run: nobody waits at a command line for it.
        """
        del lane
        new = Nudge(job, arg)
        if seconds > 0 or job in self._left_out or new.key in self._urgent:
            return
        if urgent:
            self._normal.pop(new.key, None)
            self._urgent[new.key] = new
        else:
            self._normal.setdefault(new.key, new)

    def run_until_idle(
        self,
        services: Services,
        jobs: JobTable,
        *,
        busy_seconds: float = 30.0,
    ) -> int:
        """Run what was nudged, and what that nudges, and return how many jobs ran.

        Raises CompanyBusy when another process keeps a company for longer than `busy_seconds`,
        and whatever a job raises: the caller is a person at a command line.
        """
        ran = 0
        waited = 0.0
        while (chosen := self._next()) is not None:
            try:
                jobs[chosen.job](services, chosen.arg)
            except CompanyBusy:
                if waited >= busy_seconds:
                    raise
                self._normal.setdefault(chosen.key, chosen)
                Event().wait(BUSY_SECONDS)
                waited += BUSY_SECONDS
            ran += 1
        return ran

    def _next(self) -> Nudge | None:
        for waiting in (self._urgent, self._normal):
            if waiting:
                return waiting.popitem(last=False)[1]
        return None
