"""Migrations and models say the same, on both engines."""

from bot.db import Sessions, migrate, schema_differences


def test_migrations_equal_models(sessions: Sessions) -> None:
    """A database brought up by migrations differs in nothing from the models."""
    assert schema_differences(sessions.engine) == []


def test_migrating_twice_changes_nothing(sessions: Sessions) -> None:
    """Every start migrates; the second time there is nothing to do."""
    migrate(sessions.engine)

    assert schema_differences(sessions.engine) == []
