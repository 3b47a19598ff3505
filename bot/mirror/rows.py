"""The mirror's rows: made from QuickBooks' records, put in bulk, found by name, SKU, number."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, tuple_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.db.inserting import insert_for
from bot.domain import JsonValue, Payload
from bot.mirror.contents import PARTY_FIELD
from bot.mirror.names import Likeness, bare, block_key, fold, near_keys, similar
from bot.mirror.stamps import stamp_in
from bot.models import Link, MirrorRow
from bot.models import Mapping as MappingRow
from bot.models.types import MONEY_PLACES

_NAME_FIELDS = ("DisplayName", "FullyQualifiedName", "Name")
_UNIQUE = ("company_id", "entity", "qbo_id")
_CHUNK = 500
_KEYS_AT_ONCE = 500
_KEPT = 50


def row_values(
    company_id: int, entity: str, payload: Payload, read_at: datetime
) -> dict[str, JsonValue]:
    """One record as column values; amounts inside `data` become decimal strings in the row."""
    name = _name(entity, payload)
    named = bool(name)
    return {
        "company_id": company_id,
        "entity": entity,
        "qbo_id": str(payload["Id"]),
        "name": name,
        "folded": fold(name) if named else "",
        "block_key": block_key(name) if named else "",
        "sku": str(payload.get("Sku") or "").strip(),
        "active": bool(payload.get("Active", True)),
        "deleted": payload.get("status") == "Deleted",
        "sync_token": str(payload.get("SyncToken", "")),
        "doc_number": str(payload.get("DocNumber") or payload.get("PaymentRefNum") or ""),
        "party_id": _party(entity, payload),
        "doc_date": day_of(payload),
        "total": total_of(entity, payload),
        "stamp": stamp_in(payload),
        "data": payload,
        "read_at": read_at,
    }


def _name(entity: str, payload: Payload) -> str:
    # An item's own name is what sources know; an account's is only clear with its parents.
    fields = ("Name",) if entity == "Item" else _NAME_FIELDS
    found = next((str(payload[field]) for field in fields if payload.get(field)), "")
    return bare(found)


def _party(entity: str, payload: Payload) -> str:
    reference = payload.get(PARTY_FIELD.get(entity, ""))
    return str(reference.get("value") or "") if isinstance(reference, Mapping) else ""


def day_of(payload: Payload) -> date | None:
    """The day of a document; None for a record of a list."""
    stated = payload.get("TxnDate")
    try:
        return date.fromisoformat(str(stated)[:10]) if stated else None
    except ValueError:
        return None


def total_of(entity: str, payload: Payload) -> Decimal | None:
    """What a document is about in money; None for a record of a list, or where it is not known.

    QuickBooks gives a journal entry no total: it is what is debited.
    """
    if entity != "JournalEntry":
        return _amount(payload.get("TotalAmt"))
    debits = [
        _amount(line.get("Amount"))
        for line in payload.get("Line") or ()
        if (line.get("JournalEntryLineDetail") or {}).get("PostingType") == "Debit"
    ]
    return sum((amount for amount in debits if amount is not None), Decimal(0))


def _amount(stated: JsonValue) -> Decimal | None:
    try:
        amount = None if stated is None else Decimal(str(stated))
    except InvalidOperation:
        return None
    fits = amount is not None and amount.is_finite() and amount == round(amount, MONEY_PLACES)
    return amount if fits else None


def put(
    session: Session, company_id: int, entity: str, payload: Payload, read_at: datetime
) -> None:
    """Insert or replace one record; `read_at` is the moment before it was asked for."""
    put_many(session, company_id, entity, [payload], read_at)


def put_many(
    session: Session,
    company_id: int,
    entity: str,
    payloads: Iterable[Payload],
    read_at: datetime,
) -> None:
    """Insert or replace many records; an older reading never replaces a newer one."""
    put_values(session, [row_values(company_id, entity, payload, read_at) for payload in payloads])


def put_values(session: Session, values: Sequence[Mapping[str, JsonValue]]) -> None:
    """As `put_many` with what `row_values` made before the write lock was taken."""
    if not values:
        return
    session.flush()
    statement = _upsert(session)
    for start in range(0, len(values), _CHUNK):
        session.connection().execute(statement, list(values[start : start + _CHUNK]))
    for held in session.identity_map.values():
        if isinstance(held, MirrorRow):
            session.expire(held)


def _upsert(session: Session) -> Any:
    return _upsert_of(session.get_bind().dialect.name)


@cache
def _upsert_of(dialect: str) -> Any:
    insert = insert_for(dialect, MirrorRow)
    table = insert.table
    columns = [column.name for column in table.columns if column.name not in ("id", *_UNIQUE)]
    return insert.on_conflict_do_update(
        index_elements=list(_UNIQUE),
        set_={name: insert.excluded[name] for name in columns},
        where=insert.excluded.read_at >= table.c.read_at,
    )


def mark_deleted(
    session: Session, company_id: int, entity: str, qbo_ids: Iterable[str], at: datetime
) -> list[str]:
    """Mark rows as deleted in QuickBooks; returns the ids that were not marked before."""
    newly: list[str] = []
    for qbo_id in qbo_ids:
        row = get(session, company_id, entity, qbo_id)
        if row is not None and not row.deleted:
            row.deleted, row.read_at = True, at
            session.add(row)
            newly.append(qbo_id)
    return newly


def copied(what: type[Link] | type[MappingRow]) -> ColumnElement[bool]:
    """The condition that joins what points into QuickBooks with our copy of the record there."""
    return (
        (col(MirrorRow.company_id) == col(what.company_id))
        & (col(MirrorRow.entity) == col(what.entity))
        & (col(MirrorRow.qbo_id) == col(what.qbo_id))
    )


def get(session: Session, company_id: int, entity: str, qbo_id: str) -> MirrorRow | None:
    """One row, deleted ones too."""
    found = by_ids(session, company_id, entity, (qbo_id,))
    return found[0] if found else None


def by_ids(
    session: Session, company_id: int, entity: str, qbo_ids: Collection[str]
) -> list[MirrorRow]:
    """The rows of these records, some hundred at most, deleted ones too."""
    asked = {"company_id": company_id, "entity": entity, "qbo_ids": list(qbo_ids)}
    return list(session.exec(_of_ids(), params=asked))


@cache
def _of_ids() -> SelectOfScalar[MirrorRow]:
    return (
        select(MirrorRow)
        .where(col(MirrorRow.company_id) == bindparam("company_id"))
        .where(col(MirrorRow.entity) == bindparam("entity"))
        .where(col(MirrorRow.qbo_id).in_(bindparam("qbo_ids", expanding=True)))
    )


def by_keys(
    session: Session, company_id: int, keys: Collection[tuple[str, str]]
) -> list[MirrorRow]:
    """The rows of these records by entity and id, however many, deleted ones too."""
    wanted = sorted(keys)
    found: list[MirrorRow] = []
    for start in range(0, len(wanted), _KEYS_AT_ONCE):
        asked = {"company_id": company_id, "keys": wanted[start : start + _KEYS_AT_ONCE]}
        found += session.exec(_of_keys(), params=asked)
    return found


@cache
def _of_keys() -> SelectOfScalar[MirrorRow]:
    known_as = tuple_(col(MirrorRow.entity), col(MirrorRow.qbo_id))
    return (
        select(MirrorRow)
        .where(col(MirrorRow.company_id) == bindparam("company_id"))
        .where(known_as.in_(bindparam("keys", expanding=True)))
    )


def by_folded(
    session: Session, company_id: int, folded: str, entities: Sequence[str]
) -> list[MirrorRow]:
    """Rows whose folded name is exactly `folded`, inactive ones too; active ones first."""
    if not folded:
        return []
    return _sorted(
        session.exec(_living(company_id, entities).where(MirrorRow.folded == folded)).all()
    )


def candidates(
    session: Session, company_id: int, name: str, entities: Sequence[str]
) -> list[tuple[MirrorRow, Likeness]]:
    """Rows with the same or a nearly same name, best first, active before inactive ones.

    Looks at the rows that share the folded name or the block key only, so it takes as long at
    100,000 rows as at 100.
    """
    folded = fold(name)
    if not folded:
        return []
    living = _living(company_id, entities)
    # Two questions, each with its own index, instead of one with OR.
    same = session.exec(living.where(MirrorRow.folded == folded)).all()
    near = session.exec(living.where(col(MirrorRow.block_key).in_(near_keys(name)))).all()
    rows = {row.id: row for row in (*same, *near)}.values()
    found = [(row, likeness) for row in rows if (likeness := similar(name, row.name))]
    found.sort(key=lambda pair: (-pair[1].score, not pair[0].active, _number(pair[0].qbo_id)))
    return found[:_KEPT]


def in_use(
    session: Session, company_id: int, entity: str, most: int | None = None
) -> Sequence[MirrorRow]:
    """The active records of a list in the order of their names, at most `most`."""
    living = _living(company_id, [entity]).where(col(MirrorRow.active).is_(True))
    return list(session.exec(living.order_by(col(MirrorRow.folded)).limit(most)))


def by_sku(session: Session, company_id: int, sku: str) -> list[MirrorRow]:
    """Items with this SKU (blanks around it do not count), active ones first."""
    wanted = sku.strip()
    if not wanted:
        return []
    return _sorted(session.exec(_living(company_id, ["Item"]).where(MirrorRow.sku == wanted)).all())


def by_number(
    session: Session, company_id: int, entities: Sequence[str], number: str
) -> list[MirrorRow]:
    """Documents with this number; only what was captured or posted is known here."""
    if not number:
        return []
    return _sorted(
        session.exec(_living(company_id, entities).where(MirrorRow.doc_number == number)).all()
    )


def _living(company_id: int, entities: Sequence[str]) -> Any:
    return (
        select(MirrorRow)
        .where(MirrorRow.company_id == company_id)
        .where(col(MirrorRow.entity).in_(entities))
        .where(col(MirrorRow.deleted).is_(False))
    )


def _sorted(rows: Sequence[MirrorRow]) -> list[MirrorRow]:
    return sorted(rows, key=lambda row: (not row.active, _number(row.qbo_id)))


def _number(qbo_id: str) -> int:
    return int(qbo_id) if qbo_id.isdigit() else 0
