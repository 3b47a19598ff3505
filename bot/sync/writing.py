"""The exactly-once engine: every write to QuickBooks is a row before it is a call.

1. `intend` commits the row with its requestid and payload.
2. `perform` calls outside any transaction, then settles the row, the mirror and the record's
   outcome in one transaction that checks the lease.
3. After a crash or a lost reply the same row is performed again with the same requestid.
4. A definite answer, also a fault, ends the row; another try is another row. An answer of 10000
   is none: the row keeps its requestid until a second look, later, finds nothing in the books.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Literal

import structlog
from sqlalchemy import bindparam, insert, update
from sqlalchemy import select as sql_select
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.db import leases
from bot.domain import Payload, RetryClass
from bot.mirror.rows import put_values, row_values
from bot.models import Write
from bot.quickbooks import ECHOES, PermissionLost, QuickBooksFault
from bot.quickbooks.exact_json import storable
from bot.services import Services
from bot.sync.finding_back import find_back
from bot.sync.outcome import Posted, record_outcomes
from bot.sync.trouble import clear_trouble, name_trouble, note_trouble

OPEN = ("intended", "unknown")
# A write may show up late: only a second look, this much later, proves that it is not there.
SECOND_LOOK = timedelta(seconds=60)
# The rest of a minute that is used up: it passes sooner than a slice would come back.
PATIENCE_SECONDS = 10.0
# Answers that end nothing while an earlier try may have taken effect.
_NO_WORD = frozenset({RetryClass.AUTH, RetryClass.THROTTLED, RetryClass.TRANSIENT})
_TABLE = SQLModel.metadata.tables["write"]
# A write by its columns alone: what was sent is not read again.
_SETTLED = ("id", "state", "record_id", "operation", "entity", "qbo_id")
_STANDING = (
    sql_select(*(_TABLE.c[name] for name in _SETTLED))
    .where(_TABLE.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_TABLE.c.id)
)
_WRITTEN = ("state", "intuit_tid", "settled_at", "qbo_id", "reply")
_SETTLE = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("write"))
    .values({name: bindparam(name) for name in _WRITTEN})
)
_BUSY = (
    sql_select(_TABLE.c.record_id)
    .where(_TABLE.c.record_id.in_(bindparam("ids", expanding=True)))
    .where(_TABLE.c.state.in_(OPEN))
)
_ANY_OPEN = (
    sql_select(_TABLE.c.id)
    .where(_TABLE.c.company_id == bindparam("company_id"))
    .where(_TABLE.c.record_id.is_not(None))
    .where(_TABLE.c.state.in_(OPEN))
    .limit(1)
)
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Answer:
    """What is known of a write after calling: done, refused (fault), or unknown.

    `looked_at`: when the books were first searched for it without finding it.
    """

    state: Literal["done", "fault", "unknown"]
    payload: Payload | None = None
    intuit_tid: str = ""
    fault: QuickBooksFault | None = None
    looked_at: datetime | None = None


@dataclass(frozen=True)
class Intention:
    """A record that is to be created, with what will be written."""

    record_id: int
    entity: str
    payload: Payload


def intend(
    session: Session,
    company_id: int,
    operation: str,
    entity: str,
    payload: Payload,
    *,
    now: datetime,
    record_id: int | None = None,
    step_id: int | None = None,
    qbo_id: str | None = None,
) -> Write:
    """Store a write with a new requestid; the caller commits before performing it.

    While an earlier write of the same record or step is not settled, that one is returned
    instead: it may have taken effect.
    """
    standing = _open_write(session, record_id, step_id)
    if standing is not None:
        return standing
    row = Write(
        company_id=company_id,
        record_id=record_id,
        step_id=step_id,
        request_id=str(uuid.uuid4()),
        operation=operation,
        entity=entity,
        qbo_id=qbo_id,
        payload=payload,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def intend_creates(
    session: Session, company_id: int, intentions: Sequence[Intention], now: datetime
) -> list[Write]:
    """Store a create for each of several records; one with an open write gets none."""
    wanted = [intention.record_id for intention in intentions]
    session.flush()
    busy = set(session.connection().execute(_BUSY, {"ids": wanted}).scalars())
    rows = [
        {
            "company_id": company_id,
            "record_id": intention.record_id,
            "request_id": str(uuid.uuid4()),
            "operation": "create",
            "entity": intention.entity,
            "payload": intention.payload,
            "state": "intended",
            "reply": {},
            "intuit_tid": "",
            "created_at": now,
        }
        for intention in intentions
        if intention.record_id not in busy
    ]
    if not rows:
        return []
    # In one statement; the ids are read afterwards.
    session.connection().execute(insert(Write), rows)
    new = {row["record_id"] for row in rows}
    return list(session.exec(_of_records(), params={"ids": list(new)}))


@cache
def _of_records() -> SelectOfScalar[Write]:
    """The open writes of records: at most one of each."""
    return (
        select(Write)
        .where(col(Write.record_id).in_(bindparam("ids", expanding=True)))
        .where(col(Write.state).in_(OPEN))
        .order_by(col(Write.id))
    )


def perform(services: Services, write_id: int, held: leases.Held, *, first: bool = False) -> Write:
    """Carry a write out, or find out what became of it; safe to call again at any time.

    The returned row's state is done or fault, or unknown when QuickBooks could not tell: then
    call again later. A fault about the whole company is noted as its trouble, as a sync does, and
    named in the row's reply as `trouble`. `first` says that the row was stored by this very turn,
    so that nothing of it has gone out before. Raises LeaseLost when another worker took the
    company over.
    """
    with services.sessions.read() as session:
        write = session.get_one(Write, write_id)
    if write.state not in OPEN:
        return write
    answer = call(services, write, again=True)
    fault = answer.fault
    if first and fault is not None and fault.retry_class is RetryClass.AUTH:
        # Not let in, and never sent before: certainly not in the books.
        answer = answer if fault.reply_lost else replace(answer, state="fault")
    trouble = ""
    if fault is not None and fault.code not in ECHOES:  # those answer this very write
        trouble = name_trouble(services.knowledge, fault)
    now = services.clock.now()
    with services.sessions.write() as session:
        leases.require(session, held)
        settle(session, write.company_id, [(write_id, answer)], now)
        row = session.get_one(Write, write_id, populate_existing=True)
        if trouble and fault is not None and row.state != "done":
            note_trouble(session, write.company_id, trouble, fault, now)
            row.reply = {**row.reply, "trouble": trouble}
            session.add(row)
        return row


def call(services: Services, write: Write, *, again: bool) -> Answer:
    """Make the call; no transaction is open and no row is changed.

    `again` says that this requestid may have gone out before.
    """
    books = services.quickbooks.company(write.company_id, PATIENCE_SECONDS)
    try:
        reply = books.write(write.operation, write.entity, write.payload, write.request_id)
    except QuickBooksFault as fault:
        return _judge(services, write, fault, again=again)
    return Answer("done", reply.payload, reply.intuit_tid)


def settle(
    session: Session, company_id: int, answers: Sequence[tuple[int, Answer]], now: datetime
) -> None:
    """Write answers down: rows, mirror and, for records that were created, their outcomes.

    The caller has checked the lease in the same transaction. A settled row never changes.
    """
    by_id = dict(answers)
    session.flush()
    rows = session.connection().execute(_STANDING, {"ids": list(by_id)}).all()
    log.debug("settle", company_id=company_id, writes=len(rows))
    written: list[Payload] = []
    copies: list[Payload] = []
    posted: list[tuple[int, Posted]] = []
    for row in rows:
        answer = by_id[row.id]
        if row.state not in OPEN:
            continue
        values = _settled(answer, row.qbo_id, now)
        written.append({"write": row.id, **values})
        if answer.state == "done" and answer.payload is not None:
            copies.append(row_values(company_id, row.entity, values["reply"], now))
            if row.record_id is not None and row.operation == "create":
                said = Posted(row.entity, values["qbo_id"], values["reply"], values["intuit_tid"])
                posted.append((row.record_id, said))
    if written:
        session.connection().execute(_SETTLE, written)
    for held in session.identity_map.values():
        if isinstance(held, Write) and held.id in by_id:
            session.expire(held)
    record_outcomes(session, posted, now)
    put_values(session, copies)
    if copies:
        clear_trouble(session, company_id)


def _settled(answer: Answer, qbo_id: str | None, now: datetime) -> Payload:
    """What a write's row says from now on; QuickBooks' reply is kept as it stands in JSON."""
    values: Payload = {
        "state": answer.state,
        "intuit_tid": answer.intuit_tid,
        "settled_at": None if answer.state == "unknown" else now,
        "qbo_id": qbo_id,
        "reply": {},
    }
    if answer.fault is not None:
        values["intuit_tid"] = answer.fault.intuit_tid
        values["reply"] = fault_facts(answer.fault)
        if answer.looked_at is not None:
            values["reply"] |= {"looked_at": answer.looked_at.isoformat()}
    if answer.state == "done" and answer.payload is not None:
        values["reply"] = storable(answer.payload)
        values["qbo_id"] = str(answer.payload.get("Id") or qbo_id or "")
    return values


def forget(session: Session, write_id: int) -> None:
    """Take back a write that was certainly never sent by this process."""
    row = session.get(Write, write_id, populate_existing=True)
    if row is not None and row.state == "intended":
        session.delete(row)


def open_writes(session: Session, company_id: int) -> list[Write]:
    """Return the company's writes of records whose outcome is not known, oldest first."""
    session.flush()
    asked = {"company_id": company_id}
    if session.connection().execute(_ANY_OPEN, asked).first() is None:
        return []  # nearly always: looked for several times in a slice
    return list(session.exec(_of_company(), params=asked))


@cache
def _of_company() -> SelectOfScalar[Write]:
    return (
        select(Write)
        .where(col(Write.company_id) == bindparam("company_id"))
        .where(col(Write.record_id).is_not(None))
        .where(col(Write.state).in_(OPEN))
        .order_by(col(Write.id))
    )


def fault_facts(fault: QuickBooksFault) -> Payload:
    """Return what a person or Intuit's support may ask about a fault."""
    return {
        "code": fault.code,
        "fault_message": fault.fault_message,
        "detail": fault.detail,
        "element": fault.element,
        "http_status": fault.http_status,
        "intuit_tid": fault.intuit_tid,
        "raw": fault.raw,
    }


def _open_write(session: Session, record_id: int | None, step_id: int | None) -> Write | None:
    if step_id is not None:
        same = Write.step_id == step_id
    elif record_id is not None:
        same = Write.record_id == record_id
    else:
        return None
    standing = select(Write).where(same).where(col(Write.state).in_(OPEN))
    return session.exec(standing.order_by(col(Write.id))).first()


def _judge(services: Services, write: Write, fault: QuickBooksFault, *, again: bool) -> Answer:
    """Decide what a fault says about the write.

    A refusal of QuickBooks itself is definite. Anything that may hide an effect is looked up in
    the books: found is done; not found counts only where QuickBooks has answered this very write,
    or where an earlier look, long enough ago, found nothing either.
    """
    doubtful = fault.reply_lost or (again and fault.code in ECHOES)
    looked_at = _looked_at(write)
    if not doubtful:
        unsettled = again and fault.retry_class in _NO_WORD
        return Answer("unknown" if unsettled else "fault", fault=fault, looked_at=looked_at)
    if isinstance(fault, PermissionLost):
        return Answer("unknown", fault=fault, looked_at=looked_at)
    now = services.clock.now()
    try:
        found = find_back(services, write)
    except QuickBooksFault as trouble:
        log.info("look after a lost reply failed", write_id=write.id, code=trouble.code)
        return Answer("unknown", fault=fault, looked_at=looked_at)
    if found is not None:
        log.info("write found in the books", write_id=write.id, entity=write.entity)
        return Answer("done", found, fault.intuit_tid)
    first = looked_at or now
    # An echo is QuickBooks' word on this very requestid; 10000 is none, however often it comes.
    answered = fault.code in ECHOES or (fault.code == "10000" and now - first >= SECOND_LOOK)
    return Answer("fault" if answered else "unknown", fault=fault, looked_at=first)


def _looked_at(write: Write) -> datetime | None:
    stored = write.reply.get("looked_at")
    return datetime.fromisoformat(str(stored)) if stored else None
