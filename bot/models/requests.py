"""What people asked for, as rows before anything is done: clicks, commands, syncs, fixes, audit."""

from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from bot.domain import JsonValue, Role
from bot.models.types import json_column, words


class Click(SQLModel, table=True):
    """A press of a button or a submitted form. `key` makes a second delivery of it change nothing.

    state: new → done. A restart finishes what is still new.
    """

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    user_id: str
    team_id: str = ""
    channel_id: str = ""
    message_ts: str = ""
    action: str
    value: str
    view_id: str = ""
    choices: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    state: str = Field(default="new", index=True)
    created_at: datetime


class CommandRun(SQLModel, table=True):
    """A slash command whose answer comes later than its acknowledgement.

    `key` (of Slack's trigger id) makes a second delivery of the envelope change nothing.
    """

    id: int | None = Field(default=None, primary_key=True)
    key: str | None = Field(default=None, unique=True)
    user_id: str
    channel_id: str
    command: str
    text: str
    response_url: str = ""
    public: bool = False
    state: str = Field(default="new", index=True)
    created_at: datetime


class SyncRun(SQLModel, table=True):
    """Somebody's (or the timer's) wish to post what waits, with its counts."""

    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    command_id: int | None = Field(default=None, foreign_key="commandrun.id")
    requested_by: str
    what: str = ""
    report: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    total: int = 0
    posted: int = 0
    held: int = 0
    state: str = Field(default="running", index=True)
    started_at: datetime
    finished_at: datetime | None = None


class ImportRun(SQLModel, table=True):
    """One file that was handed in: what was taken in, and every row that was refused.

    `key` makes a second reading for the same press change nothing. `refused` holds {line,
    external_id, reason}, so that the rows can be shown long after the window is closed.
    """

    id: int | None = Field(default=None, primary_key=True)
    key: str | None = Field(default=None, unique=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    source_id: int = Field(foreign_key="source.id")
    file: str
    requested_by: str = ""
    channel_id: str = ""
    accepted: int = 0
    updated: int = 0
    unchanged: int = 0
    refused_count: int = 0
    refused: list[dict[str, JsonValue]] = Field(default_factory=list, sa_column=json_column())
    notes: list[dict[str, JsonValue]] = Field(default_factory=list, sa_column=json_column())
    started_at: datetime
    taken_at: datetime | None = None
    finished_at: datetime | None = None


class FixRun(SQLModel, table=True):
    """One attempt at a fix.

    state: planned → approved → applying → verifying → replaying → done | failed;
    planned → asked (for another person's approval) → approved;
    planned or asked → expired | replaced | refused.
    """

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    fix: str
    state: str = Field(default="planned", index=True)
    plan: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    plan_digest: str
    choices: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    role_needed: Role = Field(sa_type=words(Role))
    planned_by: str
    # Who asked for the approval of somebody else, and with what choices (in `choices`).
    asked_by: str = ""
    approved_by: str = ""
    # The run whose steps this one takes back.
    undoes_id: int | None = Field(default=None, foreign_key="fixrun.id", index=True)
    view_id: str = ""
    outcome: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    created_at: datetime
    expires_at: datetime
    approved_at: datetime | None = None
    finished_at: datetime | None = None


class FixStep(SQLModel, table=True):
    """One step of a fix: written before the call (before-image), completed after it."""

    __table_args__ = (UniqueConstraint("run_id", "seq"),)
    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="fixrun.id", index=True)
    seq: int
    action: str
    words: str = ""
    entity: str = ""
    qbo_id: str = ""
    before: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    change: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    after: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    state: str = "planned"
    done_at: datetime | None = None


class AuditEntry(SQLModel, table=True):
    """The append-only record: who, what, before, after, why; each row seals the one before it."""

    seq: int | None = Field(default=None, primary_key=True)
    at: datetime
    company_id: int | None = Field(default=None, index=True)
    actor: str
    action: str
    subject: str
    data: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    previous: str
    digest: str = Field(unique=True)
