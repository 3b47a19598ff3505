"""Documents of QuickBooks that may be ours, each with the record of ours that stands behind it."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import bindparam
from sqlalchemy import select as sql_select
from sqlmodel import Session, SQLModel, col, select

from bot.domain import Payload
from bot.models import MirrorRow, Record
from bot.sync import documents, doubles, links
from bot.sync.already.alike import Document, Key, key_of, ours_of, own_number, settled_by
from bot.sync.documents import NEAR
from bot.sync.doubles import Posting

_AT_ONCE = 500
_MIRROR = SQLModel.metadata.tables["mirrorrow"]
_LIKE_THEM = (
    sql_select(*(_MIRROR.c[name] for name in ("entity", "qbo_id", "party_id", "total", "doc_date")))
    .where(_MIRROR.c.company_id == bindparam("company_id"))
    .where(_MIRROR.c.entity.in_(bindparam("entities", expanding=True)))
    .where(_MIRROR.c.party_id.in_(bindparam("parties", expanding=True)))
    .where(_MIRROR.c.total.in_(bindparam("totals", expanding=True)))
    .where(_MIRROR.c.deleted.is_(False))
    .where(_MIRROR.c.doc_date >= bindparam("first"))
    .where(_MIRROR.c.doc_date <= bindparam("last"))
)
_NUMBER_IN_MEMO = re.compile(r"Number (.+?)(?:\. | \[sync:)")


@dataclass(frozen=True)
class Found:
    """A document of QuickBooks that may be ours, and the record behind it where one is known."""

    document: Document
    qbo_id: str
    data: Payload
    record: Record | None


def in_mirror(session: Session, company_id: int, wanted: Sequence[Posting]) -> list[Found]:
    """The documents of these parties, days and amounts that the mirror holds.

    Found by the columns; only what fits one of them is read in full.
    """
    days_of: dict[Key, list[date]] = defaultdict(list)
    for one in wanted:
        if one.record.doc_date is not None:
            days_of[key_of(ours_of(one))].append(one.record.doc_date)
    if not days_of:
        return []
    days = [day for some in days_of.values() for day in some]
    asked = {
        "company_id": company_id,
        "entities": sorted({entity for entity, _, _ in days_of}),
        "parties": sorted({party for _, party, _ in days_of}),
        "totals": list({total for _, _, total in days_of}),
        "first": min(days) - NEAR,
        "last": max(days) + NEAR,
    }
    fit: dict[str, list[str]] = defaultdict(list)
    for entity, qbo_id, party_id, total, day in session.connection().execute(_LIKE_THEM, asked):
        near = days_of.get((entity, party_id, total), ())
        if day is not None and any(abs(day - one) <= NEAR for one in near):
            fit[entity].append(qbo_id)
    return [
        found for entity, ids in fit.items() for found in _read(session, company_id, entity, ids)
    ]


def _read(session: Session, company_id: int, entity: str, qbo_ids: Sequence[str]) -> list[Found]:
    found: list[Found] = []
    for start in range(0, len(qbo_ids), _AT_ONCE):
        data = session.exec(
            select(MirrorRow.data)
            .where(MirrorRow.company_id == company_id, MirrorRow.entity == entity)
            .where(col(MirrorRow.qbo_id).in_(qbo_ids[start : start + _AT_ONCE]))
        ).all()
        found += found_of(session, company_id, entity, [dict(row) for row in data])
    return found


def found_of(
    session: Session, company_id: int, entity: str, rows: Sequence[Payload]
) -> list[Found]:
    """Documents of QuickBooks with the records of ours that stand behind them."""
    behind = links.behind(session, company_id, entity, [str(row["Id"]) for row in rows])
    return [_found(entity, row, behind) for row in rows]


def _found(entity: str, row: Payload, behind: Mapping[str, Record | None]) -> Found:
    record = behind.get(str(row["Id"]))
    side = documents.side_of_document(entity, row)
    stated = doubles.number_of(row) or str(row.get("PaymentRefNum") or "")
    said = _NUMBER_IN_MEMO.match(str(row.get("PrivateNote") or ""))
    number = own_number(entity, record) if record else said.group(1) if said else stated
    document = Document(
        entity,
        side.party_id,
        side.total,
        side.day,
        number,
        settled_by(entity, row),
        by_us=str(row["Id"]) in behind or documents.is_stamped(row),
        at=record.posted_at if record else _created(row),
    )
    return Found(document, str(row["Id"]), row, record)


def _created(row: Payload) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str((row.get("MetaData") or {}).get("CreateTime")))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
