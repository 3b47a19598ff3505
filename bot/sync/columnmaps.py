"""How the columns of a source's files are read: guessed, said by a person, and remembered."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlmodel import select

from bot.errors import BadInput
from bot.models import ColumnMap
from bot.services import Services
from bot.sync.table.columns import Guess, Header, column_named, fold, guess
from bot.sync.table.sheet import Choose, Head, Raw, Sheet, find_sheet

# A line of words that are no columns at all is not asked about.
_FEWEST_KNOWN = 2
# Names that are all unknown are asked about where they cannot well be anything else.
_FEWEST_NAMES, _LONGEST_NAME = 4, 40
# So many rows show what stands in a column.
_EXAMPLES = 3


@dataclass(frozen=True)
class Reading:
    """How a file's columns are read, and whether a person should look at it first.

    `problem` says why the table cannot be read as it is.
    """

    head: Head
    guesses: tuple[Guess, ...]
    problem: str = ""
    raw: Raw | None = None

    @property
    def is_unsure(self) -> bool:
        """Whether something was only guessed."""
        return bool(self.problem) or any(one.how == "like" for one in self.guesses)

    def examples(self) -> list[tuple[str, ...]]:
        """What the first rows have in each column."""
        if self.raw is None:
            return [()] * len(self.head.cells)
        rows = self.raw.rows(self.head, Header({}, len(self.head.cells), None, ()))
        first = list(islice((row.cells for row in rows if not row.problem), _EXAMPLES))
        places = range(len(self.head.cells))
        return [tuple(cells[at] for cells in first if "".join(cells[at : at + 1])) for at in places]


def remembered(services: Services, source_id: int | None) -> Choose:
    """What people said of this source's files; nothing for a source that is not there yet."""
    with services.sessions.read() as session:
        rows = session.exec(select(ColumnMap).where(ColumnMap.source_id == source_id))
        known = {row.shape: dict(row.columns) for row in rows}
    return lambda cells: known.get(shape_of(cells), {})


def remember(
    services: Services, source_id: int, cells: Sequence[str], columns: Mapping[str, str], by: str
) -> None:
    """Keep what a person said of files of this shape, in place of what was said before."""
    shape = shape_of(cells)
    now = services.clock.now()
    with services.sessions.write() as session:
        row = session.exec(
            select(ColumnMap).where(ColumnMap.source_id == source_id, ColumnMap.shape == shape)
        ).first() or ColumnMap(source_id=source_id, shape=shape, by=by, at=now)
        row.columns, row.by, row.at = dict(columns), by, now
        session.add(row)


def shape_of(cells: Sequence[str]) -> str:
    """The shape of a file: its headers, in any order."""
    names = sorted(fold(cell) for cell in cells if cell.strip())
    return hashlib.sha256("\x1f".join(names).encode("utf-8", "replace")).hexdigest()


def read_columns(raws: Sequence[Raw], choose: Choose) -> Reading | None:
    """How the columns of a file are read; None when no line of it looks like names of columns."""
    sheet = find_sheet(raws, choose)
    if isinstance(sheet, Sheet):
        cells = sheet.head.cells
        return Reading(sheet.head, tuple(guess(cells, choose(cells))), raw=sheet.raw)
    made = [
        Reading(head, tuple(guess(head.cells, choose(head.cells))), sheet, raw)
        for raw in raws
        for head in raw.heads
    ]
    best = max(made, key=_known, default=None)
    if best is not None and _known(best) < _FEWEST_KNOWN:
        best = next((one for one in made if _is_named(one.head)), None)
    return best


def _is_named(head: Head) -> bool:
    """Whether a line looks like names of columns, in whatever language: short words, no amounts."""
    cells = [cell.strip() for cell in head.cells if cell.strip()]
    told = len(cells) >= _FEWEST_NAMES and len(set(cells)) == len(cells)
    return told and all(len(cell) <= _LONGEST_NAME and cell[0].isalpha() for cell in cells)


def _known(reading: Reading) -> int:
    return sum(bool(one.column) for one in reading.guesses)


def parsed(pairs: Iterable[str]) -> dict[str, str]:
    """Columns as typed on the command line: "Order No=order". Raises BadInput."""
    found: dict[str, str] = {}
    for pair in pairs:
        header, sign, column = pair.rpartition("=")
        if not sign or not fold(header):
            msg = f"{pair!r} names no column; write it as 'Order No=order'."
            raise BadInput(msg)
        found[fold(header)] = column_named(column)
    return found


def with_said(raws: Sequence[Raw], before: Choose, said: Mapping[str, str]) -> Choose:
    """What was remembered, and over it what is said now. Raises BadInput for an unknown header."""
    there = {fold(cell) for raw in raws for head in raw.heads for cell in head.cells}
    unknown = [name for name in said if name not in there]
    if unknown:
        heads = [head.cells for raw in raws for head in raw.heads]
        widest: Sequence[str] = max(heads, key=len, default=())
        listed = ", ".join(repr(cell) for cell in widest[:30])
        msg = f"The file has no column {unknown[0]!r}. It has: {listed}."
        raise BadInput(msg)

    def choose(cells: Sequence[str]) -> Mapping[str, str]:
        names = {fold(cell) for cell in cells}
        return {**before(cells), **{name: to for name, to in said.items() if name in names}}

    return choose


def words(one: Guess) -> str:
    """A guess for people: what the column means, or what it looks like."""
    column = one.column.replace("_", " ")
    if one.how == "like":
        return f"not used; looks like {column}"
    return column or "not used"
