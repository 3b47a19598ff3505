"""A table with its columns known, whatever file it came in, and the records made of its rows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.sync.records import BadRow, Note, RecordIn
from bot.sync.table import documents, payments, rows
from bot.sync.table.aliases import RowKind
from bot.sync.table.columns import Header, read_header, row_kind
from bot.sync.table.forms import FORMS
from bot.sync.table.lines import UNBALANCED, Row
from bot.sync.table.sums import Left, Sums

Output = RecordIn | BadRow | Note
# What customers, vendors and items are called, and how they are reached.
_OF_LISTS = ("name", "company", "given_name", "family_name", "phone")
# What a person said the columns of such a file are: folded header → column ("": not used).
Choose = Callable[[Sequence[str]], Mapping[str, str]]


@dataclass(frozen=True)
class Head:
    """A line that may name the columns."""

    line: int
    cells: tuple[str, ...]


def _all_seen(head: Head, header: Header) -> tuple[Note, ...]:
    """A file that hides nothing."""
    del head, header
    return ()


@dataclass(frozen=True)
class Raw:
    """A table as it stands in a file: lines that may be its header, and the rows below one.

    `rows` reads anew at every call. `semicolons`: cells were parted by them, so that a comma may
    be meant as a decimal point. `aside`: what is told where no table of the file can be read.
    `unseen`: what of it the sender does not see in Excel, which is read like all else.
    """

    heads: tuple[Head, ...]
    rows: Callable[[Head, Header], Iterator[Row]]
    semicolons: bool = False
    notes: tuple[Note, ...] = ()
    aside: str = ""
    unseen: Callable[[Head, Header], tuple[Note, ...]] = _all_seen


@dataclass(frozen=True)
class Sheet:
    """A table whose columns are known."""

    raw: Raw
    head: Head
    header: Header

    def each_row(self) -> Iterator[Row]:
        """Read its rows from the first on."""
        return self.raw.rows(self.head, self.header)

    def entries(
        self, time_zone: str | None, today: date | None = None
    ) -> Iterator[tuple[Row, rows.Entry | Left | str, list[Note]]]:
        """Each row with its cells by column, or with the reason why it cannot be used.

        Left: the row is the sum of others, and no record.
        """
        reading = rows.Reading(self.raw.semicolons, time_zone, today)
        sums = Sums(self.header, self.raw.semicolons)
        for row in self.each_row():
            said = sums.look(row)
            if isinstance(said, Left):
                yield row, said, [Note(row.line, said.words)]
            else:
                entry, notes = rows.entry_of(row, self.header, reading)
                yield row, said or entry, notes


def nothing_chosen(cells: Sequence[str]) -> Mapping[str, str]:
    """Nobody said anything about the columns of this file."""
    del cells
    return {}


def find_sheet(raws: Sequence[Raw], choose: Choose) -> Sheet | str:
    """The first table whose header can be read; a string says why there is none."""
    problem = "the file is empty"
    for place, raw in enumerate(raws):
        for number, head in enumerate(raw.heads):
            header = read_header(head.cells, choose(head.cells))
            if isinstance(header, Header):
                return Sheet(raw, head, header)
            problem = header if place == number == 0 else problem
    aside = next((raw.aside for raw in raws if raw.aside), "")
    return f"{problem}; {aside}" if aside else problem


def _idle(sheet: Sheet) -> Iterator[Note]:
    """Say which known columns say nothing on rows of documents, where ids name the parties."""
    header = sheet.header
    if header.kind in (None, RowKind.CUSTOMER, RowKind.VENDOR, RowKind.ITEM):
        return
    idle = [repr(header.cells[header.positions[one]].strip()[:40])
            for one in _OF_LISTS if one in header.positions and header.cells]  # fmt: skip
    if idle:
        words = f"columns that are not used on rows of this kind: {', '.join(idle)}"
        yield Note(sheet.head.line, f"{words}; names come with the customers, vendors and items")


def records_of(sheet: Sheet, time_zone: str | None, today: date | None = None) -> Iterator[Output]:
    """Yield the records of a table, with bad rows and notes by line number."""
    if sheet.header.unknown:
        listed = ", ".join(repr(name[:40]) for name in sheet.header.unknown[:10])
        yield Note(sheet.head.line, f"columns that are not used: {listed}")
    yield from _idle(sheet)
    yield from sheet.raw.notes
    yield from sheet.raw.unseen(sheet.head, sheet.header)
    gathered = documents.Gathered(has_total="total" in sheet.header.positions)
    seen: dict[object, int] = {}
    count, reading = 0, None
    for row, entry, notes in sheet.entries(time_zone, today):
        yield from notes
        if isinstance(entry, Left):
            continue
        count += 1
        if isinstance(entry, str):
            if not _belongs_to_order(row, sheet.header, entry, gathered):
                yield BadRow(row.line, "", entry)
        else:
            reading = entry.reading
            yield from _take(entry, gathered, seen)
    if not count:
        yield BadRow(None, "", "the file has a header line and nothing below it")
    if reading is not None and reading.order_note:
        yield Note(reading.both_ways.line, reading.order_note)
    if _sums_unknown(gathered):
        yield Note(sheet.head.line, "no column Total: the documents' sums could not be compared")
    yield from documents.records(gathered)
    yield from payments.records(gathered)


def _sums_unknown(gathered: documents.Gathered) -> bool:
    with_total = any(document.form.has_total for document in gathered.documents.values())
    return with_total and not gathered.has_total


def _take(
    entry: rows.Entry, gathered: documents.Gathered, seen: dict[object, int]
) -> Iterator[Output]:
    if entry.kind is RowKind.PAYMENT or entry.kind in FORMS:
        bad = gathered.add(entry)
        if bad is not None:
            yield bad
        return
    earlier = seen.setdefault(hash(entry.fingerprint), entry.line)
    if earlier != entry.line:
        yield Note(entry.line, f"repeats line {earlier}; taken once")
        return
    item = entry.kind is RowKind.ITEM
    yield rows.item_record(entry) if item else rows.party_record(entry)


def key_of(row: Row, header: Header) -> tuple[RowKind | None, str]:
    """What a row is part of, by its cells as they stand, whether or not they can be used."""

    def cell(*columns: str) -> str:
        places = [place for name in columns for place in header.places(name, kind)]
        filled = (row.cells[place].strip() for place in places if place < len(row.cells))
        return next((text for text in filled if text), "")

    kind = header.kind
    kind = kind or row_kind(cell("record"))
    if kind is RowKind.PAYMENT:
        return kind, cell("payment", "id", "reference")
    if kind in (RowKind.CUSTOMER, RowKind.VENDOR):
        return kind, cell(kind, "id")
    if kind is RowKind.ITEM:
        return kind, cell("item", "id", "sku")
    return kind, cell("order_id", "order", *([] if kind in (RowKind.ORDER_LINE, None) else ["id"]))


def _belongs_to_order(row: Row, header: Header, reason: str, gathered: documents.Gathered) -> bool:
    """Find out which document or payment an unreadable row is part of."""
    kind, key = key_of(row, header)
    if (kind is None or kind in FORMS) and (not key or reason == UNBALANCED):
        gathered.lost.append(row.line)
    return gathered.poison(kind, key, row.line, reason)
