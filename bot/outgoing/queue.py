"""The one way in: what a source is to hear becomes a row in the caller's transaction."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from uuid import uuid4

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain import ENTITY, JsonValue, Payload, RecordType
from bot.models import Callback, Company, Outgoing, Record, Source
from bot.outgoing.events import VERSION, Event

_KNOWN = "outgoing.callbacks"
# What an event says of its record, unless whoever announces it knows it better.
_ABOUT = ("quickbooks_type", "quickbooks_id", "number", "total", "currency")
_AT_ONCE = 500


@dataclass(frozen=True)
class News:
    """One thing to tell. `body` is as in `events.OutgoingEvent`, `untold` as in `Outgoing`."""

    company_id: int
    source_id: int
    record_id: int
    event: str
    body: Mapping[str, JsonValue] = field(default_factory=dict)
    untold: Sequence[Payload] = ()


def announce(
    session: Session,
    *,
    company_id: int,
    source_id: int,
    record_id: int,
    event: str,
    body: Mapping[str, JsonValue],
    now: datetime,
) -> None:
    """Keep one event for the source of a record; nothing happens where it has no callback.

    `body` holds what is particular to it (`changes`, `changed_by`, `changed_at`, and `total` or
    `number` where QuickBooks has another than the record); what is the same for all events is
    added. The caller commits. Raises ValueError for a name that is no event.
    """
    announce_many(session, [News(company_id, source_id, record_id, event, body)], now)


def announce_many(session: Session, news: Sequence[News], now: datetime) -> None:
    """As `announce` for several, in their order, with few statements for many."""
    for one in news:
        Event(one.event)
    heard = hearing(session, {one.source_id for one in news})
    kept = [one for one in news if _is_kept(heard.get(one.source_id), now)]
    about = {one.record_id for one in kept}
    last, records = _last(session, about), _records(session, about)
    for one in kept:
        last[one.record_id] = seq = last.get(one.record_id, 0) + 1
        session.add(_row(session, one, records[one.record_id], seq, now))


def hearing(session: Session, source_ids: Collection[int]) -> dict[int, Callback]:
    """The callbacks of these sources that are on; asked for once in a session.

    Whoever would have to work for a body asks here first.
    """
    known: dict[int, Callback | None] = session.info.setdefault(_KNOWN, {})
    fresh = sorted(set(source_ids) - set(known))
    for start in range(0, len(fresh), _AT_ONCE):
        part = fresh[start : start + _AT_ONCE]
        rows = session.exec(_of_sources(), params={"ids": part})
        known |= {**dict.fromkeys(part), **{row.source_id: row for row in rows}}
    found = {source_id: known[source_id] for source_id in source_ids}
    return {source_id: row for source_id, row in found.items() if row is not None and row.url}


@cache
def _of_sources() -> SelectOfScalar[Callback]:
    # Asked for with every few records that are posted: put together once.
    return select(Callback).where(col(Callback.source_id).in_(bindparam("ids", expanding=True)))


def _is_kept(callback: Callback | None, now: datetime) -> bool:
    """What is too much is counted instead: see `bot.outgoing.bounds`."""
    if callback is None:
        return False
    if callback.full:
        callback.missed += 1
        callback.missed_since = callback.missed_since or now
    return not callback.full


def _last(session: Session, record_ids: Collection[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    ids = sorted(record_ids)
    for start in range(0, len(ids), _AT_ONCE):
        rows = session.exec(
            select(Outgoing.record_id, func.max(Outgoing.seq))
            .where(col(Outgoing.record_id).in_(ids[start : start + _AT_ONCE]))
            .group_by(col(Outgoing.record_id))
        )
        found |= {record_id or 0: seq or 0 for record_id, seq in rows}
    return found


def _records(session: Session, record_ids: Collection[int]) -> dict[int, Record]:
    found: dict[int, Record] = {}
    ids = sorted(record_ids)
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        rows = session.exec(select(Record).where(col(Record.id).in_(part)))
        found |= {row.id or 0: row for row in rows}
    return found


def _row(session: Session, one: News, record: Record, seq: int, now: datetime) -> Outgoing:
    event_id = new_id()
    body = envelope(session, one.company_id, one.source_id, event_id, one.event, now)
    about = {**_about(record), **plain(one.body)}
    body |= {"sequence": seq, "type": RecordType(record.type).value}
    body |= {"external_id": record.external_id}
    return Outgoing(
        company_id=one.company_id,
        source_id=one.source_id,
        record_id=one.record_id,
        seq=seq,
        event_id=event_id,
        event=one.event,
        body={**about, **body},
        untold=[plain(told) for told in one.untold],
        not_before=now,
        created_at=now,
    )


def envelope(
    session: Session, company_id: int, source_id: int, event_id: str, event: str, now: datetime
) -> Payload:
    """What every event says, whatever it is about."""
    return {
        "schema_version": VERSION,
        "event_id": event_id,
        "event": Event(event).value,
        "occurred_at": now.isoformat(),
        "company": session.get_one(Company, company_id).name,
        "source": session.get_one(Source, source_id).name,
    }


def new_id() -> str:
    """A name for an event that no other has."""
    return f"evt_{uuid4().hex}"


def _about(record: Record) -> Payload:
    values = (
        ENTITY[RecordType(record.type)],
        record.qbo_id or None,
        record.number or None,
        None if record.amount is None else format(record.amount, "f"),
        None if record.amount is None else record.currency,
    )
    return dict(zip(_ABOUT, values, strict=True))


def plain(body: Mapping[str, JsonValue]) -> Payload:
    """The same with nothing but JSON in it: amounts as decimal strings, moments as ISO 8601."""
    made: Payload = json.loads(json.dumps(dict(body), default=_as_text))
    return made


def _as_text(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    msg = f"{type(value).__name__} is nothing an event can say"
    raise TypeError(msg)
