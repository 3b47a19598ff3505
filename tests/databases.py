"""New databases for tests: the schema is made once a process, every test gets a copy of it."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.db import make_engine, migrate


def new_database(folder: Path, name: str = "bot.sqlite3") -> str:
    """The address of a SQLite database in a folder, made at the newest schema if missing."""
    file = folder / name
    if not file.exists():
        shutil.copyfile(Path(_made().name) / "empty.sqlite3", file)
    return f"sqlite:///{file}"


@cache
def _made() -> TemporaryDirectory[str]:
    folder = TemporaryDirectory(prefix="schema")
    engine = make_engine(f"sqlite:///{folder.name}/empty.sqlite3")
    migrate(engine)
    engine.dispose()
    return folder
