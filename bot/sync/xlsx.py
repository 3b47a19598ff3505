"""Reads an Excel workbook as a table, like a CSV file; what is no such thing is told in words."""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, LargeZipFile, ZipFile

from openpyxl.utils.exceptions import InvalidFileException

from bot.render import listed, plural
from bot.sync.records import Note
from bot.sync.table.archive import open_book
from bot.sync.table.columns import Header
from bot.sync.table.lines import Row
from bot.sync.table.sheet import Head, Raw
from bot.sync.table.workbook import (
    Line,
    Merged,
    Page,
    Scan,
    SheetError,
    merged_problem,
    padded_styles,
)

# What a workbook may grow to. ZipFile gives no more of a part than its header declares.
MOST_PARTS = 2_000
MOST_UNPACKED = 300 * 1024 * 1024
MOST_WORDS = 100 * 1024 * 1024
_WORDS = "sharedstrings.xml"
# Titles and blank rows may stand above the names of the columns.
_HEADS = 10
_MOST_NAMED = 5
# What openpyxl, zipfile and the XML parser say to a file that is damaged or made up.
_BROKEN = (
    BadZipFile,
    LargeZipFile,
    InvalidFileException,
    ParseError,
    zlib.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
DAMAGED = "the workbook is damaged; open it in Excel, save it again and hand that in"


@dataclass(frozen=True)
class _Table:
    """A sheet with values in it, and what was seen of it so far."""

    page: Page
    scan: Scan
    merged: tuple[Merged, ...]

    def rows(self, head: Head, header: Header) -> Iterator[Row]:
        """Yield the rows below a header; one that breaks off says so by its line."""
        used = sorted(place for name in header.positions for place in header.places(name))
        number = head.line
        try:
            for line in self.page.lines(self.scan.rows):
                if line.number > head.line:
                    number = line.number
                    yield self._row(line, header.width, used)
        except SheetError as error:
            yield Row(number, (), f"reading ended here: {error}")
        except _BROKEN:
            yield Row(number, (), f"reading ended below this line: {DAMAGED}")

    def _row(self, line: Line, width: int, used: list[int]) -> Row:
        cells = tuple(line.cells[at].text if at in line.cells else "" for at in range(width))
        beyond = [at for at, cell in line.cells.items() if at >= width and cell.text.strip()]
        problem = ""
        if beyond:
            problem = f"has {max(beyond) + 1} cells, the header has {width}"
        bad = next((at for at in used if at in line.cells and line.cells[at].problem), None)
        if bad is not None:
            problem = f"column {_letter(bad)} {line.cells[bad].problem}"
        if self.merged:
            empty = [at for at in used if not cells[at]]
            problem = merged_problem(self.merged, line.number, empty) or problem
        return Row(line.number, cells, problem, hidden=line.hidden)

    def unseen(self, head: Head, header: Header) -> tuple[Note, ...]:
        """Say what is hidden or filtered out and was read too: a filter hides, it deletes not."""
        if not self.scan.has_hidden:
            return ()
        with suppress(SheetError, *_BROKEN):  # what is wrong is told where the rows are read
            lines = self.page.lines(self.scan.rows)
            rows = sum(line.hidden for line in lines if line.number > head.line)
            places = self.page.hidden_places()
            columns = [
                head.cells[place]
                for place in sorted({at for name in header.positions for at in header.places(name)})
                if place in places
            ]
            return _unseen(rows, columns)
        return ()


def open_workbook(data: bytes) -> list[Raw] | str:
    """The sheets of a workbook that hold anything; a string says why it cannot be read."""
    try:
        return _tables(data)
    except SheetError as error:
        return str(error)
    except _BROKEN:
        return DAMAGED


def _tables(data: bytes) -> list[Raw] | str:
    with ZipFile(BytesIO(data)) as archive:
        problem = _archive_problem(archive)
    if problem:
        return problem
    book = open_book(data)
    found = [table for page in _pages(book) if (table := _seen(page)) is not None]
    hidden = [page.title for page in _pages(book, "hidden", "veryHidden") if page.scan().has_values]
    unread = _hidden(hidden)
    if not found:
        where = f"; {unread}" if unread else ""
        return f"the workbook has no sheet with anything in it{where}"
    names = [table.page.title for table in found]
    more = (Note(None, unread),) if unread else ()
    return [
        Raw(
            _heads(one),
            one.rows,
            notes=(*_others(names, place), *more),
            aside=unread,
            unseen=one.unseen,
        )
        for place, one in enumerate(found)
    ]


def _hidden(names: list[str]) -> str:
    """Say of hidden sheets that they are not read: somebody may have meant one of them."""
    if not names:
        return ""
    quoted = [repr(name[:40]) for name in names[:_MOST_NAMED]]
    sheets = "sheet" if len(names) == 1 else "sheets"
    return (
        f"the hidden {sheets} {listed(quoted, 'and')} {'is' if len(names) == 1 else 'are'} not read"
    )


def _unseen(rows: int, columns: Sequence[str]) -> tuple[Note, ...]:
    found = []
    if rows:
        are = "is hidden in Excel; it was" if rows == 1 else "are hidden in Excel; they were"
        found.append(Note(None, f"{plural(rows, 'row')} of this sheet {are} read too"))
    if columns:
        more = len(columns) - _MOST_NAMED
        quoted = [repr(name[:40]) for name in columns[:_MOST_NAMED]]
        named = listed([*quoted, f"{more} more"] if more > 0 else quoted, "and")
        one = len(columns) == 1
        are = "is hidden in Excel; it was" if one else "are hidden in Excel; they were"
        found.append(Note(None, f"the {'column' if one else 'columns'} {named} {are} read too"))
    return tuple(found)


def _archive_problem(archive: ZipFile) -> str:
    """What an archive is or would grow to, told before anything of it is unpacked."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if len(parts) > MOST_PARTS:
        return f"the workbook has {len(parts):,} parts; at most {MOST_PARTS:,} are read"
    if any(part.flag_bits & 1 for part in parts) or "EncryptedPackage" in names:
        return "the workbook has a password; save it without one"
    if "[Content_Types].xml" not in names:
        return _other_kind(archive, names)
    if not any(name.startswith("xl/") for name in names):
        return "this is a document of another kind, not an Excel workbook"
    if any(name.lower().endswith("workbook.bin") for name in names):
        return "this is a binary Excel workbook (.xlsb); save it as .xlsx"
    sizes = {part.filename: part.file_size for part in parts}
    words = sum(size for name, size in sizes.items() if name.lower().endswith(_WORDS))
    if sum(sizes.values()) > MOST_UNPACKED or words > MOST_WORDS:
        most = MOST_UNPACKED // (1024 * 1024)
        return f"the workbook unpacks to more than {most} MB; split it"
    return ""


def _other_kind(archive: ZipFile, names: set[str]) -> str:
    with suppress(*_BROKEN):
        if "mimetype" in names and b"opendocument" in archive.read("mimetype")[:100]:
            return "this is an OpenDocument file; save it as .xlsx or export it as CSV"
    if any(name.endswith(".iwa") for name in names):
        return "this is a Numbers file; export it as .xlsx or CSV"
    return "this is a zip archive, not an Excel workbook; hand in the file that is in it"


def _pages(book: Any, *states: str) -> Iterator[Page]:
    padded = padded_styles(book)
    for sheet in book.worksheets:
        if sheet.sheet_state in (states or ("visible",)):
            yield Page(book, sheet._worksheet_path, sheet.title, sheet._shared_strings, padded)


def _seen(page: Page) -> _Table | None:
    scan = page.scan()
    if not scan.has_values:
        return None
    return _Table(page, scan, tuple(page.merged()) if scan.has_merged else ())


def _heads(table: _Table) -> tuple[Head, ...]:
    """The first lines, any of which may name the columns."""
    found = []
    for line in islice(table.page.lines(table.scan.rows), _HEADS):
        width = max(line.cells) + 1
        cells = tuple(line.cells[at].text if at in line.cells else "" for at in range(width))
        found.append(Head(line.number, cells))
    return tuple(found)


def _others(names: list[str], place: int) -> tuple[Note, ...]:
    rest = [repr(name[:40]) for at, name in enumerate(names) if at != place]
    more = len(rest) - _MOST_NAMED
    others = ", ".join(rest[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    words = f"only the sheet {names[place][:40]!r} is read, not {others}"
    return (Note(None, words),) if others else ()


def _letter(place: int) -> str:
    """The name of a column in Excel: A, B, … Z, AA."""
    name = ""
    number = place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
