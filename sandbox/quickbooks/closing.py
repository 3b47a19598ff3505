"""Closed books and filed sales tax: who may still change a day, and the list of who did."""

from typing import Any

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.faults import closed_books
from sandbox.quickbooks.model import Body, Record
from sandbox.quickbooks.rules import type_shown

TAXED = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt")


def closing_date(company: Company) -> str:
    """The last closed day, or nothing."""
    return str(company.preference("AccountingInfoPrefs", "BookCloseDate") or "")


def check_open_books(company: Company, *dates: str | None) -> None:
    """6210 when any of the dates is on or before the closing date.

    Whether a closing date without a password stops an app is a switch.
    """
    closing = closing_date(company)
    if not closing or not any(day and day <= closing for day in dates):
        return
    if company.closing_password or company.switches.closed_without_password_refuses:
        raise closed_books(company.switches.closed_books_code)


def note_exceptions(company: Company, record: Record, operation: str, *days: str | None) -> None:
    """Write down a change of a closed day, and of a document of a month whose tax is filed.

    In a filed month even saving an unchanged document counts.
    """
    if not record.entity.transaction:
        return
    known = sorted({str(day) for day in days if day})
    closing, filed = closing_date(company), company.tax_filed_through
    if operation != "Save" and closing and any(day <= closing for day in known):
        company.closing_exceptions.append(_entry(company, record, operation, known))
    taxed = record.entity.name in TAXED
    if taxed and filed and any(day <= filed for day in known):
        company.tax_exceptions.append(_entry(company, record, operation, known))


def _entry(company: Company, record: Record, operation: str, days: list[str]) -> Body:
    entry: dict[str, Any] = {
        "time": company.clock.now().isoformat(timespec="milliseconds"),
        "entity": record.entity.name,
        "id": record.id,
        "type": type_shown(record),
        "doc_number": record.body.get("DocNumber", ""),
        "operation": operation,
        "dates": days,
        "total": record.body.get("TotalAmt"),
        "tax": (record.body.get("TxnTaxDetail") or {}).get("TotalTax", 0),
        "by": company.acting or company.user,
        "by_app": not company.acting,
    }
    return entry
