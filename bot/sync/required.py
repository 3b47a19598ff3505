"""What an invoice must have before QuickBooks is asked: a customer, a line, perhaps an address."""

from bot.domain import Payload
from bot.models import Record, Source
from bot.sync import texts
from bot.sync.causes import Cause, own_cause
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
        return own_cause("missing_required_field", record, source.name if source else "", facts)
    if source is None or not source.forbidden:
        return None
    if not isinstance(model, CustomerIn | VendorIn | ItemIn):
        return None
    for place in texts.places(record, strict=source.forbidden):
        bad = [mark for _, mark in place.marks() if mark in source.forbidden]
        if bad:
            marks = list(dict.fromkeys(texts.told(mark) for mark in bad))
            facts = {"element": "DisplayName", "strict": True, "marks": marks}
            return own_cause("invalid_characters", record, source.name, facts)
    return None
