"""Events that go back to a source: where it hears of them, and what it is still to hear."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel, UniqueConstraint

from bot.domain import JsonValue
from bot.models.types import json_column


class Callback(SQLModel, table=True):
    """The address at which a source hears what became of its records.

    `key` signs what goes there, sealed (bot.sealed); while it is changed, `old_key` signs too, up
    to `old_key_until`. `url` is "" where it was switched off.
    """

    source_id: int = Field(primary_key=True, foreign_key="source.id")
    url: str = ""
    key: str = ""
    old_key: str = ""
    old_key_until: datetime | None = None
    since: datetime
    # The address said that it is gone for good (410): nothing goes there until a person says so.
    gone_at: datetime | None = None
    # Events in a row that it did not take, since when, its last answer, and nobody asks before.
    failures: int = 0
    failing_since: datetime | None = None
    answer: str = ""
    pause_until: datetime | None = None
    delivered_at: datetime | None = None
    # More wait than are kept (bot.outgoing.bounds): since then this many were not kept.
    full: bool = False
    missed: int = 0
    missed_since: datetime | None = None


class Outgoing(SQLModel, table=True):
    """One event for a source. `seq` counts the events of a record from 1, without a gap.

    state: waiting → delivered | failed (a person gave it up); past: delivered long ago, its body
    forgotten, kept because it holds the record's highest `seq`.
    """

    __table_args__ = (
        UniqueConstraint("record_id", "seq"),
        Index("ix_outgoing_due", "source_id", "state", "not_before", "id"),
        Index("ix_outgoing_order", "record_id", "state", "seq"),
        Index("ix_outgoing_old", "state", "settled_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    source_id: int = Field(foreign_key="source.id")
    # None: it is about the source as a whole, and `seq` is None too.
    record_id: int | None = Field(default=None, foreign_key="record.id")
    seq: int | None = None
    event_id: str = Field(unique=True)
    event: str
    body: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    # Problems with their facts, put into words just before the first try.
    untold: list[dict[str, JsonValue]] = Field(default_factory=list, sa_column=json_column())
    state: str = "waiting"
    attempts: int = 0
    not_before: datetime
    answer: str = ""
    created_at: datetime
    settled_at: datetime | None = None
