"""Compares the books with the outbox by our marks, before a process posts for the first time.

A database that was restored from a backup does not know what was posted after it was made. Each
process looks once at each company, before it posts there: what bears a mark of ours and no link
stands in the books already, and is linked.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot import jobs, mirror
from bot.db import leases
from bot.domain import DOCUMENTS, ENTITY, RecordState, RecordType
from bot.models import Adoption, Link, MirrorRow, MirrorState, Record, Source, Write
from bot.services import Services
from bot.sync import links, writing
from bot.sync.outcome import Posted, record_outcome
from bot.sync.payloads import stamp

RESTORED = "restored"
_TYPE = {entity: kind for kind, entity in ENTITY.items()}
# In short transactions: a press must not wait for thousands.
_AT_ONCE = 200
# So many processes are remembered for each company.
_REMEMBERED = 100
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Mark:
    """A record of QuickBooks and the external id its mark names."""

    row: MirrorRow
    source: Source
    type: RecordType
    external_id: str


def met(services: Services, company_id: int, held: leases.Held) -> bool:
    """Say whether this process may post: at its first look the books and the outbox are compared.

    False: the company has to be read anew before. Raises QuickBooksFault, LeaseLost; then nothing
    is posted, and the next slice looks again.
    """
    with services.sessions.read() as session:
        state = session.get(MirrorState, company_id)
    if state is None or services.holder in state.compared_by:
        return True
    if state.captured_by != services.holder:
        mirror.capture(services, company_id)
        if not mirror.loaded(services, company_id):
            return False
    reconcile(services, company_id, held)
    with services.sessions.write() as session:
        state = session.get_one(MirrorState, company_id)
        state.compared_by = [*state.compared_by, services.holder][-_REMEMBERED:]
        session.add(state)
    return True


def reconcile(services: Services, company_id: int, held: leases.Held) -> int:
    """Link what bears a mark of ours in the books and is not linked; returns how many.

    Of a record that waits, the write counts as done. What has no record here (it was handed over
    after the backup was made) is linked ahead, so that it is recognised when it comes again.
    """
    with services.sessions.read() as session:
        ids = _unlinked(session, company_id)
        sources = session.exec(select(Source).where(Source.company_id == company_id)).all()
    found = 0
    for start in range(0, len(ids), _AT_ONCE):
        with services.sessions.write() as session:
            leases.require(session, held)
            rows = session.exec(
                select(MirrorRow).where(col(MirrorRow.id).in_(ids[start : start + _AT_ONCE]))
            ).all()
            now = services.clock.now()
            marks = [mark for row in _oldest_first(rows) for mark in _read(session, sources, row)]
            linked = Counter(mark.type for mark in marks if _link(session, mark, now))
            _note(session, company_id, linked, now)
            found += linked.total()
    if found:
        log.warning("books_ahead_of_outbox", company_id=company_id, found=found)
        jobs.run_check(services.queue, company_id, "adoption")
    with services.sessions.write() as session:
        for row in session.exec(_begun(company_id)):
            row.state, row.settled_at = "done", services.clock.now()
            session.add(row)
    return found


def _begun(company_id: int) -> SelectOfScalar[Adoption]:
    return (
        select(Adoption)
        .where(Adoption.company_id == company_id, Adoption.why == RESTORED)
        .where(col(Adoption.settled_at).is_(None))
    )


def _note(session: Session, company_id: int, linked: Counter[RecordType], now: datetime) -> None:
    """Count what was linked, in the transaction that links it: what is told survives a kill."""
    if not linked:
        return
    row = session.exec(_begun(company_id)).first()
    row = row or Adoption(company_id=company_id, why=RESTORED, state="looking", begun_at=now)
    documents = sum(number for kind, number in linked.items() if kind in DOCUMENTS)
    known = row.counts
    row.counts = {
        "documents": known.get("documents", 0) + documents,
        "others": known.get("others", 0) + linked.total() - documents,
    }
    session.add(row)


def _unlinked(session: Session, company_id: int) -> Sequence[int]:
    """The living records of QuickBooks with a mark that stand for no external id."""
    linked = (
        select(Link.id)
        .where(Link.company_id == company_id)
        .where(col(Link.entity) == col(MirrorRow.entity))
        .where(col(Link.qbo_id) == col(MirrorRow.qbo_id))
        .exists()
    )
    rows = session.exec(
        select(MirrorRow.id)
        .where(MirrorRow.company_id == company_id, col(MirrorRow.stamp) > "")
        .where(col(MirrorRow.deleted).is_(False), col(MirrorRow.entity).in_(_TYPE))
        .where(~linked)
        .order_by(col(MirrorRow.id))
    )
    return [row or 0 for row in rows]


def _oldest_first(rows: Iterable[MirrorRow]) -> list[MirrorRow]:
    """People copy documents with their memo: the mark is that of the first one."""
    return sorted(rows, key=lambda row: (len(row.qbo_id), row.qbo_id))


def _read(session: Session, sources: Iterable[Source], row: MirrorRow) -> list[_Mark]:
    for source in sources:
        begin = stamp(source.name, "")[:-1]
        if row.stamp.startswith(begin):
            known = _whole(session, source, row, row.stamp[len(begin) : -1])
            return [_Mark(row, source, _TYPE[row.entity], known)]
    return []


def _whole(session: Session, source: Source, row: MirrorRow, external_id: str) -> str:
    """The external id as its record has it: one that holds a bracket is longer than the key."""
    note = f"{row.data.get('PrivateNote') or ''}{row.data.get('Notes') or ''}"
    if f"{external_id}]" not in note or note.rstrip().endswith(f"{external_id}]"):
        return external_id
    longer = session.exec(
        select(Record.external_id)
        .where(Record.source_id == source.id, Record.type == _TYPE[row.entity])
        .where(col(Record.external_id).startswith(f"{external_id}]", autoescape=True))
    )
    return next((one for one in longer if stamp(source.name, one) in note), external_id)


def _link(session: Session, mark: _Mark, now: datetime) -> bool:
    """Say that the external id is this record; True where the outbox did not know it."""
    row, source_id = mark.row, mark.source.id or 0
    if links.find(session, source_id, mark.type, mark.external_id) is not None:
        return False
    record = session.exec(
        select(Record)
        .where(Record.source_id == source_id, Record.type == mark.type)
        .where(Record.external_id == mark.external_id)
    ).first()
    if record is None:
        if row.total == 0:  # voided, or of no money: it may rightly be posted when it comes
            return False
        links.link(
            session,
            company_id=row.company_id,
            source_id=source_id,
            type=mark.type,
            external_id=mark.external_id,
            entity=row.entity,
            qbo_id=row.qbo_id,
            how="matched",
            by="",
            now=now,
        )
        return True
    if record.state not in (RecordState.WAITING, RecordState.HELD):
        return False
    if record.amount and not row.total:
        return False
    return _settle(session, record, row, now)


def _settle(session: Session, record: Record, row: MirrorRow, now: datetime) -> bool:
    """A write under way has its answer by this; any other record is linked to what is there."""
    write = session.exec(
        select(Write)
        .where(Write.record_id == record.id, Write.operation == "create")
        .where(col(Write.state).in_(writing.OPEN))
    ).first()
    if write is not None:
        answer = writing.Answer("done", dict(row.data))
        writing.settle(session, record.company_id, [(write.id or 0, answer)], now)
        return False
    found = Posted(row.entity, row.qbo_id, dict(row.data), how="matched")
    record_outcome(session, record.id or 0, found, now)
    session.flush()
    return True
