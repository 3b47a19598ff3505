"""Who is alive on PostgreSQL: a process holds a lock of its own database session while it lives.

The server lets such a lock go when the process is killed. So what a dead process held is taken
over at once instead of when its lease runs out. SQLite has one `run` and needs none of this.
"""

import hashlib
from threading import Lock
from time import monotonic

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

_TAKE = text("SELECT pg_advisory_lock(:key)")
_TRY = text("SELECT pg_try_advisory_xact_lock(:key)")
_ALIVE = text("SELECT 1")
_ASK_SECONDS = 5.0


class Presence:
    """The names under which this process holds leases, announced on one connection."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._guard = Lock()
        self._line: Connection | None = None
        self._names: set[str] = set()
        self._asked_at = 0.0
        event.listen(engine, "engine_disposed", lambda _engine: self.close())

    def announce(self, name: str) -> None:
        """Show that whoever bears this name is alive, from now until the process ends."""
        with self._guard:
            if self._line is not None and not self._answers(self._line):
                self._drop()  # the server ended it: the locks went with it
            if self._line is None:
                plain = self._engine.connect()
                self._line = plain.execution_options(isolation_level="AUTOCOMMIT")
                for known in self._names:
                    self._line.execute(_TAKE, {"key": _key(known)})
            if name not in self._names:
                self._line.execute(_TAKE, {"key": _key(name)})
                self._names.add(name)

    def close(self) -> None:
        """Let everything go: the engine is disposed of."""
        with self._guard:
            self._drop()
            self._names.clear()

    def _drop(self) -> None:
        if self._line is not None:
            # Not back to the pool: its locks belong to the connection.
            self._line.invalidate()
            self._line.close()
            self._line = None

    def _answers(self, line: Connection) -> bool:
        if monotonic() - self._asked_at < _ASK_SECONDS:
            return True
        try:
            line.execute(_ALIVE)
        except DBAPIError:
            return False
        self._asked_at = monotonic()
        return True


def is_gone(session: Session, name: str) -> bool:
    """Say whether nobody bears this name any more; inside a write transaction, PostgreSQL only."""
    return bool(session.connection().execute(_TRY, {"key": _key(name)}).scalar())


def _key(name: str) -> int:
    """A name as the signed 64 bits that an advisory lock takes."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
