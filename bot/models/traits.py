"""What QuickBooks does in one company, learned from its own answers."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class CompanyTrait(SQLModel, table=True):
    """One behaviour that is documented differently, or is a switch nobody can read.

    `value` is what was seen last, such as "yes", "no" or a number of characters; `write_id` the
    write whose answer showed it, kept as a number: old writes are removed one day.
    """

    company_id: int = Field(foreign_key="company.id", primary_key=True)
    trait: str = Field(primary_key=True)
    value: str
    write_id: int | None = None
    seen_at: datetime
