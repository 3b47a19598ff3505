"""Tells the source of a record what stands in QuickBooks now, as an event that goes back to it."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from bot.domain import Payload
from bot.models import MirrorRow, Record
from bot.outgoing.events import Event
from bot.outgoing.queue import announce, hearing
from bot.sync.flow.fields import DELETED, INACTIVE, STATE, VOIDED
from bot.sync.flow.sides import Compared, shown

_EVENTS = {VOIDED: Event.VOIDED, DELETED: Event.DELETED, INACTIVE: Event.INACTIVATED}
_OTHER = "others"


def tell(
    session: Session,
    record: Record,
    row: MirrorRow,
    found: Compared,
    groups: Iterable[str],
    now: datetime,
) -> None:
    """Announce that QuickBooks' values of these groups stand; nothing where nobody listens."""
    if not hearing(session, {record.source_id}):
        return
    changes = {
        group: _change(session, record, found, group)
        for group in groups
        if found.differing(record, group)
    }
    if not changes:
        return
    meta = row.data.get("MetaData") or {}
    body: Payload = {
        "changes": changes,
        "changed_at": meta.get("LastUpdatedTime"),
        "quickbooks_id": row.qbo_id,
    }
    who = (meta.get("LastModifiedByRef") or {}).get("name")
    body |= {"changed_by": who} if who else {}
    body |= {"total": found.now.theirs["total"]} if "total" in found.now.theirs else {}
    state = (found.now.theirs.get(STATE) or "") if STATE in changes else ""
    announce(
        session,
        company_id=record.company_id,
        source_id=record.source_id,
        record_id=record.id or 0,
        event=_EVENTS.get(state, Event.CHANGED),
        body=body,
        now=now,
    )


def _change(session: Session, record: Record, found: Compared, group: str) -> Payload:
    was: Payload = {}
    now: Payload = {}
    for field in found.differing(record, group):
        before: str | None = found.was.theirs.get(field.name)
        after: str | None = found.now.theirs.get(field.name)
        if field.name == "lines":  # what they are is read in QuickBooks; here only that
            before, after = None, _OTHER
        if field.listed:  # ids of QuickBooks' lists say nothing to a source
            before, after = (
                value and shown(session, record, field, value) for value in (before, after)
            )
        was[field.name], now[field.name] = before, after
    return {"was": was, "now": now}
