"""Procrastinate's own tables: made at the first start, brought up by later ones."""

from pathlib import Path

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, Engine, text

_THERE = text("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")
_VERSION = text("SELECT obj_description('procrastinate_jobs'::regclass)")
# Its own migrations are files whose names sort by version; it keeps no note of the last one.
_MARK = "COMMENT ON TABLE procrastinate_jobs IS '{}'"


def prepare(engine: Engine) -> None:
    """Bring the engine's tables to the version that is installed; safe to call at every start.

    As a writer: processes that start together do it one after the other.
    """
    newest = _migrations()[-1].stem
    with engine.execution_options(writing=True).begin() as connection:
        if not connection.execute(_THERE).scalar():
            _run(connection, SchemaManager.get_schema())
        else:
            done = str(connection.execute(_VERSION).scalar() or newest)
            for path in _migrations():
                if path.stem > done:
                    _run(connection, path.read_text(encoding="utf-8"))
        _run(connection, _MARK.format(newest))


def _migrations() -> list[Path]:
    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))


def _run(connection: Connection, statements: str) -> None:
    # By the driver itself: several statements at once, in which % is no place for a value.
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(statements)
