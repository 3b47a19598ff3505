"""Rows of an export that are sums of others: told from records, left out, and said.

A sum is left out only where its line could be no record: nothing but amounts stands beside a word
such as Total, or nothing but amounts that are exactly those of the lines above. What may be either
is refused, so that a person says which.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bot.sync.table import cells
from bot.sync.table.aliases import RowKind
from bot.sync.table.cells import CellError
from bot.sync.table.columns import Header, fold, row_kind
from bot.sync.table.forms import FORMS
from bot.sync.table.lines import Row
from bot.sync.table.rows import label

_NONE = Decimal(0)
# Amounts that a sum has; those of a whole document may stand in each of its rows.
_OF_DOCUMENTS = ("total", "tax")
_OF_LINES = ("amount", "debit", "credit", "quantity")
_MONEY = ("amount", "debit", "credit", "total", "tax")
_COMPARED = ("amount", "debit", "credit", "total")
_SUMMED = (*_OF_LINES, *_OF_DOCUMENTS)
# A word about the amounts, not about whose they are.
_BESIDE = frozenset((*_SUMMED, "price", "currency"))
_KINDS = r"grand|sub|overall|report|running|page|net|gross|daily|weekly|monthly|sum"
_PURE = re.compile(rf"(?:(?:{_KINDS})[ -]?)?totals?|sums?", re.IGNORECASE)
_LABEL = re.compile(
    rf"(?:(?:{_KINDS}|order|invoice|payment|sales)[ -]?)?totals?"
    r"(?: \([^)]*\)| (?:for|of|by|in) .{1,60}| amount| sales| [a-z]{3})?(?:[: ]+[\d.,$€£ -]+)?"
    r"|sums?(?:[: ]+[\d.,$€£ -]+)?",
    re.IGNORECASE,
)
_OF_PART = re.compile(r"sub|page|daily|weekly|monthly", re.IGNORECASE)
# Excel's Subtotal writes the group's own value before it: "1001 Total".
_GROUP = re.compile(r"(.{1,80}) totals?", re.IGNORECASE)
_NO_LETTERS = re.compile(r"[\W\d_]*(?:[A-Z]{3})?[\W\d_]*")
_FEWEST = 2
_LISTS = (RowKind.CUSTOMER, RowKind.VENDOR, RowKind.ITEM)


@dataclass(frozen=True)
class Left:
    """A row that is left out, with the words that say so."""

    words: str


@dataclass
class _Running:
    """What the rows make in a column; None once a cell of it could not be read.

    `at_last`: what they made at the last sum; `by_document`: each document's first row alone.
    """

    place: int
    whole: Decimal | None = _NONE
    at_last: Decimal = _NONE
    by_document: Decimal = _NONE

    def add(self, amount: Decimal | None, *, first_of_document: bool) -> None:
        """Count one row."""
        if amount is None or self.whole is None:
            self.whole = None
            return
        self.whole += amount
        if first_of_document:
            self.by_document += amount

    @property
    def known(self) -> tuple[Decimal, ...]:
        """What a sum in this column may be."""
        return (
            () if self.whole is None else (self.whole, self.whole - self.at_last, self.by_document)
        )


@dataclass
class Sums:
    """Looks at the rows of one table in their order."""

    header: Header
    decimal_comma_likely: bool
    _columns: Mapping[int, str] = field(init=False)
    _running: Mapping[str, _Running] = field(init=False)
    _keys: Sequence[int] = field(init=False)
    _telling: Sequence[int] = field(init=False)
    _before: Sequence[str] = ()
    _document: Sequence[str] = ()
    _rows: int = 0

    def __post_init__(self) -> None:
        header = self.header
        self._columns = {place: name for name in header.positions for place in header.places(name)}
        self._telling = [place for place, name in self._columns.items() if name not in _BESIDE]
        self._running = {
            name: _Running(header.positions[name]) for name in _SUMMED if name in header.positions
        }
        has_any = any(name in self._running for name in _OF_DOCUMENTS)
        self._keys = self._places("order_id", "order", "id") if has_any else ()

    def look(self, row: Row) -> Left | str:
        """Whether a row is left out; a string says why nobody can tell, "" that it is a record."""
        text = "\n".join(row.cells).lower()
        if "otal" not in text and "sum" not in text:
            if not row.problem and self._makes_them(row):
                return self._left(row, "")
            self._count(row)
            return ""
        return self._look_at_word(row)

    def _look_at_word(self, row: Row) -> Left | str:
        filled = _filled(row)
        named = self._label(filled)
        if named is None:
            self._count(row)
            return ""
        beside = {place: text for place, text in filled.items() if place != named}
        # In a row that is too short nobody knows which column a cell stands in.
        is_short = len(row.cells) < self.header.width
        if self._is_sum(beside, everywhere=is_short):
            return self._left(None if is_short else row, filled[named])
        self._count(row)
        return self._doubt(filled, named)

    def _label(self, filled: Mapping[int, str]) -> int | None:
        """Where a word for a sum stands."""
        for place, text in filled.items():
            said = _bare(text)
            if _LABEL.fullmatch(said) or self._is_of_group(place, said):
                return place
        return None

    def _is_of_group(self, place: int, said: str) -> bool:
        found = _GROUP.fullmatch(said)
        before = self._before[place] if place < len(self._before) else ""
        return found is not None and fold(found[1]) == fold(before)

    def _is_sum(self, beside: Mapping[int, str], *, everywhere: bool = False) -> bool:
        """Whether nothing but amounts stands beside the word, in columns of amounts alone."""
        known = () if everywhere else (self._columns.get(place) for place in beside)
        return all(name is None or name in _BESIDE for name in known) and all(
            map(_NO_LETTERS.fullmatch, beside.values())
        )

    def _makes_them(self, row: Row) -> bool:
        """Whether nothing but amounts stands here, and each is what the lines above make."""
        tells = (place for place in self._telling if place < len(row.cells))
        # Asked first, since it ends most looks at once.
        if any(row.cells[place].strip() for place in tells) or self._rows < _FEWEST:
            return False
        if not self._is_sum(_filled(row)):
            return False
        said = self._amounts(row)
        return any(name in _MONEY for name in said) and all(
            amount is not None and amount in self._running[name].known
            for name, amount in said.items()
        )

    def _amounts(self, row: Row) -> dict[str, Decimal | None]:
        """The amounts of a row by column, None for one that cannot be read."""
        found: dict[str, Decimal | None] = {}
        for name, running in self._running.items():
            text = row.cells[running.place].strip() if running.place < len(row.cells) else ""
            if text:
                found[name] = self._read(text)
        return found

    def _read(self, text: str) -> Decimal | None:
        if text.isascii() and text.replace(".", "", 1).isdecimal():
            return Decimal(text)  # most are plain; the others take ten times as long
        try:
            return cells.money(text, decimal_comma_likely=self.decimal_comma_likely)
        except CellError:
            return None

    def _count(self, row: Row) -> None:
        said = {} if row.problem else self._amounts(row)
        document = [row.cells[place] for place in self._keys if place < len(row.cells)]
        first = document != self._document
        for name, running in self._running.items():
            if row.problem or name in said:
                running.add(said.get(name), first_of_document=first)
        self._before, self._document = row.cells, document
        self._rows += 1

    def _places(self, *names: str) -> list[int]:
        return [place for name in names for place in self.header.places(name)]

    def _left(self, row: Row | None, named: str) -> Left:
        words = "looks like a total, left out"
        if not named:
            words += ": its amounts are those of the lines above"
        is_part = bool(_OF_PART.match(named)) or not _LABEL.fullmatch(_bare(named))
        wrong = self._differs(row, is_part=is_part) if row is not None else ""
        for running in self._running.values():
            running.at_last = running.whole or _NONE
        return Left(f"{words}{wrong}")

    def _differs(self, row: Row, *, is_part: bool) -> str:
        """Say that a sum is not what the lines above it make: lines may be missing."""
        for name, amount in self._amounts(row).items():
            running = self._running[name]
            if name not in _COMPARED or amount is None or not running.known or not self._rows:
                continue
            whole, part, by_document = running.known
            if amount not in running.known:
                whole = by_document if name in _OF_DOCUMENTS else whole
                makes = part if is_part else whole
                return f"; it says {amount} as {label(name)}, the lines above it make {makes}"
        return ""

    def _doubt(self, filled: Mapping[int, str], named: int) -> str:
        """Say that a row may be a sum or a record that is called so; "" where it is a record."""
        if not _PURE.fullmatch(_bare(filled[named])):
            return ""
        kind = self.header.kind or next(
            (row_kind(filled[place]) for place in self._places("record") if place in filled), None
        )
        column = self._columns.get(named, "")
        if kind in _LISTS and kind is not None:
            others = {self._columns.get(place) for place in filled if place != named}
            return _either(kind) if column == "name" and not others - _ids(kind) else ""
        keys = ("payment", "id", "reference") if kind is RowKind.PAYMENT else ("order_id", "order")
        if column not in keys:
            return ""
        form = FORMS.get(kind) if kind is not None else None
        called = form.called if form is not None else "payment"
        return (
            "nobody can tell whether this is a total: more than amounts stands beside the word; "
            f"take the line out, or give the {called} its number"
        )


def _filled(row: Row) -> dict[int, str]:
    return {place: text.strip() for place, text in enumerate(row.cells) if text.strip()}


def _bare(text: str) -> str:
    """A word without what is drawn around it: "*** TOTAL: ***"."""
    return text.strip("*=-: ")


def _ids(kind: RowKind) -> set[str | None]:
    return {None, "record", "id", kind.value, "sku", *_BESIDE}


def _either(kind: RowKind) -> str:
    fact = "description" if kind is RowKind.ITEM else "e-mail"
    return (
        f"may be a total, or {'an' if kind is RowKind.ITEM else 'a'} {kind.value} that is called "
        f"so; take the line out, or fill in its {fact}"
    )
