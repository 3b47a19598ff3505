"""Leases: one writer per company's books, told apart by a fencing number."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, SQLModel

from bot.clock import Clock
from bot.db.engine import Sessions
from bot.errors import CompanyBusy, LeaseLost
from bot.models import Lease, Pace

# Longer than the longest single call to QuickBooks (its own limit is 120 s).
LIFETIME_SECONDS = 180.0
# Renewed well before its end, also while a slow call is under way.
RENEW_SECONDS = 20.0
_TABLE = SQLModel.metadata.tables["lease"]
# The row stays locked until the caller commits: PostgreSQL has no BEGIN IMMEDIATE.
_STANDING = (
    select(_TABLE.c.holder, _TABLE.c.fence, _TABLE.c.expires_at)
    .where(_TABLE.c.name == bindparam("lease"))
    .with_for_update()
)
_TAKE = (
    update(_TABLE)
    .where(_TABLE.c.name == bindparam("lease"))
    .values(holder=bindparam("by"), fence=bindparam("at"), expires_at=bindparam("until"))
)
# For whoever still holds it as `Held` says.
_PROLONG = (
    update(_TABLE)
    .where(_TABLE.c.name == bindparam("lease"))
    .where(_TABLE.c.holder == bindparam("by"))
    .where(_TABLE.c.fence == bindparam("at"))
    .values(holder=bindparam("then"), expires_at=bindparam("until"))
)


@dataclass(frozen=True)
class Held:
    """A lease this process holds. `fence` rises at each change of hands."""

    name: str
    holder: str
    fence: int


def acquire(
    sessions: Sessions, clock: Clock, name: str, holder: str, seconds: float = LIFETIME_SECONDS
) -> Held | None:
    """Take the lease if it is free, has run out, or its holder is dead; else None.

    That a holder is dead shows at once on PostgreSQL; on SQLite a new `run` takes over all.
    """
    now = clock.now()
    until = now + timedelta(seconds=seconds)
    sessions.announce(holder)
    with sessions.write() as session:
        row = session.connection().execute(_STANDING, {"lease": name}).one_or_none()
        if row is None:
            session.add(Lease(name=name, holder=holder, fence=1, expires_at=until))
            return Held(name, holder, 1)
        abandoned = row.holder == holder and (name, row.fence) in sessions.abandoned
        free = row.holder == "" or row.expires_at <= now or abandoned
        if not free and not sessions.is_gone(session, row.holder):
            return None
        sessions.abandoned.discard((name, row.fence))
        held = Held(name, holder, row.fence + 1)
        taken = {"lease": name, "by": holder, "at": held.fence, "until": until}
        session.connection().execute(_TAKE, taken)
        return held


def renew(sessions: Sessions, clock: Clock, held: Held, seconds: float = LIFETIME_SECONDS) -> bool:
    """Lengthen the lease before a call; False when it has changed hands."""
    with sessions.write() as session:
        return _prolong(session, held, held.holder, clock.now() + timedelta(seconds=seconds))


def release(sessions: Sessions, clock: Clock, held: Held) -> None:
    """Give the lease back; nothing happens if it has changed hands."""
    with sessions.write() as session:
        _prolong(session, held, "", clock.now())


def _prolong(session: Session, held: Held, then: str, until: datetime) -> bool:
    asked = {"lease": held.name, "by": held.holder, "at": held.fence, "then": then, "until": until}
    return session.connection().execute(_PROLONG, asked).rowcount == 1


class Keeper:
    """Keeps a lease alive during long work."""

    def __init__(self, sessions: Sessions, clock: Clock, held: Held) -> None:
        self.held = held
        self._sessions = sessions
        self._clock = clock
        self._due = clock.now()

    def renew(self) -> None:
        """Renew the lease if it is time. Raises LeaseLost."""
        now = self._clock.now()
        if now < self._due:
            return
        if not renew(self._sessions, self._clock, self.held):
            raise LeaseLost
        self._due = now + timedelta(seconds=RENEW_SECONDS)


def require(session: Session, held: Held) -> None:
    """Check inside a write transaction that the lease is still ours.

    Raises LeaseLost. An expired lease nobody took over is still ours.
    """
    row = session.connection().execute(_STANDING, {"lease": held.name}).one_or_none()
    if row is None or (row.holder, row.fence) != (held.holder, held.fence):
        raise LeaseLost


def take_over_all(sessions: Sessions, clock: Clock) -> None:
    """Free every lease: at the start of the only `run` of a SQLite file nobody else is alive.

    Nor is any call to QuickBooks under way.
    """
    with sessions.write() as session:
        session.exec(update(Lease).values(holder="", expires_at=clock.now()))
        session.exec(update(Pace).values(holders={}))


@contextmanager
def company_lease(sessions: Sessions, clock: Clock, company_id: int, holder: str) -> Iterator[Held]:
    """Hold a company's lease for a block. Raises CompanyBusy when another worker has it.

    Where the database is away at the block's end, this process may take the lease again as soon as
    it is back.
    """
    held = acquire(sessions, clock, f"company:{company_id}", holder)
    if held is None:
        raise CompanyBusy
    try:
        yield held
    finally:
        try:
            release(sessions, clock, held)
        except SQLAlchemyError:
            sessions.abandoned.add((held.name, held.fence))
            raise
