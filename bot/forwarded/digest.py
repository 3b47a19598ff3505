"""The entries of a text that tells of several errors: rows, items, cards, dated lines, parts.

What stands in one entry is never mixed with what stands in another one.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

_CELLS = re.compile(r"\t|\s\|\s|^\||\|$")
_RULE = re.compile(r"^[\s|+:=_-]*$")
_ITEM = re.compile(r"^(?P<mark>[-*•·–]|\(?\d{1,3}[.)])\s+\S")
_KINDS = (
    r"(?:sales )?(?:order|invoice|bill|payment|receipt|expense|estimate|refund|deposit|transaction"
    r"|document|record|customer|vendor|item|job|line|row)s?"
)
# What begins with a moment, or with the number of what it is about.
_NAMED = re.compile(
    rf"^\W{{0,2}}(?:\d{{4}}-\d\d-\d\d[T ]|\d\d?:\d\d\b|(?:{_KINDS}\s+)?#?\s?[A-Z]{{0,6}}[-_]?\d"
    r"[\w-]*(?:\s?[:–—|]\s|\s+-\s|$)|[A-Z]{1,6}-\d[\w-]*\s"
    rf"|{_KINDS}\s+#?[A-Z]{{0,6}}[-_]?\d[\w-]*\s+(?:failed|skipped|rejected"
    r"|(?:was|could) not (?:be )?\w+)\s*[-–—:]\s)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^(?P<label>[^\W\d][^\d:\t|]{0,30}?)(?:\s?:\s|\t)(?P<value>\S.*)$")
# What stands left of its value, and above its column.
_WORDS = re.compile(
    r"^\W*(?:(?:order|invoice|document|doc|bill|payment|transaction|txn|record|customer|client"
    r"|vendor|supplier|item|product|sku|account|amount|total|date|day|time|when|status|state"
    r"|result|error|errors|code|message|reason|details?|description|quickbooks|said|says|type|name"
    r"|number|no|id|company|user|source|action|ref|reference|beleg|kunde|fehler|meldung|code"
    r"|the|of|from|in|by|and)\W*){1,5}$",
    re.IGNORECASE,
)
_LEAD = re.compile(r":\s*$")
# Several on one line, and what may stand before the first of them.
_PARTED = re.compile(r"\s*;\s+")
_BEFORE_FIRST = re.compile(r"^[^:;]{1,60}:\s+(?=\S)")
# “(1) …”, “2) …”, “3. …” within a line.
_NUMBER_WITHIN = re.compile(r"(?<!\S)(?:\((?P<within>\d{1,2})\)|(?P<before>\d{1,2})[.)])\s+(?=\S)")
_MOST_LINES = 10_000
_LONGEST_LABEL = 60
_LONGEST_NUMBERED = 10_000


@dataclass(frozen=True)
class Group:
    """Entries of one kind that follow each other. `own`: each has cells or a number of its own.

    `beside`: what stands between them and belongs to none.
    """

    entries: tuple[str, ...]
    own: bool
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Groups:
    """What a text may be made of: its tables, and the ways to read its other lines.

    The way whose first entry comes first stands first.
    """

    tables: tuple[Group, ...]
    ways: tuple[tuple[Group, ...], ...]


def groups(text: str) -> Groups:
    """The groups of a text, each with its entries in their order."""
    lines = [line.strip() for line in text.split("\n")[:_MOST_LINES]]
    tables: list[Group] = []
    rest: list[str] = []
    for run in _runs(lines):
        rows = _rows(run)
        if rows:
            tables.append(Group(tuple(rows), own=True))
            rest.append("")
        else:
            rest += run
    ways = [tuple(found) for read in (_cards, _items, _named, _parted) if (found := read(rest))]
    joined = "\n".join(line for line in rest if line)
    return Groups(
        tuple(tables), tuple(sorted(ways, key=lambda way: joined.find(way[0].entries[0])))
    )


def cells(row: str) -> list[str]:
    """The cells of a row; a line without any is one cell."""
    return [cell for one in _CELLS.split(row) if (cell := one.strip())]


def unmarked(entry: str) -> str:
    """An entry of a list without the sign or the number before it."""
    found = _ITEM.match(entry)
    return entry[found.end("mark") :].lstrip() if found else entry


def numbered(line: str) -> list[str]:
    """What follows "(1)", "(2)", … within one line; [] where the numbers do not count up from 1."""
    marks = list(_NUMBER_WITHIN.finditer(line[:_LONGEST_NUMBERED]))
    numbers = [int(hit["within"] or hit["before"]) for hit in marks]
    if len(marks) < 2 or numbers != list(range(1, len(marks) + 1)):
        return []
    ends = [hit.start() for hit in marks[1:]] + [len(line)]
    return [line[hit.end() : end].strip(" ,;") for hit, end in zip(marks, ends, strict=True)]


def is_labelled(line: str) -> bool:
    """Whether a line is a value with its label: a part of one thing."""
    hit = _LABEL.match(line)
    return hit is not None and _WORDS.match(hit["label"]) is not None


def _runs(lines: Sequence[str]) -> Iterator[list[str]]:
    """Lines that follow each other and are rows of a table, or none."""
    run: list[str] = []
    for line in lines:
        is_row = _is_row(line) or (bool(run) and _is_row(run[-1]) and _is_rule(line))
        if run and is_row != _is_row(run[0]):
            yield run
            run = []
        run.append(line)
    yield run


def _is_row(line: str) -> bool:
    return _CELLS.search(line) is not None and len(cells(line)) > 1


def _is_rule(line: str) -> bool:
    return bool(line) and _RULE.match(line) is not None


def _rows(run: Sequence[str]) -> list[str]:
    """The rows of a table without its head; none of one whose rows are the parts of one thing."""
    rows = [line for line in run if _is_row(line) and not _is_rule(line)]
    headed = len(rows) > 1 and _is_head(rows[0])
    rows = rows[headed:]
    labelled = sum(len(cells(row)) == 2 and _is_head(cells(row)[0]) for row in rows)
    if not headed and (len(rows) < 2 or 2 * labelled >= len(rows)):
        return []
    return rows


def _is_head(row: str) -> bool:
    return all(len(name) <= _LONGEST_LABEL and _WORDS.match(name) for name in cells(row))


def _cards(lines: Sequence[str]) -> list[Group]:
    """Things of several labelled lines each: the first label begins the next one."""
    labels = [(place, hit) for place, line in enumerate(lines) if (hit := _LABEL.match(line))]
    names = [hit["label"].casefold() for _, hit in labels]
    often = Counter(names)
    first = next((name for name in names if often[name] > 1 and _WORDS.match(name)), None)
    if first is None:
        return []
    places = [place for (place, _), name in zip(labels, names, strict=True) if name == first]
    if len({lines[place] for place in places}) < 2:
        return []
    return [Group(tuple(_between(lines, places, _LABEL.match)), own=True)]


def _items(lines: Sequence[str]) -> list[Group]:
    marks = {place: hit["mark"] for place, line in enumerate(lines) if (hit := _ITEM.match(line))}
    lists: list[list[int]] = []
    for place, mark in marks.items():
        before = lists[-1][-1] if lists else -1
        if before < 0 or _begins_again(lines, before, place, (marks[before], mark)):
            lists.append([])
        lists[-1].append(place)
    found = (
        tuple(_between(_up_to(lines, following[0]), one, _ITEM.match))
        for one, following in pairwise([*lists, [len(lines)]])
        if len(one) > 1
    )
    return [Group(entries, own=all(_has_number(one) for one in entries)) for entries in found]


def _up_to(lines: Sequence[str], end: int) -> Sequence[str]:
    """The lines before the next list, without those that announce it."""
    if end < len(lines):
        while end and (not lines[end - 1] or _LEAD.search(lines[end - 1])):
            end -= 1
    return lines[:end]


def _begins_again(lines: Sequence[str], before: int, place: int, marks: tuple[str, str]) -> bool:
    one, other = (mark.strip("().") for mark in marks)
    if one.isdecimal() != other.isdecimal() or (other == "1" and one.isdecimal()):
        return True
    between = [line for line in lines[before + 1 : place] if line]
    return bool(between) and _LEAD.search(between[-1]) is not None


def _named(lines: Sequence[str]) -> list[Group]:
    places = [place for place, line in enumerate(lines) if _NAMED.match(line)]
    if len(places) < 2:
        return []
    return [Group(tuple(_between(lines, places, _NAMED.match)), own=True)]


def _parted(lines: Sequence[str]) -> list[Group]:
    """The parts of a line between semicolons that begin with a number of their own."""
    found = (_of_line(line) for line in lines if ";" in line)
    return [group for group in found if len(group.entries) > 1]


def _of_line(line: str) -> Group:
    first, *others = _PARTED.split(line)
    if not _NAMED.match(first):
        first = _BEFORE_FIRST.sub("", first)
    parts = [part for part in (first, *others) if part]
    own: dict[str, str] = {}
    for part in parts:
        if hit := _NAMED.match(part):
            # What begins with the same number tells more of the same.
            number = hit[0].strip(" \t:|-–—")
            own[number] = f"{own[number]}; {part}" if number in own else part
    beside = tuple(part for part in parts if not _NAMED.match(part))
    return Group(tuple(own.values()), own=True, beside=beside)


def _has_number(entry: str) -> bool:
    return any(sign.isdigit() for sign in _ITEM.sub("", entry, count=1))


def _between(
    lines: Sequence[str], places: Sequence[int], begins: Callable[[str], re.Match[str] | None]
) -> Iterator[str]:
    """The text from each place to the next one; the last has no more paragraphs than another."""
    most = 1
    for start, end in pairwise([*places, len(lines)]):
        parts = _paragraphs(lines[start:end], begins)
        if end == len(lines):
            parts = parts[:most]
        most = max(most, len(parts))
        yield "\n".join(chain.from_iterable(parts))


def _paragraphs(
    lines: Sequence[str], begins: Callable[[str], re.Match[str] | None]
) -> list[list[str]]:
    """Lines with an empty one between; what begins like the first line stays with it."""
    parts: list[list[str]] = [[]]
    for before, line in pairwise(("", *lines)):
        if not before and line and parts[-1] and not begins(line):
            parts.append([])
        if line:
            parts[-1].append(line)
    return parts
