"""What posting the blocked documents would change, said before it happens: amounts and months."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from bot.domain import CASH_DOCUMENTS, SALES_DOCUMENTS, JsonValue, Payload, Role
from bot.models import Company, Record
from bot.sync.totals import totals


def posts(records: Sequence[Record], company: Company) -> Payload:
    """Count and sum the documents by type (accounting.md rule 18: never one sum over both)."""
    waiting = totals(records)
    currency = company.currency
    return {
        "documents": waiting.documents,
        "sales_count": waiting.sales_count,
        "sales_amount": _amount(waiting.sales_amount.get(currency)),
        "cash_count": waiting.cash_count,
        "cash_amount": _amount(waiting.cash_amount.get(currency)),
        "currency": currency,
    }


def _amount(value: Decimal | None) -> str:
    return str(value if value is not None else Decimal("0.00"))


def months(records: Sequence[Record], company: Company) -> list[JsonValue]:
    """Group the documents by month; a month counts as filed or closed if any of them falls in it.

    Sales and cash stay apart: `amount` is sales, `cash` is payments.
    """
    rows: dict[str, Payload] = {}
    for record in records:
        if record.doc_date is None or record.type not in SALES_DOCUMENTS | CASH_DOCUMENTS:
            continue
        key = record.doc_date.strftime("%Y-%m")
        row = rows.setdefault(key, _month(key))
        part = "amount" if record.type in SALES_DOCUMENTS else "cash"
        row[part] = str(Decimal(row[part]) + (record.amount or Decimal()))
        row["count"] += 1
        row["filed"] = row["filed"] or _on_or_before(record.doc_date, company.tax_filed_through)
        row["closed"] = row["closed"] or _on_or_before(record.doc_date, company.book_close_date)
    return [rows[key] for key in sorted(rows)]


def _month(key: str) -> Payload:
    return {
        "month": f"{key}-01",
        "amount": "0.00",
        "cash": "0.00",
        "count": 0,
        "filed": False,
        "closed": False,
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
        f"{which} dated in the closed period (closed through {day}); QuickBooks will refuse "
        "and you get an alert of its own for that."
    ]
