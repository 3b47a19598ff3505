"""Incidents and the one Slack message each of them has."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.domain import Family, IncidentState, JsonValue, Severity
from bot.models.types import json_column, words

# The messages that the one-second tick looks at. SQLite takes a partial index only for a query
# that says the very same, with the values written out.
UNSETTLED = "wanted > sent OR state != 'idle'"


class Incident(SQLModel, table=True):
    """A finding followed over time."""

    __table_args__ = (
        # At most one unresolved incident per company, problem and root subject.
        Index(
            "uq_incident_open",
            "company_id",
            "problem",
            "subject",
            unique=True,
            sqlite_where=text("state != 'resolved'"),
            postgresql_where=text("state != 'resolved'"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    check_name: str
    problem: str
    subject: str
    family: Family = Field(sa_type=words(Family))
    kind: str
    severity: Severity = Field(sa_type=words(Severity))
    state: IncidentState = Field(default=IncidentState.OPEN, sa_type=words(IncidentState))
    facts: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    # What was done so far and how it ended: lines of {at, by, text}; progress {done, total}.
    story: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    paused_by_id: int | None = Field(default=None, foreign_key="incident.id")
    opened_at: datetime
    last_seen_at: datetime
    resolved_at: datetime | None = None
    reopened: int = 0


class Delivery(SQLModel, table=True):
    """The message of one incident: the version wanted, the version Slack has.

    state: idle | claimed | unknown (posted or not is not known: history is read once).
    """

    __table_args__ = (
        # Nearly all rows are up to date and stay out of it.
        Index(
            "ix_delivery_due",
            "not_before",
            sqlite_where=text(UNSETTLED),
            postgresql_where=text(UNSETTLED),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", unique=True)
    channel_id: str
    ts: str | None = None
    wanted: int = 1
    sent: int = 0
    not_before: datetime
    state: str = "idle"
    claimed_at: datetime | None = None
    claimed_by: str = ""
    attempts: int = 0
    last_error: str = ""
