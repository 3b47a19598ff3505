"""Alembic's entry: runs the migrations on the engine it is handed."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from bot.models.types import Money


def render_item(kind: str, value: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write plain SQLAlchemy types into the migrations, so that they stand without our code."""
    if kind != "type":
        return False
    if isinstance(value, AutoString):
        return "sa.String()"
    if isinstance(value, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(value, Money):
        return "sa.BigInteger()"
    return False


def run() -> None:
    """Run inside one transaction; SQLite alters tables by copying them (batch)."""
    engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=SQLModel.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
