"""Two ways: whose value stands where both sides may change one, and what is to be written back."""

from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from bot.domain import RecordType
from bot.models.types import json_column, words


class FlowPolicy(SQLModel, table=True):
    """What a firm decided for one group of fields of one type: source, quickbooks or ask.

    Without a row the usual one counts (bot.sync.flow.policies).
    """

    __table_args__ = (UniqueConstraint("source_id", "type", "part"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    source_id: int = Field(foreign_key="source.id")
    type: RecordType = Field(sa_type=words(RecordType))
    part: str
    winner: str
    by: str
    at: datetime


class FlowUpdate(SQLModel, table=True):
    """Groups of fields of a posted record that QuickBooks is to have as the source says them.

    One row a record, dropped once QuickBooks has them. `write_id` names the write under way.
    """

    record_id: int = Field(primary_key=True, foreign_key="record.id")
    company_id: int = Field(foreign_key="company.id", index=True)
    parts: list[str] = Field(default_factory=list, sa_column=json_column())
    write_id: int | None = None
    attempts: int = 0
    not_before: datetime | None = None
    at: datetime
