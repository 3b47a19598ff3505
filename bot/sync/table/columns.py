"""Which column is which: a forgiving table of header names, and what kind of rows a file has."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from bot.errors import BadInput
from bot.render import listed
from bot.sync.table.aliases import ALIASES, CALLED, ROW_WORDS, SHORT, RowKind

LIKE_ENOUGH = 84.0
NO_NAMES = "the first line does not name the columns"
ROW_KINDS = f"{', '.join(list(RowKind)[:-1])} or {list(RowKind)[-1]}"
_COLUMN_OF = {alias: column for column, aliases in ALIASES.items() for alias in aliases}


@dataclass(frozen=True)
class Guess:
    """What a column of a file may mean.

    `how`: "said" by a person, "known" by its name, "like" a known name (`column` is then only a
    proposal), or "" when nothing is known ("said" with no column: a person leaves it out).
    """

    header: str
    column: str
    how: str


@dataclass(frozen=True)
class Header:
    """Where each known column stands, and the kind of all rows unless each row says its own.

    `also`: further places of a column, in a file whose rows say what they are: an order's number
    and a bill's. `cells`: the names as they stand.
    """

    positions: Mapping[str, int]
    width: int
    kind: RowKind | None
    unknown: tuple[str, ...]
    also: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    cells: tuple[str, ...] = ()

    def places(self, column: str, kind: RowKind | None = None) -> tuple[int, ...]:
        """Where a row of this kind has a column.

        Where one is named after the kind (Bill No), those named after others (Order) do not count.
        """
        if column not in self.positions:
            return ()
        first = self.positions[column]
        found = (first, *self.also.get(column, ()))
        if len(found) == 1 or kind is None:
            return found
        own = [place for place in found if _is_named_after(self.cells[place], kind)]
        plain = [place for place in found if not any(_says(self.cells[place], RowKind))]
        return (*own, *plain) if own else found


def fold(word: str) -> str:
    """Fold a header or a kind of row: case, underscores, dashes, dots and blanks do not count."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", word.strip().strip('"'))
    return " ".join(re.sub(r"[_\-./:]+", " ", spaced).split()).casefold()


def row_kind(word: str) -> RowKind | None:
    """Read the cell of the Record column."""
    return ROW_WORDS.get(fold(word))


def read_header(cells: Sequence[str], chosen: Mapping[str, str] | None = None) -> Header | str:
    """Recognise the header line; a string says why it is none.

    `chosen`: what a person said, by folded header; "" leaves a column out.
    """
    positions: dict[str, int] = {}
    also: dict[str, tuple[int, ...]] = {}
    unknown: list[str] = []
    said = chosen or {}
    for position, cell in enumerate(cells):
        named = fold(cell)
        column = said[named] if named in said else known_column(cell)
        if not column:
            unknown += [cell.strip()] if cell.strip() else []
        elif column in positions:
            also[column] = (*also.get(column, ()), position)
        else:
            positions[column] = position
    if len(positions) < 2 or (len(positions) < len(unknown) and not said):
        return (
            f"{NO_NAMES}; it must hold names such as Record, "
            "Customer ID, Name, Order, SKU, Quantity, Amount"
        )
    twice = _same_twice(cells, positions, also)
    if twice:
        return twice
    kind = None if "record" in positions else _kind_of_file(set(positions))
    if kind is None and "record" not in positions:
        return f"the columns do not tell what the rows are; add a column Record with {ROW_KINDS}"
    return Header(positions, len(cells), kind, tuple(unknown), also, tuple(cells))


def _same_twice(
    cells: Sequence[str], positions: Mapping[str, int], also: Mapping[str, tuple[int, ...]]
) -> str:
    """Say that two columns mean the same, where rows do not say what they are; "" otherwise."""
    for column, places in also.items():
        names = [cells[place].strip()[:40] for place in (positions[column], *places)]
        folded = [fold(name) for name in names]
        if "record" in positions and column != "record" and len(set(folded)) == len(folded):
            continue
        told = f"two columns mean the same ({column.replace('_', ' ')}): {listed(names)}"
        if len(set(folded)) < len(folded):
            return f"{told}; give each a name of its own"
        return (
            f"{told}; choose the one that counts and leave the other out, on the command line with "
            f"--columns {f'{names[1]}='!r}, or add a column Record that says what each row is"
        )
    return ""


def _is_named_after(header: str, kind: RowKind) -> bool:
    kinds = (kind, RowKind.ORDER) if kind is RowKind.ORDER_LINE else (kind,)
    return any(_says(header, kinds))


def _says(header: str, kinds: Iterable[RowKind]) -> Iterator[bool]:
    """Whether a header begins with a word for each of these kinds: "Bill No", "Order"."""
    named = f"{fold(header)} "
    return (named.startswith(f"{word} ") for kind in kinds for word in CALLED[kind])


def guess(cells: Sequence[str], chosen: Mapping[str, str]) -> list[Guess]:
    """What each named column may mean; what only looks like a known name is proposed once."""
    found: list[Guess] = []
    for cell in cells:
        named = fold(cell)
        if not named:
            continue
        if named in chosen:
            found.append(Guess(cell.strip(), chosen[named], "said"))
        else:
            known = known_column(cell) or ""
            found.append(Guess(cell.strip(), known, "known" if known else ""))
    taken = {one.column for one in found}
    for place, one in enumerate(found):
        near = "" if one.how else _like(one.header)
        if near and near not in taken:
            taken.add(near)
            found[place] = Guess(one.header, near, "like")
    return found


def _like(header: str) -> str:
    """The column whose name a header is nearly; "" for none."""
    words = " ".join(
        SHORT.get(word, word) for word in re.sub(r"[^\w# ]", " ", fold(header)).split()
    )
    if words in _COLUMN_OF:
        return _COLUMN_OF[words]
    best = max(_COLUMN_OF, key=lambda alias: fuzz.ratio(words, alias))
    return _COLUMN_OF[best] if fuzz.ratio(words, best) >= LIKE_ENOUGH else ""


def column_named(word: str) -> str:
    """The column a person means: by its own name or by any of the known ones; "" for none.

    Raises BadInput.
    """
    if fold(word) in ("", "not used", "none", "skip"):
        return ""
    own = fold(word).replace(" ", "_")
    column = own if own in ALIASES else known_column(word)
    if column is None:
        names = ", ".join(name.replace("_", " ") for name in ALIASES)
        msg = f"{word!r} is no column. The columns are: {names}."
        raise BadInput(msg)
    return column


def known_column(name: str) -> str | None:
    """The column a header name is known to mean."""
    return _COLUMN_OF.get(fold(name)) or _COLUMN_OF.get(name.strip().casefold())


def _kind_of_file(columns: set[str]) -> RowKind | None:
    bought = _kind_bought(columns)
    if bought is not None:
        return bought
    has_order = bool(columns & {"order", "order_id"})
    has_line = bool(columns & {"sku", "item", "barcode"}) and bool(
        columns & {"quantity", "price", "amount"}
    )
    if "payment" in columns or (
        "amount" in columns and columns & {"method", "reference"} and not has_line
    ):
        return RowKind.PAYMENT
    if has_order and has_line:
        return RowKind.ORDER_LINE
    if not has_order and columns & {"email", "phone", "street"} and columns & {"name", "customer"}:
        return RowKind.CUSTOMER
    if not has_order and columns & {"sku", "item"}:
        return RowKind.ITEM
    if not has_order and {"id", "name"} <= columns:
        return RowKind.ITEM if columns & {"price", "kind"} else RowKind.CUSTOMER
    return None


def _kind_bought(columns: set[str]) -> RowKind | None:
    """What a file of a purchasing system holds; a shop names the vendors of its items as well."""
    if {"debit", "credit"} <= columns:
        return RowKind.JOURNAL_ENTRY
    if "vendor" not in columns or columns & {"customer", "sku", "item", "price", "payment"}:
        return None
    if columns & {"amount", "total"}:
        if "paid_from" in columns:
            return RowKind.EXPENSE
        return RowKind.BILL if columns & {"order", "order_id"} else None
    return RowKind.VENDOR if columns & {"name", "email", "phone", "street"} else None
