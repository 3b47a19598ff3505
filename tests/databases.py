"""New databases for tests: the schema is made once a process, every test gets a copy of it."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from bot.db import make_engine, migrate

_ONE = Lock()  # Alembic knows one migration at a time in a process; the matrix has two lanes


def new_database(folder: Path, name: str = "bot.sqlite3") -> str:
    """The address of a SQLite database in a folder, made at the newest schema if missing."""
    file = folder / name
    if not file.exists():
        with _ONE:
            made = _made()
        shutil.copyfile(Path(made.name) / "empty.sqlite3", file)
    return f"sqlite:///{file}"


@cache
def _made() -> TemporaryDirectory[str]:
    folder = TemporaryDirectory(prefix="schema")
    engine = make_engine(f"sqlite:///{folder.name}/empty.sqlite3")
    migrate(engine)
    engine.dispose()
    return folder
