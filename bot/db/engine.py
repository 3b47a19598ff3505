"""The database engine and the two ways to open a session: to read and to write."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, create_engine

from bot.db.turns import Turns

_BUSY_MS = 30_000


def make_engine(url: str) -> Engine:
    """Make the engine for a database URL; for SQLite the folder is made too.

    SQLite runs in WAL mode with synchronous=FULL: a commit that was acknowledged to a person or
    precedes a call to QuickBooks survives a power cut.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=20, max_overflow=20)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=20, max_overflow=20, pool_timeout=60)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare_sqlite(dbapi_connection: Any, _entry: ConnectionPoolEntry) -> None:
    # The driver must not open transactions by itself: `_begin` says which kind it is.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={_BUSY_MS}",
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

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(writing=True)
        self._turns = Turns() if engine.dialect.name == "sqlite" else None

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
            yield session
