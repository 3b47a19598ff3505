"""One thread of each process that keeps the fleet's time and looks after its workers."""

from collections.abc import Callable, Iterable
from threading import Event, Thread
from time import monotonic

import structlog
from procrastinate.exceptions import ConnectorException
from sqlalchemy.exc import SQLAlchemyError

from bot import jobs
from bot.checkup import Check
from bot.fixes.registry import by_name
from bot.fleet import due, history, takeover
from bot.fleet.crew import BEAT_SECONDS, THREADS, Crew
from bot.fleet.sending import Sender
from bot.knowledge import follow
from bot.scheduler.lanes import ticket
from bot.scheduler.runs import Runs
from bot.scheduler.ticks import COMPANIES_SECONDS, SPREAD_SECONDS, SWEEP_SECONDS, Tick, Timetable
from bot.services import Services

TICK_SECONDS = 1.0
TAKE_OVER_SECONDS = 3.0

log = structlog.get_logger(__name__)


class Steward:
    """Claims due moments, shows that its process lives, takes over what the dead left."""

    def __init__(
        self,
        services: Services,
        queue: jobs.JobQueue,
        checks: Iterable[Check],
        runs: Runs,
        crew: Crew,
    ) -> None:
        self._services = services
        self._engine = services.sessions.engine
        self._queue = queue
        self._table = Timetable(services, queue, checks)
        self._sender = Sender(self._engine)
        self._runs = runs
        self._crew = crew
        self._companies: set[int] = set()
        self._ticks: dict[str, Tick] = {}
        self._stopping = Event()
        self._thread = Thread(target=self._live, name="steward", daemon=True)
        self._duties: list[tuple[float, Callable[[], None]]] = [
            (BEAT_SECONDS, self._beat),
            (COMPANIES_SECONDS, self._follow_companies),
            (TAKE_OVER_SECONDS, self._take_over),
            (SWEEP_SECONDS, self._tidy),
            (TICK_SECONDS, self._tick),
        ]

    def start(self) -> None:
        """Sweep now, begin to keep the time."""
        self._queue.nudge(jobs.SWEEP)
        self._thread.start()

    def stop(self) -> None:
        """Keep the time no longer."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(TAKE_OVER_SECONDS)

    def leave(self, drained: bool) -> None:
        """Note the last runs; a worker that ended in order is no longer listed."""
        try:
            self._beat()
            if drained:
                history.leave(self._engine, self._services.holder)
        except SQLAlchemyError as error:
            self._say(error)

    def _live(self) -> None:
        due_at = dict.fromkeys(range(len(self._duties)), 0.0)
        away = False
        while not self._stopping.is_set():
            for place, (every, duty) in enumerate(self._duties):
                if monotonic() < due_at[place]:
                    continue
                due_at[place] = monotonic() + every
                try:
                    duty()
                except (ConnectorException, SQLAlchemyError) as error:
                    self._say(error)
                    away = True
                else:
                    away = away and self._back()
            self._stopping.wait(max(0.01, min(due_at.values()) - monotonic()))
        self._sender.close()

    def _back(self) -> bool:
        """The database answers again: what it broke off goes on now, not at the next sweep."""
        log.info("the fleet's database answers again")
        self._queue.nudge(jobs.SWEEP)
        return False

    def _say(self, error: ConnectorException | SQLAlchemyError) -> None:
        reason = type(error.__cause__ or error).__name__
        log.warning("the fleet's database does not answer", reason=reason)

    def _tick(self) -> None:
        more = True
        while more and not self._stopping.is_set():
            again, more = due.take(self._engine, self._once)
            for name in again:
                # A tick of another version's, or of a company that joined just now, is not ours.
                if (tick := self._ticks.get(name)) is not None:
                    tick.act()

    def _once(self, moment: due.Moment) -> None:
        # Handed over before the row goes: a kill in between makes two nudges of it, which are one.
        self._sender.send(ticket(moment.job, moment.arg, moment.lane or None, moment.urgent))

    def _follow_companies(self) -> None:
        """Plan for the companies that joined, forget those that are gone; at first, everything."""
        found = self._table.companies()
        new = [] if self._ticks else self._table.house()
        for place, company_id in enumerate(sorted(found - self._companies)):
            new += self._table.of_company(company_id, place * SPREAD_SECONDS)
        gone = [
            tick.name
            for company_id in self._companies - found
            for tick in self._table.of_company(company_id, 0)
        ]
        if new or gone:
            planned = due.planned(self._engine)
            if not self._ticks:
                gone = sorted(planned.keys() - {tick.name for tick in new})
            self._plan(tick for tick in new if planned.get(tick.name) != tick.every)
            due.forget(self._engine, gone)
        for name in gone:
            self._ticks.pop(name, None)
        self._ticks.update({tick.name: tick for tick in new})
        self._companies = found

    def _plan(self, ticks: Iterable[Tick]) -> None:
        due.plan(self._engine, [(tick.name, tick.every, tick.first) for tick in ticks])

    def _beat(self) -> None:
        self._services.sessions.announce(self._services.holder)
        ran = self._runs.take_fresh()
        history.beat(self._engine, self._services.holder, THREADS, self._crew.ids(), ran)

    def _take_over(self) -> None:
        takeover.take_over(self._services.sessions, self._services.holder)

    def _tidy(self) -> None:
        """What each process does for itself, and what any may do for all."""
        services = self._services
        follow(services.settings.PROBLEMS_DIR, services.knowledge, services.render, by_name())
        # One that started with other settings took for gone what it does not know.
        self._plan(self._table.house())
        history.prune(self._engine)
