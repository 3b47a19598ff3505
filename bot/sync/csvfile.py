"""Reads a web shop's CSV export into records; every line that cannot be used says why."""

from collections.abc import Iterator
from functools import partial

from bot.sync.records import BadRow
from bot.sync.table import mistaken
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
_HEADS = 10  # as of a workbook
_MARK = b"\xef\xbb\xbf"
_END_OF_FILE = b"\x1a"  # as DOS ended a text
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
    raws = open_csv(data)
    sheet = raws if isinstance(raws, str) else find_sheet(raws, choose)
    if isinstance(sheet, str):
        yield BadRow(None, "", sheet)
    else:
        yield from records_of(sheet, time_zone)


def open_csv(data: bytes) -> list[Raw] | str:
    """The table of a CSV file, once for each line that may name its columns; or why it is none."""
    if data[:2] in _UTF16:
        try:
            data = data[2:].decode(_UTF16[data[:2]]).encode("utf-8")
        except (UnicodeDecodeError, UnicodeEncodeError):
            return "the file says it is UTF-16, but cannot be read as such"
    data = data.rstrip(_END_OF_FILE)
    problem = _file_problem(data)
    return problem or _tables(data)


def _file_problem(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        return f"the file has {len(data):,} bytes; at most {MOST_BYTES:,} (100 MB) are read"
    problem = mistaken.why_no_csv(data)
    if problem:
        return problem
    if not data.removeprefix(_MARK).strip():
        return "the file is empty"
    return ""


def _tables(data: bytes) -> list[Raw] | str:
    """The first lines with anything in them: titles may stand above the names of the columns."""
    offset = 0
    while data.startswith(_MARK, offset):
        offset += len(_MARK)
    number, hint = 1, ""
    found: list[Raw] = []
    while len(found) < _HEADS and (line := line_at(data, offset, number)) is not None:
        offset, number = line.next_at, number + 1
        text = line.text.strip()
        if text.casefold().startswith("sep=") and len(text) == 5:
            hint = text[4]  # Excel's own hint
        elif text.strip(',;|\t" '):
            raw = _table(data, line, hint or sniff(line.text))
            if isinstance(raw, str) and not found:
                return raw
            found += [] if isinstance(raw, str) else [raw]
            if number > _HEADS:
                break
    return found or "the file is empty"


def _table(data: bytes, line: Line, delimiter: str) -> Raw | str:
    """The rows below a line and how their cells are parted; a string says why there are none."""
    cells = split([line.text], delimiter)
    if cells is None:
        return "the first line has a quotation mark that is not closed"
    if len(cells) > MOST_COLUMNS:
        return f"the first line has {len(cells):,} cells; at most {MOST_COLUMNS:,} are read"
    below = partial(_rows_below, data, line, delimiter)
    return Raw((Head(line.number, cells),), below, delimiter == ";")


def _rows_below(
    data: bytes, first: Line, delimiter: str, _head: Head, header: Header
) -> Iterator[Row]:
    return read_rows(data, first.next_at, first.number + 1, delimiter, header.width)
