"""What posting the blocked documents would change, said before it happens: amounts and months."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from bot.domain import DOCUMENTS, JsonValue, Payload, Role
from bot.models import Company, Record
from bot.sync.totals import totals


def posts(records: Sequence[Record], company: Company) -> Payload:
    """Count and sum the documents by type and currency (accounting.md rule 18: never one sum)."""
    waiting = totals(records)
    return {
        "documents": waiting.documents,
        "sales_count": waiting.sales_count,
        "sales_amount": _amounts(waiting.sales_amount),
        "sales_tax": _amounts(waiting.sales_tax),
        "cash_count": waiting.cash_count,
        "cash_amount": _amounts(waiting.cash_amount),
        "purchase_count": waiting.purchase_count,
        "purchase_amount": _amounts(waiting.purchase_amount),
        "currency": company.currency,
    }


def also(others: Sequence[Record], titles: Sequence[str]) -> Payload:
    """Count what this fix lets go of but another alert still holds, and name that; {} if none."""
    if not others:
        return {}
    documents = totals(others).documents
    return {
        "count": documents or len(others),
        "noun": "document" if documents else "record",
        "titles": list(titles),
    }


def _amounts(sums: Mapping[str, Decimal]) -> Payload:
    return {currency: str(amount) for currency, amount in sorted(sums.items())}


def months(records: Sequence[Record], company: Company) -> list[JsonValue]:
    """Group the documents by month; a month counts as filed or closed if any of them falls in it.

    `amount` (invoices) with the `tax` in it, `cash` (payments) and `purchases` (bills) are sums
    by currency.
    """
    rows: dict[str, list[Record]] = {}
    for record in records:
        if record.doc_date is not None and record.type in DOCUMENTS:
            rows.setdefault(record.doc_date.strftime("%Y-%m"), []).append(record)
    return [_month(key, rows[key], company) for key in sorted(rows)]


def _month(key: str, records: Sequence[Record], company: Company) -> Payload:
    waiting = totals(records)
    days = [record.doc_date for record in records if record.doc_date is not None]
    return {
        "month": f"{key}-01",
        "amount": _amounts(waiting.sales_amount),
        "tax": _amounts(waiting.sales_tax),
        "cash": _amounts(waiting.cash_amount),
        "purchases": _amounts(waiting.purchase_amount),
        "count": waiting.documents,
        "filed": any(_on_or_before(day, company.tax_filed_through) for day in days),
        "closed": any(_on_or_before(day, company.book_close_date) for day in days),
    }


def _on_or_before(day: date, limit: date | None) -> bool:
    # "On or before" the date is closed or filed (accounting.md rules 2 and 3).
    return limit is not None and day <= limit


def role_for(base: Role, month_rows: Sequence[JsonValue], company: Company) -> tuple[Role, str]:
    """Raise the role for filed months (design.md section 10); say why."""
    if any(row["filed"] for row in month_rows) and company.tax_filed_through:
        day = company.tax_filed_through.strftime("%m/%d/%Y")
        return (
            max(base, Role.APPROVER),
            f"An approver has to do this: sales tax is filed through {day}.",
        )
    return base, ""


def warnings(records: Sequence[Record], company: Company) -> list[JsonValue]:
    """Say which documents will still not go, so that nothing in the preview is only half true."""
    closed = [
        r for r in records if r.doc_date and _on_or_before(r.doc_date, company.book_close_date)
    ]
    if not closed or company.book_close_date is None:
        return []
    day = company.book_close_date.strftime("%m/%d/%Y")
    which = "1 document is" if len(closed) == 1 else f"{len(closed)} documents are"
    return [
        f"{which} dated in the closed period (closed through {day}). What QuickBooks refuses "
        "stays held, with an alert of its own."
    ]
