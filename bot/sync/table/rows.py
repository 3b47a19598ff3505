"""One readable row of an export with its cells by column, and the simple records made of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bot.domain import Payload
from bot.render import listed
from bot.sync.reading import parse_record
from bot.sync.records import BadRow, Note, RecordIn
from bot.sync.table import cells
from bot.sync.table.aliases import RowKind
from bot.sync.table.both_ways import BothWays
from bot.sync.table.cells import CellError
from bot.sync.table.columns import ROW_KINDS, Header, row_kind
from bot.sync.table.lines import Row

_DAYS = ("date", "due_date")
# What tells one record from another: two ways to write it would be two records.
_KEYS = ("id", "order_id", "order", "customer", "vendor", "item", "payment")
_CUT = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
_POINTED = re.compile(r"\d+\.0")


@dataclass
class Reading:
    """How the values of this file are to be read; `today` is the company's.

    `day_first_at`: the first line whose day can only be meant as DD/MM/YYYY, 0 for none so far.
    """

    decimal_comma_likely: bool
    time_zone: str | None
    today: date | None = None
    day_first_at: int = 0
    both_ways: BothWays = field(default_factory=BothWays)

    def __post_init__(self) -> None:
        self.both_ways.today = self.today

    @property
    def doubt(self) -> str:
        """Why a day that could be read in two ways is refused; "" where it is taken."""
        if self.day_first_at:
            return f"since line {self.day_first_at} says DD/MM/YYYY"
        return self.both_ways.doubt

    @property
    def order_note(self) -> str:
        """In which order the days of the file were read, where that is not certain; else ""."""
        return "" if self.doubt else self.both_ways.note


@dataclass(frozen=True)
class Entry:
    """A row with its cells by column name; empty cells are not in it."""

    line: int
    kind: RowKind
    values: Mapping[str, str]
    reading: Reading

    def text(self, *columns: str) -> str | None:
        """Return the first filled cell of these columns."""
        return next((self.values[name] for name in columns if name in self.values), None)

    def money(self, column: str) -> Decimal | None:
        """Return an amount; raises CellError naming the column."""
        cell = self.values.get(column)
        if cell is None:
            return None
        try:
            return cells.money(cell, decimal_comma_likely=self.reading.decimal_comma_likely)
        except CellError as error:
            raise CellError(f"{label(column)} {error}") from None

    def day(self, column: str) -> date | None:
        """Return a day; raises CellError naming the column."""
        cell = self.values.get(column)
        if cell is None:
            return None
        try:
            reading = self.reading
            return cells.day(cell, reading.time_zone, doubt=reading.doubt)
        except CellError as error:
            raise CellError(f"{label(column)} {error}") from None

    @property
    def fingerprint(self) -> tuple[RowKind, tuple[tuple[str, str], ...]]:
        """Two rows with one fingerprint say the same."""
        return self.kind, tuple(sorted(self.values.items()))


def label(column: str) -> str:
    """The column's name in a sentence."""
    return {"sku": "SKU"}.get(column, column.replace("_", " "))


def entry_of(row: Row, header: Header, reading: Reading) -> tuple[Entry | str, list[Note]]:
    """Sort a row's cells by column; a string says why the row cannot be used."""
    notes = [
        Note(line, "not UTF-8; read as Windows-1252, please check its accents")
        for line in row.legacy_lines
    ]
    if row.problem:
        return row.problem, notes
    said = row.cells[header.positions["record"]].strip() if "record" in header.positions else ""
    kind = header.kind or row_kind(said)
    if kind is None:
        return f"Record says {said[:40]!r}; it must be {ROW_KINDS}", notes
    values: dict[str, str] = {}
    for column in header.positions:
        found: dict[str, int] = {}
        for place in header.places(column, kind):
            try:
                text, repaired = cells.words(row.cells[place])
            except CellError as error:
                return f"{label(column)} {error}", notes
            if repaired:
                words = f"{label(column)}: wrong encoding repaired, now {text!r}"
                notes.append(Note(row.line, words))
            if text:
                found.setdefault(text, place)
        if len(found) > 1:
            return _said_twice(header, column, found), notes
        if found:
            values[column] = next(iter(found))
    return _spoilt(values) or _dated(Entry(row.line, kind, values, reading)), notes


def _dated(entry: Entry) -> Entry:
    """Note for the whole file which days say in which order they are written."""
    reading = entry.reading
    for column in _DAYS:
        cell = entry.values.get(column, "")
        reading.both_ways.look(entry.line, cell, is_due=column == "due_date")
        if not reading.day_first_at and cells.is_day_first(cell):
            reading.day_first_at = entry.line
    return entry


def _spoilt(values: Mapping[str, str]) -> str:
    """Why a number that tells records apart is not the one that was meant; "" if it may be."""
    for column in _KEYS:
        key = values.get(column, "")
        if _CUT.fullmatch(key):
            return (
                f"{label(column)} is {key}: Excel has cut its digits; format the column as text "
                "and export it again"
            )
        if key.endswith(".0") and _POINTED.fullmatch(key):
            whole = key.removesuffix(".0")
            return f"{label(column)} is {key}: is {whole} meant? export the column as text"
    return ""


def _said_twice(header: Header, column: str, found: Mapping[str, int]) -> str:
    told = [f"{header.cells[place].strip()} says {text[:40]!r}" for text, place in found.items()]
    return f"{label(column)} is said in two ways: {listed(told)}; leave one of the two empty"


def party_record(entry: Entry) -> RecordIn | BadRow:
    """Make a customer or a vendor of one row."""
    party = entry.kind.value
    address = {
        name: entry.values[name]
        for name in ("street", "street2", "city", "state", "postal_code", "country")
        if name in entry.values
    }
    given, family = entry.text("given_name"), entry.text("family_name")
    name = entry.text("name") or " ".join(part for part in (given, family) if part)
    data: Payload = {
        "type": party,
        "external_id": entry.text(party, "id"),
        "name": name or entry.text("company"),
        "given_name": given,
        "family_name": family,
        "billing_address": address or None,
    }
    for column in ("company", "email", "phone", "notes", "currency", "terms", "version"):
        data[column] = entry.text(column)
    return _record(entry, data, {"external_id": f"{party} ID"})


def item_record(entry: Entry) -> RecordIn | BadRow:
    """Make an item of one row."""
    try:
        price = entry.money("price")
    except CellError as error:
        return BadRow(entry.line, entry.text("item", "id", "sku") or "", str(error))
    data: Payload = {
        "type": "item",
        "external_id": entry.text("item", "id", "sku"),
        "name": entry.text("name"),
        "price": price,
    }
    for column in ("sku", "barcode", "description", "income_account", "version"):
        data[column] = entry.text(column)
    kind = entry.text("kind")
    if kind:
        data["kind"] = kind.casefold().replace("-", "_").replace(" ", "_")
        data["kind"] = "non_inventory" if data["kind"] == "noninventory" else data["kind"]
    return _record(entry, data, {"external_id": "item ID or SKU"})


def _record(entry: Entry, data: Payload, names: Mapping[str, str]) -> RecordIn | BadRow:
    external_id = str(data.get("external_id") or "")
    for required in ("external_id", "name"):
        if not data.get(required):
            return BadRow(entry.line, external_id, f"{names.get(required, required)} is empty")
    given = {name: value for name, value in data.items() if value is not None}
    return parse_record(given, entry.line)
