"""Whoever waits for a record goes on when that one is posted, linked, held or skipped."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import ColumnElement, Delete, Update, bindparam, delete, tuple_, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain import RecordState, RecordType
from bot.models import Record, Wait

Ref = tuple[int, RecordType, str]  # source id, type, external id
# At most this many values are named in one query.
_AT_ONCE = 500


def wake(session: Session, refs: Sequence[Ref]) -> None:
    """Let records that wait for one of these go at once, however many they are."""
    for start in range(0, len(refs), _AT_ONCE):
        asked = {"refs": [tuple(ref) for ref in refs[start : start + _AT_ONCE]]}
        if session.exec(_anybody(), params=asked).first() is None:
            continue
        session.exec(_let_go(), params=asked)
        session.exec(_forgotten(), params=asked)


def _is_parent() -> ColumnElement[bool]:
    parent = tuple_(col(Wait.source_id), col(Wait.type), col(Wait.external_id))
    return parent.in_(bindparam("refs", expanding=True))


@cache
def _anybody() -> SelectOfScalar[int]:
    return select(Wait.record_id).where(_is_parent()).limit(1)


@cache
def _let_go() -> Update:
    return (
        update(Record)
        .where(col(Record.id).in_(select(Wait.record_id).where(_is_parent())))
        .where(col(Record.state) == RecordState.WAITING)
        .where(col(Record.not_before).is_not(None))
        .values(not_before=None)
        .execution_options(synchronize_session=False)
    )


@cache
def _forgotten() -> Delete:
    return delete(Wait).where(_is_parent()).execution_options(synchronize_session=False)
