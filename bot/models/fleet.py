"""What a fleet shares about time and jobs; a single `run` on SQLite needs none of it."""

import datetime

from sqlmodel import Field, SQLModel

from bot.domain import JsonValue
from bot.models.types import json_column


class Due(SQLModel, table=True):
    """A moment at which something is to be nudged, by whichever process comes first.

    `every` is the pace in seconds of what comes again and again; 0: once, then the row goes.
    Moments are the database's, so that machines with different clocks agree.
    """

    name: str = Field(primary_key=True)
    next_at: datetime.datetime = Field(index=True)
    every: float = 0.0
    # What a moment of its own (`every` = 0) nudges.
    job: str = ""
    arg: str = ""
    lane: str = ""
    urgent: bool = False


class JobRun(SQLModel, table=True):
    """How the last run of one key ended; the oldest rows go, so that their number is bounded."""

    key: str = Field(primary_key=True)
    job: str = Field(index=True)
    arg: str
    worker: str
    ended_at: datetime.datetime = Field(index=True)
    seconds: float
    outcome: str


class Worker(SQLModel, table=True):
    """A process that runs jobs, while it lives and for an hour after."""

    name: str = Field(primary_key=True)
    started_at: datetime.datetime
    seen_at: datetime.datetime = Field(index=True)
    threads: int
    # The numbers under which Procrastinate knows its pools.
    ids: list[JsonValue] = Field(default_factory=list, sa_column=json_column())
