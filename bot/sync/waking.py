"""Whoever waits for a record goes on when that one is posted, linked, held or skipped."""

from collections.abc import Sequence

from sqlalchemy import delete, tuple_, update
from sqlmodel import Session, col, select

from bot.domain import RecordState, RecordType
from bot.models import Record, Wait

Ref = tuple[int, RecordType, str]  # source id, type, external id
# At most this many values are named in one query.
_AT_ONCE = 500


def wake(session: Session, refs: Sequence[Ref]) -> None:
    """Let records that wait for one of these go at once, however many they are."""
    parent_of = tuple_(col(Wait.source_id), col(Wait.type), col(Wait.external_id))
    for start in range(0, len(refs), _AT_ONCE):
        part = refs[start : start + _AT_ONCE]
        waiting = select(Wait.record_id).where(parent_of.in_(part))
        if session.exec(waiting.limit(1)).first() is None:
            continue
        session.exec(
            update(Record)
            .where(col(Record.id).in_(waiting))
            .where(col(Record.state) == RecordState.WAITING)
            .where(col(Record.not_before).is_not(None))
            .values(not_before=None)
            .execution_options(synchronize_session=False)
        )
        session.exec(
            delete(Wait).where(parent_of.in_(part)).execution_options(synchronize_session=False)
        )
