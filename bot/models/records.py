"""The outbox: records to post, what holds them, their links, and every write that was intended."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, SQLModel, UniqueConstraint

from bot.domain import JsonValue, RecordState, RecordType
from bot.models.types import Money, json_column, words


class Record(SQLModel, table=True):
    """One thing a source wants in QuickBooks."""

    __table_args__ = (
        UniqueConstraint("source_id", "type", "external_id"),
        Index("ix_record_todo", "company_id", "state", "tier", "id"),
        Index("ix_record_arrival", "company_id", "state", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    source_id: int = Field(foreign_key="source.id")
    type: RecordType = Field(sa_type=words(RecordType))
    tier: int
    external_id: str
    payload: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    digest: str
    # The highest version its source gave it, sortable, and the digest of what that one said;
    # "" where the source gives none (bot.sync.versions).
    version: str = ""
    version_digest: str = ""
    name: str = ""
    number: str = ""
    amount: Decimal | None = Field(default=None, sa_column=Column(Money))
    currency: str = "USD"
    doc_date: date | None = None
    state: RecordState = Field(default=RecordState.WAITING, sa_type=words(RecordState))
    attempts: int = 0
    not_before: datetime | None = None
    received_at: datetime
    posted_at: datetime | None = None
    qbo_id: str | None = None
    # The approver who let it into a month whose sales tax is filed.
    filed_by: str = ""
    # What people corrected of it, by the field's path: {was, to, by, run}; `payload` holds the
    # corrected values, and `digest` still is the version the source handed over.
    corrections: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    # Why a person decided not to post it, "" unless it is skipped.
    skip_reason: str = ""
    # Ids of QuickBooks records that look like it and that a person said are others.
    told_apart: list[str] = Field(default_factory=list, sa_column=json_column())
    # What both sides last agreed QuickBooks shows of it (bot.sync.flow.agreed), and the version of
    # it there that was compared last.
    base: dict[str, JsonValue] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, default=dict)
    )
    seen: str = ""


class Hold(SQLModel, table=True):
    """One reason why a record is not posted: a problem with its root subject."""

    __table_args__ = (
        UniqueConstraint("record_id", "problem", "subject"),
        Index("ix_hold_cause", "company_id", "problem", "subject"),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    record_id: int = Field(foreign_key="record.id")
    problem: str
    subject: str
    facts: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    cause_record_id: int | None = Field(default=None, foreign_key="record.id", index=True)
    since: datetime


class Link(SQLModel, table=True):
    """A source's external id and the QuickBooks record it stands for."""

    __table_args__ = (
        UniqueConstraint("source_id", "type", "external_id"),
        Index("ix_link_qbo", "company_id", "entity", "qbo_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    source_id: int = Field(foreign_key="source.id")
    type: RecordType = Field(sa_type=words(RecordType))
    external_id: str
    entity: str
    qbo_id: str
    how: str
    by: str
    created_at: datetime


class Mapping(SQLModel, table=True):
    """What a word of a source stands for in QuickBooks, decided by a person or a rule.

    `what` is the kind of word (mappings.KINDS); `key` its folded text.
    """

    __table_args__ = (
        UniqueConstraint("source_id", "what", "key"),
        Index("ix_mapping_qbo", "company_id", "entity", "qbo_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    source_id: int = Field(foreign_key="source.id")
    what: str
    key: str
    said: str
    entity: str
    qbo_id: str
    by: str
    created_at: datetime


def _one_open(column: str) -> Index:
    """At most one unsettled write for each value of a column (NULLs do not count)."""
    unsettled = text("state IN ('intended', 'unknown')")
    return Index(
        f"uq_write_open_{column}",
        column,
        unique=True,
        sqlite_where=unsettled,
        postgresql_where=unsettled,
    )


class Write(SQLModel, table=True):
    """A write to QuickBooks, stored with its requestid before it goes out.

    state: intended → done | fault | unknown (the reply was lost; the same requestid settles it).
    """

    __table_args__ = (
        UniqueConstraint("company_id", "request_id"),
        Index("ix_write_target", "company_id", "entity", "qbo_id"),
        # The few unsettled ones are looked for at every slice, among all there ever were.
        Index("ix_write_todo", "company_id", "state"),
        # While one may have taken effect, another of the same record or step must not go out.
        _one_open("record_id"),
        _one_open("step_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    record_id: int | None = Field(default=None, foreign_key="record.id", index=True)
    step_id: int | None = Field(default=None, index=True)
    request_id: str
    operation: str
    entity: str
    qbo_id: str | None = None
    payload: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    state: str = "intended"
    reply: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    intuit_tid: str = ""
    created_at: datetime
    settled_at: datetime | None = None
