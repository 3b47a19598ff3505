"""The report of a file: its own rows, each with its line, what became of it, and why."""

import csv
import io
from collections.abc import Iterator, Sequence

from bot.sync.records import BadRow, Note
from bot.sync.table.aliases import RowKind
from bot.sync.table.forms import FORMS
from bot.sync.table.lines import Row
from bot.sync.table.sheet import Sheet, key_of
from bot.sync.table.sums import Left

COLUMNS = ("Line", "What became of it", "Reason")
TAKEN, REFUSED, UNREADABLE, LEFT = "taken in", "refused", "not read", "left out"
# What a spreadsheet would compute instead of showing it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TYPES = {
    **{kind: str(kind) for kind in (RowKind.CUSTOMER, RowKind.VENDOR, RowKind.ITEM)},
    **{kind: str(form.type) for kind, form in FORMS.items()},
    RowKind.PAYMENT: "payment",
}


def report_csv(
    sheet: Sheet | str, time_zone: str | None, refused: Sequence[BadRow], notes: Sequence[Note]
) -> bytes:
    """The rows of a file as CSV (UTF-8 with its mark, for Excel), with what became of each.

    An order is refused as a whole: each of its rows says so. A file that could not be read at all
    has one row with the reason.
    """
    kept = io.StringIO(newline="")
    writer = csv.writer(kept)
    if isinstance(sheet, str):
        writer.writerows([COLUMNS, ("", UNREADABLE, safe(sheet))])
    else:
        writer.writerow([*(safe(cell) for cell in sheet.head.cells), *COLUMNS])
        width = len(sheet.head.cells)
        for cells, line, became, reason in _rows(sheet, time_zone, refused, notes):
            shown = [safe(cell) for cell in (*cells, *[""] * width)[:width]]
            writer.writerow([*shown, line, became, safe(reason)])
    return b"\xef\xbb\xbf" + kept.getvalue().encode("utf-8", "replace")


def _rows(
    sheet: Sheet, time_zone: str | None, refused: Sequence[BadRow], notes: Sequence[Note]
) -> Iterator[tuple[Sequence[str], int, str, str]]:
    by_line = {row.line: row.reason for row in refused if row.line is not None}
    by_key = {(row.type, row.external_id): row.reason for row in refused if row.external_id}
    noted: dict[int, list[str]] = {}
    for note in notes:
        if note.line is not None:
            noted.setdefault(note.line, []).append(note.text)
    for row, entry, _ in sheet.entries(time_zone):
        if isinstance(entry, Left):
            yield row.cells, row.line, LEFT, "; ".join([entry.words, *_hidden(row)])
            continue
        kind, key = key_of(row, sheet.header)
        whole = by_key.get((_TYPES[kind], key), "") if kind is not None and key else ""
        why = by_line.get(row.line) or whole or (entry if isinstance(entry, str) else "")
        became = REFUSED if why else TAKEN
        yield (
            row.cells,
            row.line,
            became,
            "; ".join([*([why] if why else []), *noted.get(row.line, []), *_hidden(row)]),
        )


def _hidden(row: Row) -> list[str]:
    """Say of a row that whoever looks at the workbook does not see it."""
    return ["hidden in Excel, read too"] if row.hidden else []


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = cell.replace("\x00", "")
    return f"'{text}" if text.startswith(_FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return text[1:].replace(",", "").replace(".", "", 1).isdecimal() and text[0] in "+-"
