"""The one place where a try to post a record becomes rows: posted, held, or tried again later.

Online calls it at once; a connector that answers later calls it when it returns.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

import structlog
from sqlalchemy import bindparam, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot import audit
from bot.domain import Payload, RecordState
from bot.models import Company, Record
from bot.sync import holds, rounding, told, waits
from bot.sync.causes import Cause, Held, Later, Outcome, Posted, subject_of
from bot.sync.comparing import amounts, hold_difference
from bot.sync.flow import agreed
from bot.sync.links import link_all
from bot.sync.sources_named import source_names

log = structlog.get_logger(__name__)
_TABLE = SQLModel.metadata.tables["record"]
# All that is new of a record that is posted.
_NEW = ("state", "posted_at", "not_before", "qbo_id", "attempts", "base", "seen")
_IS_POSTED = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("record"))
    .values({name: bindparam(name) for name in _NEW})
)
__all__ = ["Cause", "Held", "Later", "Outcome", "Posted", "record_outcome", "record_outcomes"]


def record_outcome(session: Session, record_id: int, outcome: Outcome, now: datetime) -> None:
    """Write down one outcome; see `record_outcomes`."""
    record_outcomes(session, [(record_id, outcome)], now)


def record_outcomes(
    session: Session, outcomes: Sequence[tuple[int, Outcome]], now: datetime
) -> None:
    """Write down what became of these records inside the caller's transaction, at most some
    hundred at once; the same outcome twice changes nothing.

    Posted: linked, own holds dropped, the records that waited for it freed, audited; a document
    whose total QuickBooks made different stays posted and gets the hold `total_differs`.
    Held and Later never undo a posted or skipped record. Whoever waited for one of these goes on.
    """
    ids = [record_id for record_id, _ in outcomes]
    records = {row.id: row for row in session.exec(_of_ids(), params={"ids": ids})}
    waits.forget(session, [one for one, outcome in outcomes if not isinstance(outcome, Later)])
    posted: list[tuple[Record, Posted]] = []
    for record_id, outcome in outcomes:
        record = records[record_id]
        if isinstance(outcome, Posted):
            if _is_news(record, outcome):
                posted.append((record, outcome))
        elif record.state not in (RecordState.POSTED, RecordState.SKIPPED):
            _not_posted(session, record, outcome, now)
    if posted:
        _posted(session, posted, now)
    # Those who wait for one that is held now have the same cause: they join its alert at once.
    settled = (RecordState.POSTED, RecordState.HELD)
    waits.wake_children(session, [row for row in records.values() if row.state in settled])


@cache
def _of_ids() -> SelectOfScalar[Record]:
    return select(Record).where(col(Record.id).in_(bindparam("ids", expanding=True)))


def _not_posted(session: Session, record: Record, outcome: Held | Later, now: datetime) -> None:
    if isinstance(outcome, Held):
        record.state, record.not_before = RecordState.HELD, None
        record.attempts += 1
        holds.hold(session, record, outcome.causes, now)
    else:
        record.state, record.not_before = RecordState.WAITING, outcome.until
        record.attempts += outcome.tried


def _is_news(record: Record, outcome: Posted) -> bool:
    if record.state is not RecordState.POSTED or not record.qbo_id:
        return True
    same = record.qbo_id == outcome.qbo_id
    if not same and outcome.how == "posted":
        # A person linked it while our own write was under way: what they chose stands.
        log.warning("posted twice", record_id=record.id, kept=record.qbo_id, id=outcome.qbo_id)
    return not same and outcome.how != "posted"


def _posted(session: Session, posted: Sequence[tuple[Record, Posted]], now: datetime) -> None:
    link_all(session, posted, now)
    _keep(session, posted, now)
    told.posted(session, posted, now)
    holds.release_records(session, [record.id or 0 for record, _ in posted])
    names = source_names(session, {record.source_id for record, _ in posted})
    for record, outcome in posted:
        _compare(session, record, outcome, now)
    audit.append_many(
        session,
        [_entry(record, outcome, names[record.source_id], now) for record, outcome in posted],
    )


def _keep(session: Session, posted: Sequence[tuple[Record, Posted]], now: datetime) -> None:
    """Write down what is new of these records: one statement for all, past the session."""
    session.flush()
    rows: list[Payload] = []
    for record, outcome in posted:
        new = _new(record, outcome, now)
        rows.append({"record": record.id, **new})
        for name, value in new.items():
            set_committed_value(record, name, value)
    session.connection().execute(_IS_POSTED, rows)


def _new(record: Record, outcome: Posted, now: datetime) -> Payload:
    first = record.state is not RecordState.POSTED
    base, seen = record.base, record.seen
    if outcome.reply.get("Id"):
        base, seen = agreed.on_answer(record, outcome.reply)
    return {
        "state": RecordState.POSTED,
        "posted_at": now if first else record.posted_at,
        "not_before": None,
        "qbo_id": outcome.qbo_id,
        "attempts": record.attempts + 1,
        "base": base,
        "seen": seen,
    }


def _entry(record: Record, outcome: Posted, source: str, now: datetime) -> audit.Entry:
    return audit.Entry(
        at=now,
        actor=outcome.by,
        action=outcome.how,
        subject=subject_of(record.type, source, record.external_id),
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
    company = session.get_one(Company, record.company_id)
    more: Payload = {
        "company": company.name,
        "entity": outcome.entity,
        "qbo_id": outcome.qbo_id,
        "intuit_tid": outcome.intuit_tid,
        **rounding.wanted(company, record, outcome),
    }
    hold_difference(session, record, found, more, now)
