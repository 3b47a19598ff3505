"""Reads a web shop's CSV export into records; every line that cannot be used says why."""

from collections.abc import Iterator

from bot.sync.records import BadRow, Note, RecordIn
from bot.sync.table import orders, rows
from bot.sync.table.columns import Header, RowKind, read_header, row_kind
from bot.sync.table.lines import UNBALANCED, Line, Row, line_at, sniff, split
from bot.sync.table.lines import rows as read_rows

MOST_BYTES = 100 * 1024 * 1024
_MAGIC = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
)
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}

Output = RecordIn | BadRow | Note


def read_csv(data: bytes, *, time_zone: str | None = None) -> Iterator[Output]:
    """Yield the records of an export, with bad rows and notes by line number.

    Either one combined file whose column `Record` says customer, item, order, order line or
    payment, or one kind a file, recognised by its headers. Customers and items come while the
    file is read, orders and payments at its end, because their rows may stand anywhere.
    `time_zone` (IANA) is the company's: a moment with an offset counts on the company's day.
    A file that cannot be read at all yields one BadRow without a line number.
    """
    if data[:2] in _UTF16:
        try:
            data = data[2:].decode(_UTF16[data[:2]]).encode("utf-8")
        except (UnicodeDecodeError, UnicodeEncodeError):
            yield BadRow(None, "", "the file says it is UTF-16, but cannot be read as such")
            return
    problem = _file_problem(data)
    if problem:
        yield BadRow(None, "", problem)
        return
    found = _find_header(data)
    if isinstance(found, str):
        yield BadRow(None, "", found)
        return
    line, delimiter, header = found
    if header.unknown:
        listed = ", ".join(repr(name[:40]) for name in header.unknown[:10])
        yield Note(line.number, f"columns that are not used: {listed}")
    yield from _body(data, line, delimiter, header, time_zone)


def _file_problem(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        return f"the file has {len(data):,} bytes; at most {MOST_BYTES:,} (100 MB) are read"
    for magic, words in _MAGIC:
        if data[: len(magic)].lower() == magic.lower():
            return f"this is {words}, not a CSV file; export or save it as CSV"
    if data[:4096].count(0) > 16:
        return "this is not a CSV file: it holds no plain text; export or save it as CSV"
    if not data.removeprefix(b"\xef\xbb\xbf").strip():
        return "the file is empty"
    return ""


def _find_header(data: bytes) -> tuple[Line, str, Header] | str:
    """Return the header line, the delimiter and its columns; a string says why there is none."""
    offset = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    number, delimiter = 1, ""
    while (line := line_at(data, offset, number)) is not None:
        offset, number = line.next_at, number + 1
        text = line.text.strip()
        if text.casefold().startswith("sep=") and len(text) == 5:
            delimiter = text[4]  # Excel's own hint
        elif text.strip(',;|\t" '):
            delimiter = delimiter or sniff(line.text)
            cells = split([line.text], delimiter)
            if cells is None:
                return "the first line has a quotation mark that is not closed"
            header = read_header(cells)
            return header if isinstance(header, str) else (line, delimiter, header)
    return "the file is empty"


def _body(
    data: bytes, first: Line, delimiter: str, header: Header, time_zone: str | None
) -> Iterator[Output]:
    reading = rows.Reading(delimiter == ";", time_zone)
    gathered = orders.Gathered(has_total="total" in header.positions)
    seen: dict[object, int] = {}
    count = 0
    for row in read_rows(data, first.next_at, first.number + 1, delimiter, header.width):
        count += 1
        entry, notes = rows.entry_of(row, header, reading)
        yield from notes
        if isinstance(entry, str):
            if not _belongs_to_order(row, header, entry, gathered):
                yield BadRow(row.line, "", entry)
        else:
            yield from _take(entry, gathered, seen)
    if not count:
        yield BadRow(None, "", "the file has a header line and nothing below it")
    if gathered.orders and not gathered.has_total:
        yield Note(first.number, "no column Total: the orders' sums could not be compared")
    yield from orders.records(gathered)


def _take(
    entry: rows.Entry, gathered: orders.Gathered, seen: dict[object, int]
) -> Iterator[Output]:
    if entry.kind not in (RowKind.CUSTOMER, RowKind.ITEM):
        bad = gathered.add(entry)
        if bad is not None:
            yield bad
        return
    earlier = seen.setdefault(hash(entry.fingerprint), entry.line)
    if earlier != entry.line:
        yield Note(entry.line, f"repeats line {earlier}; taken once")
        return
    customer = entry.kind is RowKind.CUSTOMER
    yield rows.customer_record(entry) if customer else rows.item_record(entry)


def _belongs_to_order(row: Row, header: Header, reason: str, gathered: orders.Gathered) -> bool:
    """Find out which order or payment an unreadable row is part of, by its cells as they stand."""

    def cell(*columns: str) -> str:
        places = [header.positions[name] for name in columns if name in header.positions]
        filled = (row.cells[place].strip() for place in places if place < len(row.cells))
        return next((text for text in filled if text), "")

    kind = header.kind or row_kind(cell("record"))
    if kind is RowKind.PAYMENT:
        key = cell("payment", "id", "reference")
    elif kind is RowKind.ORDER:
        key = cell("order_id", "order", "id")
    else:
        key = cell("order_id", "order")
    if kind in (RowKind.ORDER, RowKind.ORDER_LINE, None) and (not key or reason == UNBALANCED):
        gathered.lost.append(row.line)
    return gathered.poison(kind, key, row.line, reason)
