"""What the books held before the bot posted it there: found, linked, or still to be decided."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.domain import JsonValue
from bot.models.types import json_column


class Adoption(SQLModel, table=True):
    """One time that a company's books were found to hold what sources hand over.

    why: restored (the database is older than the books; linked by our marks at once) | earlier (a
    source that has posted nothing here hands over what is there) | again (a source hands over
    what it had posted). state: looking → open (everything of the source is held until an approver
    decides) → done.
    """

    __table_args__ = (Index("ix_adoption_company", "company_id", "state", "why"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    source_id: int | None = Field(default=None, foreign_key="source.id")
    why: str
    state: str
    # How many records were found, by what they are, or by what the comparison said.
    counts: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    by: str = ""
    begun_at: datetime
    settled_at: datetime | None = None


class AdoptionPair(SQLModel, table=True):
    """A document that is handed over and the one of QuickBooks that may be it.

    verdict: exact (linked once an approver says so) | differs (in what `differs` names) | several
    (more than one would do). The last two are asked about one by one.
    """

    __table_args__ = (UniqueConstraint("record_id", "adoption_id"),)
    id: int | None = Field(default=None, primary_key=True)
    adoption_id: int = Field(foreign_key="adoption.id", index=True)
    record_id: int = Field(foreign_key="record.id")
    entity: str
    qbo_id: str
    verdict: str
    differs: list[str] = Field(default_factory=list, sa_column=json_column())
