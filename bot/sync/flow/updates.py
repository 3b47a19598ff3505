"""Writes to QuickBooks what the source says now, where its value stands.

1. The record is read fresh: what QuickBooks shows already is not written; what somebody changed
   there meanwhile is decided about once more, by the firm's policy.
2. The sparse update is a row with its requestid before it goes out (bot.sync.writing).
3. After a crash or a lost reply the same row is performed again with the same requestid.
4. A refusal is told to a person; nothing is tried against it for ever.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from bot import mirror
from bot.db import leases
from bot.domain import DOCUMENTS, ENTITY, Payload
from bot.models import Company, FlowUpdate, MirrorRow, Record, Write
from bot.services import Services
from bot.sync import anew, comparing, resolve, writing
from bot.sync.flow import causes, pending, safe, settling, sides, writable
from bot.sync.flow.compare import Verdict
from bot.sync.flow.fields import STATE, Field, fields_of, same

_STALE = "stale_object"
_MOST_TRIES = 3
_PAUSE = timedelta(seconds=60)
# So many in one turn: a click must not wait for a whole list.
_AT_ONCE = 30
log = structlog.get_logger(__name__)


def post(services: Services, company_id: int, held: leases.Held) -> int:
    """Write what waits; the caller holds the company's lease. Returns how many are settled.

    Raises QuickBooksFault when QuickBooks cannot be read, LeaseLost when another worker has it.
    """
    with services.sessions.read() as session:
        waiting = pending.due(session, company_id, services.clock.now(), _AT_ONCE)
    return sum(_one(services, row.record_id, held) for row in waiting)


def _one(services: Services, record_id: int, held: leases.Held) -> bool:
    with services.sessions.read() as session:
        update = session.get(FlowUpdate, record_id)
        record = session.get_one(Record, record_id)
    if update is None:
        return False
    write_id = update.write_id
    if write_id is None:
        entity, qbo_id = ENTITY[record.type], str(record.qbo_id or "")
        mirror.refresh(services, record.company_id, entity, qbo_id)
        fresh = _as_posted_now(services, record) if record.type in DOCUMENTS else None
        write_id = _intended(services, record_id, held, fresh)
        if write_id is None:
            return True
    write = writing.perform(services, write_id, held)
    return _settled(services, record_id, write, held)


def _as_posted_now(services: Services, record: Record) -> Payload:
    """A document as it would be posted now; {} where what it names is not in QuickBooks."""
    found = anew.decide(services, record)
    return found.payload if isinstance(found, resolve.Ready) else {}


def _intended(
    services: Services, record_id: int, held: leases.Held, fresh: Payload | None = None
) -> int | None:
    """Store the write; None where nothing is left to be written."""
    now = services.clock.now()
    with services.sessions.write() as session:
        leases.require(session, held)
        update = session.get_one(FlowUpdate, record_id)
        record = session.get_one(Record, record_id)
        row = mirror.get(session, record.company_id, ENTITY[record.type], str(record.qbo_id or ""))
        if row is None or row.deleted:
            session.delete(update)  # the next look says what became of it
            return None
        # What somebody changed there meanwhile is decided about once more.
        settling.meet_books(session, record, row, now)
        session.flush()
        fields = _left(session, record, row, update.parts)
        why = _why_not(session, record, row, fresh) if fields else ""
        if why:
            _ask(session, record, row, update, why, now)
        change = writable.change(session, record, row, fields, fresh) if fields and not why else {}
        if not change:
            session.delete(update)
            return None
        identity: Payload = {"Id": row.qbo_id, "SyncToken": row.sync_token, "sparse": True}
        write = writing.intend(
            session,
            record.company_id,
            "update",
            row.entity,
            identity | change,
            now=now,
            qbo_id=row.qbo_id,
        )
        update.write_id = write.id
        session.add(update)
        return write.id


def _why_not(session: Session, record: Record, row: MirrorRow, fresh: Payload | None) -> str:
    """Say why only a person may change it any more; "" where it may be written."""
    if fresh is None:
        return "" if row.active else "it is inactive in QuickBooks; make it active there first"
    if not fresh:
        return "what it names is not in QuickBooks, or waits itself"
    company = session.get_one(Company, record.company_id)
    return safe.why_open(session, company, record, row)


def _left(session: Session, record: Record, row: MirrorRow, parts: Collection[str]) -> list[Field]:
    """The fields of what waits that QuickBooks does not have as the source says them."""
    now = sides.look(session, record, row, None).now
    return [
        field
        for field in fields_of(record.type)
        if field.group in parts
        and field.name != STATE
        and field.name in now.ours
        and not same(now.ours[field.name], now.theirs.get(field.name))
    ]


def _settled(services: Services, record_id: int, write: Write, held: leases.Held) -> bool:
    now = services.clock.now()
    with services.sessions.write() as session:
        leases.require(session, held)
        update = session.get(FlowUpdate, record_id)
        if update is None:
            return False
        if write.state == "done":
            session.delete(update)  # the next look takes what was written as agreed
            _compare(session, session.get_one(Record, record_id), write, now)
            return True
        update.attempts += 1
        if write.state == "fault":
            update.write_id = None
        refusal = write.state == "fault" and not write.reply.get("trouble")
        if refusal and (not _is_stale(services, write.reply) or update.attempts >= _MOST_TRIES):
            _refused(session, record_id, update, write, now)
            session.delete(update)
            return True
        update.not_before = now + _PAUSE
        session.add(update)
    return False


def _compare(session: Session, record: Record, write: Write, now: datetime) -> None:
    """Note it when QuickBooks made other amounts of a document than its source says."""
    found = comparing.amounts(record, write.reply)
    if found is not None and found.differ:
        company = session.get_one(Company, record.company_id)
        more: Payload = {"company": company.name, "entity": write.entity, "qbo_id": write.qbo_id}
        comparing.hold_difference(session, record, found, more, now)


def _refused(
    session: Session, record_id: int, update: FlowUpdate, write: Write, now: datetime
) -> None:
    record = session.get_one(Record, record_id)
    row = mirror.get(session, record.company_id, write.entity, str(write.qbo_id))
    if row is None:
        return
    said = str(write.reply.get("detail") or write.reply.get("fault_message") or "no reason given")
    log.info("update refused", record_id=record_id, code=write.reply.get("code"))
    _ask(session, record, row, update, said, now)


def _ask(
    session: Session, record: Record, row: MirrorRow, update: FlowUpdate, why: str, now: datetime
) -> None:
    """A person decides about what could not be written."""
    found = sides.look(session, record, row, None, update.parts)
    parts = [part for part in update.parts if found.verdicts[part] is not Verdict.SAME]
    if parts:
        question = causes.Asked(None, tuple(parts), why, tuple(parts))
        causes.ask(session, record, row, found, question, now)


def _is_stale(services: Services, reply: Payload) -> bool:
    text = f"{reply.get('fault_message') or ''} {reply.get('detail') or ''}"
    status = int(reply.get("http_status") or 0) or None
    return (
        services.knowledge.classify("qbo", str(reply.get("code") or ""), text, status).problem
        == _STALE
    )
