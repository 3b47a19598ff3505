"""Migrations: the only place that knows Alembic, imported when asked for (it takes 0.6 s)."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlmodel import SQLModel

import bot.models  # registers every table

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).parent / "migrations"


def _config(engine: Engine) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    # As a writer: two processes that start together bring the schema up one after the other.
    config.attributes["engine"] = engine.execution_options(writing=True)
    return config


def migrate(engine: Engine) -> None:
    """Bring the database to the newest schema; safe to call at every start."""
    if _at_head(engine):
        return
    from alembic import command

    command.upgrade(_config(engine), "head")


def _at_head(engine: Engine) -> bool:
    """Compare the stored revision with the newest file's, without importing Alembic."""
    from sqlalchemy import inspect, text

    if not inspect(engine).has_table("alembic_version"):
        return False
    with engine.connect() as connection:
        current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return current == newest_revision()


def newest_revision() -> str:
    """The newest migration: file names start with their number, which is the revision."""
    return max(path.name.split("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*_*.py"))


def make_revision(engine: Engine, message: str) -> None:
    """Write a new migration from the difference between models and database (developers)."""
    from alembic import command

    number = f"{int(newest_revision()) + 1:04d}" if list(SCRIPTS.glob("versions/*.py")) else "0001"
    command.revision(_config(engine), message, autogenerate=True, rev_id=number)


def schema_differences(engine: Engine) -> list[str]:
    """List what differs between the migrated database and the models; [] is as it must be."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, SQLModel.metadata)]


assert bot.models.TABLES
