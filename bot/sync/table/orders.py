"""Orders and payments of an export: their rows are gathered by number and judged as a whole."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from bot.domain import Payload
from bot.sync.reading import parse_record
from bot.sync.records import BadRow, Note, RecordIn
from bot.sync.table.cells import CellError
from bot.sync.table.columns import RowKind
from bot.sync.table.rows import Entry, label

_LINE_COLUMNS = ("sku", "item", "quantity", "price")
_CENT = Decimal("0.01")
Value = TypeVar("Value", str, Decimal, date)


class OrderError(ValueError):
    """The order or payment cannot be taken in; the message says why, `line` where if one is."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass
class Order:
    """The rows of one order number, and the lines of the file that should have been among them."""

    key: str
    rows: list[Entry] = field(default_factory=list)
    broken: list[tuple[int, str]] = field(default_factory=list)

    @property
    def line(self) -> int | None:
        """The line the order is reported by: its first bad one, else its first."""
        lines = [line for line, _ in self.broken] or [row.line for row in self.rows]
        return min(lines, default=None)


@dataclass
class Gathered:
    """Everything of a file that only makes sense once the file has been read to its end.

    `lost` are lines that may have been part of any order; totals tell which, if there are any.
    """

    orders: dict[str, Order] = field(default_factory=dict)
    payments: dict[str, list[Entry]] = field(default_factory=dict)
    broken_payments: dict[str, tuple[int, str]] = field(default_factory=dict)
    has_total: bool = False
    lost: list[int] = field(default_factory=list)

    def add(self, entry: Entry) -> BadRow | None:
        """Keep an order, order line or payment row; BadRow when it names no order or payment."""
        if entry.kind is RowKind.PAYMENT:
            key = entry.text("payment", "id", "reference")
            if key is None:
                return BadRow(entry.line, "", "payment ID is empty")
            self.payments.setdefault(key, []).append(entry)
            return None
        key = order_key(entry)
        if key is None:
            return BadRow(entry.line, "", "order number is empty")
        self.orders.setdefault(key, Order(key)).rows.append(entry)
        return None

    def poison(self, kind: RowKind | None, key: str, line: int, reason: str) -> bool:
        """Note that a row of an order or payment could not be read, so that it is not half taken.

        Returns whether the row belongs to something gathered here.
        """
        if not key:
            return False
        if kind in (RowKind.ORDER, RowKind.ORDER_LINE):
            self.orders.setdefault(key, Order(key)).broken.append((line, reason))
            return True
        if kind is RowKind.PAYMENT:
            self.broken_payments.setdefault(key, (line, reason))
            return True
        return False

    def customer_of(self, order_key: str) -> str | None:
        """Return the customer an order of this file names."""
        order = self.orders.get(order_key)
        found = (row.text("customer") for row in order.rows) if order else iter(())
        return next((customer for customer in found if customer), None)


def order_key(entry: Entry) -> str | None:
    """Return the external id of the order a row belongs to."""
    generic = entry.text("id") if entry.kind is RowKind.ORDER else None
    return entry.text("order_id", "order") or generic


def records(gathered: Gathered) -> Iterator[RecordIn | BadRow | Note]:
    """Yield every order, then every payment, as a record or as the reason why it is none."""
    for order in gathered.orders.values():
        yield from _order_record(order, gathered)
    for key, rows in gathered.payments.items():
        yield from _payment_record(key, rows, gathered)
    for key, (line, reason) in gathered.broken_payments.items():
        if key not in gathered.payments:
            yield BadRow(line, key, reason, "payment")


def _order_record(order: Order, gathered: Gathered) -> Iterator[RecordIn | BadRow | Note]:
    try:
        if order.broken:
            line, reason = order.broken[0]
            raise OrderError(f"{reason}; the order is refused as a whole", line)
        lines, repeated = _order_lines(order)
        if not lines:
            raise OrderError("has no lines")
        total, tax = _totals(order, lines, gathered)
        kept = lines if sum(_amounts(lines), tax) == total else _without(lines, repeated)
        if kept is not lines and sum(_amounts(kept), tax) == total:
            for line in repeated:
                yield Note(line, f"order {order.key}: repeats a line above; taken once")
        else:
            kept = lines
        yield _checked(order, _order_payload(order, kept, total, tax))
    except (OrderError, CellError) as error:
        where = error.line if isinstance(error, OrderError) else None
        yield BadRow(where or order.line, order.key, f"order {order.key}: {error}", "invoice")


def _checked(order: Order, payload: Payload) -> RecordIn | BadRow:
    record = parse_record(payload, order.line)
    if isinstance(record, BadRow):
        return replace(record, reason=f"order {order.key}: {record.reason}", type="invoice")
    return record


def _order_lines(order: Order) -> tuple[list[tuple[Entry, Payload]], list[int]]:
    """Return the order's lines and which rows repeat an earlier one letter by letter."""
    lines: list[tuple[Entry, Payload]] = []
    seen: set[object] = set()
    repeated: list[int] = []
    for row in order.rows:
        if _is_order_header(row):
            continue
        try:
            lines.append((row, _line_payload(row)))
        except (OrderError, CellError) as error:
            words = f"{error}; the order is refused as a whole"
            raise OrderError(words, row.line) from None
        if row.fingerprint in seen:
            repeated.append(row.line)
        seen.add(row.fingerprint)
    return lines, repeated


def _is_order_header(row: Entry) -> bool:
    """Say whether a row only carries the order's own columns."""
    if any(name in row.values for name in _LINE_COLUMNS):
        return False
    own = row.text("total", "tax", "customer", "date")
    return row.kind is RowKind.ORDER or bool(own and not row.text("amount"))


def _line_payload(row: Entry) -> Payload:
    sku, item = row.text("sku"), row.text("item")
    if sku is None and item is None:
        raise OrderError("names neither an item nor a SKU")
    quantity = row.money("quantity")
    price, amount = row.money("price"), row.money("amount")
    if amount is None:
        if price is None:
            raise OrderError("has neither an amount nor a price")
        product = (Decimal(1) if quantity is None else quantity) * price
        amount = product.quantize(_CENT, rounding=ROUND_HALF_UP)
    payload: Payload = {"amount": amount, "sku": sku, "item": item, "unit_price": price}
    payload["quantity"] = quantity
    payload["description"] = row.text("description")
    payload["class"], payload["tax_code"] = row.text("class"), row.text("tax_code")
    return {name: value for name, value in payload.items() if value is not None}


def _amounts(lines: list[tuple[Entry, Payload]]) -> list[Decimal]:
    return [payload["amount"] for _, payload in lines]


def _without(
    lines: list[tuple[Entry, Payload]], repeated: list[int]
) -> list[tuple[Entry, Payload]]:
    return [pair for pair in lines if pair[0].line not in repeated]


def _totals(
    order: Order, lines: list[tuple[Entry, Payload]], gathered: Gathered
) -> tuple[Decimal, Decimal]:
    tax = _one(order, "tax", lambda row: row.money("tax")) or Decimal("0.00")
    total = _one(order, "total", lambda row: row.money("total"))
    if total is None:
        if gathered.has_total:
            raise OrderError("total is empty")
        if gathered.lost:
            raise OrderError(
                f"line {gathered.lost[0]} could not be read and may be part of it; without a "
                "column Total nobody can tell"
            )
        total = sum(_amounts(lines), tax)
    return total, tax


def _order_payload(
    order: Order, lines: list[tuple[Entry, Payload]], total: Decimal, tax: Decimal
) -> Payload:
    day = _one(order, "date", lambda row: row.day("date"))
    customer = _one(order, "customer", lambda row: row.text("customer"))
    if day is None or customer is None:
        raise OrderError("date is empty" if day is None else "customer ID is empty")
    payload: Payload = {
        "type": "invoice",
        "external_id": order.key,
        "number": _one(order, "order", lambda row: row.text("order")) or order.key,
        "date": day,
        "due_date": _one(order, "due_date", lambda row: row.day("due_date")),
        "customer": customer,
        "lines": [payload for _, payload in lines],
        "tax_total": tax,
        "total": total,
    }
    for column in ("memo", "email", "currency", "location", "version"):
        payload[column] = _one(order, column, _cell(column))
    return {name: value for name, value in payload.items() if value is not None}


def _cell(column: str) -> Callable[[Entry], str | None]:
    return lambda row: row.text(column)


def _one(order: Order, column: str, read: Callable[[Entry], Value | None]) -> Value | None:
    """Return the one value all rows of the order agree on; empty cells do not count."""
    found: dict[Value, int] = {}
    for row in order.rows:
        value = read(row)
        if value is not None:
            found.setdefault(value, row.line)
    if len(found) > 1:
        (first, first_line), (second, second_line) = list(found.items())[:2]
        raise OrderError(
            f"line {first_line} says {label(column)} {first}, line {second_line} says {second}"
        )
    return next(iter(found), None)


def _payment_record(
    key: str, rows: list[Entry], gathered: Gathered
) -> Iterator[RecordIn | BadRow | Note]:
    first = rows[0].line
    try:
        if key in gathered.broken_payments:
            line, reason = gathered.broken_payments[key]
            raise OrderError(f"{reason}; the payment is refused as a whole", line)
        distinct = {row.fingerprint: row for row in reversed(rows)}
        kept = sorted(distinct.values(), key=lambda row: row.line)
        for row in rows:
            if row not in kept:
                yield Note(row.line, f"payment {key}: repeats a line above; taken once")
        record = parse_record(_payment_payload(key, kept, gathered), first)
        if isinstance(record, BadRow):
            record = replace(record, reason=f"payment {key}: {record.reason}", type="payment")
        yield record
    except (OrderError, CellError) as error:
        where = error.line if isinstance(error, OrderError) else None
        yield BadRow(where or first, key, f"payment {key}: {error}", "payment")


def _payment_payload(key: str, rows: list[Entry], gathered: Gathered) -> Payload:
    payment = Order(key, rows)
    applies: dict[str, Decimal] = {}
    amount = Decimal("0.00")
    for row in rows:
        part = row.money("amount") if row.text("amount") else row.money("total")
        if part is None:
            raise OrderError("amount is empty", row.line)
        amount += part
        order = row.text("order_id", "order")
        if order is not None:
            applies[order] = applies.get(order, Decimal("0.00")) + part
    day = _one(payment, "date", lambda row: row.day("date"))
    customer = _one(payment, "customer", _cell("customer"))
    customer = customer or next(filter(None, map(gathered.customer_of, applies)), None)
    if day is None or customer is None:
        raise OrderError("date is empty" if day is None else "customer ID is empty")
    payload: Payload = {
        "type": "payment",
        "external_id": key,
        "date": day,
        "customer": customer,
        "amount": amount,
        "applies_to": [{"invoice": order, "amount": part} for order, part in applies.items()],
    }
    for column in ("method", "reference", "memo", "currency", "version"):
        payload[column] = _one(payment, column, _cell(column))
    return {name: value for name, value in payload.items() if value is not None}
