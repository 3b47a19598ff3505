"""The command line's way to a fleet: nudges go to its workers, wherever they are."""

from procrastinate.exceptions import ConnectorException
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.db import make_engine
from bot.fleet.crew import DEAD_SECONDS
from bot.fleet.sending import Sender
from bot.jobs import Nudge
from bot.scheduler.lanes import ticket

_TABLES = text(
    "SELECT to_regclass('worker') IS NOT NULL AND to_regclass('procrastinate_jobs') IS NOT NULL"
)
_ALIVE = text("SELECT count(*) FROM worker WHERE seen_at > now() - make_interval(secs => :dead)")


class Handover:
    """Hands every nudge to the fleet at once (implements `bot.jobs.JobQueue`).

    A nudge that does not arrive is kept in `lost`; the sweep finds the rows within a minute.
    """

    def __init__(self, url: str) -> None:
        self._engine = make_engine(url)
        self._sender = Sender(self._engine)
        self.lost: list[Nudge] = []

    @property
    def trouble(self) -> str:
        """Why a nudge was lost; empty while none was."""
        if not self.lost:
            return ""
        return f"The fleet's database did not take a job ({self.lost[0].job}); try again."

    def has_workers(self) -> bool:
        """Say whether a process of the fleet lives. Raises SQLAlchemyError."""
        with self._engine.connect() as connection:
            there = connection.execute(_TABLES).scalar()
            return bool(there and connection.execute(_ALIVE, {"dead": DEAD_SECONDS}).scalar())

    def nudge(
        self,
        job: str,
        arg: str = "",
        *,
        lane: str | None = None,
        urgent: bool = False,
        seconds: float = 0.0,
    ) -> None:
        """Hand a nudge on (see `bot.jobs.JobQueue`)."""
        new = ticket(job, arg, lane, urgent)
        try:
            if seconds > 0:
                self._sender.send_later(new, seconds)
            else:
                self._sender.send(new)
        except (ConnectorException, SQLAlchemyError):
            self.lost.append(new.nudge)

    def close(self) -> None:
        """Give the connections back."""
        self._sender.close()
        self._engine.dispose()
