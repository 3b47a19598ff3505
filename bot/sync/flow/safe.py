"""Whether a posted document may be changed without a person: open, unpaid, in open periods."""

from datetime import date

from sqlmodel import Session

from bot.domain import DOCUMENTS, SALES_DOCUMENTS, RecordType
from bot.models import Company, MirrorRow, Record, Source
from bot.sync import periods
from bot.sync.flow import writable
from bot.sync.flow.fields import STATE
from bot.sync.payloads import stamp
from bot.sync.settled import settled

# No bank knows of them while nothing is paid: the others may be matched or reconciled.
_OPEN = (RecordType.INVOICE, RecordType.BILL)


def why_not(
    session: Session,
    company: Company,
    record: Record,
    row: MirrorRow,
    group: str = "",
    day: date | None = None,
) -> str:
    """Say why only a person may change it (accounting.md rules 2 to 5); "" where it may go.

    `day` is the one it is to have, where that is another.
    """
    if record.type not in DOCUMENTS:
        return ""
    if group == STATE:
        return "it was voided or deleted"
    why = why_open(session, company, record, row, day)
    return why or ("" if writable.posted_payload(session, record) else "other amounts were posted")


def why_open(
    session: Session, company: Company, record: Record, row: MirrorRow, day: date | None = None
) -> str:
    """As `why_not`, of what the document itself and its periods show."""
    if row.deleted:
        return "it was deleted in QuickBooks"
    if record.type not in _OPEN:
        return "the bank may know of it"
    if settled(row.entity, row.data):
        return settled(row.entity, row.data)[0]
    days = [one for one in (row.doc_date, record.doc_date, day) if one is not None]
    if any(periods.is_closed(company, one) for one in days):
        return "its books are closed"
    if record.type in SALES_DOCUMENTS and any(_is_filed(company, one) for one in days):
        return "its sales tax is filed"
    source = session.get_one(Source, record.source_id).name
    if stamp(source, record.external_id) not in str(row.data.get("PrivateNote")):
        return "somebody entered it by hand"
    return ""


def _is_filed(company: Company, day: date) -> bool:
    return company.tax_filed_through is not None and day <= company.tax_filed_through
