"""What closed books and filed sales tax mean for one document (accounting.md rules 2 and 3)."""

from datetime import date, timedelta

from bot import mirror
from bot.domain import BANK_DATED, SALES_DOCUMENTS, Payload, RecordType
from bot.models import Company, Record
from bot.render.words import article, upfirst
from bot.services import Services
from bot.sync import holds

FILED_TAX = "filed_tax"
# Bank-dated documents keep their day; these may go to the first open one.
REDATED = frozenset({RecordType.INVOICE, RecordType.BILL})


def facts_of(company: Company, record: Record) -> Payload:
    """Facts of an alert about a closed period, as the company was read just now."""
    closing, filed = company.book_close_date, company.tax_filed_through
    return {
        "book_close_date": closing.isoformat() if closing else None,
        "filed_through": filed.isoformat() if filed else None,
        "may_move": why_not_moved(company, record) == "",
    }


def refreshed(services: Services, company_id: int) -> Company:
    """Read the closing date anew and return the company. Raises QuickBooksFault."""
    mirror.refresh_company(services, company_id)
    with services.sessions.read() as session:
        return session.get_one(Company, company_id)


def release_closed(services: Services, company: Company) -> None:
    """Look once more at what waits for an approver in closed books: closed comes before filed."""
    if company.book_close_date is not None and company.id is not None:
        with services.sessions.write() as session:
            holds.release_until(session, company.id, FILED_TAX, company.book_close_date)


def is_closed(company: Company, day: date) -> bool:
    """Say whether the books are closed on this day: on or before the closing date."""
    return company.book_close_date is not None and day <= company.book_close_date


def changes_filed_return(company: Company, record: Record) -> bool:
    """Say whether posting a document changes a sales-tax return that was handed in.

    A sale of a filed month does; a bill has no sales tax of ours, and a payment none of its own
    (accounting.md rule 3).
    """
    limit, day = company.tax_filed_through, record.doc_date
    return record.type in SALES_DOCUMENTS and limit is not None and day is not None and day <= limit


def lies_in_closed(company: Company, record: Record) -> bool:
    """Say whether a document is dated in closed books."""
    return record.doc_date is not None and is_closed(company, record.doc_date)


def first_open_day(company: Company) -> date | None:
    """The day after the closing date; None while the books are open."""
    closing = company.book_close_date
    return closing + timedelta(days=1) if closing else None


def why_not_moved(company: Company, record: Record) -> str:
    """Say why a document cannot go to the first open day; "" when it can."""
    first, filed, day = first_open_day(company), company.tax_filed_through, record.doc_date
    if record.type not in REDATED:
        why = ": the bank says when the money moved" if record.type in BANK_DATED else ""
        return (
            f"{upfirst(article(record.type.words))} keeps its true date{why}. "
            "Somebody with the closing password enters it in QuickBooks by hand."
        )
    if first is None:
        return "QuickBooks shows no closing date: the books are open. Press Try again."
    if day is None or day >= first:
        return "Its day is open in QuickBooks by now. Press Try again."
    if filed is not None and day <= filed:
        other = (
            "even the first open day lies in that time"
            if first <= filed
            else ("another date would put its tax into another return")
        )
        return (
            f"Sales tax is filed through {filed:%m/%d/%Y}, and {day:%m/%d/%Y} lies in that time: "
            f"{other}. Somebody with the closing password enters it in QuickBooks with its true "
            "date."
        )
    return ""
