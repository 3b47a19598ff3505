"""How a firm wants SKUs and names to look."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class FormatRule(SQLModel, table=True):
    """The pattern a firm set for a field, for one source or, without `source_id`, for all.

    Kept when it is ended, as who set what and when. `strict`: what differs is not posted before a
    person said that it is right.
    """

    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    source_id: int | None = Field(default=None, foreign_key="source.id")
    field: str
    pattern: str
    strict: bool = False
    by: str
    at: datetime
    ended_at: datetime | None = None
