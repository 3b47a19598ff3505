"""What a person decided between two sides: both agree on it then; and how that is taken back."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session

from bot import mirror
from bot.domain import DOCUMENTS, ENTITY, JsonValue, Payload
from bot.models import MirrorRow, Record
from bot.sync import holds
from bot.sync.causes import Cause
from bot.sync.flow import agreed, causes, settling, sides, telling


def agree(
    session: Session,
    record_ids: Sequence[int],
    books: Collection[str],
    now: datetime,
    wanted: Payload | None = None,
) -> Payload:
    """Both sides agree on what the mirror shows of these records; nobody is asked any more.

    `books`: the groups in which QuickBooks' value stands: their source is told. What the source
    said otherwise counts as heard: what the question names, or `wanted`. Returns what it was
    before.
    """
    records = [session.get_one(Record, one) for one in record_ids]
    return {"before": [_one(session, record, books, now, wanted) for record in records]}


def put_back(session: Session, before: Sequence[Payload], now: datetime) -> None:
    """Take that back: the two sides differ as they did, and a person is asked again."""
    for was in before:
        record = session.get_one(Record, int(was["record_id"]))
        for name in ("base", "seen", "payload", "corrections", "digest", "name", "number"):
            setattr(record, name, was[name])
        settling.repeat_columns(record)
        session.add(record)
        for problem, subject, facts in was["asked"]:
            holds.hold_also(session, record, Cause(problem, subject, facts), now)


def row_of(session: Session, record: Record) -> MirrorRow | None:
    """What the mirror holds of a posted record."""
    return mirror.get(session, record.company_id, ENTITY[record.type], str(record.qbo_id or ""))


def _one(
    session: Session,
    record: Record,
    books: Collection[str],
    now: datetime,
    wanted: Payload | None,
) -> Payload:
    asked = causes.standing(session, record)
    before: dict[str, JsonValue] = {
        "record_id": record.id,
        "base": record.base,
        "seen": record.seen,
        "payload": record.payload,
        "corrections": record.corrections,
        "digest": record.digest,
        "name": record.name,
        "number": record.number,
        "asked": [[hold.problem, hold.subject, hold.facts] for hold in asked],
    }
    row = row_of(session, record)
    question = causes.asked_of(session, record)
    wanted = wanted or question.wanted
    if row is not None and agreed.is_about(record, row):
        found = sides.look(session, record, row, wanted, question.waiting)
        telling.tell(session, record, row, found, books, now)
        settling.agree(record, found, tuple(found.verdicts))
        record.seen = agreed.version_of(row)
    elif row is not None:
        agreed.note_row(record, row)
    if row is not None and wanted is not None:
        settling.take_over(record, wanted, whole=record.type in DOCUMENTS)
    causes.drop(session, record, now)
    session.add(record)
    return before
