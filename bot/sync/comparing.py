"""Compares a posted document with what QuickBooks made of it: the total, and the sales tax."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from sqlmodel import Session, col, select

from bot import mirror
from bot.domain import DOCUMENTS, ENTITY, SALES_DOCUMENTS, JsonValue, Payload, RecordType
from bot.models import Hold, Record, Source
from bot.services import Services
from bot.sync import corrections, holds
from bot.sync.causes import AFTER_POSTING, TOTAL_DIFFERS, Cause, subject_of
from bot.sync.meaning import lines_of

# In `Record.base`: the rounding line of its document (bot.sync.rounding).
ROUNDED = "rounded"
# And what was credited or paid back of it by documents of their own (bot.sync.returning).
CREDITED = "credited"
_ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Amounts:
    """A document's total and sales tax on both sides; tax is None where none is compared.

    `rounded`: the rounding line that stands for the tax QuickBooks reckons otherwise. `credited`:
    what was credited or paid back since; it is taken off QuickBooks' amounts here.
    """

    ours_total: Decimal
    theirs_total: Decimal
    our_tax: Decimal | None = None
    their_tax: Decimal | None = None
    rounded: Decimal = _ZERO
    credited: Decimal = _ZERO

    @property
    def differ(self) -> bool:
        """Say whether the books show other amounts than the source."""
        theirs = None if self.their_tax is None else self.their_tax + self.rounded
        return self.ours_total != self.theirs_total or self.our_tax != theirs

    def facts(self) -> Payload:
        """As facts of a message: decimal strings."""
        return {
            "ours_total": str(self.ours_total),
            "theirs_total": str(self.theirs_total),
            "difference": str(self.theirs_total - self.ours_total),
            "credited": str(self.credited) if self.credited else None,
            "our_tax": str(self.our_tax if self.our_tax is not None else _ZERO),
            "their_tax": str(self.their_tax if self.their_tax is not None else _ZERO),
        }


def amounts(record: Record, document: Payload) -> Amounts | None:
    """Return both sides of a document as QuickBooks answered it; None if it has no total.

    The tax is compared only where QuickBooks states one: a payment has none.
    """
    if record.type not in DOCUMENTS or record.amount is None:
        return None
    if record.type is RecordType.JOURNAL_ENTRY:
        return None  # QuickBooks keeps no total of a journal entry; it refuses one out of balance
    total = _decimal(document.get("TotalAmt"))
    if total is None:
        return None
    credited, credited_tax = credited_of(record)
    total -= credited
    their_tax = _decimal((document.get("TxnTaxDetail") or {}).get("TotalTax"))
    if record.type not in SALES_DOCUMENTS or their_tax is None:
        return Amounts(record.amount, total, credited=credited)
    our_tax = _decimal(record.payload.get("tax_total")) or _ZERO
    rounded = _decimal(record.base.get(ROUNDED, 0)) or _ZERO
    their_tax -= credited_tax
    return Amounts(record.amount, total, our_tax, their_tax, rounded, credited)


def credited_of(record: Record) -> tuple[Decimal, Decimal]:
    """What was credited or paid back of a document by others, and the sales tax in it."""
    rows = record.base.get(CREDITED) or ()
    total, tax = (
        sum((Decimal(str(row[name])) for row in rows), _ZERO) for name in ("total", "tax")
    )
    return total, tax


def tax_of(document: Payload) -> str:
    """The sales tax QuickBooks shows, as text."""
    return str(_decimal((document.get("TxnTaxDetail") or {}).get("TotalTax")) or _ZERO)


def end_if_equal(session: Session, record: Record, document: Payload) -> bool:
    """End what is noted of a difference where both agree by now; says whether they do."""
    found = amounts(record, document)
    equal = found is not None and not found.differ
    if equal:
        end(session, record)
    return equal


def hold_difference(
    session: Session, record: Record, found: Amounts, more: Payload, now: datetime
) -> None:
    """Note that a posted document differs; the record stays posted, nothing is tried again."""
    source = session.get_one(Source, record.source_id).name
    facts: Payload = {
        "record_id": record.id,
        "external_id": record.external_id,
        "record_type": record.type.words,
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
    holds.hold_also(session, record, Cause(TOTAL_DIFFERS, subject, facts), now)


def standing(session: Session, record: Record) -> Payload | None:
    """What is noted of a difference; None where nothing is."""
    own = select(Hold).where(Hold.record_id == record.id, Hold.problem == TOTAL_DIFFERS)
    row = session.exec(own).first()
    return None if row is None else dict(row.facts)


def put_back(session: Session, record: Record, facts: Payload | None, now: datetime) -> None:
    """The difference stands again as it was noted."""
    if facts is not None:
        source = session.get_one(Source, record.source_id).name
        subject = subject_of(record.type, source, record.external_id)
        holds.hold_also(session, record, Cause(TOTAL_DIFFERS, subject, facts), now)


def changed(record: Record, fresh: Payload) -> bool:
    """Say whether a new version of a posted document names another total or sales tax."""
    said = corrections.said(record)
    names = ("total", "amount", "tax_total")
    return record.type in DOCUMENTS and any(
        _decimal(said.get(name)) != _decimal(fresh.get(name)) for name in names
    )


def note_change(session: Session, record: Record, before: Payload, now: datetime) -> bool:
    """Hold the new amounts of `record` against what is posted; end it where both agree.

    `before` is the version that was posted, for what the mirror does not hold yet. Says whether
    they differ.
    """
    found = _with_books(session, record)
    if found is None:
        total = _decimal(before.get("total") or before.get("amount"))
        was = _decimal(before.get("tax_total")) or _ZERO
        tax = _decimal(record.payload.get("tax_total")) or _ZERO
        found = Amounts(record.amount or _ZERO, total or _ZERO, tax, was)
    if found.differ:
        lines = posted_lines(session, record)
        more: Payload = {
            "changed": True,
            "entity": ENTITY[record.type],
            "posted_lines": before.get(lines_of(record.type)) if lines is None else lines,
        }
        hold_difference(session, record, found, more, now)
    else:
        end(session, record)
    return found.differ


def refresh(session: Session, record: Record) -> None:
    """Bring the amounts of a standing difference up to date with the mirror."""
    found = _with_books(session, record)
    own = select(Hold).where(Hold.record_id == record.id, Hold.problem == TOTAL_DIFFERS)
    row = session.exec(own).first()
    if found is not None and found.differ and row is not None:
        row.facts = {**row.facts, **found.facts()}
        session.add(row)


def posted_lines(session: Session, record: Record) -> list[Payload] | None:
    """The lines that were posted, where others were taken over or noted since; else None."""
    own = select(Hold).where(Hold.record_id == record.id)
    rows = session.exec(own.where(col(Hold.problem).in_(AFTER_POSTING)))
    noted = (row.facts.get("posted_lines") for row in rows)
    return next((lines for lines in noted if lines is not None), None)


def settle(services: Services, company_id: int) -> int:
    """End what agrees by now, by the mirror, whoever corrected it; returns how many."""
    with services.sessions.read() as session:
        due = [row.id for row in _standing(session, company_id) if _agrees(session, row)]
    if not due:
        return 0
    with services.sessions.write() as session:
        for record in (session.get_one(Record, one) for one in due):
            if _agrees(session, record):
                end(session, record)
    return len(due)


def _standing(session: Session, company_id: int) -> list[Record]:
    held = select(Hold.record_id).where(
        Hold.company_id == company_id, Hold.problem == TOTAL_DIFFERS
    )
    return list(session.exec(select(Record).where(col(Record.id).in_(held))))


def _agrees(session: Session, record: Record) -> bool:
    found = _with_books(session, record)
    return found is not None and not found.differ


def _with_books(session: Session, record: Record) -> Amounts | None:
    entity, qbo_id = ENTITY[record.type], str(record.qbo_id or "")
    row = mirror.get(session, record.company_id, entity, qbo_id)
    return None if row is None or row.deleted else amounts(record, row.data)


def end(session: Session, record: Record) -> None:
    """Both sides agree: drop the note of the difference."""
    source = session.get_one(Source, record.source_id).name
    subject = subject_of(record.type, source, record.external_id)
    holds.release(session, record.company_id, TOTAL_DIFFERS, subject)


def _decimal(value: JsonValue) -> Decimal | None:
    try:
        return Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
