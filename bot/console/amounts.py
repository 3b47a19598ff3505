"""What is not posted, in money: each record once, sales and payments apart, currencies apart."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from bot.domain import (
    CASH_DOCUMENTS,
    PURCHASE_DOCUMENTS,
    SALES_DOCUMENTS,
    JsonValue,
    Payload,
    RecordState,
    Waiting,
)
from bot.models import Hold, Record
from bot.render import money, plural

_Row = tuple[int | None, str, str, Decimal | None]
_ZERO = Decimal("0.00")
_COLUMNS = (col(Record.id), col(Record.type), col(Record.currency), col(Record.amount))


def in_state(session: Session, company_id: int, state: RecordState) -> Waiting:
    """Add up the records of a company in one state."""
    return _total(_rows(session, company_id, state))


def posted_since(session: Session, company_id: int, since: datetime) -> Waiting:
    """Add up what was posted since a moment."""
    found = session.execute(
        select(*_COLUMNS).where(
            col(Record.company_id) == company_id,
            col(Record.state) == RecordState.POSTED,
            col(Record.posted_at) >= since,
        )
    )
    return _total((key, kind, code, amount) for key, kind, code, amount in found)


def held_by_problem(session: Session, company_id: int) -> dict[str, Waiting]:
    """Add up the held records by problem; one that waits for several counts under the first."""
    first: dict[int, str] = {}
    holds = session.execute(
        select(Hold.record_id, Hold.problem)
        .where(col(Hold.company_id) == company_id)
        .order_by(col(Hold.since), col(Hold.id))
    )
    for record_id, problem in holds:
        first.setdefault(record_id, problem)
    parts: dict[str, list[_Row]] = {}
    for row in _rows(session, company_id, RecordState.HELD):
        parts.setdefault(first.get(row[0] or 0, "unknown"), []).append(row)
    return {problem: _total(rows) for problem, rows in sorted(parts.items())}


def _rows(session: Session, company_id: int, state: RecordState) -> list[_Row]:
    found = session.execute(
        select(*_COLUMNS).where(col(Record.company_id) == company_id, col(Record.state) == state)
    )
    return [(key, kind, code, amount) for key, kind, code, amount in found]


def _total(rows: Iterable[_Row]) -> Waiting:
    sales: dict[str, Decimal] = {}
    cash: dict[str, Decimal] = {}
    bills: dict[str, Decimal] = {}
    counts = [0, 0, 0, 0]
    for _, kind, currency, amount in rows:
        part, sums = 2, None
        if kind in SALES_DOCUMENTS:
            part, sums = 0, sales
        elif kind in CASH_DOCUMENTS:
            part, sums = 1, cash
        elif kind in PURCHASE_DOCUMENTS:
            part, sums = 3, bills
        counts[part] += 1
        if sums is not None:
            sums[currency] = sums.get(currency, _ZERO) + (amount or _ZERO)
    return Waiting(counts[0], sales, counts[1], cash, counts[2], counts[3], bills)


def of_facts(facts: Mapping[str, JsonValue]) -> Waiting:
    """The sums an alert shows."""
    rows = [
        facts,
        *(row for row in facts.get("other_currencies") or () if isinstance(row, Mapping)),
    ]
    names = ("sales_amount", "cash_amount", "purchase_amount")
    sums: dict[str, dict[str, Decimal]] = {name: {} for name in names}
    for row in rows:
        for key, found in sums.items():
            amount = Decimal(str(row.get(key) or 0))
            if amount:
                found[str(row.get("currency") or "USD")] = amount
    sales, cash = int(facts.get("sales_count") or 0), int(facts.get("cash_count") or 0)
    bills = int(facts.get("purchase_count") or 0)
    records = int(facts.get("record_count") or 0)
    other = max(0, records - sales - cash - bills)
    sold, paid, owed = (sums[name] for name in names)
    return Waiting(sales, sold, cash, paid, other, bills, owed)


def added(one: Waiting, other: Waiting) -> Waiting:
    """Two sums as one, each currency for itself."""
    return Waiting(
        one.sales_count + other.sales_count,
        _sum(one.sales_amount, other.sales_amount),
        one.cash_count + other.cash_count,
        _sum(one.cash_amount, other.cash_amount),
        one.other_count + other.other_count,
        one.purchase_count + other.purchase_count,
        _sum(one.purchase_amount, other.purchase_amount),
    )


def _sum(one: Mapping[str, Decimal], other: Mapping[str, Decimal]) -> dict[str, Decimal]:
    codes = sorted({*one, *other})
    return {code: one.get(code, _ZERO) + other.get(code, _ZERO) for code in codes}


def payload(found: Waiting) -> Payload:
    """Sums as JSON: amounts are text, one for each currency."""
    return {
        "records": found.documents + found.other_count,
        "documents": found.documents,
        "sales": {code: str(amount) for code, amount in sorted(found.sales_amount.items())},
        "payments": {code: str(amount) for code, amount in sorted(found.cash_amount.items())},
        "purchases": {code: str(amount) for code, amount in sorted(found.purchase_amount.items())},
        "words": words(found),
    }


def words(found: Waiting) -> str:
    """Say it: "sales: 3 invoices, $1,240.00 · payments: 2, $310.00"; "" for nothing."""
    parts = []
    if found.sales_count:
        sums = money(dict(found.sales_amount))
        parts.append(f"sales: {plural(found.sales_count, 'invoice')}, {sums}")
    if found.cash_count:
        sums = money(dict(found.cash_amount))
        parts.append(f"payments: {found.cash_count:,}, {sums}")
    if found.purchase_count:
        sums = money(dict(found.purchase_amount))
        parts.append(f"purchases: {plural(found.purchase_count, 'bill')}, {sums}")
    if found.other_count:
        parts.append(plural(found.other_count, "customer or item", "customers and items"))
    return " · ".join(parts)
