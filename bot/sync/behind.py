"""Payments that wait only because QuickBooks made less of their invoice than its source says.

The payment is right, and so may both taxes be: what is to be settled is the invoice's own alert
(`total_differs`). The payment names it, and goes by itself as soon as that difference has ended.
"""

from decimal import Decimal

from sqlmodel import Session, col, select

from bot import mirror
from bot.domain import ENTITY, Payload, RecordState, RecordType
from bot.models import Hold, Record, Source
from bot.render import listed, money
from bot.sync import comparing, holds
from bot.sync.causes import TOTAL_DIFFERS

# In the facts of a payment's hold: the records of the invoices that it waits for.
BEHIND = "behind"
_ZERO = Decimal("0.00")


def facts(session: Session, record: Record, payload: Payload) -> Payload:
    """What a refused payment waits for: `behind` (record ids) and `behind_words`; {} for nothing.

    Only where all that is too much for its invoices' open balances is missing in their totals.
    """
    if record.type is not RecordType.PAYMENT:
        return {}
    short: list[Record] = []
    for qbo_id, applied in _applied(payload).items():
        row = mirror.get(session, record.company_id, ENTITY[RecordType.INVOICE], qbo_id)
        too_much = applied - (_open(row.data) if row is not None else applied)
        if too_much <= 0:
            continue
        invoice = _differing(session, record, qbo_id)
        if invoice is None or row is None or too_much > _missing(invoice, row.data):
            return {}
        short.append(invoice)
    if not short:
        return {}
    source = session.get_one(Source, record.source_id).name
    words = [_told(session, invoice, source) for invoice in short]
    return {BEHIND: [one.id for one in short], "behind_words": listed(words)}


def _applied(payload: Payload) -> dict[str, Decimal]:
    """How much of a payment goes to each invoice, by its id in QuickBooks."""
    found: dict[str, Decimal] = {}
    for line in payload.get("Line") or ():
        for linked in line.get("LinkedTxn") or ():
            if linked.get("TxnType") == ENTITY[RecordType.INVOICE]:
                qbo_id = str(linked.get("TxnId"))
                found[qbo_id] = found.get(qbo_id, _ZERO) + Decimal(str(line.get("Amount") or 0))
    return found


def _open(document: Payload) -> Decimal:
    return Decimal(str(document.get("Balance") or 0))


def _differing(session: Session, record: Record, qbo_id: str) -> Record | None:
    """Our invoice of this id, while its difference stands."""
    rows = session.exec(
        select(Record)
        .join(Hold, col(Hold.record_id) == col(Record.id))
        .where(Record.company_id == record.company_id, Record.type == RecordType.INVOICE)
        .where(Record.qbo_id == qbo_id, Hold.problem == TOTAL_DIFFERS)
    )
    return rows.first()


def _missing(invoice: Record, document: Payload) -> Decimal:
    """By how much QuickBooks' total is smaller than the source's."""
    found = comparing.amounts(invoice, document)
    return found.ours_total - found.theirs_total if found is not None else _ZERO


def _told(session: Session, invoice: Record, source: str) -> str:
    noted = comparing.standing(session, invoice) or {}
    theirs, ours = (
        money(Decimal(str(noted[name])), invoice.currency)
        for name in ("theirs_total", "ours_total")
    )
    return f"invoice {invoice.number}, which is {theirs} in QuickBooks and {ours} in {source}"


def release(session: Session, company_id: int) -> list[int]:
    """Let go what waited for differences that have ended, however; returns who may go now."""
    rows = session.exec(
        select(Hold)
        .join(Record, col(Record.id) == col(Hold.record_id))
        .where(Hold.company_id == company_id, Record.type == RecordType.PAYMENT)
        .where(Record.state == RecordState.HELD)
    ).all()
    named = [row for row in rows if row.facts.get(BEHIND)]
    if not named:
        return []
    standing = set(
        session.exec(
            select(Hold.record_id).where(
                Hold.company_id == company_id, Hold.problem == TOTAL_DIFFERS
            )
        )
    )
    due = [row.record_id for row in named if not standing & set(row.facts[BEHIND])]
    return holds.release_records(session, due)
