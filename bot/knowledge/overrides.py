"""Problem files of the firm's own: read strictly; what is wrong with one is said, and ours stays.

A file named like one of ours replaces its words; ours still decides how the error is recognised
and what kind it is. A file with a name of its own explains errors that none of ours claims.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from rapidfuzz import process

from bot.errors import BotError, ConfigError, TemplateFault
from bot.knowledge.firm_rules import Ours, broken_rules, in_use
from bot.knowledge.problem import Problem, problem_of
from bot.knowledge.samples import FACTS, SAMPLE
from bot.knowledge.telling import IN_GENERAL
from bot.render import (
    PARTS,
    Flaw,
    FlawedTemplate,
    Listing,
    ProblemText,
    Wording,
    WordingReader,
    clean,
    listed,
    shorten,
    to_plain,
)
from bot.render.wording import LINE, TITLE

SUFFIX = ".md.j2"
LARGEST = 60_000
MOST_FILES = 200
_LONGEST_PART = 2_000
# What is said of one file: whoever mends it begins at the top.
_MOST_FLAWS, _LONGEST_REASON = 20, 300
# How a template that writes without end is stopped, before its words are counted.
_TOO_LONG = "the text is longer than"
_TOML_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)")
_KEY = re.compile(r"\b[a-z_]{3,}\b")


@dataclass(frozen=True)
class FirmFile:
    """One file as it was read: with flaws it is not used, and ours, if there is one, stays."""

    name: str
    flaws: tuple[Flaw, ...] = ()
    problem: Problem | None = None
    wording: Wording | None = None
    # The words with the sample's facts, as far as they can be rendered.
    sample: ProblemText | None = None

    @property
    def is_good(self) -> bool:
        """Whether it is used."""
        return not self.flaws and self.problem is not None and self.wording is not None


@dataclass(frozen=True)
class Overrides:
    """The folder as it was read last; `fault` says why it could not be."""

    folder: str = ""
    files: Mapping[str, FirmFile] = field(default_factory=dict)
    fault: str = ""
    # What the files looked like then: name, time and size of each.
    stamp: tuple[tuple[str, int, int], ...] = ()

    @property
    def good(self) -> tuple[FirmFile, ...]:
        """The files in use."""
        return tuple(one for one in self.files.values() if one.is_good)

    @property
    def broken(self) -> tuple[FirmFile, ...]:
        """The files that ours stand in for."""
        return tuple(one for one in self.files.values() if not one.is_good)


def trouble(found: Overrides, failing: Mapping[str, BotError]) -> dict[str, str]:
    """What is wrong with the firm's files, by name: as they were read, and in real cases since."""
    wrong = {one.name: "; ".join(map(str, one.flaws)) for one in found.broken}
    return wrong | {name: f"in a real case: {fault.message}" for name, fault in failing.items()}


def stamp_of(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells one state of a folder from another. Raises OSError."""
    # What is named a little wrong, or leads nowhere, is read as well: then it is told.
    paths = [path for path in folder.iterdir() if ".j2" in path.name and path.name[0] != "."]
    return tuple(sorted(_looks(paths)))


def _looks(paths: Iterable[Path]) -> Iterator[tuple[str, int, int]]:
    for path in paths:
        try:
            # What a link leads to may change while the link stays.
            stat = path.stat() if path.exists() else path.lstat()
        except FileNotFoundError:
            # Taken away just now, as editors do with the copies they make while they write.
            continue
        yield path.name, stat.st_mtime_ns, stat.st_size


def folder_fault(folder: Path) -> str:
    """Why a folder cannot be read, "" when it can be."""
    try:
        stamp_of(folder)
    except OSError as error:
        return f"the folder {folder} cannot be read: {error.strerror}"
    return ""


def read_folder(folder: Path, ours: Ours) -> Overrides:
    """Read every problem file of a folder; raises nothing, what is wrong is in the answer."""
    try:
        stamp = stamp_of(folder)
    except OSError:
        return Overrides(str(folder), fault=folder_fault(folder))
    reader = WordingReader()
    found: dict[str, FirmFile] = {}
    claims: dict[tuple[str, str, int, str], str] = {}
    for name, _, _ in stamp[:MOST_FILES]:
        one = read_file(folder / name, ours, reader)
        found[one.name] = replace(one, flaws=(*one.flaws, *_claimed_twice(one, claims)))
    if left := [name for name, _, _ in stamp[MOST_FILES:]]:
        reason = f"there are more than {MOST_FILES} files: {len(left):,} are not read, from this on"
        first = _name_of(left[0])
        found[first] = FirmFile(first, (Flaw(0, reason),))
    return Overrides(str(folder), found, stamp=stamp)


def read_file(path: Path, ours: Ours, reader: WordingReader | None = None) -> FirmFile:
    """Read one file and try it with made-up facts; everything that is wrong is among its flaws."""
    found = _read(path, ours, reader or WordingReader())
    flaws = [replace(flaw, reason=shorten(clean(flaw.reason), _LONGEST_REASON))
             for flaw in dict.fromkeys(found.flaws)]  # fmt: skip
    if len(flaws) > _MOST_FLAWS:
        flaws[_MOST_FLAWS:] = [Flaw(0, f"and {len(flaws) - _MOST_FLAWS:,} more")]
    return replace(found, flaws=tuple(flaws))


def _read(path: Path, ours: Ours, reader: WordingReader) -> FirmFile:
    name = _name_of(path.name)
    source = ""
    try:
        source = _source(path)
        theirs = problem_of(path.name, source)
    except ConfigError as error:
        return FirmFile(name, (_placed(error.message.removeprefix(f"{path.name}: "), source),))
    except RecursionError:
        return FirmFile(name, (Flaw(0, "it is nested too deep"),))
    flaws = [_placed(reason, source, key) for key, reason in broken_rules(theirs, ours)]
    try:
        wording = reader.read(name, source)
    except FlawedTemplate as error:
        return FirmFile(name, tuple(sorted([*flaws, *error.flaws], key=lambda flaw: flaw.line)))
    flaws += _never_there(theirs, source, ours)
    sample, wrong = _tried(wording)
    theirs = in_use(theirs, ours.problems.get(name))
    return FirmFile(name, (*flaws, *wrong), theirs, wording, sample)


def _name_of(file: str) -> str:
    """What a file is called here; what no terminal and no database takes is written as escapes."""
    name = file.removesuffix(SUFFIX)
    return name if name.isprintable() else ascii(name)[1:-1]


def _source(path: Path) -> str:
    """The text of a file. Raises ConfigError."""
    try:
        # A pipe or a device would be read for ever.
        if not path.is_file():
            msg = "it is no file, or leads to none"
            raise ConfigError(msg)
        # Editors of Windows put a mark in front.
        with path.open(encoding="utf-8-sig") as file:
            source = file.read(LARGEST + 1)
    except OSError as error:
        msg = f"it cannot be read: {error.strerror}"
        raise ConfigError(msg) from None
    except UnicodeDecodeError:
        msg = "it is no text in UTF-8"
        raise ConfigError(msg) from None
    if len(source) > LARGEST:
        msg = f"it is longer than {LARGEST:,} characters"
        raise ConfigError(msg)
    return source


def _tried(wording: Wording) -> tuple[ProblemText | None, list[Flaw]]:
    """Render with a whole case and with the least that a case has."""
    flaws: list[Flaw] = []
    sample: ProblemText | None = None
    for facts in (SAMPLE, {**IN_GENERAL, "time_zone": "UTC"}):
        try:
            text = wording.render(facts)
        except TemplateFault as fault:
            flaws.append(Flaw(fault.line, _guarded(fault.message)))
            continue
        flaws += _measured(text, wording)
        if facts is SAMPLE:
            sample = text
            flaws += _lacking(text, wording)
    return sample, list(dict.fromkeys(flaws))


def _guarded(message: str) -> str:
    """Say how a fact is asked for that is not always there."""
    reason = message.split(": ", 1)[-1]
    if _TOO_LONG in reason:
        return f"a block becomes longer than {_LONGEST_PART:,} characters"
    name = re.match(r"'(\w+)' is undefined", reason)
    if name is None:
        return reason
    if name[1] not in FACTS:
        return _no_fact(name[1])
    return f'the fact {name[1]} is not there in every case: write fact("{name[1]}")'


def _never_there(theirs: Problem, source: str, ours: Ours) -> Iterator[Flaw]:
    """The facts that no case has: asked for in this way they would be left out without a word.

    Our own files ask for some that no file of the firm is told of; a copy of one may as well.
    """
    known = FACTS.union(*(one.asks for one in ours.problems.values()))
    lines = source.splitlines()
    for name in sorted(theirs.asks - known):
        asked = re.compile(rf"\bfact\(\s*[\"']{name}\b")
        place = next((number for number, line in enumerate(lines, 1) if asked.search(line)), 0)
        yield Flaw(place, _no_fact(name))


def _no_fact(name: str) -> str:
    near = [one[0] for one in process.extract(name, sorted(FACTS), limit=3)]
    return f"there is no fact named {name}; the nearest are {listed(near)}"


def _measured(text: ProblemText, wording: Wording) -> Iterator[Flaw]:
    lines: tuple[tuple[str, str, int], ...] = (
        # What waits stands behind " · " and gives way by itself.
        ("title", text.title.split(" · ")[0], TITLE),
        ("push", text.push, LINE),
        ("fixed", text.fixed, TITLE),
    )
    for key, said, longest in lines:
        if len(said) > longest:
            reason = f"{key} becomes {len(said)} characters long; there is room for {longest}"
            yield Flaw(wording.places.get(key, 0), reason)
    for key in PARTS:
        if len(to_plain(getattr(text, key))) > _LONGEST_PART:
            reason = f"block {key} becomes longer than {_LONGEST_PART:,} characters"
            yield Flaw(wording.places.get(key, 0), reason)


def _lacking(text: ProblemText, wording: Wording) -> Iterator[Flaw]:
    """What a message needs and does not get."""
    for key in ("title", "push", "fixed"):
        if not getattr(text, key).strip():
            yield Flaw(wording.places.get(key, 0), f"{key} becomes empty")
    for key in PARTS:
        if not getattr(text, key):
            yield Flaw(wording.places.get(key, 0), f"block {key} becomes empty")
    if not any(isinstance(block, Listing) for block in text.fix.blocks):
        yield Flaw(
            wording.places.get("fix", 0), 'block fix needs a step: a line that begins with "1. "'
        )


def _claimed_twice(one: FirmFile, claims: dict[tuple[str, str, int, str], str]) -> Iterator[Flaw]:
    """Two files of the firm may not claim the same; the first one in the alphabet has it."""
    for row in one.problem.matches if one.problem and not one.flaws else ():
        if (holder := claims.setdefault(row.claim, one.name)) != one.name:
            yield Flaw(0, f"a match of it is claimed by {holder}{SUFFIX} already")


def _placed(reason: str, source: str, key: str = "") -> Flaw:
    """A flaw of the front matter, with the line in which its key stands."""
    said = _TOML_LINE.search(reason)
    if said is not None:
        # The front matter begins in the second line of the file.
        return Flaw(int(said[1]) + 1, _TOML_LINE.sub("", reason))
    lines = source.splitlines()
    places = (_line_of(lines, word) for word in ([key] if key else _KEY.findall(reason)))
    return Flaw(next((line for line in places if line), 0), reason)


def _line_of(lines: list[str], key: str) -> int:
    """The line in which a key of the front matter stands, 0 when it does not."""
    written = re.compile(rf"(\[\[)?{key}\b")
    return next((number for number, text in enumerate(lines, 1) if written.match(text)), 0)
