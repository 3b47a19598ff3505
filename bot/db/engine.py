"""The database engine and the two ways to open a session: to read and to write."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, create_engine

from bot.clock import Clock
from bot.db.address import address
from bot.db.presence import Presence, is_gone
from bot.db.turns import Turns
from bot.domain import JsonValue

_BUSY_MS = 30_000
_IDLE_MS = 60_000
# Any number that no other program uses in this database.
WRITERS_LOCK = 7_202_611
_CLOCK = "clock"


def make_engine(url: str) -> Engine:
    """Make the engine for a database URL; for SQLite the folder is made too.

    SQLite runs in WAL mode with synchronous=FULL: a commit that was acknowledged to a person or
    precedes a call to QuickBooks survives a power cut. Raises ConfigError.
    """
    parsed = address(url)
    if parsed.get_backend_name() != "sqlite":
        return _postgres(parsed)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        pool_size=20,
        max_overflow=20,
        pool_timeout=60,
        json_serializer=to_json,
        json_deserializer=from_json,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _postgres(url: URL) -> Engine:
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_size=20,
        max_overflow=20,
        pool_timeout=60,
        json_serializer=to_json,
        json_deserializer=from_json,
    )
    event.listen(engine, "connect", _prepare_postgres)
    event.listen(engine, "begin", _begin_postgres)
    return engine


def to_json(value: JsonValue) -> str:
    """Write a JSON column; an amount becomes its decimal string, never a float."""
    return _ENCODER.encode(value)


def from_json(stored: str | bytes) -> JsonValue:
    """Read a JSON column; most of them hold nothing, which needs no parser."""
    if stored in ("{}", b"{}"):
        return {}
    return [] if stored in ("[]", b"[]") else json.loads(stored)


def _amount(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    msg = f"{type(value).__name__} is nothing a JSON column holds"
    raise TypeError(msg)


_ENCODER = json.JSONEncoder(default=_amount)


def _prepare_postgres(dbapi_connection: Any, _entry: ConnectionPoolEntry) -> None:
    # No transaction is held over a network call: one that idles belongs to a machine that is gone,
    # and the server would keep its locks until it notices.
    with dbapi_connection.cursor() as cursor:
        cursor.execute(f"SET idle_in_transaction_session_timeout = {_IDLE_MS}")
        cursor.execute(f"SET lock_timeout = {_BUSY_MS}")
    dbapi_connection.commit()


def _begin_postgres(connection: Connection) -> None:
    # What BEGIN IMMEDIATE is to SQLite: whoever reads and then writes sees nobody in between, and
    # row locks taken in different orders cannot meet (docs/adr/0008-writers-on-postgres.md).
    if connection.get_execution_options().get("writing", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})")


def _prepare_sqlite(dbapi_connection: Any, _entry: ConnectionPoolEntry) -> None:
    # The driver must not open transactions by itself: `_begin` says which kind it is.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in (
        f"busy_timeout={_BUSY_MS}",  # first: to turn WAL on is to write
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # Read-then-write under WAL without IMMEDIATE loses updates (design.md section 9 rule 1).
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


class Sessions:
    """Opens short sessions. None is ever held over a network call."""

    def __init__(self, engine: Engine, clock: Clock | None = None) -> None:
        self.engine = engine
        self._clock = clock or Clock()
        self._writing = engine.execution_options(writing=True)
        self._turns = Turns() if engine.dialect.name == "sqlite" else None
        self._presence = None if self._turns else Presence(engine)
        # Leases (name, fence) that nobody here works with any more, though their rows say so.
        self.abandoned: set[tuple[str, int]] = set()

    def announce(self, holder: str) -> None:
        """Before a lease or a claim is taken in a name: show that whoever bears it is alive."""
        if self._presence is not None:
            self._presence.announce(holder)

    def is_gone(self, session: Session, holder: str) -> bool:
        """Say, inside a write transaction, whether the bearer of a name is known to be dead.

        On SQLite nothing tells: there the only `run` takes over all leases at its start.
        """
        return self._presence is not None and is_gone(session, holder)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session for reading; its rows stay usable after it closes."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session that holds the write lock; commits at the end, rolls back on error."""
        with (
            self._turns.turn() if self._turns else nullcontext(),
            Session(self._writing, expire_on_commit=False) as session,
            session.begin(),
        ):
            session.info[_CLOCK] = self._clock
            yield session


def now_in(session: Session) -> datetime:
    """The present, for what is dated deep inside a write transaction, by its opener's clock."""
    clock: Clock = session.info.get(_CLOCK) or Clock()
    return clock.now()
