"""What a text must contain for a pattern to have a chance: most patterns need not be tried at all.

A pattern is cut at its top-level `|`. What a branch cannot do without are its runs of plain
letters, and of each of its groups the runs of one alternative. A branch without any such run is
always tried.
"""

import re
from collections.abc import Iterator
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


Needs = tuple[frozenset[str], ...]


def keys_of(pattern: str) -> frozenset[str]:
    """Strings of which a matching text has at least one; empty when none is sure."""
    found: set[str] = set()
    for branch in branches_of(pattern):
        keys = key_of(parts_of(branch))
        if not keys:
            return frozenset()
        found |= keys
    return frozenset(found)


def parts_of(branch: str) -> Needs:
    """What a branch needs, in small letters: one of every set."""
    found: list[frozenset[str]] = []
    for kind, part in _parts(branch):
        if kind == "run":
            if len(part) >= _SHORTEST:
                found.append(frozenset((part.lower(),)))
        elif keys := keys_of(part):
            found.append(keys)
    return tuple(found)


def may_match(needs: Needs, low: str) -> bool:
    """Say whether a small-lettered text has what a branch needs."""
    # Plain loops: this is asked some hundred times for every text.
    for part in needs:
        for letters in part:
            if letters in low:
                break
        else:
            return False
    return True


def key_of(needs: Needs) -> frozenset[str]:
    """The set to look a branch up by: uncommon and long strings, and few of them."""
    if len(needs) > 1:
        return max(needs, key=_telling)
    return needs[0] if needs else frozenset()


def _telling(part: frozenset[str]) -> tuple[bool, int, int, list[str]]:
    shortest = min(map(len, part))
    uncommon = shortest >= _LONG and not any(
        word in letters for letters in part for word in _COMMON
    )
    return (uncommon, shortest, -len(part), sorted(part))


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


def branches_of(pattern: str) -> list[str]:
    """A pattern cut at its top-level `|`."""
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
