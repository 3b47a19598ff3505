"""What a record of the outbox waits for: its parents that are not in QuickBooks yet."""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel, UniqueConstraint

from bot.domain import RecordType
from bot.models.types import words


class Wait(SQLModel, table=True):
    """One parent a waiting record refers to, by the parent's source, type and external id.

    It keeps the record back only while the parent itself waits in the outbox, and only the version
    of the record (`digest`) that was looked at: whatever else happens, nothing waits for ever.
    """

    __table_args__ = (
        UniqueConstraint("record_id", "source_id", "type", "external_id"),
        Index("ix_wait_parent", "source_id", "type", "external_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    record_id: int = Field(foreign_key="record.id")
    source_id: int = Field(foreign_key="source.id")
    type: RecordType = Field(sa_type=words(RecordType))
    external_id: str
    digest: str
