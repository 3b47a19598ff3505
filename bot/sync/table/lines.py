"""From the bytes of an export to its rows: encoding line by line, quotes, and finding back."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.render import plural

_LINE = re.compile(rb"([^\r\n]*)(\r\n|\r|\n|\Z)")
_END = re.compile(rb"\r\n|\r|\n")
# A quoted cell may hold line breaks; more lines than this are an unbalanced quotation mark.
MOST_LINES_IN_A_ROW = 100
MOST_CELL = 100_000
DELIMITERS = (",", ";", "\t", "|")
UNBALANCED = "a quotation mark is not closed or stands in the wrong place"


@dataclass(frozen=True)
class Row:
    """One row: the line it starts on, its cells, and how it was read.

    `problem` says why the cells cannot be used (they are then only a guess, good for finding out
    which order is affected); `legacy_lines` were not UTF-8 and were read as Windows-1252; `hidden`:
    the workbook does not show it.
    """

    line: int
    cells: tuple[str, ...]
    problem: str = ""
    legacy_lines: tuple[int, ...] = ()
    hidden: bool = False


@dataclass(frozen=True)
class Line:
    """One physical line, decoded."""

    number: int
    text: str
    legacy: bool
    next_at: int


def decode(raw: bytes) -> tuple[str, bool]:
    """Decode one line; True when it was not UTF-8 and was read as Windows-1252."""
    try:
        return raw.decode("utf-8"), False
    except UnicodeDecodeError:
        # Windows-1252 leaves five bytes undefined; Latin-1 keeps them, and the cells refuse them.
        return "".join(_legacy_character(byte) for byte in raw), True


def _legacy_character(byte: int) -> str:
    try:
        return bytes((byte,)).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def line_at(data: bytes, offset: int, number: int) -> Line | None:
    """Return the physical line that starts at `offset`, or None at the end of the data."""
    if offset >= len(data):
        return None
    found = _LINE.match(data, offset)
    if found is None:  # the pattern matches anywhere; mypy cannot know
        return None
    text, legacy = decode(found.group(1))
    return Line(number, text, legacy, found.end())


def sniff(header: str) -> str:
    """Return the delimiter of a header line: the one that separates most, outside quotes."""
    bare = re.sub(r'"[^"]*"', "", header)
    return max(DELIMITERS, key=bare.count)


def split(lines: list[str], delimiter: str) -> tuple[str, ...] | None:
    """Split one row; None when its quotation marks do not balance."""
    text = "\n".join(lines)
    if '"' not in text:
        return tuple(text.split(delimiter)) if len(lines) == 1 else None
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return tuple(rows[0]) if len(rows) == 1 else None


def rows(data: bytes, offset: int, number: int, delimiter: str, width: int) -> Iterator[Row]:
    """Yield the rows from `offset` on; blank lines are skipped.

    1. A line that splits into cells is a row.
    2. Otherwise lines are joined until the quotation mark closes (a line break inside a cell).
    3. A line that would be a row of its own ends that attempt: then the first line alone is
       refused and reading goes on with the line after it.
    """
    blanks = re.compile(rb"(?:[ \t%b]*(?:\r\n|\r|\n)){1,10000}" % re.escape(delimiter.encode()))
    while True:
        while (blank := blanks.match(data, offset)) is not None:
            number += len(_END.findall(blank.group()))
            offset = blank.end()
        line = line_at(data, offset, number)
        if line is None:
            return
        row, last = _row_from(data, line, delimiter, width)
        offset, number = last.next_at, last.number + 1
        if row is not None:
            yield row


def _row_from(data: bytes, first: Line, delimiter: str, width: int) -> tuple[Row | None, Line]:
    if not first.text.strip(" \t" + delimiter):
        return None, first
    legacy = (first.number,) if first.legacy else ()
    cells = split([first.text], delimiter)
    if cells is not None:
        return Row(first.number, cells, _width_problem(cells, width), legacy), first
    joined = _joined(data, first, delimiter, width)
    if joined is not None:
        return joined
    guess = tuple(first.text.replace('"', "").split(delimiter))
    return Row(first.number, guess, UNBALANCED, legacy), first


def _joined(data: bytes, first: Line, delimiter: str, width: int) -> tuple[Row, Line] | None:
    texts, last, legacy = [first.text], first, [first.number] if first.legacy else []
    quotes = first.text.count('"')
    for _ in range(MOST_LINES_IN_A_ROW):
        following = line_at(data, last.next_at, last.number + 1)
        if following is None or _stands_alone(following.text, delimiter, width):
            return None
        last = following
        texts.append(last.text)
        legacy += [last.number] if last.legacy else []
        quotes += last.text.count('"')
        if quotes % 2:
            continue
        # With as many opening as closing quotes, more lines cannot mend what does not parse.
        cells = split(texts, delimiter)
        good = cells is not None and len(cells) == width
        return (Row(first.number, cells, "", tuple(legacy)), last) if cells and good else None
    return None


def _stands_alone(text: str, delimiter: str, width: int) -> bool:
    if width < 2:
        return False
    cells = split([text], delimiter)
    return cells is not None and len(cells) == width


def _width_problem(cells: tuple[str, ...], width: int) -> str:
    if len(cells) == width or (len(cells) > width and not any(c.strip() for c in cells[width:])):
        return ""
    few_or_many = "only " if len(cells) < width else ""
    return f"has {few_or_many}{plural(len(cells), 'cell')}, the header has {width}"
