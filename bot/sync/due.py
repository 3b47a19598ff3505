"""Which records may go now, in the order they have to be posted."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from bot.domain import RecordState
from bot.models import Record, Write
from bot.sync.records import references, stored_record
from bot.sync.writing import OPEN

_WIDEST_SEARCH = 2000


def due(
    session: Session,
    company_id: int,
    now: datetime,
    *,
    limit: int,
    only: Collection[int] | None = None,
) -> list[Record]:
    """Return the records that may go now; `only` also brings what they refer to, pauses or not."""
    statement = _due(company_id, now, select(Record), everything=only is not None)
    if only is not None:
        statement = statement.where(col(Record.id).in_(_with_parents(session, only)))
    ordered = statement.order_by(col(Record.tier), col(Record.id)).limit(limit)
    return list(session.exec(ordered))


def count_due(
    session: Session, company_id: int, now: datetime, only: Collection[int] | None = None
) -> int:
    """Count the records that may go now."""
    statement = _due(company_id, now, select(func.count()).select_from(Record), everything=False)
    if only is not None:
        statement = statement.where(col(Record.id).in_(only))
    return int(session.exec(statement).one())


def wake_children(session: Session, company_id: int, parents: Sequence[Record]) -> None:
    """Let records that pause for one of these parents go at once."""
    refs = {(parent.source_id, parent.type, parent.external_id) for parent in parents}
    pausing = session.exec(
        select(Record)
        .where(Record.company_id == company_id)
        .where(Record.state == RecordState.WAITING)
        .where(col(Record.not_before).is_not(None))
        .order_by(col(Record.tier), col(Record.id))
        .limit(_WIDEST_SEARCH)
    ).all()
    for row in pausing:
        named = references(stored_record(row.payload))
        if any((row.source_id, kind, external_id) in refs for kind, external_id in named):
            row.not_before = None
            session.add(row)


def by_id(session: Session, record_ids: Collection[int | None]) -> dict[int, Record]:
    """Return these records by id."""
    found = session.exec(select(Record).where(col(Record.id).in_(record_ids)))
    return {row.id or 0: row for row in found}


def _due(company_id: int, now: datetime, statement: Any, *, everything: bool) -> Any:
    """Waiting records without a write whose outcome is unknown; `everything`: pausing ones too."""
    open_write = (
        select(Write.id)
        .where(Write.record_id == Record.id)
        .where(col(Write.state).in_(OPEN))
        .exists()
    )
    statement = (
        statement.where(Record.company_id == company_id)
        .where(Record.state == RecordState.WAITING)
        .where(~open_write)
    )
    if everything:
        return statement
    return statement.where(col(Record.not_before).is_(None) | (col(Record.not_before) <= now))


def _with_parents(session: Session, record_ids: Collection[int]) -> set[int]:
    """These records and the unposted ones they refer to, directly or through another."""
    wanted: set[int] = set()
    fresh = list(record_ids)
    while fresh:
        rows = by_id(session, fresh)
        wanted |= set(rows)
        fresh = []
        for row in rows.values():
            for kind, external_id in references(stored_record(row.payload)):
                parent = session.exec(
                    select(Record.id)
                    .where(Record.source_id == row.source_id)
                    .where(Record.type == kind)
                    .where(Record.external_id == external_id)
                    .where(Record.state == RecordState.WAITING)
                ).first()
                if parent is not None and parent not in wanted:
                    fresh.append(parent)
    return wanted
