"""What a text must contain for a pattern to have a chance: most patterns need not be tried at all.

A pattern is cut at its top-level `|`. What a branch cannot do without are its runs of plain
letters, and of each of its groups the runs of one alternative. A pattern with a branch without any
such run is always tried.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_SHORTEST = 3
_LONG = 5
# They stand in nearly every text, so that looking a pattern up by them finds too many.
_COMMON = (
    "quickbooks",
    "account",
    "customer",
    "vendor",
    "invoice",
    "item",
    "bill",
    "error",
    "code",
)
# Escapes that stand for a class of characters or for a place, not for themselves.
_CLASSES = frozenset("dDwWsSbBAZ0123456789")
_OPTIONAL = frozenset("?*{")
_AROUND = ("?=", "?!", "?<=", "?<!")
# What ends a run of plain letters, closes a bracket, or divides a pattern: the rest is passed over.
_SPECIAL = re.compile(r"[\\()\[?*{.^$+]")
_BRACKET = re.compile(r"[\\()\[]")
_DIVIDER = re.compile(r"[\\(\[|]")


@dataclass(frozen=True)
class Needed:
    """What a text needs for a pattern: one of the branches, and of a branch one of every set."""

    branches: tuple[tuple[frozenset[str], ...], ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """Strings of which a matching text has at least one; empty when none is sure."""
        return frozenset().union(*(_best(branch) for branch in self.branches))

    def may_match(self, low: str) -> bool:
        """Say whether a small-lettered text has a chance."""
        # Plain loops: this is asked some twenty times for every text.
        for branch in self.branches:
            for part in branch:
                for letters in part:
                    if letters in low:
                        break
                else:
                    break
            else:
                return True
        return not self.branches


def needed(pattern: str) -> Needed:
    """Read what a text must contain; nothing when one branch could match without any letters."""
    branches = tuple(tuple(_parts_of(branch)) for branch in _branches(pattern))
    return Needed(branches if all(branches) else ())


def _parts_of(branch: str) -> Iterator[frozenset[str]]:
    for kind, part in _parts(branch):
        if kind == "run" and len(part) >= _SHORTEST:
            yield frozenset({part.lower()})
        elif kind == "group" and (inner := needed(part).keys):
            yield inner


def _best(branch: Iterable[frozenset[str]]) -> frozenset[str]:
    """The set to look a branch up by: uncommon and long strings, and few of them."""
    return max(branch, key=_telling)


def _telling(part: frozenset[str]) -> tuple[bool, int, int, list[str]]:
    common = any(word in letters for letters in part for word in _COMMON)
    shortest = min(map(len, part))
    return (shortest >= _LONG and not common, shortest, -len(part), sorted(part))


@dataclass
class _Reader:
    """Where a branch is being read, and the run of plain letters that is being gathered."""

    branch: str
    at: int = 0
    run: list[str] = field(default_factory=list)

    def ended(self) -> str:
        found, self.run = "".join(self.run), []
        return found


def _parts(branch: str) -> Iterator[tuple[str, str]]:
    """The runs of letters and the groups of a branch that are not optional."""
    reader = _Reader(branch)
    while reader.at < len(branch):
        letter = branch[reader.at]
        if letter == "(":
            yield "run", reader.ended()
            yield from _group(reader)
        elif letter == "[":
            yield "run", reader.ended()
            reader.at = _class_end(branch, reader.at)
        elif letter in _OPTIONAL:
            reader.run = reader.run[:-1]
            yield "run", reader.ended()
            reader.at = _quantifier_end(branch, reader.at)
        elif letter in ".^$+":
            yield "run", reader.ended()
            reader.at += 1
        elif letter == "\\":
            following = branch[reader.at + 1 : reader.at + 2]
            if following in _CLASSES:
                yield "run", reader.ended()
            else:
                reader.run.append(following)
            reader.at += 2
        else:
            end = _next(_SPECIAL, branch, reader.at)
            reader.run.extend(branch[reader.at : end])
            reader.at = end
    yield "run", reader.ended()


def _group(reader: _Reader) -> Iterator[tuple[str, str]]:
    branch, start = reader.branch, reader.at
    end = _group_end(branch, start)
    reader.at = end
    inner = branch[start + 1 : end - 1]
    if inner.startswith(_AROUND) or branch[end : end + 1] in _OPTIONAL:
        return
    if inner.startswith("?P<"):
        inner = inner[inner.index(">") + 1 :]
    yield "group", inner.removeprefix("?:")


def _branches(pattern: str) -> list[str]:
    found, at, start = [], 0, 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == "|":
            found.append(pattern[start:at])
            start = at + 1
        if letter == "(":
            at = _group_end(pattern, at)
        elif letter == "[":
            at = _class_end(pattern, at)
        elif letter == "\\":
            at += 2
        else:
            at = _next(_DIVIDER, pattern, at + 1)
    return [*found, pattern[start:]]


def _next(special: re.Pattern[str], pattern: str, at: int) -> int:
    """The place of the next special letter from here, or the end."""
    found = special.search(pattern, at)
    return found.start() if found else len(pattern)


def _group_end(pattern: str, at: int) -> int:
    """The place after the bracket that closes the one at `at`."""
    depth = 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == "[":
            at = _class_end(pattern, at)
            continue
        if letter == "\\":
            at += 2
            continue
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if not depth:
            return at + 1
        at = _next(_BRACKET, pattern, at + 1)
    return at


def _class_end(pattern: str, at: int) -> int:
    at += 2 if pattern.startswith("[^", at) else 1
    at += pattern.startswith("]", at)
    while at < len(pattern) and pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at + 1


def _quantifier_end(pattern: str, at: int) -> int:
    end = pattern.find("}", at) + 1 if pattern[at] == "{" else at + 1
    return end or len(pattern)
