"""What is kept of a source: how its files are read, its webhook, where it is read from."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from bot.domain import JsonValue
from bot.models.types import json_column


class ColumnMap(SQLModel, table=True):
    """What a person said the columns of a source's files mean, for one shape of file.

    `shape` is the digest of the folded header names, in any order; `columns` maps each to a
    column, "" to none.
    """

    __table_args__ = (UniqueConstraint("source_id", "shape"),)
    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id")
    shape: str
    columns: dict[str, str] = Field(default_factory=dict, sa_column=json_column())
    by: str
    at: datetime


class SourceSetup(SQLModel, table=True):
    """How a source's records come by themselves: its webhook's declaration, or where it is read.

    `hook_key` and `options` are sealed (bot.sealed). `cursor` says how far it is read: it
    moves only after what came before it was taken in.
    """

    source_id: int = Field(primary_key=True, foreign_key="source.id")
    hook: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    hook_key: str = ""
    kind: str = ""
    options: str = ""
    cursor: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    every_seconds: float = 60.0
    looked_at: datetime | None = None
    # Why the last look brought nothing, in words; "" when it went well.
    problem: str = ""
    problem_since: datetime | None = None
    taken: int = 0
    refused: int = 0
    # The company's day on which the documents of the days before were last counted there.
    counted_on: date | None = None
