"""Months whose sales tax is filed: what changes a return waits for an approver."""

from bot.models import Company, Record
from bot.sync import periods
from bot.sync.causes import Cause, Held


def filed(company: Company, record: Record) -> Held | None:
    """Hold a document of a month whose sales tax is filed until an approver lets it in.

    Posting there changes a return that was handed in (accounting.md rule 3).
    """
    limit, day = company.tax_filed_through, record.doc_date
    if limit is None or day is None or record.filed_by:
        return None
    if not periods.changes_filed_return(company, record) or periods.is_closed(company, day):
        # In closed books no approver can let it in: QuickBooks refuses it, with its own alert.
        return None
    facts = {"month": day.replace(day=1).isoformat(), "filed_through": limit.isoformat()}
    return Held((Cause(periods.FILED_TAX, f"filed:{day:%Y-%m}", facts),))
