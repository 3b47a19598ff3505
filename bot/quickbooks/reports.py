"""Reports as lines: each its cells by the column's key, as {value, id}; headings and sums left out.

Shape: developer.intuit.com, "Report entities": Columns.Column[].MetaData names the key (ColKey).
"""

from collections.abc import Iterator, Mapping

from bot.domain import JsonValue, Payload

Line = Mapping[str, Payload]


def lines(body: Payload) -> list[Line]:
    """Return the plain rows of a report, those inside sections too, in their order."""
    keys = [_key(column) for column in (body.get("Columns") or {}).get("Column") or ()]
    return [
        dict(zip(keys, row.get("ColData") or (), strict=False)) for row in _rows(body.get("Rows"))
    ]


def _key(column: Payload) -> str:
    for pair in column.get("MetaData") or ():
        if pair.get("Name") == "ColKey":
            return str(pair.get("Value"))
    return str(column.get("ColType") or column.get("ColTitle") or "")


def _rows(rows: JsonValue) -> Iterator[Payload]:
    found = rows.get("Row") if isinstance(rows, Mapping) else None
    for row in found or ():
        if "ColData" in row:
            yield row
        else:
            yield from _rows(row.get("Rows"))
