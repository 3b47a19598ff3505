"""One set of tests on both engines: SQLite always, PostgreSQL where its bundled server starts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.db import Sessions, make_engine, migrate


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def sessions(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sessions]:
    """An empty, migrated database."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path}/bot.sqlite3")
    else:
        engine = make_engine(request.getfixturevalue("postgres_url"))
    migrate(engine)
    yield Sessions(engine)
    engine.dispose()
