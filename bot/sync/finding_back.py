"""Looks in the books for a write whose reply was lost, by our stamp or by all that was written."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from bot import mirror
from bot.domain import JsonValue, Payload
from bot.mirror.names import name_field
from bot.models import Write
from bot.quickbooks import CompanyBooks
from bot.services import Services

_STAMPED = ("PrivateNote", "Notes")
_NOT_COMPARED = frozenset({"Id", "SyncToken", "sparse", "domain", "MetaData"})


def find_back(services: Services, write: Write) -> Payload | None:
    """Return the record a write made, None when the books, read completely, hold none.

    Raises QuickBooksFault when the books cannot be read: a failed read is never "absent".
    """
    books = services.quickbooks.company(write.company_id)
    if write.operation != "create":
        return _updated(books, write)
    for row in _candidates(books, write):
        if _is_ours(row, write.payload):
            return row
    return None


def _candidates(books: CompanyBooks, write: Write) -> list[Payload]:
    payload = write.payload
    if payload.get("DocNumber"):
        return books.query(write.entity, [("DocNumber", "=", payload["DocNumber"])])
    if write.entity in mirror.LISTS:
        field = name_field(write.entity)
        return books.query(write.entity, [(field, "=", payload.get(field, ""))])
    where = [("TxnDate", "=", payload.get("TxnDate", ""))]
    return books.query(write.entity, where)


def _is_ours(row: Payload, payload: Payload) -> bool:
    """Our stamp decides; a record without one (an item) must agree in all that was written."""
    for name in _STAMPED:
        mark = _mark(payload.get(name))
        if mark:
            return mark in str(row.get(name) or "")
    return agrees(row, payload)


def _mark(note: JsonValue) -> str:
    text = str(note or "")
    start = text.rfind("[sync:")
    return text[start:] if start >= 0 else ""


def _updated(books: CompanyBooks, write: Write) -> Payload | None:
    row = books.read(write.entity, str(write.payload.get("Id") or write.qbo_id))
    return row if write.operation == "update" and agrees(row, write.payload) else None


def agrees(row: JsonValue, wanted: JsonValue) -> bool:
    """Say whether a record holds everything that was written to it."""
    if isinstance(wanted, Mapping):
        return isinstance(row, Mapping) and all(
            agrees(row.get(name), value)
            for name, value in wanted.items()
            if name not in _NOT_COMPARED
        )
    if isinstance(wanted, list):
        return isinstance(row, list) and all(
            any(agrees(held, value) for held in row) for value in wanted
        )
    if isinstance(wanted, bool) or isinstance(row, bool) or wanted is None:
        return bool(wanted == row)
    if str(wanted) == str(row):
        return True
    try:
        return Decimal(str(wanted)) == Decimal(str(row))
    except InvalidOperation:
        return False
