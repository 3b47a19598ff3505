"""What an invoice must have before QuickBooks is asked: a customer, a line, perhaps an address."""

from bot.domain import Payload
from bot.models import Record, Source
from bot.sync import texts
from bot.sync.causes import Cause, subject_of
from bot.sync.records import CustomerIn, InvoiceIn, ItemIn, RecordIn, VendorIn

CUSTOMER = "customer"
LINES = "lines"
EMAIL = "email"
# What QuickBooks calls them, for the words of the alert.
_FIELDS = {CUSTOMER: "CustomerRef", LINES: "Line", EMAIL: "BillEmail"}


def lacking(record: RecordIn, source: Source | None) -> list[str]:
    """Name what is missing of an invoice; an address matters only where e-mailing is on."""
    if not isinstance(record, InvoiceIn):
        return []
    wanted = {
        CUSTOMER: bool(record.customer),
        LINES: bool(record.lines),
        EMAIL: bool(record.email) or source is None or not source.needs_email,
    }
    return [name for name, there in wanted.items() if not there]


def cause(record: Record, model: RecordIn, source: Source | None) -> Cause | None:
    """Why a record is not even tried: something is missing, or its source is declared strict."""
    missing = lacking(model, source)
    if missing:
        facts: Payload = {"missing": missing, "field": _FIELDS[missing[0]]}
        return _cause("missing_required_field", record, source, facts)
    if source is None or not source.forbidden:
        return None
    if not isinstance(model, CustomerIn | VendorIn | ItemIn):
        return None
    for place in texts.places(record, strict=source.forbidden):
        bad = [mark for _, mark in place.marks() if mark in source.forbidden]
        if bad:
            marks = list(dict.fromkeys(texts.told(mark) for mark in bad))
            facts = {"element": "DisplayName", "strict": True, "marks": marks}
            return _cause("invalid_characters", record, source, facts)
    return None


def _cause(problem: str, record: Record, source: Source | None, facts: Payload) -> Cause:
    name = source.name if source else ""
    blank = dict.fromkeys(("code", "fault_message", "detail", "element", "intuit_tid", "raw"), "")
    own: Payload = {
        **blank,
        "http_status": None,
        "record_id": record.id,
        "external_id": record.external_id,
        "record_type": str(record.type),
        "number": record.number,
        "party": record.name,
        "amount": None if record.amount is None else str(record.amount),
        "date": record.doc_date.isoformat() if record.doc_date else None,
        "source": name,
    }
    return Cause(problem, subject_of(record.type, name, record.external_id), {**own, **facts})
