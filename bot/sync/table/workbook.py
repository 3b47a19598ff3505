"""The cells of one sheet of an Excel workbook, as text; read row by row, never as a whole."""

import re
import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, Any

from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from bot.domain import JsonValue

MOST_ROWS = 1_048_576  # what Excel itself takes
MOST_CELLS = 6_000_000
_MOST_COLUMNS = 16_384
# A number with more digits was cut by Excel itself: whether 15 or more were meant, it forgot.
_KEPT_DIGITS = 15
_PART = 1024 * 1024
_ROW = b"<row"
_MERGED = b"mergeCell"
# Of a row or a column; filtered and folded rows have it too. Tools write it in several ways.
_HIDDEN = re.compile(rb"""hidden\s*=\s*["'](?:1|true)["']""")
_LONGEST_SIGN = 20
_YES = ("1", "true")
# Text in XML holds no such sign: what begins so is a value, a text or a formula, or comes later.
_VALUES = (b"<v", b"<is", b"<f", b":v>", b":is>", b":f>")
_RETURN = re.compile("_x000D_\n?")


class SheetError(ValueError):
    """The sheet cannot be read any further; the message says why."""


@dataclass(frozen=True)
class Cell:
    """The text of a cell; `problem` says why it cannot be used."""

    text: str
    problem: str = ""


@dataclass(frozen=True)
class Line:
    """One row with anything in it: its number in Excel, and its cells by place, from 0."""

    number: int
    cells: dict[int, Cell]
    hidden: bool = False


@dataclass(frozen=True)
class Scan:
    """What a look over the bytes of a sheet tells before it is read.

    `rows`: how many there are up to the last with a value, None when the bytes do not tell.
    """

    has_values: bool
    rows: int | None
    has_merged: bool
    has_hidden: bool = False


@dataclass(frozen=True)
class Merged:
    """Cells that are one: the first of them holds the value of all."""

    top: int
    bottom: int
    left: int
    right: int

    def covers(self, row: int, place: int) -> bool:
        """Whether the cell is one of these, and not the first."""
        inside = self.top <= row <= self.bottom and self.left <= place <= self.right
        return inside and (row, place) != (self.top, self.left)


class _Forgetful(dict[str, JsonValue]):
    """Takes the height and style of each row and keeps none: a million of them fill the memory.

    `hidden`: the last row that said it is not shown.
    """

    hidden = 0

    def __setitem__(self, key: str, value: JsonValue) -> None:
        if isinstance(value, dict) and value.get("hidden") in _YES:
            self.hidden = int(key)


class _Parser(WorkSheetParser):  # type: ignore[misc]  # openpyxl has no types
    """openpyxl's reader of a sheet, which also tells a formula whose result was not saved."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """Read one cell."""
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            cell["data_type"] = "f"
        return cell


@dataclass(frozen=True)
class Page:
    """One sheet of a workbook that openpyxl opened."""

    book: Any
    path: str
    title: str
    words: Sequence[str]
    padded: dict[int, int] = field(default_factory=dict)

    def scan(self) -> Scan:
        """Look over the bytes: how many rows there are up to the last value, and merged cells."""
        last = rows = 0
        has_values = has_merged = has_hidden = False
        before = end = b""
        with self._source() as source:
            while part := source.read(_PART):
                # What stands across two parts is found once: no sign fits into what is kept.
                text = before + part
                has_merged = has_merged or _MERGED in text
                has_hidden = has_hidden or _HIDDEN.search(end + part) is not None
                end = part[-_LONGEST_SIGN:]
                place = max(text.rfind(sign) for sign in _VALUES)
                if place >= 0:
                    has_values = True
                    last = rows + text.count(_ROW, 0, place)
                rows += text.count(_ROW)
                before = text[-(len(_ROW) - 1) :]
        return Scan(has_values, last or None, has_merged, has_hidden)

    def lines(self, rows: int | None) -> Iterator[Line]:
        """Yield each row that holds anything, of the first `rows`. Raises SheetError."""
        with self._source() as source:
            parser = self._parser(source)
            number = count = 0
            for place, (said, found) in enumerate(parser.parse(), start=1):
                if not number < said <= MOST_ROWS:
                    raise SheetError(f"its rows are not in order at row {said}")
                number = said
                count += len(found) or 1
                if count > MOST_CELLS:
                    raise SheetError(
                        f"it has more than {MOST_CELLS:,} cells; delete the empty rows and "
                        "columns, or split it"
                    )
                cells = {one["column"] - 1: self._cell(one) for one in found}
                filled = {place: cell for place, cell in cells.items() if cell.text or cell.problem}
                if filled:
                    yield Line(number, filled, parser.row_dimensions.hidden == number)
                if place == rows:
                    return

    def hidden_places(self) -> set[int]:
        """The columns that are not shown; they stand before the rows."""
        with self._source() as source:
            parser = self._parser(source)
            next(parser.parse(), None)
        found = [one for one in parser.column_dimensions.values() if one.get("hidden") in _YES]
        return {
            place
            for one in found
            for place in range(int(one["min"]) - 1, min(int(one["max"]), _MOST_COLUMNS))
        }

    def merged(self) -> list[Merged]:
        """The merged cells, which stand behind the rows."""
        with self._source() as source:
            parser = self._parser(source)
            for _ in parser.parse():
                pass
        found = parser.merged_cells.mergeCell if parser.merged_cells is not None else ()
        return [Merged(one.min_row, one.max_row, one.min_col - 1, one.max_col - 1) for one in found]

    def _source(self) -> IO[bytes]:
        opened: IO[bytes] = self.book._archive.open(self.path)
        return opened

    def _parser(self, source: IO[bytes]) -> _Parser:
        # What it cannot read of the layout (colours, conditions) is none of our business.
        warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")
        parser = _Parser(
            source,
            self.words,
            data_only=True,
            epoch=self.book.epoch,
            date_formats=self.book._date_formats,
            timedelta_formats=self.book._timedelta_formats,
        )
        parser.row_dimensions = _Forgetful()
        return parser

    def _cell(self, found: dict[str, Any]) -> Cell:
        if found["data_type"] == "f":
            words = "holds a formula whose result is not saved; open the file in Excel and save it"
            return Cell("", words)
        if found["data_type"] == "e":
            return Cell("", f"holds Excel's error {str(found['value'])[:20]}")
        return text_of(found["value"], self.padded.get(found["style_id"], 0))


def text_of(value: object, padded: int = 0) -> Cell:
    """A cell's value as a person reads it; numbers exactly, as far as Excel keeps them.

    `padded`: a number is shown with so many digits at least (42 as 00042).
    """
    if value is None:
        return Cell("")
    if isinstance(value, str):
        return Cell(_RETURN.sub("\n", value))
    if isinstance(value, bool):
        return Cell("TRUE" if value else "FALSE")
    if isinstance(value, int | float | Decimal):
        return _number(value, padded)
    if isinstance(value, datetime):
        whole = value.time() == time(0)
        return Cell(value.date().isoformat() if whole else value.isoformat(" ", "seconds"))
    if isinstance(value, date | time | timedelta):
        return Cell(str(value))
    return Cell("", "cannot be read")


def _number(value: int | float | Decimal, padded: int) -> Cell:
    if abs(value) >= 10**_KEPT_DIGITS:
        words = (
            f"is a number with more than {_KEPT_DIGITS} digits, of which Excel keeps only the "
            f"first {_KEPT_DIGITS}; format the column as text and enter it anew"
        )
        return Cell("", words)
    exact = Decimal(f"{value:.{_KEPT_DIGITS}g}")
    if not exact.is_finite():
        return Cell("", "is not a number")
    text = format(exact.normalize(), "f")
    return Cell(text.zfill(padded) if text.isdecimal() else text)


def padded_styles(book: Any) -> dict[int, int]:
    """The cell styles that show a number with leading zeros, and how many digits they show."""
    found: dict[int, int] = {}
    for number, style in enumerate(book._cell_styles):
        name = style.numFmtId
        own = name - 164
        known = book._number_formats[own] if 0 <= own < len(book._number_formats) else ""
        shown = known or BUILTIN_FORMATS.get(name, "")
        if len(shown) > 1 and set(shown) == {"0"}:
            found[number] = len(shown)
    return found


def merged_problem(merged: Collection[Merged], row: int, places: Collection[int]) -> str:
    """Say that cells of a row are part of merged ones, which hold no value of their own."""
    for one in merged:
        if one.top <= row <= one.bottom and any(one.covers(row, place) for place in places):
            where = f"rows {one.top} to {one.bottom}" if one.bottom > one.top else "this row"
            return f"its cells are merged with others ({where}); unmerge them and fill each"
    return ""
