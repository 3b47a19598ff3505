"""What is not posted, in money: each record once, invoices and payments apart, as currencies."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from sqlmodel import Session, col, select

from bot.domain import OTHER_DOCUMENT, Payload, RecordState, Waiting
from bot.models import Hold, Record
from bot.render.sums import told
from bot.sync.totals import Sum, add_up

_Row = tuple[int | None, str, str, Decimal | None]
_ZERO = Decimal("0.00")
_COLUMNS = (col(Record.id), col(Record.type), col(Record.currency), col(Record.amount))


def in_state(session: Session, company_id: int, state: RecordState) -> Waiting:
    """Add up the records of a company in one state."""
    return _total(_rows(session, company_id, state))


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
    return add_up(Sum(kind, currency, 1, amount) for _, kind, currency, amount in rows)


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
        {},
        one.entry_count + other.entry_count,
        _noun(one.sales_noun, other.sales_noun, one.sales_count, other.sales_count),
        _noun(one.purchase_noun, other.purchase_noun, one.purchase_count, other.purchase_count),
        *_entries(one, other),
    )


def _entries(one: Waiting, other: Waiting) -> tuple[str, Mapping[str, Decimal]]:
    """What the documents in no sum are called together, and their amount if they are alike."""
    if not (one.entry_count and other.entry_count):
        found = one if one.entry_count else other
        return found.entry_noun, found.entry_amount
    if one.entry_noun != other.entry_noun:
        return OTHER_DOCUMENT, {}
    return one.entry_noun, _sum(one.entry_amount, other.entry_amount)


def _noun(one: str, other: str, first: int, second: int) -> str:
    """What both are called together."""
    if one == other or not second:
        return one
    return other if not first else "document"


def _sum(one: Mapping[str, Decimal], other: Mapping[str, Decimal]) -> dict[str, Decimal]:
    codes = sorted({*one, *other})
    return {code: one.get(code, _ZERO) + other.get(code, _ZERO) for code in codes}


def payload(found: Waiting) -> Payload:
    """Sums as JSON: amounts are text, one for each currency."""
    return {
        "records": found.documents + found.other_count,
        "documents": found.documents,
        "invoices": {code: str(amount) for code, amount in sorted(found.sales_amount.items())},
        "payments": {code: str(amount) for code, amount in sorted(found.cash_amount.items())},
        "purchases": {code: str(amount) for code, amount in sorted(found.purchase_amount.items())},
        "words": told(found),
    }
