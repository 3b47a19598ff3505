"""Which records may go now, in the order they have to be posted."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from bot.domain import RecordState, RecordType
from bot.models import Record, Write
from bot.sync.reading import references
from bot.sync.writing import OPEN

_WIDEST_SEARCH = 2000
# At most this many values are named in one query.
_AT_ONCE = 500
T = TypeVar("T")


def due(
    session: Session,
    company_id: int,
    now: datetime,
    *,
    limit: int,
    only: Collection[int] | None = None,
) -> list[Record]:
    """Return the records that may go now; `only` also brings what they refer to, pauses or not.

    Of `only` the first `limit` are looked at, and what those refer to goes before them.
    """
    if only is None:
        statement = _due(company_id, now, select(Record), everything=False)
        ordered = statement.order_by(col(Record.tier), col(Record.id)).limit(limit)
        return list(session.exec(ordered))
    statement = _due(company_id, now, select(Record), everything=True)
    statement = statement.order_by(col(Record.tier), col(Record.id)).limit(limit)
    found: list[Record] = []
    for part in _parts(sorted(only)):
        found += session.exec(statement.where(col(Record.id).in_(part)))
    first = sorted(found, key=_order)[:limit]
    parents = _parents(session, first, statement)
    return sorted({row.id: row for row in (*first, *parents)}.values(), key=_order)[:limit]


def _order(record: Record) -> tuple[int, int]:
    return record.tier, record.id or 0


def all_waiting(session: Session, company_id: int) -> list[Record]:
    """Return what is posted once QuickBooks lets the bot in: no problem of its own holds it."""
    return list(
        session.exec(
            select(Record)
            .where(Record.company_id == company_id, Record.state == RecordState.WAITING)
            .order_by(col(Record.tier), col(Record.id))
        )
    )


def count_due(
    session: Session, company_id: int, now: datetime, only: Collection[int] | None = None
) -> int:
    """Count the records that may go now."""
    statement = _due(company_id, now, select(func.count()).select_from(Record), everything=False)
    if only is None:
        return int(session.exec(statement).one())
    parts = _parts(sorted(only))
    return sum(int(session.exec(statement.where(col(Record.id).in_(p))).one()) for p in parts)


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
        named = references(row.payload)
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


def _parents(session: Session, children: Sequence[Record], statement: Any) -> list[Record]:
    """The unposted records these refer to, directly or through another; one query per kind."""
    found: dict[int, Record] = {}
    fresh = list(children)
    while fresh:
        wanted: dict[tuple[int, RecordType], set[str]] = defaultdict(set)
        for row in fresh:
            for kind, external_id in references(row.payload):
                wanted[(row.source_id, kind)].add(external_id)
        fresh = []
        for (source_id, kind), external_ids in wanted.items():
            of_kind = statement.where(Record.source_id == source_id).where(Record.type == kind)
            for part in _parts(sorted(external_ids)):
                rows = session.exec(of_kind.where(col(Record.external_id).in_(part)))
                fresh += [row for row in rows if row.id not in found]
        found |= {row.id or 0: row for row in fresh}
    return list(found.values())


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
