"""The append-only record: each row seals the one before it, so that no change goes unseen."""

import hashlib
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain import JsonValue, Payload
from bot.models import AuditEntry, Lease

GENESIS = "0" * 64
# The row that counts the entries. Without it the newest ones could be cut off unseen.
COUNTER = "audit"
_LEASES = SQLModel.metadata.tables["lease"]
_ONE_MORE = (
    update(_LEASES)
    .where(_LEASES.c.name == COUNTER)
    .values(fence=_LEASES.c.fence + bindparam("entries"))
)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_AT_ONCE = 500
# What an entry's seal covers, in this order.
_SEALED = ("previous", "at", "actor", "action", "subject", "company_id", "data")


@dataclass(frozen=True)
class AuditReport:
    """Whether the record is whole; `first_bad_seq` is the first row that does not fit."""

    ok: bool
    rows: int
    first_bad_seq: int | None = None
    why: str = ""


@dataclass(frozen=True)
class Entry:
    """What an entry is to say; see `append`."""

    at: datetime
    actor: str
    action: str
    subject: str
    company_id: int | None = None
    data: Mapping[str, JsonValue] = field(default_factory=dict)


def append(
    session: Session,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    company_id: int | None = None,
    data: Mapping[str, JsonValue] | None = None,
) -> AuditEntry:
    """Add one entry inside the caller's write transaction.

    `actor` is a Slack user id, or "" for the bot itself. `data` holds before and after as JSON
    values; never a secret.
    """
    _count(session, 1)
    session.flush()
    one = Entry(at, actor, action, subject, company_id, data or {})
    entry = AuditEntry(**_sealed(one, _newest(session)))
    session.add(entry)
    session.flush()
    return entry


def append_many(session: Session, entries: Sequence[Entry]) -> None:
    """As `append` for several, in their order, with as many statements as for one."""
    if not entries:
        return
    _count(session, len(entries))
    session.flush()
    previous = _newest(session)
    rows: list[Payload] = []
    for one in entries:
        row = _sealed(one, previous)
        previous = row["digest"]
        rows.append(row)
    # One after the other: `seq` is the order in which each seals the one before it.
    session.connection().execute(insert(AuditEntry), rows)


def _newest(session: Session) -> str:
    return session.exec(_last()).first() or GENESIS


@cache
def _last() -> SelectOfScalar[str]:
    return select(AuditEntry.digest).order_by(col(AuditEntry.seq).desc()).limit(1)


def _sealed(one: Entry, previous: str) -> Payload:
    """An entry's columns, sealed together with the digest of the one before it."""
    values: Payload = {
        "at": one.at.astimezone(UTC),
        "company_id": one.company_id,
        "actor": one.actor,
        "action": one.action,
        "subject": one.subject,
        "data": json.loads(json.dumps(dict(one.data), default=str)),
        "previous": previous,
    }
    return {**values, "digest": _seal(values)}


def _count(session: Session, entries: int) -> None:
    session.flush()
    counted = session.connection().execute(_ONE_MORE, {"entries": entries})
    if counted.rowcount == 0:
        session.add(Lease(name=COUNTER, fence=entries, expires_at=_NEVER))


def digest(entry: AuditEntry) -> str:
    """Seal one entry together with the digest of the one before it."""
    return _seal({name: getattr(entry, name) for name in _SEALED})


def _seal(values: Mapping[str, JsonValue]) -> str:
    sealed = [values[name] for name in _SEALED]
    sealed[1] = values["at"].astimezone(UTC).isoformat()
    canonical = json.dumps(sealed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def verify(session: Session) -> AuditReport:
    """Walk the whole record and find the first row that was changed, moved, added or lost."""
    previous, rows = GENESIS, 0
    with closing(_entries(session)) as entries:
        for entry in entries:
            rows += 1
            if entry.previous != previous:
                return AuditReport(False, rows, entry.seq, "it does not follow the row before it")
            if entry.digest != digest(entry):
                return AuditReport(False, rows, entry.seq, "its content does not fit its seal")
            previous = entry.digest
    counter = session.get(Lease, COUNTER, populate_existing=True)
    counted = counter.fence if counter else 0
    if counted == rows:
        return AuditReport(True, rows)
    return AuditReport(False, rows, None, f"{counted} rows were written, {rows} are there")


def export(session: Session) -> Iterator[Payload]:
    """Yield every entry, oldest first, as JSON values."""
    for entry in _entries(session):
        yield {
            "seq": entry.seq,
            "at": entry.at.astimezone(UTC).isoformat(),
            "company_id": entry.company_id,
            "actor": entry.actor,
            "action": entry.action,
            "subject": entry.subject,
            "data": entry.data,
            "previous": entry.previous,
            "digest": entry.digest,
        }


def _entries(session: Session) -> Generator[AuditEntry, None, None]:
    rows = select(AuditEntry).order_by(col(AuditEntry.seq))
    found = session.exec(rows.execution_options(yield_per=_AT_ONCE, populate_existing=True))
    # PostgreSQL keeps a cursor open on the server until it is told that nobody reads on.
    with closing(found):
        yield from found
