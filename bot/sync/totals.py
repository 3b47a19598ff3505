"""Sums of what is not posted: sales and cash apart, currencies never added."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.domain import (
    CASH_DOCUMENTS,
    CREDITS,
    DOCUMENTS,
    ENTRIES,
    OTHER_DOCUMENT,
    PURCHASE_DOCUMENTS,
    SALES_DOCUMENTS,
    Payload,
    RecordState,
    RecordType,
    Waiting,
)
from bot.models import Company, Record

_MOST_EXAMPLES = 5
_ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Sum:
    """Some records of one type and currency: how many, their total, the tax if it is known."""

    type: str
    currency: str
    count: int
    amount: Decimal | None
    tax: Decimal | None = None


def totals(records: Iterable[Record]) -> Waiting:
    """Add up sales, payments and purchases by currency, credits as a minus; others are counted."""
    return add_up(Sum(row.type, row.currency, 1, row.amount, sales_tax(row)) for row in records)


def add_up(rows: Iterable[Sum]) -> Waiting:
    """Add up sums by kind of document and currency; nothing is added across them."""
    counts = dict.fromkeys(("sales", "cash", "purchase", "entry", "other"), 0)
    sums: dict[str, dict[str, Decimal]] = {part: {} for part in counts}
    types: dict[str, set[RecordType]] = {part: set() for part in counts}
    taxes: dict[str, Decimal] = {}
    unknown: set[str] = set()
    for row in rows:
        part, sign = _part(row.type), -1 if row.type in CREDITS else 1
        counts[part] += row.count
        types[part].add(RecordType(row.type))
        by_currency = sums[part]
        amount = sign * (row.amount or _ZERO)
        by_currency[row.currency] = by_currency.get(row.currency, _ZERO) + amount
        if part == "sales" and row.tax is None:
            unknown.add(row.currency)
        elif part == "sales":
            taxes[row.currency] = taxes.get(row.currency, _ZERO) + sign * (row.tax or _ZERO)
    return Waiting(
        counts["sales"],
        sums["sales"],
        counts["cash"],
        sums["cash"],
        counts["other"],
        counts["purchase"],
        sums["purchase"],
        {code: tax for code, tax in taxes.items() if code not in unknown},
        counts["entry"],
        _noun(types["sales"], RecordType.INVOICE, "sales document"),
        _noun(types["purchase"], RecordType.BILL, "purchase"),
        _noun(types["entry"], RecordType.JOURNAL_ENTRY, OTHER_DOCUMENT),
        sums["entry"] if len(types["entry"]) == 1 else {},
    )


def _noun(types: Collection[RecordType], usual: RecordType, several: str) -> str:
    """What documents of these types are called together."""
    return several if len(types) > 1 else next(iter(types), usual).words


def sales_tax(record: Record) -> Decimal | None:
    """The sales tax in the total of a sale, as its source says; None when it said none."""
    tax = record.payload.get("tax_total")
    if record.type not in SALES_DOCUMENTS or tax is None:
        return None
    amount = Decimal(str(tax))
    # Without lines nothing shows that a tax of nothing was meant.
    return amount if amount or record.payload.get("lines") else None


def _part(kind: str) -> str:
    if kind in SALES_DOCUMENTS:
        return "sales"
    if kind in PURCHASE_DOCUMENTS:
        return "purchase"
    if kind in ENTRIES:
        return "entry"
    return "cash" if kind in CASH_DOCUMENTS else "other"


def waiting_facts(
    company: Company, sources: Mapping[int, str], records: Iterable[Record], since: datetime | None
) -> Payload:
    """Return the facts every message about waiting documents shows.

    `sales_amount` (tax included), `sales_tax` (None where it is not known) and `cash_amount` are
    in `currency`, the company's own if it is among them; what waits in other currencies stands in
    `other_currencies`, never added. A posted record (its total differs) is named among the
    examples, but counted nowhere: it does not wait. What differs of it is in its own currency:
    then that is `currency`.
    """
    records = list(records)
    unposted = [row for row in records if row.state is not RecordState.POSTED]
    waiting = totals(unposted)
    documents = [row for row in records if row.type in DOCUMENTS]
    documents.sort(key=lambda row: (row.doc_date is None, row.doc_date, row.tier, row.id))
    days = [row.doc_date for row in documents if row.doc_date is not None]
    sums = (
        waiting.sales_amount,
        waiting.cash_amount,
        waiting.purchase_amount,
        waiting.entry_amount,
    )
    currencies = list(dict.fromkeys(currency for amounts in sums for currency in amounts))
    main = _main_currency(company, records, currencies)
    named = list(dict.fromkeys(sources.get(row.source_id, "") for row in records))
    return {
        "company": company.name,
        "source": ", ".join(name for name in named if name),
        "currency": main,
        "documents": waiting.documents,
        "sales_count": waiting.sales_count,
        "sales_noun": waiting.sales_noun,
        "sales_amount": str(waiting.sales_amount.get(main, _ZERO)),
        "sales_tax": _text(waiting.sales_tax.get(main)),
        "cash_count": waiting.cash_count,
        "cash_amount": str(waiting.cash_amount.get(main, _ZERO)),
        "purchase_count": waiting.purchase_count,
        "purchase_noun": waiting.purchase_noun,
        "purchase_amount": str(waiting.purchase_amount.get(main, _ZERO)),
        "entry_noun": waiting.entry_noun,
        "entry_amount": _text(waiting.entry_amount.get(main)),
        "other_currencies": [_in(waiting, code) for code in currencies if code != main],
        "first_date": days[0].isoformat() if days else None,
        "last_date": days[-1].isoformat() if days else None,
        "since": since.isoformat() if since else None,
        "record_count": len(unposted),
        "examples": [_example(row) for row in documents[:_MOST_EXAMPLES]],
    }


def _main_currency(company: Company, records: Iterable[Record], currencies: Collection[str]) -> str:
    """That of what is posted and differs; else the company's own where it is among what waits."""
    posted = [row.currency for row in records if row.state is RecordState.POSTED]
    if posted:
        return posted[0]
    own = company.currency
    return own if own in currencies else next(iter(currencies), own)


def _in(waiting: Waiting, currency: str) -> Payload:
    """The sums of one currency."""
    return {
        "currency": currency,
        "sales_amount": str(waiting.sales_amount.get(currency, _ZERO)),
        "sales_tax": _text(waiting.sales_tax.get(currency)),
        "cash_amount": str(waiting.cash_amount.get(currency, _ZERO)),
        "purchase_amount": str(waiting.purchase_amount.get(currency, _ZERO)),
        "entry_amount": _text(waiting.entry_amount.get(currency)),
    }


def _example(record: Record) -> Payload:
    return {
        "type": record.type.words,
        "number": record.number,
        "party": record.name,
        # What is posted has an amount on each side: the alert itself says which is which.
        "amount": None if record.state is RecordState.POSTED else _text(record.amount),
        "currency": record.currency,
        "date": record.doc_date.isoformat() if record.doc_date else None,
    }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
