"""Error texts that no problem file explains, counted so that the missing explanation is told."""

from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint


class Unexplained(SQLModel, table=True):
    """One shape of text at one company: names, numbers and ids are taken out of it.

    `nearest` is the problem it is most like, "" for none; `likeness` from 0 to 1.
    """

    __table_args__ = (UniqueConstraint("company_id", "shape"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    shape: str
    platform: str
    code: str
    text: str
    nearest: str = ""
    likeness: float = 0.0
    count: int = 0
    first_at: datetime
    last_at: datetime
