"""Finds the rows a text may match: by strings that one of the branches of a row cannot do without.

Every such string is looked up by three letters in a row of its own, the ones that the fewest of
the strings have; of a text all threes are looked up at once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from bot.knowledge.literals import Needs, may_match
from bot.knowledge.patterns import Branch
from bot.knowledge.problem import Match

_PIECE = 3
# A row, and which of its branches may match.
Near = tuple[Match, list[Branch]]


class Lettered:
    """Rows with a pattern, by the strings their branches need."""

    def __init__(self, rows: Iterable[Match]) -> None:
        self._rows = tuple(row for row in rows if row.pattern is not None)
        # The place of the row, the branch, and what it needs beside what it is looked up by.
        self._branches: list[tuple[int, Branch, Needs]] = []
        self._always: set[int] = set()
        by_key: dict[str, list[int]] = defaultdict(list)
        for place, row in enumerate(self._rows):
            for branch in row.pattern.branches if row.pattern else ():
                number = len(self._branches)
                keys = branch.keys
                rest = tuple(part for part in branch.needs if part is not keys)
                self._branches.append((place, branch, rest))
                for key in keys:
                    by_key[key].append(number)
                if not keys:
                    self._always.add(number)
        self._by_piece = _by_rarest_piece(by_key)

    def near(self, low: str) -> Sequence[Near]:
        """The rows that may match a text in small letters, each once, in no order."""
        told = set(self._always)
        pieces = {low[at : at + _PIECE] for at in range(len(low) - _PIECE + 1)}
        for piece in pieces & self._by_piece.keys():
            for key, numbers in self._by_piece[piece]:
                if key in low:
                    told.update(numbers)
        found: dict[int, list[Branch]] = {}
        for number in told:
            place, branch, rest = self._branches[number]
            if not rest or may_match(rest, low):
                found.setdefault(place, []).append(branch)
        return [(self._rows[place], branches) for place, branches in found.items()]


def _by_rarest_piece(
    by_key: dict[str, list[int]],
) -> dict[str, list[tuple[str, tuple[int, ...]]]]:
    pieces = {key: [key[at : at + _PIECE] for at in range(len(key) - _PIECE + 1)] for key in by_key}
    often = Counter(piece for some in pieces.values() for piece in some)
    found: dict[str, list[tuple[str, tuple[int, ...]]]] = defaultdict(list)
    for key, numbers in by_key.items():
        rarest = min(pieces[key], key=often.__getitem__)
        found[rarest].append((key, tuple(numbers)))
    return dict(found)
