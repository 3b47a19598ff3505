"""Reads a web shop's CSV export into records; every line that cannot be used says why."""

from collections.abc import Iterator
from functools import partial

from bot.sync.records import BadRow
from bot.sync.table.columns import Header
from bot.sync.table.lines import Line, Row, line_at, sniff, split
from bot.sync.table.lines import rows as read_rows
from bot.sync.table.sheet import (
    Choose,
    Head,
    Output,
    Raw,
    find_sheet,
    nothing_chosen,
    records_of,
)

MOST_BYTES = 100 * 1024 * 1024
MOST_COLUMNS = 16_384  # as many as Excel has
_MAGIC = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls), or one with a password"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
)
_MARK = b"\xef\xbb\xbf"
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def read_csv(
    data: bytes, *, time_zone: str | None = None, choose: Choose = nothing_chosen
) -> Iterator[Output]:
    """Yield the records of an export, with bad rows and notes by line number.

    Either one combined file whose column `Record` says customer, item, order, order line or
    payment, or one kind a file, recognised by its headers. Customers and items come while the
    file is read, orders and payments at its end, because their rows may stand anywhere.
    `time_zone` (IANA) is the company's: a moment with an offset counts on the company's day.
    `choose` gives what a person said of the columns. A file that cannot be read at all yields one
    BadRow without a line number.
    """
    raw = open_csv(data)
    sheet = raw if isinstance(raw, str) else find_sheet([raw], choose)
    if isinstance(sheet, str):
        yield BadRow(None, "", sheet)
    else:
        yield from records_of(sheet, time_zone)


def open_csv(data: bytes) -> Raw | str:
    """Find the table of a CSV file; a string says why it is none."""
    if data[:2] in _UTF16:
        try:
            data = data[2:].decode(_UTF16[data[:2]]).encode("utf-8")
        except (UnicodeDecodeError, UnicodeEncodeError):
            return "the file says it is UTF-16, but cannot be read as such"
    problem = _file_problem(data)
    return problem or _table(data)


def _file_problem(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        return f"the file has {len(data):,} bytes; at most {MOST_BYTES:,} (100 MB) are read"
    for magic, words in _MAGIC:
        if data[: len(magic)].lower() == magic.lower():
            return f"this is {words}, not a CSV file; export or save it as CSV"
    if data[:4096].count(0) > 16:
        return "this is not a CSV file: it holds no plain text; export or save it as CSV"
    if not data.removeprefix(_MARK).strip():
        return "the file is empty"
    return ""


def _table(data: bytes) -> Raw | str:
    """The header line, how cells are parted, and the rows; a string says why there are none."""
    offset = 0
    while data.startswith(_MARK, offset):
        offset += len(_MARK)
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
            if len(cells) > MOST_COLUMNS:
                return f"the first line has {len(cells):,} cells; at most {MOST_COLUMNS:,} are read"
            below = partial(_rows_below, data, line, delimiter)
            return Raw((Head(line.number, cells),), below, delimiter == ";")
    return "the file is empty"


def _rows_below(
    data: bytes, first: Line, delimiter: str, _head: Head, header: Header
) -> Iterator[Row]:
    return read_rows(data, first.next_at, first.number + 1, delimiter, header.width)
