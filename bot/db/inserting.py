"""The INSERT of the database in use, which can say what to do where the row is there already."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def insert_into(session: Session, model: type[SQLModel]) -> Any:
    """An INSERT into the table of a model that has `on_conflict_do_…`; its `table` is that table.

    Two workers that look first and then insert would both insert; the database decides instead.
    """
    return insert_for(session.get_bind().dialect.name, model)


def insert_for(dialect: str, model: type[SQLModel]) -> Any:
    """As `insert_into` for a database by its name, for a statement that is made once."""
    table = model.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)
