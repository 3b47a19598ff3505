"""Looks at what changed in QuickBooks of records that are posted, and settles it by policy."""

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from bot.domain import ENTITY, RecordState
from bot.mirror import Subject, copied
from bot.models import Link, MirrorRow, Record
from bot.services import Services
from bot.sync.flow import agreed, settling
from bot.sync.flow.fields import fields_of

_TYPES = tuple(kind for kind in ENTITY if fields_of(kind))
# In short transactions: a press must not wait for a thousand records.
_AT_ONCE = 100
_IDS_AT_ONCE = 400


def look(services: Services, company_id: int, changed: Collection[Subject] | None = None) -> int:
    """Compare what the mirror holds of posted records with what both sides agreed on last.

    `changed` narrows it to these (entity, id); None looks at every record whose version in the
    mirror was not compared yet, as after a crash. Returns how many alerts or writes it made or
    ended.
    """
    with services.sessions.read() as session:
        ids = _uncompared(session, company_id, changed)
    news = 0
    for start in range(0, len(ids), _AT_ONCE):
        with services.sessions.write() as session:
            now = services.clock.now()
            for record, row in _pairs(session, company_id, ids[start : start + _AT_ONCE]):
                news += settling.meet_books(session, record, row, now).is_news
    return news


def _uncompared(
    session: Session, company_id: int, changed: Collection[Subject] | None
) -> list[int]:
    rows = (
        select(Record.id)
        .join(Link, _is_linked())
        .join(MirrorRow, copied(Link))
        .where(Link.company_id == company_id, Record.state == RecordState.POSTED)
        .where(col(Record.type).in_(_TYPES))
        .where(col(Record.seen) != agreed.version_in_sql())
        .order_by(col(Record.id))
    )
    if changed is None:
        return [record_id or 0 for record_id in session.exec(rows)]
    found: set[int] = set()
    for entity, part in _parts(changed):
        narrowed = rows.where(Link.entity == entity, col(Link.qbo_id).in_(part))
        found |= {record_id or 0 for record_id in session.exec(narrowed)}
    return sorted(found)


def _pairs(session: Session, company_id: int, ids: list[int]) -> Iterable[tuple[Record, MirrorRow]]:
    return session.exec(
        select(Record, MirrorRow)
        .join(Link, _is_linked())
        .join(MirrorRow, copied(Link))
        .where(Link.company_id == company_id, Record.state == RecordState.POSTED)
        .where(col(Record.id).in_(ids))
        .where(col(Record.seen) != agreed.version_in_sql())
        .order_by(col(Record.id))
    ).all()


def _is_linked() -> ColumnElement[bool]:
    return (
        (col(Link.source_id) == col(Record.source_id))
        & (col(Link.type) == col(Record.type))
        & (col(Link.external_id) == col(Record.external_id))
        & (col(Link.qbo_id) == col(Record.qbo_id))
    )


def _parts(changed: Collection[Subject]) -> Iterable[tuple[str, list[str]]]:
    for entity in sorted({entity for entity, _ in changed}):
        ids = sorted(qbo_id for one, qbo_id in changed if one == entity)
        for start in range(0, len(ids), _IDS_AT_ONCE):
            yield entity, ids[start : start + _IDS_AT_ONCE]
