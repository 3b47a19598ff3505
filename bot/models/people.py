"""What is kept about people: who looks at the app's Home tab, and what it showed them last."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class HomeTab(SQLModel, table=True):
    """The Home tab of one person who has opened it.

    `marker` is the state of the rows it was last made from, `digest` the view Slack has ("": to
    be published whatever it says).
    """

    user_id: str = Field(primary_key=True)
    team_id: str = ""
    opened_at: datetime = Field(index=True)
    published_at: datetime | None = None
    marker: str = ""
    digest: str = ""
