"""Incidents and the one Slack message each of them has."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from bot.domain import Family, IncidentState, JsonValue, Severity
from bot.models.types import json_column, words

# The messages that the one-second tick looks at. SQLite takes a partial index only for a query
# that says the very same, with the values written out.
UNSETTLED = "wanted > sent OR state != 'idle'"
ONE_SUBJECT = (
    "(CASE WHEN incident_id IS NULL THEN 0 ELSE 1 END) + "
    "(CASE WHEN storm_id IS NULL THEN 0 ELSE 1 END) + "
    "(CASE WHEN flood_id IS NULL THEN 0 ELSE 1 END) + "
    "(CASE WHEN import_id IS NULL THEN 0 ELSE 1 END) + "
    "(CASE WHEN load_id IS NULL THEN 0 ELSE 1 END) + "
    "(CASE WHEN sync_id IS NULL THEN 0 ELSE 1 END) = 1"
)


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
    # The outbox rows it has held since it was opened; what a settled one's Details lists.
    record_ids: list[int] = Field(default_factory=list, sa_column=json_column())
    # The storm whose message it shares; None: it has a message of its own.
    storm_id: int | None = Field(default=None, foreign_key="storm.id", index=True)
    paused_by_id: int | None = Field(default=None, foreign_key="incident.id")
    # The later alert whose cause turned out to be this one's too; it ends with that one.
    part_of_id: int | None = Field(default=None, foreign_key="incident.id", index=True)
    opened_at: datetime
    last_seen_at: datetime
    resolved_at: datetime | None = None
    reopened: int = 0
    # Who said "I'll take it", and until when nobody wants to be told of changes.
    claimed_by: str = ""
    snoozed_until: datetime | None = None


class Storm(SQLModel, table=True):
    """Many incidents of one problem at one company that share one message with a table."""

    __table_args__ = (
        Index(
            "uq_storm_open",
            "company_id",
            "problem",
            unique=True,
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    problem: str
    opened_at: datetime
    resolved_at: datetime | None = None


class Flood(SQLModel, table=True):
    """Many documents held within minutes for several causes: one table over all their alerts."""

    __table_args__ = (
        Index(
            "uq_flood_open",
            "company_id",
            unique=True,
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    # The first and the last of its documents were held then.
    opened_at: datetime
    last_at: datetime
    # It is over when fewer documents than this are left.
    threshold: int
    resolved_at: datetime | None = None
    incident_ids: list[int] = Field(default_factory=list, sa_column=json_column())


class Delivery(SQLModel, table=True):
    """One message: the version wanted, the version Slack has.

    It is about one incident, one storm, one flood, one import (whose message is for one person
    alone), one reading of a whole company, or one sync; exactly one of the six is set.

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
        CheckConstraint(ONE_SUBJECT, name="ck_delivery_subject"),
    )
    id: int | None = Field(default=None, primary_key=True)
    incident_id: int | None = Field(default=None, foreign_key="incident.id", unique=True)
    storm_id: int | None = Field(default=None, foreign_key="storm.id", unique=True)
    flood_id: int | None = Field(default=None, foreign_key="flood.id", unique=True)
    import_id: int | None = Field(default=None, foreign_key="importrun.id", unique=True)
    load_id: int | None = Field(default=None, foreign_key="mirrorload.id", unique=True)
    sync_id: int | None = Field(default=None, foreign_key="syncrun.id", unique=True)
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


class Exemption(SQLModel, table=True):
    """What a person decided is no problem: with a reason, an owner and an end.

    It stands until `ended_at` is set, by a person (`ended_by`) or because its time is over.
    """

    __table_args__ = (Index("ix_exemption_finding", "company_id", "problem", "subject"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    problem: str
    subject: str
    # The alert it was said of, and the outbox record that this one was about.
    incident_id: int = Field(foreign_key="incident.id", index=True)
    record_id: int | None = Field(default=None, foreign_key="record.id")
    # Ids of QuickBooks records that `record_id` was told apart from by it.
    others: list[str] = Field(default_factory=list, sa_column=json_column())
    words: str
    reason: str
    by: str
    created_at: datetime
    until: datetime
    ended_at: datetime | None = None
    ended_by: str = ""
