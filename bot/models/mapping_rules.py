"""Rules that say what many words of a source stand for at once."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class MappingRule(SQLModel, table=True):
    """Every word of a kind that fits the pattern stands for one record of QuickBooks.

    Without `source_id` it holds for all sources of the company. A rule is never changed: it is
    ended and another one made, so that its history stays. `approved_by` is needed for accounts.
    """

    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    source_id: int | None = Field(default=None, foreign_key="source.id")
    what: str
    pattern: str
    entity: str
    qbo_id: str
    by: str
    approved_by: str = ""
    at: datetime
    ended_at: datetime | None = None
    ended_by: str = ""
