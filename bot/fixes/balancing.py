"""The entries QuickBooks' own screen made to bring a record to zero when it was made inactive.

Reactivating does not take them back (accounting.md rule 9), so a preview names them. QuickBooks
writes off what a customer owes by a credit memo (or an invoice for a credit balance), books a
vendor's or an account's balance against Opening Balance Equity, and empties an item's stock by an
adjustment; each carries a note that says so.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bot.domain import JsonValue, Payload, RetryClass
from bot.models import Company
from bot.quickbooks import QuickBooksFault
from bot.render import money
from bot.services import Services

_NOTE = re.compile(r"adjust\w* (?:\w+ )?balance for deletion|for deletion", re.IGNORECASE)
_EQUITY = "opening balance equity"
# How far back journals and stock adjustments, which have no customer to ask by, are looked through.
_REACH = timedelta(days=400)
_KINDS = {
    "CreditMemo": "credit memo",
    "Invoice": "invoice",
    "JournalEntry": "journal entry",
    "InventoryAdjustment": "stock adjustment",
}


@dataclass(frozen=True)
class Balancing:
    """What was found, in words; `unread` says what could not be looked through, "" for nothing."""

    entries: tuple[str, ...] = ()
    unread: str = ""

    def facts(self) -> Payload:
        """As facts of a preview."""
        return {"balancing": list(self.entries), "unread": self.unread}

    def checked(self) -> tuple[str, ...]:
        """What a preview may say was checked."""
        clean = not self.entries and not self.unread
        return ("QuickBooks made no balancing entries when it was made inactive",) * clean


def look(services: Services, company: Company, entity: str, found: Payload) -> Balancing:
    """Read the entries made for this inactive record from QuickBooks.

    Raises QuickBooksFault when QuickBooks is out of reach; a kind of entry the plan of the
    company does not have is said in `unread`.
    """
    if entity == "Item" and found.get("Type") != "Inventory":
        return Balancing()
    entries: list[str] = []
    unread: list[str] = []
    today = services.clock.today(company.time_zone)
    books = services.quickbooks.company(company.id or 0)
    for kind, where in _asked(entity, str(found["Id"]), today):
        try:
            rows = books.query(kind, where)
        except QuickBooksFault as fault:
            if fault.retry_class is not RetryClass.NEEDS_PERSON:
                raise
            unread.append(_KINDS[kind])
            continue
        entries += [_words(kind, row) for row in rows if _is_one(kind, row, entity, found)]
    return Balancing(tuple(entries), " or ".join(unread))


def _asked(
    entity: str, qbo_id: str, today: date
) -> Iterator[tuple[str, list[tuple[str, str, JsonValue]]]]:
    since: list[tuple[str, str, JsonValue]] = [("TxnDate", ">=", (today - _REACH).isoformat())]
    if entity == "Customer":
        for kind in ("CreditMemo", "Invoice"):
            yield kind, [("CustomerRef", "=", qbo_id)]
    elif entity == "Item":
        yield "InventoryAdjustment", since
    if entity != "Item":
        yield "JournalEntry", since


def _is_one(kind: str, row: Payload, entity: str, found: Payload) -> bool:
    noted = _NOTE.search(str(row.get("PrivateNote") or "")) is not None
    if kind in ("CreditMemo", "Invoice"):
        return noted
    lines: list[Payload] = list(row.get("Line") or ())
    ours = [line for line in lines if _names(line, entity, str(found["Id"]))]
    if not ours:
        return False
    noted = noted or any(_NOTE.search(str(line.get("Description") or "")) for line in lines)
    return noted or (kind == "JournalEntry" and any(_is_equity(line) for line in lines))


def _names(line: Payload, entity: str, qbo_id: str) -> bool:
    journal = _part(line, "JournalEntryLineDetail")
    if entity == "Item":
        return _value(_part(line, "ItemAdjustmentLineDetail").get("ItemRef")) == qbo_id
    if entity == "Account":
        return _value(journal.get("AccountRef")) == qbo_id
    named = _part(journal, "Entity")
    return named.get("Type") == entity and _value(named.get("EntityRef")) == qbo_id


def _is_equity(line: Payload) -> bool:
    account = _part(_part(line, "JournalEntryLineDetail"), "AccountRef")
    return _EQUITY in str(account.get("name") or "").casefold()


def _words(kind: str, row: Payload) -> str:
    number = str(row.get("DocNumber") or "")
    called = f"{_KINDS[kind]} {number}".strip()
    day = date.fromisoformat(str(row["TxnDate"])).strftime("%m/%d/%Y")
    return f"{called} of {day}{_amount(kind, row)}"


def _amount(kind: str, row: Payload) -> str:
    lines: list[Payload] = list(row.get("Line") or ())
    if kind == "InventoryAdjustment":
        parts = [_part(line, "ItemAdjustmentLineDetail").get("QtyDiff") for line in lines]
        return f", quantity {sum(_number(part) for part in parts):+f}"
    currency = _value(row.get("CurrencyRef")) or "USD"
    total = row.get("TotalAmt")
    if kind == "JournalEntry":
        total = _debits(lines)
    against = ", against Opening Balance Equity" if any(map(_is_equity, lines)) else ""
    return f", {money({currency: _number(total)})}{against}"


def _debits(lines: Iterable[Payload]) -> Decimal:
    return sum(
        (
            _number(line.get("Amount"))
            for line in lines
            if _part(line, "JournalEntryLineDetail").get("PostingType") == "Debit"
        ),
        Decimal(0),
    )


def _number(value: JsonValue) -> Decimal:
    return Decimal(str(value or 0))


def _part(value: Mapping[str, JsonValue], key: str) -> Mapping[str, JsonValue]:
    part = value.get(key)
    return part if isinstance(part, Mapping) else {}


def _value(reference: JsonValue) -> str:
    return str(reference.get("value") or "") if isinstance(reference, Mapping) else ""
