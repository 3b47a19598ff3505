"""Payments of an export: one payment may stand in several rows, one for each order it settles."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from bot.domain import Payload
from bot.sync.reading import parse_record
from bot.sync.records import BadRow, Note, RecordIn
from bot.sync.table.cells import CellError
from bot.sync.table.documents import Gathered, cell, one
from bot.sync.table.forms import DocumentError
from bot.sync.table.rows import Entry


def records(gathered: Gathered) -> Iterator[RecordIn | BadRow | Note]:
    """Yield every payment as a record or as the reason why it is none."""
    for key, rows in gathered.payments.items():
        yield from _record(key, rows, gathered)
    for key, (line, reason) in gathered.broken_payments.items():
        if key not in gathered.payments:
            yield BadRow(line, key, reason, "payment")


def _record(key: str, rows: list[Entry], gathered: Gathered) -> Iterator[RecordIn | BadRow | Note]:
    first = rows[0].line
    try:
        if key in gathered.broken_payments:
            line, reason = gathered.broken_payments[key]
            raise DocumentError(f"{reason}; the payment is refused as a whole", line)
        distinct = {row.fingerprint: row for row in reversed(rows)}
        kept = sorted(distinct.values(), key=lambda row: row.line)
        for row in rows:
            if row not in kept:
                yield Note(row.line, f"payment {key}: repeats a line above; taken once")
        today = rows[0].reading.today
        record = parse_record(_payload(key, kept, gathered), first, today=today)
        if isinstance(record, BadRow):
            record = replace(record, reason=f"payment {key}: {record.reason}", type="payment")
        yield record
    except (DocumentError, CellError) as error:
        where = error.line if isinstance(error, DocumentError) else None
        yield BadRow(where or first, key, f"payment {key}: {error}", "payment")


def _payload(key: str, rows: list[Entry], gathered: Gathered) -> Payload:
    applies: dict[str, Decimal] = {}
    amount = Decimal("0.00")
    for row in rows:
        part = row.money("amount") if row.text("amount") else row.money("total")
        if part is None:
            raise DocumentError("amount is empty", row.line)
        amount += part
        order = row.text("order_id", "order")
        if order is not None:
            applies[order] = applies.get(order, Decimal("0.00")) + part
    day = one(rows, "date", lambda row: row.day("date"))
    customer = one(rows, "customer", cell("customer"))
    customer = customer or next(filter(None, map(gathered.customer_of, applies)), None)
    if day is None or customer is None:
        raise DocumentError("date is empty" if day is None else "customer ID is empty")
    payload: Payload = {
        "type": "payment",
        "external_id": key,
        "date": day,
        "customer": customer,
        "amount": amount,
        "applies_to": [{"invoice": order, "amount": part} for order, part in applies.items()],
    }
    for column in ("method", "reference", "deposit_to", "memo", "currency", "version"):
        payload[column] = one(rows, column, cell(column))
    return {name: value for name, value in payload.items() if value is not None}
