"""What the whole fleet shares about QuickBooks' limits: the pace of calls, the reads that cost."""

import datetime

from sqlmodel import Field, SQLModel

from bot.domain import JsonValue
from bot.models.types import json_column


class Pace(SQLModel, table=True):
    """How fast one company is being called by all processes together (bot.quickbooks.pace).

    Moments are seconds since 1970 on the database's clock.
    """

    company_id: int = Field(primary_key=True, foreign_key="company.id")
    # The earliest moment of the next call.
    next_at: float = 0.0
    # QuickBooks itself said that it is too much: nobody calls before this moment.
    cold_until: float = 0.0
    # Calls begun, by whole second, for a minute back; batches among them in a list of their own.
    minute: dict[str, int] = Field(default_factory=dict, sa_column=json_column())
    batches: dict[str, int] = Field(default_factory=dict, sa_column=json_column())
    # Calls under way by process: [how many, until when they count].
    holders: dict[str, list[JsonValue]] = Field(default_factory=dict, sa_column=json_column())


class ReadCount(SQLModel, table=True):
    """Calls of one company and day (UTC) that cost read quota at Intuit."""

    company_id: int = Field(primary_key=True, foreign_key="company.id")
    day: datetime.date = Field(primary_key=True)
    reads: int = 0
