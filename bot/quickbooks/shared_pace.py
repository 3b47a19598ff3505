"""The rows by which all processes agree on the pace of calls; every act is a short transaction."""

import time
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select, text
from sqlmodel import Session, SQLModel

from bot.clock import Clock
from bot.db import Sessions
from bot.db.inserting import insert_for
from bot.models import Pace
from bot.quickbooks import pace
from bot.quickbooks.pace import Ask, Grant, Limits

_TABLE = SQLModel.metadata.tables["pace"]
_COLUMNS = tuple(column.name for column in _TABLE.columns)
_STANDING = select(_TABLE).where(_TABLE.c.company_id == bindparam("company"))
_SERVER_TIME = text("SELECT extract(epoch FROM clock_timestamp())")


class SharedPace:
    """Asks for permits in the name of one process."""

    def __init__(self, sessions: Sessions, clock: Clock, holder: str) -> None:
        self.holder = holder
        self._sessions = sessions
        self._clock = clock

    def ask(self, company_id: int, limits: Limits, wanted: Ask) -> tuple[Grant, float]:
        """Ask for permits; returns them and the moment (monotonic) their seconds count from.

        What a dead process had under way no longer counts (on PostgreSQL, where that shows).
        """
        self._sessions.announce(self.holder)
        with self._sessions.write() as session:
            row = _row(session, company_id)
            for holder in row.holders:
                if holder != self.holder and self._sessions.is_gone(session, holder):
                    pace.let_go(row, holder)
            now, since = self._now(session), time.monotonic()
            given = pace.grant(row, limits, wanted, now)
            _keep(session, row)
        return given, since

    def count(self, company_id: int, limits: Limits) -> None:
        """Let the others know of a call that is made without waiting for a turn."""
        with self._sessions.write() as session:
            row = _row(session, company_id)
            pace.count(row, limits, self._now(session))
            _keep(session, row)

    def let_go(self, company_id: int, unused: Sequence[float] = ()) -> None:
        """No call is under way here any more; `unused`: moments (monotonic) of unused permits."""
        with self._sessions.write() as session:
            row = _row(session, company_id)
            now, since = self._now(session), time.monotonic()
            pace.let_go(row, self.holder, [now + at - since for at in unused])
            _keep(session, row)

    def cool_down(self, company_id: int, seconds: float) -> None:
        """QuickBooks itself said that it is too much: all processes leave the company in peace."""
        with self._sessions.write() as session:
            row = _row(session, company_id)
            pace.cool(row, self._now(session), seconds)
            _keep(session, row)

    def _now(self, session: Session) -> float:
        """One clock for all machines: the server's, where there is a server."""
        if session.get_bind().dialect.name == "postgresql":
            return float(session.connection().execute(_SERVER_TIME).scalar_one())
        return self._clock.now().timestamp()


def _row(session: Session, company_id: int) -> Pace:
    """A copy of the row, or a new one; it is written by `_keep` under the same write lock."""
    found = session.connection().execute(_STANDING, {"company": company_id}).mappings()
    return Pace(**(found.one_or_none() or {"company_id": company_id}))


def _keep(session: Session, row: Pace) -> None:
    # Without the ORM: this happens at nearly every call.
    values = {name: getattr(row, name) for name in _COLUMNS}
    session.connection().execute(_kept(session.get_bind().dialect.name), values)


@cache
def _kept(dialect: str) -> Any:
    insert = insert_for(dialect, Pace)
    changed = {name: insert.excluded[name] for name in _COLUMNS if name != "company_id"}
    return insert.on_conflict_do_update(index_elements=["company_id"], set_=changed)
