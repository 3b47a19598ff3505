"""All problems, read once and checked at start."""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from bot.errors import ConfigError
from bot.knowledge.classify import Classified, Rows
from bot.knowledge.context import BOOKKEEPING, OTHER_PRODUCT, QUICKBOOKS
from bot.knowledge.firm_patterns import readable
from bot.knowledge.likeness import Likeness
from bot.knowledge.overrides import Overrides
from bot.knowledge.problem import Match, Problem, read_problem
from bot.knowledge.signs import NEVER_GUESSED, Signs, signs
from bot.knowledge.speakers import is_quickbooks, passed_on
from bot.knowledge.votes import Votes
from bot.render import PARTS

UNKNOWN = "unknown"
_NOTHING = "nothing known matches"
_WORD = re.compile(r"[^\W\d_]{2,}")
_BLOCK_TAG = re.compile(r"\{%[-+]?\s*(block|endblock)\b\s*(\w*)")
# Likeness from which a text is taken for a known one: of QuickBooks, and of bookkeeping at large.
_ALIKE, _ALIKE_AT_LARGE = 0.22, 0.6
# It is never as sure as a code or a sentence, and below this it is a guess.
_SURE = 0.5
_MOST_ALIKE = 0.75
# A code alone, with its own words, or in QuickBooks' own form is not put to the vote of words. Else
# what was found has so many votes for itself, for each bit of its confidence; so many more where a
# code or a sentence of QuickBooks found it, and where a fault names that code. “Unknown” has so
# many where nothing was found, and so many less against what is claimed for its code; without such
# a proof it has more where QuickBooks is not named (half of them where bookkeeping is), more again
# where in such a text nothing was found but its words, and where nothing is said to be wrong in so
# many words.
_DECIDED, _SURE_CODE, _PROVEN = 0.95, 0.89, 0.8
_FOR_WHAT_IS_FOUND, _FOR_A_PROOF, _FOR_A_CODE, _FOR_A_SURE_CODE = 2.0, 2.0, 3.0, 6.0
_FOR_UNKNOWN, _AGAINST_UNKNOWN, _UNNAMED, _NOTHING_WRONG = 1.5, 3.0, 1.5, 0.5
# Where QuickBooks is named and something is said to be wrong, “unknown” has fewer votes: where
# nothing was found, and where the words of a row that is no general one tell what; so many at most
# do the other words give it there. A text of the Desktop, the Web Connector or Intuit's sign-in is
# no other program's, whatever its words: for it there is a lower limit.
_FOR_UNKNOWN_NAMED = 0.5
_TELLING, _TOLD_OF_IT, _MOST_WHERE_TOLD = 0.65, 1.0, 6.0
_MOST_FROM_WORDS = 2.0
# Nor is what has the name of QuickBooks' own fault as it writes it, unless another is named.
_OWN_FAULT = re.compile(r"Business Validation Error\b|business validation error has occurred")
_NOTHING_OURS = 1.0
# This status means one thing, whatever is said around it.
_TOO_MANY, _THROTTLED = 429, "throttled"
# So does the page of the gateway before QuickBooks' own host.
_OF_GATEWAY = "server_error"
# Where the words speak for another kind by more than this, nothing is told as sure.
_TORN, _NOT_SURE = 1.0, 0.77
# What the words alone speak for is told as likely, never as sure.
_VOTED, _MOST_VOTED = 0.45, 0.77


class Knowledge:
    """The problem files: what each is, and how it is recognised."""

    def __init__(self, problems: Mapping[str, Problem], votes: Votes | None = None) -> None:
        self._votes = votes or Votes()
        self.ours: Mapping[str, Problem] = MappingProxyType(dict(problems))
        self.overrides = Overrides()
        self._use(problems)

    def _use(self, problems: Mapping[str, Problem]) -> None:
        rows = [row for problem in problems.values() for row in problem.matches]
        _refuse_double_claims(rows)
        texts = Likeness((name, text) for name in sorted(problems) for text in problems[name].texts)
        self._rows, self._texts = Rows(rows, lambda name: problems[name].kind), texts
        self.problems: Mapping[str, Problem] = MappingProxyType(dict(problems))

    def adopt(self, overrides: Overrides) -> None:
        """Use the good files of the firm beside ours, and only these; the others leave ours."""
        theirs = {
            one.name: one.problem if one.name in self.ours else _by_its_words(one.problem)
            for one in overrides.good
            if one.problem is not None
        }
        self._use({**self.ours, **theirs})
        self.overrides = overrides

    @classmethod
    def load(cls, folder: Path) -> "Knowledge":
        """Read templates/ (or templates/problems/); raises ConfigError naming file and reason."""
        inner = folder / "problems"
        return cls._load(inner if inner.is_dir() else folder)

    @classmethod
    def _load(cls, folder: Path) -> "Knowledge":
        paths = sorted(path for path in folder.glob("*.md.j2") if not path.name.startswith("_"))
        if not paths:
            msg = f"There is no problem file in {folder.name}."
            raise ConfigError(msg)
        problems = {problem.name: problem for problem in map(read_problem, paths)}
        if UNKNOWN not in problems:
            msg = f"{UNKNOWN}.md.j2 is missing: it explains what nothing else explains"
            raise ConfigError(msg)
        _require_blocks(paths)
        return cls(problems)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The words of all titles, patterns and known texts: what is no name of anybody."""
        ours = self.ours.values()
        said = (text for one in ours for text in (one.title, one.push, *map(_said, one.matches)))
        words = {word.casefold() for text in said for word in _WORD.findall(text)}
        # A known text may hold a name: only what is small in it is a word.
        texts = (word for one in ours for text in one.texts for word in _WORD.findall(text))
        return frozenset(words | {word for word in texts if word.islower()})

    def problem(self, name: str) -> Problem:
        """Return a problem; what has no file is explained as `unknown`."""
        return self.problems.get(name) or self.problems[UNKNOWN]

    def classify(
        self, platform: str, code: object, text: str, http_status: int | None = None
    ) -> Classified:
        """Recognise an error: by code, by what it says, by status, then by likeness.

        A `platform` other than the four is none: the evidence decides it. `facts` holds the named
        groups of the pattern that matched. What is not known well enough is `unknown` with
        confidence 0, and names the nearest problem. What a code or a sentence of QuickBooks tells
        stands, though less surely, where the other words speak against it. The same input always
        gets the same answer.
        """
        seen, first = self._read(platform, code, text, http_status)
        found = self._voted(seen, first)
        if found.problem != first.problem and first.confidence >= _PROVEN:
            return replace(first, confidence=_NOT_SURE)
        if found.problem == UNKNOWN or found.confidence >= _SURE:
            return found
        return _unknown(found, found.likeness or found.confidence)

    def guess(
        self, platform: str, code: object, text: str, http_status: int | None = None
    ) -> Classified:
        """The same, down to what is only likelier than anything else: for somebody who judges."""
        return self._voted(*self._read(platform, code, text, http_status))

    def _read(
        self, platform: str, code: object, text: str, status: int | None
    ) -> tuple[Signs, Classified]:
        """The signs of a text, or of what somebody passes on in it, and what they say first."""
        seen = signs(platform, code, text, status)
        rest = passed_on(seen)
        if rest:
            said = signs(platform, code, rest, status)
            first = self._rows.best(said)
            own = first is not None and (first.by_code or first.quoted)
            if first is not None and own and is_quickbooks(said, first.confidence):
                return said, first
        return seen, self._first(seen)

    def _first(self, seen: Signs) -> Classified:
        """What the rows say, and the likeness where none of them says anything."""
        return self._rows.best(seen) or self._alike(seen)

    def _voted(self, seen: Signs, found: Classified) -> Classified:
        """The words vote on what is not proven twice; what was found has a say in it."""
        known = found.problem != UNKNOWN
        decided = _SURE_CODE if found.by_code and seen.own_form else _DECIDED
        clear = known and (
            seen.bare
            or found.confidence >= decided
            or self._is_of_the_firm(found)
            or (seen.http == _TOO_MANY and self.problem(found.problem).kind == _THROTTLED)
            or (seen.gateway and self.problem(found.problem).kind == _OF_GATEWAY)
        )
        if clear or seen.about == OTHER_PRODUCT:
            return found
        votes = self._votes.of(seen)
        votes[UNKNOWN] = min(votes.get(UNKNOWN, 0.0), _most_for_unknown(seen, found))
        kind = self.problem(found.problem).kind if known else UNKNOWN
        torn = known and max(votes.values(), default=0.0) - votes.get(kind, 0.0) > _TORN
        votes[kind] = votes.get(kind, 0.0) + self._say_of(seen, found)
        votes[UNKNOWN] = votes.get(UNKNOWN, 0.0) + _doubt(seen, found)
        first = max(sorted(votes), key=votes.__getitem__)
        if torn:
            found = replace(found, confidence=min(found.confidence, _NOT_SURE))
        if first == kind:
            return found
        if first == UNKNOWN:
            return _unknown(found, found.likeness or found.confidence)
        return self._elected(seen, found, first)

    def _is_of_the_firm(self, found: Classified) -> bool:
        """A row of a problem of the firm's own stands: our words know nothing of it."""
        return found.problem not in self.ours and not found.likeness

    def _say_of(self, seen: Signs, found: Classified) -> float:
        """How many votes what the rows or the likeness found has for itself."""
        if found.problem == UNKNOWN:
            return _FOR_UNKNOWN_NAMED if seen.named and seen.trouble else _FOR_UNKNOWN
        proof = _FOR_A_PROOF if found.confidence >= _PROVEN else 0.0
        if found.by_code:
            proof = _FOR_A_SURE_CODE if found.confidence >= _SURE_CODE else _FOR_A_CODE
        return _FOR_WHAT_IS_FOUND * found.confidence + proof

    def _elected(self, seen: Signs, found: Classified, kind: str) -> Classified:
        """The problem of that kind: of those found beside the first, else the one most alike."""
        beside = next((one for one in found.others if self.problem(one.problem).kind == kind), None)
        words = self._votes.words_for(seen, kind)
        if not words and not beside:
            return found  # Nothing that could be told as the reason.
        name = beside.problem if beside else self._stands_for(kind, seen)
        sure = min(max(beside.confidence if beside else 0.0, _VOTED), _MOST_VOTED)
        rest = [one for one in (found, *found.others) if one.problem not in (name, UNKNOWN)]
        return Classified(
            name,
            sure,
            (_spoken(words), *(beside.evidence if beside else ())),
            facts=beside.facts if beside else {},
            platform=(beside.platform if beside else "") or seen.given or self._home(name),
            others=tuple(replace(one, others=()) for one in rest),
        )

    def _stands_for(self, kind: str, seen: Signs) -> str:
        names = [name for name, one in self.problems.items() if one.kind == kind]
        if kind in names:
            return kind
        like = self._texts.nearest(seen.text, names)
        return like.problem if like is not None else min(names)

    def _alike(self, seen: Signs) -> Classified:
        """What a text without a sign that is known is taken for: the problem it is most like."""
        like = self._texts.nearest(seen.text)
        if like is None:
            return Classified(UNKNOWN, 0.0, (_NOTHING,))
        words = ", ".join(like.shared)
        found = Classified(
            like.problem,
            round(min(_MOST_ALIKE, like.likeness), 2),
            (f"like “{like.known[:120]}” ({like.likeness:.0%}): {words}",),
            platform=seen.given or self._home(like.problem),
            nearest=like.problem,
            likeness=like.likeness,
        )
        enough = _ALIKE if seen.named and seen.trouble else _ALIKE_AT_LARGE
        known = seen.about > 0 and seen.trouble and like.likeness >= enough
        return found if known else _unknown(found, like.likeness)

    def _home(self, name: str) -> str:
        """The platform of a problem that the Desktop alone has, and of any other Online's."""
        known = {row.platform for row in self.problems[name].matches}
        desktop = bool(known) and known <= {"qbd", "qbwc"}
        return ("qbd" if "qbd" in known else "qbwc") if desktop else "qbo"

    def validate(self, fix_names: Collection[str]) -> None:
        """Check what lies above this layer: every fix a file names must exist."""
        for problem in self.problems.values():
            missing = sorted(set(problem.fixes) - set(fix_names))
            if missing:
                msg = f"{problem.name}.md.j2: there is no fix named {', '.join(missing)}"
                raise ConfigError(msg)


def _by_its_words(problem: Problem) -> Problem:
    """A problem of the firm's own: what it wrote down counts wherever it is said."""
    return replace(problem, matches=tuple(replace(row, documented=True) for row in problem.matches))


def _is_told(seen: Signs, found: Classified) -> bool:
    """Say whether a text about trouble with QuickBooks has words that tell which it is."""
    telling = found.problem != UNKNOWN and found.confidence >= _TELLING
    return telling and seen.named and seen.trouble


def _most_for_unknown(seen: Signs, found: Classified) -> float:
    if seen.given in NEVER_GUESSED:
        return _MOST_FROM_WORDS
    if found.problem != UNKNOWN and _OWN_FAULT.search(seen.text):
        return 0.0
    return _MOST_WHERE_TOLD if _is_told(seen, found) else math.inf


def _doubt(seen: Signs, found: Classified) -> float:
    """How many votes “unknown” has for how the text is, whatever its words are."""
    if found.problem != UNKNOWN and found.confidence >= _PROVEN:
        return -_AGAINST_UNKNOWN if found.by_code else 0.0
    if _is_told(seen, found):
        return -_TOLD_OF_IT
    named = seen.named or found.by_code or found.quoted
    unnamed = 0.0 if named else {QUICKBOOKS: 0.0, BOOKKEEPING: 0.5}.get(seen.about, 1.0)
    anybody = found.problem == UNKNOWN and unnamed == 1.0
    doubt = _UNNAMED * unnamed + (_NOTHING_OURS if anybody else 0.0)
    return doubt + (0.0 if seen.trouble else _NOTHING_WRONG)


def _spoken(words: Sequence[str]) -> str:
    said = ", ".join(f"“{word}”" for word in words)
    return f"words of it that are typical: {said}" if said else "its words taken together"


def _said(row: Match) -> str:
    return readable(row.pattern) if row.pattern else ""


def _unknown(found: Classified, likeness: float) -> Classified:
    """Nothing known, and what it is nearest to; the facts are for the words of its problem."""
    near = found.problem
    return replace(
        found,
        problem=UNKNOWN,
        confidence=0.0,
        evidence=(_NOTHING, *found.evidence),
        facts={"nearest": near.replace("_", " "), "likeness": f"{likeness * 100:.0f}"},
        nearest=near,
        likeness=likeness,
    )


def _refuse_double_claims(rows: Collection[Match]) -> None:
    claimed: dict[tuple[str, str, int, str], Match] = {}
    for row in rows:
        first = claimed.setdefault(row.claim, row)
        if first is not row:
            msg = (
                f"{row.problem}.md.j2: platform {row.platform}, code {row.code or '–'} and pattern "
                f"{row.claim[3] or '–'} are claimed by {first.problem}.md.j2 already"
            )
            raise ConfigError(msg)


def _require_blocks(paths: Collection[Path]) -> None:
    """See that a file has its blocks, each one closed; the renderer compiles them strictly.

    Read without a parser: that would take longer than all the rest of reading the files.
    """
    for path in paths:
        tags = _BLOCK_TAG.findall(path.read_text(encoding="utf-8"))
        opened = [name for word, name in tags if word == "block"]
        if len(opened) * 2 != len(tags):
            msg = f"{path.name}: a block is not closed, or closed twice"
            raise ConfigError(msg)
        missing = [key for key in PARTS if key not in opened]
        if missing:
            msg = f"{path.name}: block {', '.join(missing)} is missing"
            raise ConfigError(msg)
