"""The one place where a try to post a record becomes rows: posted, held, or tried again later.

Online calls it at once; a connector that answers later calls it when it returns.
"""

from datetime import datetime

import structlog
from sqlmodel import Session

from bot import audit
from bot.domain import Payload, RecordState
from bot.models import Company, Record, Source
from bot.sync import holds
from bot.sync.causes import Cause, Held, Later, Outcome, Posted, subject_of
from bot.sync.comparing import amounts, hold_difference
from bot.sync.links import link

log = structlog.get_logger(__name__)
__all__ = ["Cause", "Held", "Later", "Outcome", "Posted", "record_outcome"]


def record_outcome(session: Session, record_id: int, outcome: Outcome, now: datetime) -> None:
    """Write down an outcome inside the caller's transaction; the same one twice changes nothing.

    Posted: linked, own holds dropped, the records that waited for it freed, audited; a document
    whose total QuickBooks made different stays posted and gets the hold `total_differs`.
    Held and Later never undo a posted or skipped record.
    """
    record = session.get_one(Record, record_id)
    if isinstance(outcome, Posted):
        _posted(session, record, outcome, now)
    elif record.state in (RecordState.POSTED, RecordState.SKIPPED):
        return
    elif isinstance(outcome, Held):
        record.state, record.not_before = RecordState.HELD, None
        record.attempts += 1
        holds.hold(session, record, outcome.causes, now)
    else:
        record.state, record.not_before = RecordState.WAITING, outcome.until
        record.attempts += outcome.tried
    session.add(record)


def _posted(session: Session, record: Record, outcome: Posted, now: datetime) -> None:
    if record.state is RecordState.POSTED and record.qbo_id:
        same = record.qbo_id == outcome.qbo_id
        if not same and outcome.how == "posted":
            # A person linked it while our own write was under way: what they chose stands.
            log.warning("posted twice", record_id=record.id, kept=record.qbo_id, id=outcome.qbo_id)
        if same or outcome.how == "posted":
            return
    record_id = record.id or 0
    link(
        session,
        company_id=record.company_id,
        source_id=record.source_id,
        type=record.type,
        external_id=record.external_id,
        entity=outcome.entity,
        qbo_id=outcome.qbo_id,
        how=outcome.how,
        by=outcome.by,
        now=now,
        record=record,
    )
    record.attempts += 1
    holds.release_record(session, record_id)
    source = session.get_one(Source, record.source_id).name
    subject = subject_of(record.type, source, record.external_id)
    _compare(session, record, outcome, now)
    audit.append(
        session,
        at=now,
        actor=outcome.by,
        action=outcome.how,
        subject=subject,
        company_id=record.company_id,
        data={
            "entity": outcome.entity,
            "qbo_id": outcome.qbo_id,
            "number": record.number,
            "amount": None if record.amount is None else str(record.amount),
            "currency": record.currency,
            "intuit_tid": outcome.intuit_tid,
        },
    )


def _compare(session: Session, record: Record, outcome: Posted, now: datetime) -> None:
    """Note it when QuickBooks made other amounts of a document than the source says."""
    found = amounts(record, outcome.reply)
    if found is None or not found.differ:
        return
    more: Payload = {
        "company": session.get_one(Company, record.company_id).name,
        "entity": outcome.entity,
        "qbo_id": outcome.qbo_id,
        "intuit_tid": outcome.intuit_tid,
    }
    hold_difference(session, record, found, more, now)
