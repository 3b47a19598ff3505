"""How far each mailbox was read, and whether it can be read at all."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.models.types import json_column


class MailState(SQLModel, table=True):
    """One mailbox by its name, which never holds a secret.

    `uid` is the number of the last mail that was looked at, in the numbering `validity`. Of the
    mails: `taken` told of errors; `left_alone` did not; `unassigned` did, but of no company that
    is known, and came from `unassigned_from`; `too_large` were not fetched. `trouble`: why it
    cannot be read, in a sentence and as a `Why` of bot.mailbox; since when.
    """

    name: str = Field(primary_key=True)
    validity: int = 0
    uid: int = 0
    taken: int = 0
    left_alone: int = 0
    unassigned: int = 0
    unassigned_from: list[str] = Field(default_factory=list, sa_column=json_column())
    too_large: int = 0
    read_at: datetime | None = None
    trouble: str = ""
    trouble_why: str = ""
    trouble_since: datetime | None = None
