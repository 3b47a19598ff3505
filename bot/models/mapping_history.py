"""What was said of a source's word, and when: nothing of it is ever changed."""

from datetime import datetime

from sqlmodel import Field, Index, SQLModel


class MappingHistory(SQLModel, table=True):
    """One change of a mapping: what the word stood for and stands for since; "" for nothing yet.

    `why`: the press, the file or the undo it came by.
    """

    __table_args__ = (Index("ix_mapping_history", "source_id", "what", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    source_id: int = Field(foreign_key="source.id")
    what: str
    key: str
    said: str
    was_entity: str = ""
    was: str = ""
    entity: str = ""
    qbo_id: str = ""
    by: str
    why: str
    at: datetime
