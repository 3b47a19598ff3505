"""Payments that wait only because QuickBooks made less of their invoice than its source says.

The payment is right, and so may both taxes be: what is to be settled is the invoice's own alert
(`total_differs`). The payment is held for that cause, as children of a failed parent are for
theirs: it is named on that alert with its amount, has none of its own, and goes by itself as soon
as the difference has ended.
"""

from collections import defaultdict
from decimal import Decimal

from sqlmodel import Session, col, select

from bot import mirror
from bot.domain import ENTITY, Payload, RecordState, RecordType
from bot.mirror import rows as mirror_rows
from bot.models import Exemption, Hold, Record
from bot.sync import comparing, holds, rounding
from bot.sync.causes import TOTAL_DIFFERS, Cause

# In the facts of a payment's hold: the record of the invoice that it waits for.
BEHIND = "behind"
_ZERO = Decimal("0.00")


def causes(session: Session, record: Record, payload: Payload) -> tuple[Cause, ...]:
    """The differences that a refused payment waits for; () where it is the payment's own trouble.

    Only where all that is too much for its invoices' open balances is missing in their totals. A
    difference that somebody set aside is nobody's to settle: nothing waits for it.
    """
    if record.type is not RecordType.PAYMENT:
        return ()
    found: list[Cause] = []
    for qbo_id, applied in _applied(payload).items():
        row = mirror.get(session, record.company_id, ENTITY[RecordType.INVOICE], qbo_id)
        too_much = applied - (_open(row.data) if row is not None else applied)
        if too_much <= 0:
            continue
        known = _differing(session, record, qbo_id)
        if known is None or row is None or too_much > _missing(known[0], row.data):
            return ()
        invoice, hold = known
        facts = {**rounding.plain_facts(hold.facts), BEHIND: invoice.id}
        found.append(Cause(hold.problem, hold.subject, facts, invoice.id))
    return tuple(found)


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


def _differing(session: Session, record: Record, qbo_id: str) -> tuple[Record, Hold] | None:
    """Our invoice of this id, while its difference stands and a person is asked about it."""
    known = session.exec(
        select(Record, Hold)
        .join(Hold, col(Hold.record_id) == col(Record.id))
        .where(Record.company_id == record.company_id, Record.type == RecordType.INVOICE)
        .where(Record.qbo_id == qbo_id, Hold.problem == TOTAL_DIFFERS)
    ).first()
    if known is None:
        return None
    set_aside = session.exec(
        select(Exemption.id)
        .where(Exemption.company_id == record.company_id, col(Exemption.ended_at).is_(None))
        .where(Exemption.problem == TOTAL_DIFFERS, Exemption.subject == known[1].subject)
    ).first()
    return None if set_aside is not None else known


def _missing(invoice: Record, document: Payload) -> Decimal:
    """By how much QuickBooks' total is smaller than the source's."""
    found = comparing.amounts(invoice, document)
    return found.ours_total - found.theirs_total if found is not None else _ZERO


def release(session: Session, company_id: int) -> list[int]:
    """Let go what no difference stands in the way of any more, however; returns who may go now.

    It has ended, or QuickBooks has made at least as much of the invoice as its source says.
    """
    rows = session.exec(
        select(Hold)
        .join(Record, col(Record.id) == col(Hold.record_id))
        .where(Hold.company_id == company_id, Hold.problem == TOTAL_DIFFERS)
        .where(Record.state == RecordState.HELD)
    ).all()
    waiting: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        if row.facts.get(BEHIND):
            waiting[row.record_id].add(int(row.facts[BEHIND]))
    if not waiting:
        return []
    short = _short(session, company_id)
    free = [record_id for record_id, invoices in waiting.items() if not invoices & short]
    return holds.release_records(session, free)


def _short(session: Session, company_id: int) -> set[int]:
    """The invoices with a standing difference of which QuickBooks has less; in two questions."""
    entity = ENTITY[RecordType.INVOICE]
    standing = session.exec(
        select(Record)
        .join(Hold, col(Hold.record_id) == col(Record.id))
        .where(Hold.company_id == company_id, Hold.problem == TOTAL_DIFFERS)
        .where(Record.type == RecordType.INVOICE)
    ).all()
    keys = [(entity, str(invoice.qbo_id or "")) for invoice in standing]
    known = {row.qbo_id: row.data for row in mirror_rows.by_keys(session, company_id, keys)}
    return {
        invoice.id or 0
        for invoice in standing
        if (data := known.get(str(invoice.qbo_id or ""))) is None or _missing(invoice, data) > 0
    }
