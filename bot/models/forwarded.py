"""Error texts that other tools forward, and the Slack channels they are read in."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel, UniqueConstraint

from bot.domain import JsonValue
from bot.models.types import json_column

# What is asked for at every check: the reports that still stand.
STANDING = "settled_at IS NULL"


class Forwarded(SQLModel, table=True):
    """One error text of another tool. `key` makes a second delivery of it change nothing.

    state: new → read (what it names was looked up in QuickBooks' lists: `problem` and `subject`
    name its cause, as an alert's do). `settled_at`: its cause is gone, or a person said so.
    answer: "" | due | posting (since `answering_at`) | done | never, of one that came in a watched
    channel.
    """

    __table_args__ = (
        UniqueConstraint("company_id", "key"),
        Index("ix_forwarded_cause", "company_id", "problem", "subject"),
        Index(
            "ix_forwarded_standing",
            "company_id",
            sqlite_where=text(STANDING),
            postgresql_where=text(STANDING),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    source_id: int | None = Field(default=None, foreign_key="source.id")
    # What people call the tool: the source's name, the app's in Slack, who wrote the mail.
    tool: str
    key: str
    text: str
    link: str = ""
    received_at: datetime
    # When the tool says that it happened.
    said_at: datetime | None = None
    platform: str = ""
    confidence: float = 0.0
    problem: str
    subject: str = ""
    facts: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    state: str = Field(default="new", index=True)
    settled_at: datetime | None = None
    channel_id: str = ""
    message_ts: str = ""
    answer: str = Field(default="", index=True)
    answering_at: datetime | None = None


class WatchedChannel(SQLModel, table=True):
    """A Slack channel in which other apps post errors about one company."""

    channel_id: str = Field(primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    by: str
    created_at: datetime
