"""All tables. Importing this module registers every one on SQLModel.metadata."""

from bot.models.companies import (
    CheckRun,
    Company,
    Connection,
    Lease,
    MirrorRow,
    MirrorState,
    ReconnectLink,
    RoleGrant,
    Source,
)
from bot.models.incidents import Delivery, Incident
from bot.models.records import Hold, Link, Record, Write
from bot.models.requests import AuditEntry, Click, CommandRun, FixRun, FixStep, SyncRun

TABLES = (
    Company,
    Connection,
    ReconnectLink,
    RoleGrant,
    Source,
    Lease,
    MirrorRow,
    MirrorState,
    CheckRun,
    Record,
    Hold,
    Link,
    Write,
    Incident,
    Delivery,
    Click,
    CommandRun,
    SyncRun,
    FixRun,
    FixStep,
    AuditEntry,
)

__all__ = [
    "TABLES",
    "AuditEntry",
    "CheckRun",
    "Click",
    "CommandRun",
    "Company",
    "Connection",
    "Delivery",
    "FixRun",
    "FixStep",
    "Hold",
    "Incident",
    "Lease",
    "Link",
    "MirrorRow",
    "MirrorState",
    "ReconnectLink",
    "Record",
    "RoleGrant",
    "Source",
    "SyncRun",
    "Write",
]
