"""Sums of what is not posted: sales and cash apart, currencies never added."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from bot.domain import (
    CASH_DOCUMENTS,
    DOCUMENTS,
    PURCHASE_DOCUMENTS,
    SALES_DOCUMENTS,
    Payload,
    RecordState,
    Waiting,
)
from bot.models import Company, Record

_MOST_EXAMPLES = 5
_ZERO = Decimal("0.00")


def totals(records: Iterable[Record]) -> Waiting:
    """Add up invoices, payments and bills by currency; other records are only counted."""
    sales: dict[str, Decimal] = {}
    cash: dict[str, Decimal] = {}
    bills: dict[str, Decimal] = {}
    counts = [0, 0, 0, 0]
    for record in records:
        if record.type in SALES_DOCUMENTS:
            counts[0] += 1
            sales[record.currency] = sales.get(record.currency, _ZERO) + (record.amount or _ZERO)
        elif record.type in CASH_DOCUMENTS:
            counts[1] += 1
            cash[record.currency] = cash.get(record.currency, _ZERO) + (record.amount or _ZERO)
        elif record.type in PURCHASE_DOCUMENTS:
            counts[3] += 1
            bills[record.currency] = bills.get(record.currency, _ZERO) + (record.amount or _ZERO)
        else:
            counts[2] += 1
    return Waiting(counts[0], sales, counts[1], cash, counts[2], counts[3], bills)


def waiting_facts(
    company: Company, sources: Mapping[int, str], records: Iterable[Record], since: datetime | None
) -> Payload:
    """Return the facts every message about waiting documents shows.

    `sales_amount` and `cash_amount` are in `currency`, the company's own if it is among them;
    what waits in other currencies stands in `other_currencies`, never added. A posted record (its
    total differs) is named among the examples, but counted nowhere: it does not wait.
    """
    records = list(records)
    unposted = [row for row in records if row.state is not RecordState.POSTED]
    waiting = totals(unposted)
    documents = [row for row in records if row.type in DOCUMENTS]
    documents.sort(key=lambda row: (row.doc_date is None, row.doc_date, row.tier, row.id))
    days = [row.doc_date for row in documents if row.doc_date is not None]
    sums = (waiting.sales_amount, waiting.cash_amount, waiting.purchase_amount)
    currencies = list(dict.fromkeys(currency for amounts in sums for currency in amounts))
    main = company.currency if company.currency in currencies or not currencies else currencies[0]
    named = list(dict.fromkeys(sources.get(row.source_id, "") for row in records))
    return {
        "company": company.name,
        "source": ", ".join(name for name in named if name),
        "currency": main,
        "documents": waiting.documents,
        "sales_count": waiting.sales_count,
        "sales_amount": str(waiting.sales_amount.get(main, _ZERO)),
        "cash_count": waiting.cash_count,
        "cash_amount": str(waiting.cash_amount.get(main, _ZERO)),
        "purchase_count": waiting.purchase_count,
        "purchase_amount": str(waiting.purchase_amount.get(main, _ZERO)),
        "other_currencies": [
            {
                "currency": currency,
                "sales_amount": str(waiting.sales_amount.get(currency, _ZERO)),
                "cash_amount": str(waiting.cash_amount.get(currency, _ZERO)),
                "purchase_amount": str(waiting.purchase_amount.get(currency, _ZERO)),
            }
            for currency in currencies
            if currency != main
        ],
        "first_date": days[0].isoformat() if days else None,
        "last_date": days[-1].isoformat() if days else None,
        "since": since.isoformat() if since else None,
        "record_count": len(unposted),
        "examples": [_example(row) for row in documents[:_MOST_EXAMPLES]],
    }


def _example(record: Record) -> Payload:
    return {
        "type": str(record.type),
        "number": record.number,
        "party": record.name,
        "amount": None if record.amount is None else str(record.amount),
        "currency": record.currency,
        "date": record.doc_date.isoformat() if record.doc_date else None,
    }
