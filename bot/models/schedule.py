"""How often a company's records are posted, and what its sources say they have of each day."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel, UniqueConstraint

from bot.domain import RecordType
from bot.models.types import Money, json_column, words


class Schedule(SQLModel, table=True):
    """The cadence of one type at one company; "" is the cadence of all others.

    A turn of it begins at `next_at` and ends when what had come by then is posted or held.
    """

    company_id: int = Field(primary_key=True, foreign_key="company.id")
    type: str = Field(primary_key=True)
    every_seconds: float
    next_at: datetime
    by: str
    at: datetime


class ControlTotal(SQLModel, table=True):
    """What a source says it has of one day: how many documents of a type, and their sum.

    `amount` is None where it says none. `documents` are their external ids or numbers, all of
    them, or none at all where it names none.
    """

    __table_args__ = (
        UniqueConstraint("source_id", "day", "type", "currency"),
        Index("ix_controltotal_day", "company_id", "day"),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    source_id: int = Field(foreign_key="source.id")
    day: date
    type: RecordType = Field(sa_type=words(RecordType))
    currency: str
    count: int
    amount: Decimal | None = Field(default=None, sa_column=Column(Money))
    documents: list[str] = Field(default_factory=list, sa_column=json_column())
    said_at: datetime


class SyncMark(SQLModel, table=True):
    """When a slice of a company's sync last came to its end, whatever it found."""

    company_id: int = Field(primary_key=True, foreign_key="company.id")
    last_good_at: datetime


class SourceRhythm(SQLModel, table=True):
    """When a source hands something over: the hours of its week, each with the weeks it did.

    An hour is that of the company's week, 0 to 167 from Monday; a week is counted from year 1.
    """

    source_id: int = Field(primary_key=True, foreign_key="source.id")
    last_at: datetime
    hours: dict[str, list[int]] = Field(default_factory=dict, sa_column=json_column())
