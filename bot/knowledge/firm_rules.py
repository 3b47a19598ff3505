"""What a problem file of the firm may say: much about words, little about what an error is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.domain import KINDS_OF_THE_COMPANY
from bot.knowledge.firm_patterns import why_refused
from bot.knowledge.problem import Match, Problem

# What works on every record that is held: the other fixes need facts of their own problem.
FIXES_FOR_NEW = frozenset({"retry", "skip"})
# Found by checks; no text is classified into them.
_OF_CHECKS = frozenset(
    {"sync_stalled", "drift", "missing_documents", "locked", "filed_tax", "clearing_gap",
     "read_budget"}
)  # fmt: skip
_KEPT = ("inhibits", "exception", "exception_role")
MOST_ROWS = 200


@dataclass(frozen=True)
class Ours:
    """What a file of the firm is compared with: our problems, by name, and the fixes there are."""

    problems: Mapping[str, Problem]
    fixes: frozenset[str]


def broken_rules(theirs: Problem, ours: Ours) -> Iterator[tuple[str, str]]:
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
    if theirs.kind in KINDS_OF_THE_COMPANY:
        yield "kind", f"kind {theirs.kind} speaks of a whole company: those stay ours"
    if theirs.kind in _OF_CHECKS:
        yield "kind", f"kind {theirs.kind} is found by checks, never in a text"
    if theirs.inhibits:
        yield "inhibits", "inhibits pauses a company's other alerts: that stays ours"
    if theirs.of_all:
        yield "of_all", "of_all is for what our checks find at no company alone: that stays ours"
    if theirs.exception:
        yield "exception", "exception belongs to what our checks find"
    if not theirs.matches:
        yield "match", "it needs a [[match]], or nothing is ever recognised by it"


def _matches(theirs: Problem, own: Problem | None, ours: Ours) -> Iterator[tuple[str, str]]:
    claimed = {row.claim: name for name, one in ours.problems.items() for row in one.matches}
    added = _added(theirs, own)
    if len(added) > MOST_ROWS:
        yield "match", f"there are more than {MOST_ROWS} matches; each code counts as one"
        return
    written: set[tuple[str, str, int, str]] = set()
    for row in added:
        said = f"{row.platform} {row.code or (row.pattern.pattern if row.pattern else row.http)}"
        if row.claim in written:
            yield "match", f"{said} stands there twice"
        written.add(row.claim)
        if holder := claimed.get(row.claim):
            yield "match", f"{said} is recognised by our {holder} already"
        if own is not None and own.kind in KINDS_OF_THE_COMPANY:
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


def in_use(theirs: Problem, own: Problem | None) -> Problem:
    """The problem as the bot takes it: words of theirs, recognised as ours was and as they add."""
    if own is None:
        return theirs
    added = tuple(_added(theirs, own))
    return replace(own, title=theirs.title, push=theirs.push, severity=theirs.severity,
                   fixes=theirs.fixes, steps=theirs.steps or own.steps,
                   matches=(*own.matches, *added))  # fmt: skip
