"""What was posted since a moment, in money: the amounts of the bot's own writes.

What the source says of a document later, or what somebody makes of it in QuickBooks, is not what
was posted.
"""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from sqlmodel import Session, col, or_, select

from bot.domain import DOCUMENTS, ENTITY, JsonValue, RecordState, RecordType, Waiting
from bot.models import Record, Write
from bot.sync import links
from bot.sync.totals import Sum, add_up

_ENTITIES = tuple(ENTITY[kind] for kind in sorted(DOCUMENTS))


def posted_since(session: Session, company_id: int, since: datetime) -> Waiting:
    """Add up what was posted since a moment; what was only linked was there before.

    A document whose write is not known counts with what its source says.
    """
    where = (
        Record.company_id == company_id,
        Record.state == RecordState.POSTED,
        col(Record.posted_at) >= since,
        ~links.is_only_linked(),
    )
    columns = (col(Record.id), col(Record.type), col(Record.currency), col(Record.amount))
    rows = session.execute(select(*columns).where(*where)).all()
    if not rows:
        return add_up(())
    total, payload = col(Write.reply)["TotalAmt"].as_string(), col(Write.payload)
    # A change of anything else answers with a total that may be somebody else's.
    of_amounts = or_(
        Write.operation == "create",
        payload["Line"].as_string().is_not(None),
        payload["TotalAmt"].as_string().is_not(None),
    )
    written = session.execute(
        select(col(Record.id), col(Record.type), col(Write.entity), total)
        .join(
            Write,
            (col(Write.company_id) == col(Record.company_id))
            & col(Write.entity).in_(_ENTITIES)
            & (col(Write.qbo_id) == col(Record.qbo_id)),
        )
        .where(*where)
        .where(Write.state == "done", of_amounts)
        .order_by(col(Write.id))
    )
    amounts: dict[int, Decimal] = {}
    for record_id, kind, entity, value in written:
        amount = _amount(value) if entity == ENTITY[RecordType(kind)] else None
        if amount is not None:
            amounts[record_id] = amount
    return add_up(
        Sum(kind, currency, 1, amounts.get(key or 0, amount))
        for key, kind, currency, amount in rows
    )


def _amount(value: JsonValue) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
