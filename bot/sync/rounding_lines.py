"""Adds the rounding lines that a firm's policy asks for, right after posting.

Before anything that refers to the document goes out, so that its payment meets the right balance.
1. What is to be rounded stands on the note of the difference (`total_differs`), with the posting.
2. The document is read fresh; the sparse update is a row with its requestid before it goes out.
3. After a crash or a lost reply the same row is performed again with the same requestid.
4. A refusal leaves the difference to a person, as where there is no policy.
"""

from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import bindparam
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot import audit, mirror
from bot.db import leases
from bot.domain import ENTITY, Payload, RetryClass
from bot.models import Company, Hold, Record, Source, Write
from bot.quickbooks import QuickBooksFault
from bot.services import Services
from bot.sync import comparing, rounding, writing
from bot.sync.causes import TOTAL_DIFFERS, subject_of
from bot.sync.payloads import stamp
from bot.sync.settled import settled
from bot.sync.trouble import name_trouble

REFUSED = "rounding_refused"
# A document whose line gets no answer so often is left to a person; the others go on.
MOST_TRIES = 5
# No bank can have matched a sale that was paid at once so shortly after it was posted.
_JUST_NOW = timedelta(minutes=5)
_PAID_AT_ONCE = ("SalesReceipt", "RefundReceipt")


def add(services: Services, company_id: int, held: leases.Held) -> None:
    """Add every line that is due; the caller holds the company's lease.

    Raises QuickBooksFault while QuickBooks does not say what became of one: what refers to that
    document must not go before it; LeaseLost when another worker took the company over.
    """
    with services.sessions.read() as session:
        due = session.exec(_due(), params={"company_id": company_id}).all()
    for record_id in due:
        _one(services, record_id, held)


@cache
def _due() -> SelectOfScalar[int]:
    # Asked for with every few records that are posted: put together once.
    return (
        select(Hold.record_id)
        .where(col(Hold.company_id) == bindparam("company_id"), Hold.problem == TOTAL_DIFFERS)
        .where(col(Hold.facts)[rounding.DUE].as_boolean())
        .order_by(col(Hold.id))
    )


def _one(services: Services, record_id: int, held: leases.Held) -> None:
    write = _standing(services, record_id) or _intended(services, record_id, held)
    if write is None:
        return
    answer = writing.call(services, write, again=True)
    now = services.clock.now()
    with services.sessions.write() as session:
        leases.require(session, held)
        writing.settle(session, write.company_id, [(write.id or 0, answer)], now)
        fault = answer.fault
        if fault is None and answer.payload is not None:
            _added(session, record_id, write, answer.payload, now)
        elif answer.state == "fault" and fault is not None and not _trouble(services, answer):
            said = fault.detail or fault.fault_message or fault.message
            _left(session, record_id, f"QuickBooks refused the rounding line: {said}")
            return
        elif fault is not None and _given_up(session, record_id, fault):
            return
    if answer.fault is not None:
        raise answer.fault


def _given_up(session: Session, record_id: int, fault: QuickBooksFault) -> bool:
    """Count a try without an answer: one document must not stop all others for ever.

    Should the write show up later after all, its total agrees, and only the tax is told.
    """
    hold = _hold(session, record_id)
    if hold is None or fault.retry_class is not RetryClass.TRANSIENT:
        return False
    tries = int(hold.facts.get(rounding.TRIES) or 0) + 1
    hold.facts = {**hold.facts, rounding.TRIES: tries}
    session.add(hold)
    if tries >= MOST_TRIES:
        _left(session, record_id, "QuickBooks gave no answer to it, again and again.")
    return tries >= MOST_TRIES


def _trouble(services: Services, answer: writing.Answer) -> bool:
    """Whether a refusal is about the company: then the line is tried again with a new request."""
    return answer.fault is not None and bool(name_trouble(services.knowledge, answer.fault))


def _standing(services: Services, record_id: int) -> Write | None:
    """The write that is on its way."""
    with services.sessions.read() as session:
        hold = _hold(session, record_id)
        write_id = hold.facts.get(rounding.WRITE) if hold is not None else None
        write = session.get(Write, int(write_id)) if write_id else None
    return write if write is not None and write.state in writing.OPEN else None


def _intended(services: Services, record_id: int, held: leases.Held) -> Write | None:
    """Store the write; None where it is left to a person."""
    with services.sessions.read() as session:
        record = session.get_one(Record, record_id)
    entity, qbo_id = ENTITY[record.type], str(record.qbo_id or "")
    document = mirror.refresh(services, record.company_id, entity, qbo_id)
    now = services.clock.now()
    with services.sessions.write() as session:
        leases.require(session, held)
        hold = _hold(session, record_id)
        record = session.get_one(Record, record_id, populate_existing=True)
        if hold is None:
            return None
        company = session.get_one(Company, record.company_id)
        source = session.get_one(Source, record.source_id).name
        line = rounding.needed(record, document) if document is not None else None
        if document is None or line is None or not rounding.by_policy(company, record, line):
            _left(session, record_id, "")
            return None
        item = mirror.get(session, company.id or 0, "Item", str(company.rounding_item_id))
        why = rounding.why_unfit(item) or _why_not(record, source, document, now)
        if why:
            _left(session, record_id, why)
            return None
        words = rounding.words_of(record, document, source)
        made = rounding.change(document, line, str(company.rounding_item_id), words)
        identity: Payload = {"Id": qbo_id, "SyncToken": document["SyncToken"], "sparse": True}
        write = writing.intend(
            session,
            record.company_id,
            "update",
            entity,
            identity | made,
            now=now,
            qbo_id=qbo_id,
        )
        hold.facts = {**hold.facts, rounding.WRITE: write.id}
        session.add(hold)
        return write


def _why_not(record: Record, source: str, document: Payload, now: datetime) -> str:
    """Say why only a person may change it: money moved, or somebody else's hand (rule 5)."""
    if stamp(source, record.external_id) not in str(document.get("PrivateNote") or ""):
        return "Its memo was changed in QuickBooks since it was posted."
    told = settled(ENTITY[record.type], document)
    if ENTITY[record.type] in _PAID_AT_ONCE:
        posted = record.posted_at
        told = told[:-1] if posted is not None and now - posted <= _JUST_NOW else told
    return f"It {told[0]} in QuickBooks already." if told else ""


def _added(
    session: Session, record_id: int, write: Write, document: Payload, now: datetime
) -> None:
    """QuickBooks has the line: both sides agree, or the difference stays for a person."""
    record = session.get_one(Record, record_id, populate_existing=True)
    source = session.get_one(Source, record.source_id).name
    line = rounding.last_line(write.payload)
    by_rule: Payload = {"write": write.id, "at": now.isoformat(), "facts": _facts(session, record)}
    rounding.note(record, line, by_rule)
    session.add(record)
    session.flush()
    audit.append(
        session,
        at=now,
        actor="",
        action="rounding.line",
        subject=subject_of(record.type, source, record.external_id),
        company_id=record.company_id,
        data={
            "entity": write.entity,
            "qbo_id": write.qbo_id,
            "line": str(line),
            "write": write.id,
            "tax": comparing.tax_of(document),
        },
    )
    if not comparing.end_if_equal(session, record, document):
        _left(session, record_id, "QuickBooks made another total of it once more.")


def _left(session: Session, record_id: int, why: str) -> None:
    """A person decides."""
    hold = _hold(session, record_id)
    if hold is not None:
        facts = rounding.plain_facts(hold.facts)
        hold.facts = {**facts, REFUSED: why} if why else facts
        session.add(hold)


def _facts(session: Session, record: Record) -> Payload | None:
    """What is noted of the difference, as it stands when a person is asked about it."""
    noted = comparing.standing(session, record)
    return None if noted is None else rounding.plain_facts(noted)


def _hold(session: Session, record_id: int) -> Hold | None:
    own = select(Hold).where(Hold.record_id == record_id, Hold.problem == TOTAL_DIFFERS)
    return session.exec(own).first()
