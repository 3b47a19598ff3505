"""Documents of an export: their rows are gathered by number and judged as a whole."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from bot.domain import Payload, RecordType
from bot.sync.reading import parse_record
from bot.sync.records import BadRow, Note, RecordIn
from bot.sync.table.aliases import RowKind
from bot.sync.table.cells import CellError
from bot.sync.table.forms import FORMS, DocumentError, Form
from bot.sync.table.rows import Entry, label

_PAYMENT_TYPES = {"cheque": "check", "credit card": "card", "debit card": "card"}
Value = TypeVar("Value", str, Decimal, date)
Key = tuple[RecordType, str]


@dataclass
class Document:
    """The rows of one document, and the lines of the file that should have been among them."""

    form: Form
    key: str
    rows: list[Entry] = field(default_factory=list)
    broken: list[tuple[int, str]] = field(default_factory=list)

    @property
    def line(self) -> int | None:
        """The line the document is reported by: its first bad one, else its first."""
        lines = [line for line, _ in self.broken] or [row.line for row in self.rows]
        return min(lines, default=None)

    @property
    def words(self) -> str:
        """What people call it."""
        return f"{self.form.called} {self.key}"


@dataclass
class Gathered:
    """Everything of a file that only makes sense once the file has been read to its end.

    `lost` are lines that may have been part of any document; totals tell which, if there are any.
    """

    documents: dict[Key, Document] = field(default_factory=dict)
    payments: dict[str, list[Entry]] = field(default_factory=dict)
    broken_payments: dict[str, tuple[int, str]] = field(default_factory=dict)
    has_total: bool = False
    lost: list[int] = field(default_factory=list)

    def add(self, entry: Entry) -> BadRow | None:
        """Keep a row of a document or payment; BadRow when it names none."""
        if entry.kind is RowKind.PAYMENT:
            key = entry.text("payment", "id", "reference")
            if key is None:
                return BadRow(entry.line, "", "payment ID is empty")
            self.payments.setdefault(key, []).append(entry)
            return None
        form = FORMS[entry.kind]
        key = _key(entry, form)
        if key is None:
            if not (entry.text("date") and (not form.party or entry.text(form.party))):
                self.lost.append(entry.line)  # a further line of a document, most likely
            return BadRow(entry.line, "", f"{form.called} number is empty")
        self._document(form, key).rows.append(entry)
        return None

    def poison(self, kind: RowKind | None, key: str, line: int, reason: str) -> bool:
        """Note that a row of a document or payment could not be read: none is half taken.

        Returns whether the row belongs to something gathered here.
        """
        if not key:
            return False
        if kind is RowKind.PAYMENT:
            self.broken_payments.setdefault(key, (line, reason))
            return True
        form = FORMS.get(kind) if kind is not None else None
        if form is None:
            return False
        self._document(form, key).broken.append((line, reason))
        return True

    def customer_of(self, order_key: str) -> str | None:
        """Return the customer an order of this file names."""
        order = self.documents.get((RecordType.INVOICE, order_key))
        found = (row.text("customer") for row in order.rows) if order else iter(())
        return next((customer for customer in found if customer), None)

    def _document(self, form: Form, key: str) -> Document:
        return self.documents.setdefault((form.type, key), Document(form, key))


def _key(entry: Entry, form: Form) -> str | None:
    """Return the external id of the document a row belongs to."""
    own = None if entry.kind is RowKind.ORDER_LINE else entry.text("id")
    last = None if form.numbered else entry.text("reference")
    return entry.text("order_id", "order") or own or last


def records(gathered: Gathered) -> Iterator[RecordIn | BadRow | Note]:
    """Yield every document as a record or as the reason why it is none."""
    for document in gathered.documents.values():
        try:
            yield from _record(document, gathered)
        except (DocumentError, CellError) as error:
            where = error.line if isinstance(error, DocumentError) else None
            reason = f"{document.words}: {error}"
            yield BadRow(where or document.line, document.key, reason, document.form.type)


def _record(document: Document, gathered: Gathered) -> Iterator[RecordIn | BadRow | Note]:
    if document.broken:
        line, reason = document.broken[0]
        msg = f"{reason}; the {document.form.called} is refused as a whole"
        raise DocumentError(msg, line)
    lines, repeated = _lines(document)
    if not lines:
        raise DocumentError("has no lines")
    payload = _head(document)
    if document.form.has_total:
        total, tax = _totals(document, lines, gathered)
        kept = lines if sum(_amounts(lines), tax) == total else _without(lines, repeated)
        if kept is not lines and sum(_amounts(kept), tax) == total:
            for line in repeated:
                yield Note(line, f"{document.words}: repeats a line above; taken once")
            lines = kept
        payload |= {"tax_total": tax, "total": total}
    payload["lines"] = [line for _, line in lines]
    today = document.rows[0].reading.today
    record = parse_record(payload, document.line, today=today)
    if isinstance(record, BadRow):
        reason = f"{document.words}: {record.reason}"
        record = replace(record, reason=reason, type=document.form.type)
    yield record


def _lines(document: Document) -> tuple[list[tuple[Entry, Payload]], list[int]]:
    """Return the document's lines and which rows repeat an earlier one letter by letter."""
    lines: list[tuple[Entry, Payload]] = []
    seen: set[object] = set()
    repeated: list[int] = []
    for row in document.rows:
        if _is_head(row, document.form):
            continue
        try:
            line = document.form.line(row)
        except (DocumentError, CellError) as error:
            words = f"{error}; the {document.form.called} is refused as a whole"
            raise DocumentError(words, row.line) from None
        lines.append((row, {name: value for name, value in line.items() if value is not None}))
        if row.fingerprint in seen:
            repeated.append(row.line)
        seen.add(row.fingerprint)
    return lines, repeated


def _is_head(row: Entry, form: Form) -> bool:
    """Say whether a row only carries the document's own columns."""
    if any(name in row.values for name in form.of_line):
        return False
    own = row.text("total", "tax", "date", *([form.party] if form.party else []))
    return row.kind is RowKind.ORDER or bool(own and not row.text("amount"))


def _amounts(lines: list[tuple[Entry, Payload]]) -> list[Decimal]:
    return [payload["amount"] for _, payload in lines]


def _without(
    lines: list[tuple[Entry, Payload]], repeated: list[int]
) -> list[tuple[Entry, Payload]]:
    return [pair for pair in lines if pair[0].line not in repeated]


def _totals(
    document: Document, lines: list[tuple[Entry, Payload]], gathered: Gathered
) -> tuple[Decimal, Decimal]:
    tax = one(document.rows, "tax", lambda row: row.money("tax")) or Decimal("0.00")
    total = one(document.rows, "total", lambda row: row.money("total"))
    if total is None:
        if gathered.has_total:
            raise DocumentError("total is empty")
        if gathered.lost:
            raise DocumentError(
                f"line {gathered.lost[0]} could not be taken in and may be part of it; without a "
                "column Total nobody can tell"
            )
        total = sum(_amounts(lines), tax)
    return total, tax


def _head(document: Document) -> Payload:
    form, rows = document.form, document.rows
    day = one(rows, "date", lambda row: row.day("date"))
    party = one(rows, form.party, cell(form.party)) if form.party else None
    if day is None:
        raise DocumentError("date is empty")
    if party is None and form.party and not form.may_be_nobody:
        raise DocumentError(f"{form.party} ID is empty")
    number = one(rows, "order", cell("order")) or (document.key if form.numbered else None)
    payload: Payload = {
        "type": str(form.type),
        "external_id": document.key,
        "number": number,
        "date": day,
    }
    if form.party:
        payload[form.party] = party
    if form.has_due_date:
        payload["due_date"] = one(rows, "due_date", lambda row: row.day("due_date"))
    for column in form.cells:
        payload[column] = one(rows, column, cell(column))
    if payload.get("payment_type"):
        said = str(payload["payment_type"]).casefold()
        payload["payment_type"] = _PAYMENT_TYPES.get(said, said)
    return {name: value for name, value in payload.items() if value is not None}


def cell(column: str) -> Callable[[Entry], str | None]:
    """Reads a column as text."""
    return lambda row: row.text(column)


def one(rows: list[Entry], column: str, read: Callable[[Entry], Value | None]) -> Value | None:
    """Return the one value all rows agree on; empty cells do not count. Raises DocumentError."""
    found: dict[Value, int] = {}
    for row in rows:
        value = read(row)
        if value is not None:
            found.setdefault(value, row.line)
    if len(found) > 1:
        (first, first_line), (second, second_line) = list(found.items())[:2]
        raise DocumentError(
            f"line {first_line} says {label(column)} {first}, line {second_line} says {second}"
        )
    return next(iter(found), None)
