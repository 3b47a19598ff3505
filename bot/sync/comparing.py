"""Compares a posted document with what QuickBooks made of it: the total, and the sales tax."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from sqlmodel import Session

from bot.domain import DOCUMENTS, SALES_DOCUMENTS, JsonValue, Payload
from bot.models import Record, Source
from bot.sync import holds
from bot.sync.causes import TOTAL_DIFFERS, Cause, subject_of

_ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Amounts:
    """A document's total and sales tax on both sides; tax is None where none is compared."""

    ours_total: Decimal
    theirs_total: Decimal
    our_tax: Decimal | None = None
    their_tax: Decimal | None = None

    @property
    def differ(self) -> bool:
        """Say whether the books show other amounts than the source."""
        return self.ours_total != self.theirs_total or self.our_tax != self.their_tax

    def facts(self) -> Payload:
        """As facts of a message: decimal strings."""
        return {
            "ours_total": str(self.ours_total),
            "theirs_total": str(self.theirs_total),
            "difference": str(self.theirs_total - self.ours_total),
            "our_tax": str(self.our_tax if self.our_tax is not None else _ZERO),
            "their_tax": str(self.their_tax if self.their_tax is not None else _ZERO),
        }


def amounts(record: Record, document: Payload) -> Amounts | None:
    """Return both sides of a document as QuickBooks answered it; None if it has no total.

    The tax is compared only where QuickBooks states one: a payment has none.
    """
    if record.type not in DOCUMENTS or record.amount is None:
        return None
    total = _decimal(document.get("TotalAmt"))
    if total is None:
        return None
    their_tax = _decimal((document.get("TxnTaxDetail") or {}).get("TotalTax"))
    if record.type not in SALES_DOCUMENTS or their_tax is None:
        return Amounts(record.amount, total)
    our_tax = _decimal(record.payload.get("tax_total")) or _ZERO
    return Amounts(record.amount, total, our_tax, their_tax)


def hold_difference(
    session: Session, record: Record, found: Amounts, more: Payload, now: datetime
) -> None:
    """Note that a posted document differs; the record stays posted, nothing is tried again."""
    source = session.get_one(Source, record.source_id).name
    facts: Payload = {
        "record_id": record.id,
        "external_id": record.external_id,
        "record_type": str(record.type),
        "number": record.number,
        "party": record.name,
        # The amounts stand in the text themselves.
        "amount": None,
        **found.facts(),
        "currency": record.currency,
        "source": source,
        "qbo_id": record.qbo_id,
        **more,
    }
    subject = subject_of(record.type, source, record.external_id)
    holds.hold(session, record, (Cause(TOTAL_DIFFERS, subject, facts),), now)


def _decimal(value: JsonValue) -> Decimal | None:
    try:
        return Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
