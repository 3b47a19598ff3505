"""Control totals that lie in a file beside the data: what a source has of each day.

JSON (one object, an array, or one object a line) as for the intake, or CSV with these columns; in
`documents` the ids stand one beside another, parted by blanks or semicolons.
"""

import csv
import re
from collections.abc import Iterator

from bot.domain import JsonValue
from bot.sync.control.said import TotalIn, parse_total
from bot.sync.exact_json import parse_json
from bot.sync.records import BadRow
from bot.sync.table.lines import sniff

# Larger ones name no documents, or are no totals.
MOST_BYTES = 25 * 1024 * 1024
ENDINGS = (".json", ".csv")
_COLUMNS = ("day", "type", "count", "amount", "currency", "documents")
_NEEDED = ("day", "type", "count")
_NAME = re.compile(r"(?:.*[\W_])?totals\.(?:json|csv)", re.IGNORECASE)


def is_named_so(name: str) -> bool:
    """Whether a file of this name holds totals: `totals.csv`, `orders-2026-11-21.totals.json`."""
    return _NAME.fullmatch(name) is not None


def read_totals(data: bytes) -> list[TotalIn | BadRow]:
    """Read what a file says, row by row; a file that cannot be read has one row with the reason."""
    if len(data) > MOST_BYTES:
        return [BadRow(None, "", f"a file of totals has at most {MOST_BYTES:,} bytes")]
    begin = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    try:
        return list(_of_json(data) if begin in (b"{", b"[") else _of_csv(data))
    except ValueError as error:
        return [BadRow(None, "", f"the totals cannot be read: {error}")]
    except csv.Error as error:
        return [BadRow(None, "", f"the totals cannot be read as CSV: {error}")]


def _of_json(data: bytes) -> Iterator[TotalIn | BadRow]:
    try:
        whole = parse_json(data)
    except ValueError:
        lines = [(at, one) for at, one in enumerate(data.splitlines(), start=1) if one.strip()]
        if len(lines) == 1:
            raise
        yield from (_of_line(number, one) for number, one in lines)
        return
    rows: list[JsonValue] = whole if isinstance(whole, list) else [whole]
    yield from (parse_total(row, number) for number, row in enumerate(rows, start=1))


def _of_line(number: int, data: bytes) -> TotalIn | BadRow:
    try:
        return parse_total(parse_json(data), number)
    except ValueError as error:
        return BadRow(number, "", f"is not valid JSON: {error}")


def _of_csv(data: bytes) -> Iterator[TotalIn | BadRow]:
    lines = data.decode("utf-8-sig").splitlines()
    if not lines:
        raise ValueError("the file is empty")
    rows = csv.reader(lines, delimiter=sniff(lines[0]), strict=True)
    head = [cell.strip().casefold() for cell in next(rows)]
    lacking = [name for name in _NEEDED if name not in head]
    if lacking:
        raise ValueError(f"there is no column {', '.join(lacking)}; {', '.join(_COLUMNS)} are read")
    for cells in rows:
        if any(cell.strip() for cell in cells):
            yield _of_row(rows.line_num, dict(zip(head, cells, strict=False)))


def _of_row(line: int, cells: dict[str, str]) -> TotalIn | BadRow:
    said: dict[str, JsonValue] = {
        name: value for name in _COLUMNS if (value := cells.get(name, "").strip())
    }
    count = str(said.get("count", ""))
    if not count.isdecimal() or not count.isascii():
        return BadRow(line, "", f"count is {count!r}, not a whole number" if count else
                      "count is missing")  # fmt: skip
    said["count"] = int(count)
    if "documents" in said:
        said["documents"] = re.split(r"[\s;]+", str(said["documents"]))
    return parse_total(said, line)
