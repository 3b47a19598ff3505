"""A pattern that is tried branch by branch: a branch only where the letters it needs are there.

Most texts have what one branch of a pattern needs and not what the others do. Letters are looked
for many times faster than a regular expression is tried. A branch is compiled when it is first
tried, so that the hundreds that no text of the day asks for cost nothing at start.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from bot.knowledge.literals import branches_of, key_of, may_match, parts_of


class Branch:
    """One of the branches of a pattern, the letters it needs, and its place among the others."""

    __slots__ = ("_compiled", "_flags", "needs", "pattern", "place")

    def __init__(self, place: int, pattern: str, flags: int) -> None:
        self.place, self.pattern, self._flags = place, pattern, flags
        self.needs = parts_of(pattern)
        self._compiled: re.Pattern[str] | None = None

    @property
    def keys(self) -> frozenset[str]:
        """Strings of which a matching text has at least one; empty when none is sure."""
        return key_of(self.needs)

    @property
    def compiled(self) -> re.Pattern[str]:
        """The regular expression; raises re.error where it is none."""
        if self._compiled is None:
            self._compiled = re.compile(self.pattern, self._flags)
        return self._compiled


class Pattern:
    """A regular expression, cut at its top-level `|`. Two of the same text are equal.

    The letters of any case, as in the problem files; `exact` for one that is only tried on texts
    in small letters. `whole` raises re.error where it is none.
    """

    def __init__(self, pattern: str, *, exact: bool = False) -> None:
        self.pattern = pattern
        self._flags = 0 if exact else re.IGNORECASE
        self.branches = tuple(
            Branch(place, branch, self._flags) for place, branch in enumerate(branches_of(pattern))
        )

    @cached_property
    def whole(self) -> re.Pattern[str]:
        """The same in one piece."""
        return re.compile(self.pattern, self._flags)

    @property
    def groupindex(self) -> Mapping[str, int]:
        """The named groups of all branches."""
        return self.whole.groupindex

    def search(self, text: str, low: str | None = None) -> re.Match[str] | None:
        """What the whole pattern would find; `low` is the text in small letters, if it is known."""
        small = text.lower() if low is None else low
        return first_of([one for one in self.branches if may_match(one.needs, small)], text)

    def found_in(self, low: str) -> bool:
        """Say whether it is found in a text in small letters."""
        for branch in self.branches:
            if may_match(branch.needs, low) and branch.compiled.search(low):
                return True
        return False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and other.pattern == self.pattern

    def __hash__(self) -> int:
        return hash(self.pattern)


def first_of(branches: Sequence[Branch], text: str) -> re.Match[str] | None:
    """What is found first in the text; of two at the same place what the first branch finds."""
    if len(branches) == 1:
        return branches[0].compiled.search(text)
    hits = [(hit.start(), one.place, hit) for one in branches if (hit := one.compiled.search(text))]
    return min(hits)[2] if hits else None
