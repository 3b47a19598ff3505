"""Problem files of the firm's own: read strictly; what is wrong with one is said, and ours stays.

A file named like one of ours replaces its words; ours still decides how the error is recognised
and what kind it is. A file with a name of its own explains errors that none of ours claims.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.errors import BotError, ConfigError, TemplateFault
from bot.knowledge.firm_patterns import why_refused
from bot.knowledge.problem import Match, Problem, read_problem
from bot.knowledge.samples import SAMPLE
from bot.knowledge.telling import IN_GENERAL
from bot.render import (
    PARTS,
    Flaw,
    FlawedTemplate,
    Listing,
    ProblemText,
    Wording,
    WordingReader,
    to_plain,
)

SUFFIX = ".md.j2"
LARGEST = 60_000
MOST_FILES = 200
# What works on every record that is held: the other fixes need facts of their own problem.
FIXES_FOR_NEW = frozenset({"retry", "skip"})
# These say that a whole company stands still: no file of the firm decides that.
_OF_THE_COMPANY = frozenset(
    {"token_expired", "permission", "company_suspended", "throttled", "server_error", "network"}
)
# Found by checks; no text is classified into them.
_OF_CHECKS = frozenset(
    {"sync_stalled", "drift", "missing_documents", "locked", "filed_tax", "clearing_gap",
     "read_budget"}
)  # fmt: skip
_KEPT = ("inhibits", "exception", "exception_role")
_LONGEST_TITLE, _LONGEST_PUSH, _LONGEST_PART = 51, 400, 2_000
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


@dataclass(frozen=True)
class Ours:
    """What a file of the firm is compared with: our problems, by name, and the fixes there are."""

    problems: Mapping[str, Problem]
    fixes: frozenset[str]


def trouble(found: Overrides, failing: Mapping[str, BotError]) -> dict[str, str]:
    """What is wrong with the firm's files, by name: as they were read, and in real cases since."""
    wrong = {"the folder": found.fault} if found.fault else {}
    wrong |= {one.name: "; ".join(map(str, one.flaws)) for one in found.broken}
    return wrong | {name: f"in a real case: {fault.message}" for name, fault in failing.items()}


def stamp_of(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells one state of a folder from another. Raises OSError."""
    # What is named a little wrong, or leads nowhere, is read as well: then it is told.
    paths = [path for path in folder.iterdir() if ".j2" in path.name and path.name[0] != "."]
    seen = ((path.name, path.lstat() if path.is_symlink() else path.stat()) for path in paths)
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in seen))


def read_folder(folder: Path, ours: Ours) -> Overrides:
    """Read every problem file of a folder; raises nothing, what is wrong is in the answer."""
    try:
        stamp = stamp_of(folder)
    except OSError as error:
        reason = f"the folder {folder} cannot be read: {error.strerror}"
        return Overrides(str(folder), fault=reason)
    paths = [folder / name for name, _, _ in stamp]
    reader = WordingReader()
    found: dict[str, FirmFile] = {}
    claims: dict[tuple[str, str, int, str], str] = {}
    for path in paths:
        one = read_file(path, ours, reader)
        if len(found) >= MOST_FILES:
            one = FirmFile(one.name, (Flaw(0, f"there are more than {MOST_FILES} files"),))
        flaws = [*one.flaws, *_claimed_twice(one, claims)]
        found[one.name] = replace(one, flaws=tuple(flaws))
    return Overrides(str(folder), found, stamp=stamp)


def read_file(path: Path, ours: Ours, reader: WordingReader | None = None) -> FirmFile:
    """Read one file and try it with made-up facts; everything that is wrong is among its flaws."""
    name = path.name.removesuffix(SUFFIX)
    source = ""
    try:
        source = _source(path)
        theirs = read_problem(path)
    except ConfigError as error:
        return FirmFile(name, (_placed(error.message.removeprefix(f"{path.name}: "), source),))
    except RecursionError:
        return FirmFile(name, (Flaw(0, "it is nested too deep"),))
    flaws = [_placed(reason, source, key) for key, reason in _rules(theirs, ours)]
    try:
        wording = (reader or WordingReader()).read(name, source)
    except FlawedTemplate as error:
        return FirmFile(name, tuple(sorted({*flaws, *error.flaws}, key=lambda flaw: flaw.line)))
    sample, wrong = _tried(wording)
    return FirmFile(
        name, (*flaws, *wrong), _in_use(theirs, ours.problems.get(name)), wording, sample
    )


def _source(path: Path) -> str:
    """The text of a file. Raises ConfigError."""
    try:
        # A pipe or a device would be read for ever.
        if not path.is_file() or path.stat().st_size > LARGEST:
            msg = f"it is no file of at most {LARGEST:,} bytes"
            raise ConfigError(msg)
        return path.read_text(encoding="utf-8")
    except OSError as error:
        msg = f"it cannot be read: {error.strerror}"
        raise ConfigError(msg) from None
    except UnicodeDecodeError:
        msg = "it is no text in UTF-8"
        raise ConfigError(msg) from None


def _rules(theirs: Problem, ours: Ours) -> Iterator[tuple[str, str]]:
    """Yield (key, reason) for what a firm's file may not say."""
    own = ours.problems.get(theirs.name)
    missing = sorted(set(theirs.fixes) - ours.fixes)
    if missing:
        yield "fixes", f"there is no fix named {', '.join(missing)}"
    allowed = frozenset(own.fixes) if own else FIXES_FOR_NEW
    foreign = sorted(set(theirs.fixes) & ours.fixes - allowed)
    if foreign:
        whose = "our file" if own else "a problem of your own"
        offered = ", ".join(sorted(allowed)) or "none"
        yield "fixes", f"{', '.join(foreign)}: {whose} can only offer {offered}"
    yield from _kept(theirs, own) if own else _new(theirs)
    yield from _matches(theirs, own, ours)


def _kept(theirs: Problem, own: Problem) -> Iterator[tuple[str, str]]:
    """What stays ours in a file that replaces one of ours."""
    if theirs.kind != own.kind:
        yield "kind", f"kind stays {own.kind}, as in our file"
    if theirs.family != own.family:
        yield "family", f"family stays {own.family.value}, as in our file"
    for key in _KEPT:
        if getattr(theirs, key) != getattr(own, key):
            yield key, f"{key} stays as in our file"


def _new(theirs: Problem) -> Iterator[tuple[str, str]]:
    """What a problem of the firm's own may not be."""
    if theirs.kind in _OF_THE_COMPANY:
        yield "kind", f"kind {theirs.kind} speaks of a whole company: those stay ours"
    if theirs.kind in _OF_CHECKS:
        yield "kind", f"kind {theirs.kind} is found by checks, never in a text"
    if theirs.inhibits:
        yield "inhibits", "inhibits pauses a company's other alerts: that stays ours"
    if theirs.exception:
        yield "exception", "exception belongs to what our checks find"
    if not theirs.matches:
        yield "match", "it needs a [[match]], or nothing is ever recognised by it"


def _matches(theirs: Problem, own: Problem | None, ours: Ours) -> Iterator[tuple[str, str]]:
    claimed = {row.claim: name for name, one in ours.problems.items() for row in one.matches}
    for row in _added(theirs, own):
        holder = claimed.get(row.claim)
        if holder:
            said = row.code or (row.pattern.pattern if row.pattern else str(row.http))
            yield "match", f"{row.platform} {said} is recognised by our {holder} already"
        if own is not None and own.kind in _OF_THE_COMPANY:
            yield "match", f"what is recognised as {own.name} stays ours: leave this match out"
        if row.platform == "oauth":
            yield "match", "platform oauth speaks of a whole company: those stay ours"
        if row.pattern is None and not row.code:
            yield "match", "an HTTP status alone says too little: give a code or a pattern"
        for pattern in (row.pattern, row.unless):
            for reason in why_refused(pattern):
                yield "pattern", reason


def _added(theirs: Problem, own: Problem | None) -> list[Match]:
    """The rows that are not a mere copy of our own file's."""
    copied = {row.claim for row in own.matches} if own else set()
    return [row for row in theirs.matches if row.claim not in copied]


def _in_use(theirs: Problem, own: Problem | None) -> Problem:
    """The problem as the bot takes it: words of theirs, recognised as ours was and as they add."""
    if own is None:
        return theirs
    added = tuple(_added(theirs, own))
    return replace(own, title=theirs.title, push=theirs.push, severity=theirs.severity,
                   fixes=theirs.fixes, steps=theirs.steps or own.steps,
                   matches=(*own.matches, *added))  # fmt: skip


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
    name = re.match(r"'(\w+)' is undefined", reason)
    if name is None:
        return reason
    return f'the fact {name[1]} is not there in every case: write fact("{name[1]}")'


def _measured(text: ProblemText, wording: Wording) -> Iterator[Flaw]:
    lines: tuple[tuple[str, str, int], ...] = (
        # What waits stands behind " · " and gives way by itself.
        ("title", text.title.split(" · ")[0], _LONGEST_TITLE),
        ("push", text.push, _LONGEST_PUSH),
        ("fixed", text.fixed, _LONGEST_TITLE),
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
