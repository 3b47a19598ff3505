"""Migrations equal models, on both engines."""

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
def test_migrations_equal_models_on_postgresql(postgres_url: str):
    """The same on PostgreSQL."""
    engine = make_engine(postgres_url)
    migrate(engine)

    assert schema_differences(engine) == []
    engine.dispose()


def test_migrating_twice_changes_nothing(tmp_path: Path):
    """`run` migrates at every start."""
    engine = make_engine(f"sqlite:///{tmp_path}/bot.sqlite3")
    migrate(engine)
    migrate(engine)

    assert schema_differences(engine) == []
    engine.dispose()
