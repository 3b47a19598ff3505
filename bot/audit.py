"""The append-only record: each row seals the one before it, so that no change goes unseen."""

import hashlib
import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from bot.domain import JsonValue, Payload
from bot.models import AuditEntry, Lease

GENESIS = "0" * 64
# The row that counts the entries. Without it the newest ones could be cut off unseen.
COUNTER = "audit"
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_AT_ONCE = 500


@dataclass(frozen=True)
class AuditReport:
    """Whether the record is whole; `first_bad_seq` is the first row that does not fit."""

    ok: bool
    rows: int
    first_bad_seq: int | None = None
    why: str = ""


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
    _count_one(session)
    session.flush()
    newest = select(AuditEntry.digest).order_by(col(AuditEntry.seq).desc()).limit(1)
    entry = AuditEntry(
        at=at.astimezone(UTC),
        company_id=company_id,
        actor=actor,
        action=action,
        subject=subject,
        data=json.loads(json.dumps(dict(data or {}), default=str)),
        previous=session.exec(newest).first() or GENESIS,
        digest="",
    )
    entry.digest = digest(entry)
    session.add(entry)
    session.flush()
    return entry


def _count_one(session: Session) -> None:
    counted = session.exec(
        update(Lease).where(col(Lease.name) == COUNTER).values(fence=col(Lease.fence) + 1)
    )
    if counted.rowcount == 0:
        session.add(Lease(name=COUNTER, fence=1, expires_at=_NEVER))


def digest(entry: AuditEntry) -> str:
    """Seal one entry together with the digest of the one before it."""
    sealed = [
        entry.previous,
        entry.at.astimezone(UTC).isoformat(),
        entry.actor,
        entry.action,
        entry.subject,
        entry.company_id,
        entry.data,
    ]
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
