"""What both sides last agreed QuickBooks shows of a record, kept with it in the outbox.

`Record.base` holds {id, token, at, values}; `Record.seen` names the version in QuickBooks that was
compared last, so that what was compared is not compared again.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import String, case, cast
from sqlmodel import Session, col, select

from bot.domain import JsonValue, Payload
from bot.models import FixRun, FixStep, MirrorRow, Record, Write
from bot.sync.flow.fields import fields_of, in_books, touched

_UNDO = "undo"
_GONE = ":gone"


def on_answer(record: Record, data: Payload) -> tuple[Payload, str]:
    """`base` and `seen` of a record when both sides agree on what QuickBooks answered just now."""
    if not fields_of(record.type):
        return record.base, record.seen
    seen = version(str(data.get("Id") or ""), _token(data), deleted=False)
    return _of(record, data, deleted=False), seen


def note_row(record: Record, row: MirrorRow) -> None:
    """Both sides agree on what the mirror holds."""
    record.base = _of(record, row.data, deleted=row.deleted)
    record.seen = version_of(row)


def values(record: Record) -> dict[str, str]:
    """What QuickBooks showed when both sides agreed last."""
    found: dict[str, str] = dict(record.base.get("values") or {})
    return found


def move(record: Record, theirs: Mapping[str, str | None], names: set[str]) -> None:
    """Agree on what QuickBooks shows in some fields."""
    kept = {name: value for name, value in values(record).items() if name not in names}
    kept |= {name: value for name in names if (value := theirs.get(name))}
    record.base = {**record.base, "values": kept}


def is_about(record: Record, row: MirrorRow) -> bool:
    """Whether what was agreed is about this very record of QuickBooks."""
    return bool(record.base) and record.base.get("id") == row.qbo_id


def take_own_writes(session: Session, record: Record, row: MirrorRow, *, asked: bool) -> None:
    """What the bot itself wrote since is agreed; what others wrote beside it is not.

    While a person is asked about the record (`asked`), neither an undo that brings their change
    back counts as agreed, nor what it took back.
    """
    last = _number(record.base.get("token"))
    done = session.exec(
        select(Write)
        .where(Write.company_id == record.company_id, Write.entity == row.entity)
        .where(Write.qbo_id == row.qbo_id, Write.state == "done")
        .where(Write.operation != "create")
        .order_by(col(Write.id))
    ).all()
    for write in done:
        token = _number(write.reply.get("SyncToken"))
        if token <= last or (asked and _is_of_an_undo(session, write)):
            continue
        shown = in_books(record.type, write.reply)
        move(record, shown, set(touched(record.type, write.payload)))
        record.base = {**record.base, "token": str(token)}


def version(qbo_id: str, token: str, *, deleted: bool) -> str:
    """Name a version of a record of QuickBooks."""
    return f"{qbo_id}:{token}{_GONE if deleted else ''}"


def version_of(row: MirrorRow) -> str:
    """The version the mirror holds."""
    return version(row.qbo_id, row.sync_token, deleted=row.deleted)


def version_in_sql() -> Any:
    """As `version_of`, as a column of a query."""
    ended = case((col(MirrorRow.deleted).is_(True), _GONE), else_="")
    return cast(col(MirrorRow.qbo_id) + ":" + col(MirrorRow.sync_token) + ended, String)


def _of(record: Record, data: Payload, *, deleted: bool) -> Payload:
    return {
        "id": str(data.get("Id") or record.qbo_id or ""),
        "token": _token(data),
        "at": (data.get("MetaData") or {}).get("LastUpdatedTime"),
        "values": in_books(record.type, data, deleted=deleted),
    }


def _is_of_an_undo(session: Session, write: Write) -> bool:
    """Whether an undo wrote it, or has taken back steps of the fix that did."""
    step = None if write.step_id is None else session.get(FixStep, write.step_id)
    if step is None:
        return False
    took_back = (
        select(FixStep.id)
        .join(FixRun, col(FixStep.run_id) == col(FixRun.id))
        .where(FixRun.undoes_id == step.run_id, FixStep.state == "done")
    )
    by_undo = session.get_one(FixRun, step.run_id).fix == _UNDO
    return by_undo or session.exec(took_back).first() is not None


def _token(data: Payload) -> str:
    return str(data.get("SyncToken", ""))


def _number(token: JsonValue) -> int:
    text = str(token or "")
    return int(text) if text.isdecimal() else -1
