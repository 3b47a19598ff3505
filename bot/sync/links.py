"""Links: which QuickBooks record stands for a source's external id."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, insert
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from bot.domain import ENTITY, Payload, RecordState, RecordType
from bot.models import Link, Record
from bot.sync import told
from bot.sync.causes import Posted
from bot.sync.waking import Ref, wake

# How a link came about where the bot itself wrote the record into QuickBooks.
WRITTEN = ("posted", "matched")
_AT_ONCE = 500


def find(session: Session, source_id: int, type: RecordType | str, external_id: str) -> Link | None:
    """Return the link of one external id, None if there is none."""
    return session.exec(
        select(Link)
        .where(Link.source_id == source_id)
        .where(Link.type == RecordType(type))
        .where(Link.external_id == external_id)
    ).first()


def find_many(
    session: Session, source_id: int, type: RecordType, external_ids: Collection[str]
) -> dict[str, Link]:
    """Return the links of these external ids (at most a few thousand) by external id."""
    rows = session.exec(
        select(Link)
        .where(Link.source_id == source_id)
        .where(Link.type == type)
        .where(col(Link.external_id).in_(external_ids))
    )
    return {row.external_id: row for row in rows}


def by_ref(
    session: Session,
    table: type[Link | Record],
    columns: Sequence[str],
    wanted: Mapping[tuple[int, RecordType], Collection[str]],
) -> dict[Ref, Any]:
    """Columns of the rows that bear these external ids: one question for each source."""
    found: dict[Ref, Any] = {}
    for source_id in {source_id for source_id, _ in wanted}:
        ids = {kind: ids for (source, kind), ids in wanted.items() if source == source_id}
        asked = {
            "source_id": source_id,
            "types": list(ids),
            "external_ids": list(set().union(*ids.values())),
        }
        rows = session.execute(_by_ref(table, ("type", "external_id", *columns)), asked)
        for row in rows:
            if row.external_id in ids[row.type]:
                found[source_id, row.type, row.external_id] = row
    return found


@cache
def _by_ref(table: type[Link | Record], columns: tuple[str, ...]) -> Select[Any]:
    return (
        sql_select(*(getattr(table, name) for name in columns))
        .where(col(table.source_id) == bindparam("source_id"))
        .where(col(table.type).in_(bindparam("types", expanding=True)))
        .where(col(table.external_id).in_(bindparam("external_ids", expanding=True)))
    )


def is_only_linked() -> ColumnElement[bool]:
    """Whether a record is one that was in QuickBooks before: linked there, and never posted."""
    return (
        select(Link.id)
        .where(col(Link.source_id) == col(Record.source_id))
        .where(col(Link.type) == col(Record.type))
        .where(col(Link.external_id) == col(Record.external_id))
        .where(col(Link.how).not_in(WRITTEN))
        .correlate(Record)
        .exists()
    )


def only_linked(session: Session, records: Collection[Record]) -> frozenset[int]:
    """Return the ids of those of these records that were linked and never posted."""
    ids = sorted(row.id or 0 for row in records)
    found: set[int] = set()
    for start in range(0, len(ids), _AT_ONCE):
        rows = session.exec(
            select(Record.id)
            .where(col(Record.id).in_(ids[start : start + _AT_ONCE]))
            .where(is_only_linked())
        )
        found |= {row or 0 for row in rows}
    return frozenset(found)


def linked_records(session: Session, company_id: int, entity: str, qbo_id: str) -> Sequence[Record]:
    """Return our records whose external ids stand for this record of QuickBooks."""
    return session.exec(
        select(Record)
        .join(
            Link,
            (col(Link.source_id) == col(Record.source_id))
            & (col(Link.type) == col(Record.type))
            & (col(Link.external_id) == col(Record.external_id)),
        )
        .where(Link.company_id == company_id)
        .where(Link.entity == entity)
        .where(Link.qbo_id == qbo_id)
        .order_by(col(Record.id))
    ).all()


def behind(
    session: Session, company_id: int, entity: str, qbo_ids: Sequence[str]
) -> dict[str, Record | None]:
    """Return the linked ones of these records of QuickBooks, each with the first record of ours.

    None: linked to an external id whose record has not come.
    """
    found: dict[str, Record | None] = {}
    for start in range(0, len(qbo_ids), _AT_ONCE):
        rows = session.exec(
            select(Link.qbo_id, Record)
            .outerjoin(
                Record,
                (col(Link.source_id) == col(Record.source_id))
                & (col(Link.type) == col(Record.type))
                & (col(Link.external_id) == col(Record.external_id)),
            )
            .where(Link.company_id == company_id, Link.entity == entity)
            .where(col(Link.qbo_id).in_(qbo_ids[start : start + _AT_ONCE]))
            .order_by(col(Link.id))
        )
        for qbo_id, record in rows:
            found[qbo_id] = found.get(qbo_id) or record
    return found


def ahead(session: Session, company_id: int, entity: str, qbo_id: str) -> list[tuple[str, Payload]]:
    """Return the external ids linked to this record before their own record came.

    Each with what tells it: source, type and external id.
    """
    came = {
        (one.source_id, one.type, one.external_id)
        for one in linked_records(session, company_id, entity, qbo_id)
    }
    rows = session.exec(
        select(Link)
        .where(Link.company_id == company_id, Link.entity == entity, Link.qbo_id == qbo_id)
        .order_by(col(Link.id))
    )
    return [
        (
            row.external_id,
            {"source_id": row.source_id, "type": row.type.value, "external_id": row.external_id},
        )
        for row in rows
        if (row.source_id, row.type, row.external_id) not in came
    ]


def link_all(session: Session, posted: Sequence[tuple[Record, Posted]], now: datetime) -> None:
    """Point the external ids of records, posted or found, with few statements for many.

    Unlike `link` it leaves the records to the caller.
    """
    by_list: dict[tuple[int, RecordType], set[str]] = {}
    for record, _ in posted:
        key = (record.source_id, RecordType(record.type))
        by_list.setdefault(key, set()).add(record.external_id)
    known = by_ref(session, Link, ("id",), by_list)
    fresh: list[Payload] = []
    for record, outcome in posted:
        found = known.get((record.source_id, RecordType(record.type), record.external_id))
        if found is not None:
            row = session.get_one(Link, found.id)
            _point(row, outcome.entity, outcome.qbo_id, outcome.how, outcome.by, now)
        else:
            fresh.append(
                {
                    "company_id": record.company_id,
                    "source_id": record.source_id,
                    "type": record.type,
                    "external_id": record.external_id,
                    "entity": outcome.entity,
                    "qbo_id": outcome.qbo_id,
                    "how": outcome.how,
                    "by": outcome.by,
                    "created_at": now,
                }
            )
    if fresh:
        session.connection().execute(insert(Link), fresh)


def _point(row: Link, entity: str, qbo_id: str, how: str, by: str, now: datetime) -> None:
    if row.qbo_id != qbo_id:
        row.how, row.by, row.created_at = how, by, now
    row.entity, row.qbo_id = entity or ENTITY[row.type], qbo_id


def _is_posted(record: Record, qbo_id: str, now: datetime) -> None:
    record.qbo_id, record.not_before = qbo_id, None
    if record.state is not RecordState.POSTED:
        record.state, record.posted_at = RecordState.POSTED, now


def link(
    session: Session,
    *,
    company_id: int,
    source_id: int,
    type: RecordType | str,
    external_id: str,
    qbo_id: str,
    how: str,
    by: str,
    now: datetime,
    entity: str = "",
    record: Record | None = None,
) -> Link:
    """Say that an external id stands for a QuickBooks record; an earlier link is re-pointed.

    `how` is posted | matched | chosen, `by` a Slack user id or "". The outbox record of that
    external id (`record`, if the caller has it) counts as posted; its holds are not touched.
    Whoever waits for it goes on at once.
    """
    kind = RecordType(type)
    row = find(session, source_id, kind, external_id) or Link(
        company_id=company_id,
        source_id=source_id,
        type=kind,
        external_id=external_id,
        entity="",
        qbo_id="",
        how=how,
        by=by,
        created_at=now,
    )
    _point(row, entity, qbo_id, how, by, now)
    session.add(row)
    if record is None:
        record = session.exec(
            select(Record)
            .where(Record.source_id == source_id)
            .where(Record.type == kind)
            .where(Record.external_id == external_id)
        ).first()
    if record is not None:
        news = record.state is not RecordState.POSTED or record.qbo_id != qbo_id
        _is_posted(record, qbo_id, now)
        session.add(record)
        if news:
            told.linked(session, record, row.entity, qbo_id, how, now)
    wake(session, [(source_id, kind, external_id)])
    return row
