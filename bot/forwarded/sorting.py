"""Which entries of a text are errors: each is told by itself, and what is left is said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice, pairwise

from rapidfuzz import fuzz

from bot.forwarded import bodies, digest, exceptions, faults, subjects
from bot.forwarded.digest import Group
from bot.forwarded.recognising import Recognised, recognise
from bot.forwarded.report import LONGEST_TEXT, Report
from bot.knowledge import Knowledge
from bot.knowledge.classify import root_level
from bot.knowledge.products import is_of_other_books, names_other
from bot.knowledge.report import heard

# So many entries are looked at, in so long a text; and so many records of one sentence.
MOST = 200
_LONGEST_DIGEST = 200_000
_MOST_JOINED = 10
# An entry is believed to be an error by itself only when it is well known.
SURE = 0.7
_TOTAL = re.compile(r"^\W*(?:sub)?total\b|^\W*sum\b", re.IGNORECASE)
_WELL = (
    r"ok(?:ay)?|exported|synced|posted|success\w*|succeeded|complete[d]?|done|created|updated"
    r"|imported|sent|passed"
)
_WELL_CELL = re.compile(rf"\W*(?:{_WELL})\W*", re.IGNORECASE)
_WELL_END = re.compile(rf"(?<!not)(?:\s|^)(?:{_WELL})\W*$|\bsuccessfully\b", re.IGNORECASE)
_ADVICE = re.compile(
    r"^\W*(?:\d{1,3}[.)]\s+)?(?:please |then |now )?(?:open|go|check|make|click|press|select|choose"
    r"|log|sign|contact|try|reconnect|visit|view|find|look|ask|edit|enter|use|see|read|run)\b"
    r"[^\d]*$",
    re.IGNORECASE,
)
# A line of JSON or XML is a part of something, too.
_PART = re.compile(r"^[<{\[\"'}\])]")
# A code with what is said in another language.
_CODED = re.compile(r"\(\d{3,5}\)|\b(?:code|error|fehler|erreur)\W{0,3}\d{3,5}\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w-])\d{3,5}(?![\w-])")
_PARTED = re.compile(r"\s*;\s+|\n")
# How QuickBooks calls its faults; a tool may have said before that something failed.
_TITLED = re.compile(
    r"(?:[^:;\n]{1,40}: )?(?:\d{3,5}\W{1,3})?(?P<title>duplicate (?:document number|name exists)"
    r"|stale object|invalid reference id|object not found|business validation|required param\w*"
    r"|account period closed|subscription period has ended|authentication ?failed"
    r"|authorization ?failed|invalid account type|unsupported operation)\b",
    re.IGNORECASE,
)
# A code with hardly more than a name, as a list has them: "6240 Kim Lee; 6140 INV-1002; 6210".
_CODES_PARTED = re.compile(
    r"\s*[;\n]\s*|(?:\s+[/|&+]|,|,?\s+(?:and|und|et|y|e))\s+(?=\d{3,5}\b)", re.IGNORECASE
)
_CODE_AND_NAME = re.compile(
    r"(?:[^\d;]{0,60}\b(?:errors|codes|faults|errores|erreurs)\W{1,3})?"
    r"(?P<told>(?:[^\d;]{0,60}\b(?:error|code|fault|fehler|erreur)\W{1,3}"
    # Not "QuickBooks: 610 Main Street".
    r"|(?:quick ?books(?: online| desktop)?|qb[od]?)\W{1,3}(?=\d+\s*(?:\(|$)))?"
    r"(?P<rest>(?P<code>\d{3,5})\b[^.!?]{0,60}))\.?",
    re.IGNORECASE,
)
_QUICKBOOKS = re.compile(r"quick ?books|\bqb[od]?\b", re.IGNORECASE)
# Two records of one sentence: customer Acme is inactive and item Mug is inactive.
_AND = re.compile(
    r"\s+and\s+(?=(?:the )?(?:customer|client|vendor|supplier|item|product|account)\s)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w[\w'’-]*")
_QUOTED = re.compile(r"[\"“][^\"”]{1,80}[\"”]")
_SHORTEST = 3
# So surely QuickBooks' own sentences are recognised; so like are two lines about other names.
_PLAIN, _ALIKE = 0.85, 70
WELL = "It says that all is well."
NO_ERROR = "It tells of no error."
UNKNOWN = "Nothing explains it, and no source declares this sender."
BEYOND = f"Only the first {MOST} are read."


@dataclass(frozen=True)
class Left:
    """An entry that was not taken as an error, and why, in a sentence."""

    text: str
    why: str


@dataclass(frozen=True)
class Told:
    """What was forwarded at once: its errors, or in a sentence why it is left alone.

    `left`: the parts beside them that were not taken, each with its reason.
    """

    reports: tuple[Report, ...] = ()
    left: tuple[Left, ...] = ()
    left_alone: str = ""


@dataclass(frozen=True)
class Sorted:
    """The errors of a text, each with its place in it, and what was left of its entries."""

    errors: tuple[tuple[int, str], ...] = ()
    left: tuple[Left, ...] = ()


@dataclass(frozen=True)
class _Reader:
    """What recognises entries; `expected`: they come from a tool that forwards errors."""

    knowledge: Knowledge
    expected: bool


@dataclass(frozen=True)
class _Entry:
    place: int
    text: str
    found: Recognised
    why: str = ""

    @property
    def sure(self) -> bool:
        return self.found.known and self.found.confidence >= SURE and self.why != WELL

    @property
    def error(self) -> bool:
        return not self.why


def sort_out(knowledge: Knowledge, text: str, *, expected: bool) -> Sorted:
    """Tell the errors of a text apart; nothing for one that tells of one thing.

    `expected`: it comes from a tool that forwards errors, so that an entry which nothing explains
    counts as one when others beside it are errors.
    """
    whole, text = text, text[:_LONGEST_DIGEST]
    if answered := _answered(knowledge, text):
        return answered
    reader = _Reader(knowledge, expected)
    if listed := _listed(reader, whole):
        return listed
    text = exceptions.joined(text)
    if "\n" not in text.strip() and is_of_other_books(text):
        # The numbers of another ledger, named once for all of them.
        return Sorted()
    if numbered := _numbered(reader, text):
        return _sorted(numbered, expected=expected)
    found = digest.groups(text)
    telling = _telling(reader, found.tables)
    for way in found.ways:
        if more := _telling(reader, way):
            telling += more
            break
    if telling:
        telling = [replace(one, place=place) for place, one in enumerate(telling)]
        return _sorted(telling, expected=expected)
    apart = _paragraphs(reader, text.split("\n")) or _alike(reader, text)
    apart = apart or _joined(reader, text)
    return _sorted(apart, expected=expected)


def none_in(knowledge: Knowledge, text: str, *, declared: bool) -> str:
    """Why a whole text that a tool forwarded is no error, in a sentence; "" where it is one.

    `declared`: it stands where the tool writes its errors, so only good news is none.
    """
    part = text[:LONGEST_TEXT]
    if recognise(knowledge, part, declared=declared).known:
        return ""
    if _is_well(part):
        return WELL
    sounds = declared or heard(part.lower()).trouble or _CODED.search(part)
    return "" if sounds else NO_ERROR


def _answered(knowledge: Knowledge, text: str) -> Sorted | None:
    """The errors of an answer of QuickBooks that lists several, the root of them first."""
    reader = _Reader(knowledge, expected=True)
    told = [_judge(reader, 0, one) for one in faults.apart(text)[:MOST]]
    errors = sorted((one for one in told if one.error), key=partial(_root, knowledge))
    if len(errors) < 2:
        return None
    places = (replace(one, place=place) for place, one in enumerate(errors))
    return _sorted(list(places), expected=True)


def _listed(reader: _Reader, text: str) -> Sorted | None:
    """The errors of a text that is a list of them in JSON."""
    parts = bodies.texts(text)
    each = _named_once(reader, text)
    found = [_judge(each, place, part) for place, part in enumerate(parts[:MOST])]
    if not any(one.error and one.found.known for one in found):
        return None
    found += [replace(found[0], text="", why=BEYOND)] * (len(parts) - len(found))
    return _sorted(found, expected=reader.expected)


def _root(knowledge: Knowledge, entry: _Entry) -> int:
    return root_level(knowledge.problem(entry.found.problem).kind)


def _telling(reader: _Reader, every: Sequence[Group]) -> list[_Entry]:
    """The entries of those groups that tell of errors one by one."""
    found: list[_Entry] = []
    room, beyond = MOST, 0
    for group in every:
        entries = [_judge(reader, place, one) for place, one in enumerate(group.entries[:room])]
        beyond += len(group.entries) - len(entries)
        room -= len(entries)
        if _tells(group, entries):
            found += entries + [_beside(reader, one) for one in group.beside]
    if found:
        found += [replace(found[0], text="", why=BEYOND)] * beyond
    return found


def _judge(reader: _Reader, place: int, whole: str) -> _Entry:
    text = whole[:LONGEST_TEXT]
    entry = _Entry(place, text, recognise(reader.knowledge, text, declared=reader.expected))
    if _TOTAL.match(text):
        return replace(entry, why=NO_ERROR)
    if _is_well(text):
        return replace(entry, why=WELL)
    if entry.sure:
        return entry
    troubled = heard(text.lower()).trouble or _CODED.search(text)
    if _ADVICE.match(text) or len(text.split()) < _SHORTEST or not troubled:
        return replace(entry, why=NO_ERROR)
    return entry


def _beside(reader: _Reader, text: str) -> _Entry:
    """A part without a number of its own: an error only where it surely is one."""
    entry = _judge(reader, 0, text)
    return entry if entry.sure or entry.why else replace(entry, why=NO_ERROR)


def _is_well(text: str) -> bool:
    parts = digest.cells(text)
    if any(_WELL_CELL.fullmatch(cell) for cell in parts):
        return True
    return bool(parts) and _WELL_END.search(parts[-1]) is not None


def _tells(group: Group, entries: Sequence[_Entry]) -> bool:
    """Whether these are errors one by one, and no list of steps or parts of one error."""
    errors = sum(one.error for one in entries)
    sure = sum(one.sure for one in entries)
    known = sum(one.error and one.found.known for one in entries)
    well = any(one.why == WELL for one in entries)
    apart = sure > 0 or errors > 1 or (known > 0 and well)
    return (group.own and apart) or (known > 0 and errors > 1)


def _alike(reader: _Reader, text: str) -> list[_Entry]:
    """The parts of lines between semicolons that say the same of different names.

    Or that each tell plainly of an error of its own: with its code, or in QuickBooks' own words.
    """
    if found := _titled(reader, text) or _coded(reader, text):
        return found
    each = _named_once(reader, text)
    found = _paragraphs(each, _PARTED.split(text)) if ";" in text else []
    same = len({one.found.problem for one in found if one.error}) == 1
    plain = all(one.error and one.found.known and _is_plain(reader, one) for one in found)
    return found if same or plain else []


def _titled(reader: _Reader, text: str) -> list[_Entry]:
    """The parts between semicolons where each begins with the name of another fault."""
    parts = _PARTED.split(text, _MOST_JOINED) if ";" in text else []
    titles = [found["title"].lower() for part in parts if (found := _TITLED.match(part))]
    if len(parts) < 2 or len(set(titles)) != len(parts):
        return []
    # These names are QuickBooks' own: its name has not to stand beside each.
    sure = replace(reader, expected=True)
    return [_judge(sure, place, part) for place, part in enumerate(parts)]


def _coded(reader: _Reader, text: str) -> list[_Entry]:
    """The parts of a list where each is a code of QuickBooks with a name at most."""
    parts = [
        _CODE_AND_NAME.fullmatch(one) for one in _CODES_PARTED.split(text.strip(), _MOST_JOINED)
    ]
    codes = [one["code"] for one in parts if one]
    if len(parts) < 2 or len(set(codes)) != len(parts):
        return []
    # Who begins with "Error 6240" has said what the numbers are.
    each = replace(reader, expected=True) if _CODED.match(text) else _named_once(reader, text)
    # A part is kept by itself: nothing around it says any more whose code it is.
    texts = [_by_itself(reader, one) for one in parts if one]
    found = [_judge(each, place, text) for place, text in enumerate(texts)]
    return found if all(one.sure for one in found) else []


def _by_itself(reader: _Reader, part: re.Match[str]) -> str:
    known = recognise(reader.knowledge, part["told"]).known
    return part["told"] if known else f"QuickBooks error {part['rest']}"


def _numbered(reader: _Reader, text: str) -> list[_Entry]:
    """The parts of a line that counts its errors: "(1) … (2) …"; none of a list of steps."""
    if "\n" in text.strip() or names_other(text.lower()):
        return []
    parts = digest.numbered(text.strip())
    each = _named_once(reader, text)
    found = [_judge(each, place, part) for place, part in enumerate(parts)]
    return found if all(one.error and one.found.known for one in found) else []


def _named_once(reader: _Reader, text: str) -> _Reader:
    """Of a list that names QuickBooks once, no part has to name it again."""
    named = _QUICKBOOKS.search(text) is not None
    return replace(reader, expected=reader.expected or named)


def _joined(reader: _Reader, text: str) -> list[_Entry]:
    """The parts of one sentence that says the same of several records."""
    if "\n" in text.strip() or len(text) > LONGEST_TEXT:
        return []
    for parts in (_AND.split(text, _MOST_JOINED), subjects.apart(text)):
        found = [_judge(reader, place, part) for place, part in enumerate(parts)]
        same = len({one.found.problem for one in found}) == 1
        if len(found) > 1 and same and all(one.error and one.found.known for one in found):
            return found
    return []


def _paragraphs(reader: _Reader, parts: Sequence[str]) -> list[_Entry]:
    """Lines that are errors by themselves: of different codes, or of one kind and other names."""
    long = (one for one in parts if len(one.split()) >= _SHORTEST or _CODED.search(one))
    lines = list(dict.fromkeys(long))
    entries = [
        _judge(reader, place, line)
        for place, line in enumerate(islice(lines, MOST))
        if not _PART.match(line) and not digest.is_labelled(line)
    ]
    known = [one for one in entries if one.error and one.found.known]
    if not any(_apart(reader, one, other) for one, other in pairwise(known)):
        return []
    return [one for one in entries if known[0].place <= one.place <= known[-1].place]


def _apart(reader: _Reader, one: _Entry, other: _Entry) -> bool:
    """Whether two lines are two errors, and not one that is told twice."""
    if one.found.problem != other.found.problem:
        return _is_plain(reader, one) and _is_plain(reader, other)
    (mine, said), (others, said_too) = _names(one.text), _names(other.text)
    alike = bool(said) and fuzz.ratio(said, said_too) >= _ALIKE
    return alike and bool(mine - others) and bool(others - mine)


def _is_plain(reader: _Reader, entry: _Entry) -> bool:
    """Whether it has a code of what it is, or is QuickBooks' own sentence.

    A code that stands for many errors (6000) tells none: which one it is stands beside it.
    """
    if entry.found.confidence >= _PLAIN:
        return True
    rows = reader.knowledge.problem(entry.found.problem).matches
    codes = {row.code for row in rows if not row.general and row.pattern is None}
    return any(number in codes for number in _NUMBER.findall(entry.text))


def _names(text: str) -> tuple[set[str], str]:
    """The words with a capital or a digit, and what is said around them and around quotes."""
    named = {word for word in _WORD.findall(text) if not word.islower()}
    around = _WORD.findall(_QUOTED.sub(" ", text))
    return named, " ".join(filter(str.islower, around))


def _sorted(entries: Sequence[_Entry], *, expected: bool) -> Sorted:
    errors: dict[str, int] = {}
    left: list[Left] = []
    for one in entries:
        if one.error and (expected or one.found.known):
            errors.setdefault(one.text, one.place)
        else:
            left.append(Left(one.text, one.why or UNKNOWN))
    return Sorted(tuple((place, text) for text, place in errors.items()), tuple(left))
