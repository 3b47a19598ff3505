"""What QuickBooks is still to have as the source says it: one row a record."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from bot.models import FlowUpdate, Record


def want(session: Session, record: Record, groups: Iterable[str], now: datetime) -> None:
    """Ask for these groups to be written; what was asked for already stays asked for."""
    row = session.get(FlowUpdate, record.id) or FlowUpdate(
        record_id=record.id or 0, company_id=record.company_id, at=now
    )
    row.parts = list(dict.fromkeys((*row.parts, *groups)))
    row.not_before = None
    session.add(row)


def drop(session: Session, record: Record, groups: Collection[str]) -> None:
    """These groups are not to be written any more."""
    row = session.get(FlowUpdate, record.id)
    if row is None or not set(row.parts) & set(groups):
        return
    row.parts = [part for part in row.parts if part not in groups]
    session.add(row)


def parts(session: Session, record: Record) -> tuple[str, ...]:
    """The groups that wait to be written."""
    row = session.get(FlowUpdate, record.id)
    return () if row is None else tuple(row.parts)


def due(session: Session, company_id: int, now: datetime, most: int) -> list[FlowUpdate]:
    """The updates that may go now, oldest first."""
    rows = session.exec(
        select(FlowUpdate)
        .where(FlowUpdate.company_id == company_id)
        .order_by(col(FlowUpdate.at), col(FlowUpdate.record_id))
    )
    return [row for row in rows if row.not_before is None or row.not_before <= now][:most]


def companies(session: Session, now: datetime) -> set[int]:
    """The companies for which one may go now."""
    rows = session.exec(select(FlowUpdate))
    return {row.company_id for row in rows if row.not_before is None or row.not_before <= now}
