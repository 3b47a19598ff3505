"""Recognises a problem by its code, by what the text says, and by HTTP status; tells by which.

Messages are localised (a French 6140 is on record), so a code outweighs any wording. A claim of
0.8 or more is earned by a code or by a sentence QuickBooks itself writes.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.knowledge.codes import TOOL_CODES, Code
from bot.knowledge.context import NOTHING, QUICKBOOKS
from bot.knowledge.lettered import Lettered, Near
from bot.knowledge.patterns import first_of
from bot.knowledge.problem import Match
from bot.knowledge.signs import Signs
from bot.knowledge.weights import (
    CONTRADICTED,
    DOCUMENTED,
    LITTLE,
    PHRASE,
    WITH_STATUS,
    cost_of,
    sure_of,
    worth_of,
)

_LEAST = 0.3
_MOST_OTHERS = 3
# How sure the HTTP status alone makes us, and what is added where a code and words agree.
_STATUS = 0.55
# No claim is surer than this where another kind is nearly as likely.
_DOUBTFUL = 0.7
# Nor than this where the code says one thing and the words another, and so much of what it would
# be where the number means two things on two platforms.
_NOT_SURE, _TWO_MEANINGS = 0.77, 0.85
_TOGETHER = 0.03
# The name an error was given was chosen for it; what else is said goes around it.
_TOLD = 0.05
_TORN = 0.15
# Errors that are told with others and have no cause of their own: another statement failed first.
_CONSEQUENCES = frozenset({"0", "1", "3231"})
# Of several errors the one that has to go first: without a way in there is nothing to mend, and
# an account or a record a document stands on comes before the document.
_ROOT_FIRST: Mapping[str, int] = {
    "token_expired": 0, "permission": 0, "company_suspended": 0, "throttled": 0, "network": 0,
    "server_error": 0, "missing_account": 1, "account_mismatch": 1, "missing_record": 2,
    "inactive_record": 2, "duplicate_name": 2, "missing_mapping": 2, "duplicate_transaction": 4,
}  # fmt: skip
_DOCUMENT = 3
# Of rows that make us as sure, the kind whose words are more its own goes first: “not found” and
# “is required” are said with every other trouble too.
_MOST_TELLING: Mapping[str, int] = {
    kind: place
    for place, kind in enumerate(
        (
            "query_syntax",
            "throttled",
            "closed_period",
            "company_suspended",
            "too_long",
            "invalid_characters",
            "stale_object",
            "tax_currency",
            "duplicate_document_number",
            "duplicate_name",
            "duplicate_transaction",
            "unsupported",
            "inactive_record",
            "account_mismatch",
            "missing_account",
            "missing_mapping",
            "permission",
            "token_expired",
            "network",
            "server_error",
            "missing_required_field",
            "missing_record",
        )
    )
}
_WITHIN = 0.2


@dataclass(frozen=True)
class Classified:
    """What an error was recognised as. `confidence` 0–1; `evidence` says by what, in words.

    `platform` is the one it was recognised on, `others` are what else it may be, the likelier
    first. Where nothing fits, `nearest` names the problem whose texts are most like it, and
    `likeness` (0–1) how much. `by_code`: a code speaks for it, not its words alone; `quoted`: a
    sentence of QuickBooks does.
    """

    problem: str
    confidence: float
    evidence: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    platform: str = ""
    others: tuple["Classified", ...] = ()
    nearest: str = ""
    likeness: float = 0.0
    by_code: bool = False
    quoted: bool = False


@dataclass(frozen=True)
class _Candidate:
    """One row that agrees: how much, where in the text, and how many letters of it."""

    row: Match
    score: float
    code: Code | None = None
    hit: re.Match[str] | None = None
    http: int = 0
    doubtful: bool = False
    coded: bool = False
    # The sentences of QuickBooks that rows of the same problem found, the strongest first.
    also: tuple[re.Match[str], ...] = ()

    @property
    def at(self) -> int:
        return self.hit.start() if self.hit else self.code.at if self.code else 0

    @property
    def length(self) -> int:
        return self.hit.end() - self.hit.start() if self.hit else 0


class Rows:
    """All match rows, found by code, by HTTP status, or by a literal their pattern needs."""

    def __init__(self, rows: Iterable[Match], kind_of: Callable[[str], str]) -> None:
        self._kind_of = kind_of
        self._of_the_way: set[str] = set()
        self._by_code: dict[str, list[Match]] = defaultdict(list)
        self._by_status: dict[int, list[Match]] = defaultdict(list)
        worded: list[Match] = []
        for row in rows:
            if root_level(kind_of(row.problem)) == 0:
                self._of_the_way.add(row.problem)
            if row.code:
                self._by_code[row.code.upper()].append(row)
            elif row.pattern is None:
                self._by_status[row.http].append(row)
            else:
                worded.append(row)
        self._lettered = Lettered(worded)

    def best(self, seen: Signs) -> Classified | None:
        """Return what fits best, with the runners-up; None where nothing fits well enough."""
        found = list(self._coded(seen))
        umbrella = any(one.row.general for one in found)
        near = self._lettered.near(seen.low)
        telling = [one for one in near if not one[0].general]
        found += self._worded(seen, telling, umbrella=umbrella)
        if all(one.row.general for one in found):
            # What says little is only asked where nothing says more.
            little = [one for one in near if one[0].general]
            found += self._worded(seen, little, umbrella=umbrella)
        found += self._by_words(seen.words, seen, 0.0)
        found += self._by_words(seen.told_words, seen, _TOLD)
        found += self._by_http(seen)
        found = self._weighed(_one_each(found), seen)
        ranked = sorted((one for one in found if one.score >= _LEAST), key=self._place)
        if seen.many and ranked:
            ranked = self._root_first(ranked)
        if not ranked:
            return None
        ranked = self._narrower_first(ranked)
        best, *others = (_classified(one, seen) for one in ranked[: _MOST_OTHERS + 1])
        return replace(best, others=tuple(others))

    def _weighed(self, found: list[_Candidate], seen: Signs) -> list[_Candidate]:
        """Take off what contradicts: a sentence the code, a number the one of another platform.

        Where QuickBooks' own sentence says another thing than the code, the sentence decides. A
        number that stands alone may be another platform's. Neither is sure any more.
        """
        coded = [one for one in found if one.code and one.score >= _LEAST]
        if not coded or seen.many:
            return found
        first = min(coded, key=self._place)
        kind = self._kind_of(first.row.problem)
        said = [one for one in found if one.hit and self._kind_of(one.row.problem) == kind]
        if said or first.row.general:
            return found
        others = [one for one in found if self._kind_of(one.row.problem) != kind]
        against = [one for one in others if one.hit and one.row.documented]
        if against and first.code and first.code.code.isdigit():
            sure = min(first.score, _NOT_SURE)
            lower = [replace(one, score=min(one.score, sure - 0.02)) for one in found]
            best = min(against, key=self._place)
            return [replace(best, score=sure), *(one for one in lower if one.row != best.row)]
        alone = not seen.given and not seen.speaks_of
        torn = any(one.code == first.code for one in others if one.code)
        if alone and (torn or seen.low.isdigit()):
            # The meaning of which the words speak too stays what it is.
            return [
                one if one.code and one.hit else replace(one, score=one.score * _TWO_MEANINGS)
                for one in found
            ]
        return found

    def _coded(self, seen: Signs) -> Iterator[_Candidate]:
        for code in seen.codes:
            fitting = self._fitting(code, code.platform or seen.given, seen)
            if not fitting and seen.bare:
                fitting = self._fitting(code, "", seen)
            # What a number means on this very platform stands before what it means on any.
            own = bool(seen.given or seen.speaks_of) and any(
                row.platform != "any" and cost < CONTRADICTED for row, cost in fitting
            )
            # The number means one thing where it was told to be, and another where the text is.
            torn = any(cost >= CONTRADICTED for _, cost in fitting)
            for row, cost in fitting:
                if (own and row.platform == "any") or (row.http and row.http != seen.http):
                    continue
                hit = row.pattern.search(seen.text, seen.low) if row.pattern else None
                if (row.pattern and hit is None) or _spoken_against(row, seen):
                    continue
                doubt = _TORN if torn and hit is None else 0.0
                yield _Candidate(row, sure_of(row, code, seen) - cost - doubt, code, hit, row.http)

    def _fitting(self, code: Code, where: str, seen: Signs) -> list[tuple[Match, float]]:
        return [
            (row, cost)
            for row in self._by_code.get(code.code.upper(), ())
            if (cost := cost_of(row.platform, where, seen)) is not None
        ]

    def _worded(self, seen: Signs, near: Iterable[Near], *, umbrella: bool) -> Iterator[_Candidate]:
        worth: dict[tuple[str, bool, bool, bool], float] = {}
        numbers = {row.problem for code in seen.codes for row in self._by_code.get(code.code, ())}
        for row, branches in near:
            if row.http and row.http != seen.http:
                continue
            if not seen.named and not row.documented and row.problem in self._of_the_way:
                continue  # Every program has time-outs and tokens.
            # A number and its own sentence are QuickBooks', though others write the sentence too.
            numbered = row.shared and row.problem in numbers and seen.about >= NOTHING
            key = (row.platform, row.documented, row.shared, numbered)
            score = worth.get(key)
            if score is None:
                score = worth_of(row, seen, umbrella=umbrella)
                worth[key] = score = score or (PHRASE if numbered else 0.0)
            hit = first_of(branches, seen.text) if score else None
            if hit and not _spoken_against(row, seen):
                yield _Candidate(row, score + (WITH_STATUS if row.http else 0), None, hit, row.http)

    def _by_words(self, words: str, seen: Signs, more: float) -> Iterator[_Candidate]:
        """What the code says that another program gave the error, read like a sentence of it."""
        if not words or seen.about < QUICKBOOKS or not (seen.report or words == seen.told_words):
            return
        for row, branches in self._lettered.near(words):
            if not row.http and (hit := first_of(branches, words)):
                against = row.unless and row.unless.search(words, words)
                cost = cost_of(row.platform, seen.given, seen)
                if not against and cost is not None:
                    sure = LITTLE if row.general else PHRASE
                    yield _Candidate(row, sure - cost + more, None, hit, coded=more > 0)

    def _by_http(self, seen: Signs) -> Iterator[_Candidate]:
        if seen.http and seen.about == QUICKBOOKS:
            for row in self._by_status.get(seen.http, ()):
                cost = cost_of(row.platform, seen.given, seen)
                if cost is not None:
                    yield _Candidate(row, _STATUS - cost, None, None, seen.http)

    def _root_first(self, ranked: list[_Candidate]) -> list[_Candidate]:
        """Of several errors that are about as sure, put first what the others stand on."""
        near = [one for one in ranked if one.score >= ranked[0].score - _WITHIN]
        given = [one for one in near if one.code and one.code.at < 0]
        if given:
            # A code that was told is one error's, whatever parts of its text are found.
            near = sorted(given, key=lambda one: (self._level(one), self._place(one)))
        else:
            near.sort(key=lambda one: (self._level(one), one.at))
        return near + [one for one in ranked if one not in near]

    def _narrower_first(self, ranked: list[_Candidate]) -> list[_Candidate]:
        """Let the file that stands for a whole kind give way to a narrower one that agrees too.

        A file named like its kind holds what no other file of that kind tells.
        """
        first = ranked[0]
        kind = first.row.problem
        if self._kind_of(kind) != kind:
            return ranked
        for one in ranked[1:]:
            spoken = one.row.platform in ("any", first.row.platform)
            near = spoken and one.score >= first.score - _WITHIN
            if near and self._kind_of(one.row.problem) == kind:
                rest = [other for other in ranked if other is not one]
                return [replace(one, score=first.score), *rest]
        return ranked

    def _place(self, one: _Candidate) -> tuple[float, int, int, str]:
        """Where a candidate stands among the others, the best first."""
        telling = _MOST_TELLING.get(self._kind_of(one.row.problem), len(_MOST_TELLING))
        return (-round(one.score, 2), telling, -one.length, one.row.problem)

    def _level(self, one: _Candidate) -> int:
        if one.code and one.code.code in _CONSEQUENCES:
            return _DOCUMENT + 2
        return root_level(self._kind_of(one.row.problem))


def root_level(kind: str) -> int:
    """How early an error of a kind has to be mended among others; 0 first."""
    return _ROOT_FIRST.get(kind, _DOCUMENT)


def _spoken_against(row: Match, seen: Signs) -> bool:
    return row.unless is not None and row.unless.search(seen.text, seen.low) is not None


def _one_each(found: Iterable[_Candidate]) -> list[_Candidate]:
    """The strongest candidate of each problem; a code and words together make it surer.

    Where the code is the strongest, the words of another row still give their facts, and so does
    every sentence of QuickBooks.
    """
    groups: dict[str, list[_Candidate]] = defaultdict(list)
    for one in found:
        groups[one.row.problem].append(one)
    return [_joined(group) for group in groups.values()]


def _joined(group: Sequence[_Candidate]) -> _Candidate:
    best = max(group, key=_rank) if len(group) > 1 else group[0]
    score = best.score
    if not best.row.general and len({one.code is not None for one in group}) > 1:
        # A number and its own sentence are QuickBooks', whoever quotes them.
        own = any(one.row.documented for one in group)
        score = min(0.99, max(score, DOCUMENTED if own else 0.0) + _TOGETHER)
    worded = sorted((one for one in group if one.hit), key=_rank, reverse=True)
    return replace(
        best,
        score=score,
        hit=best.hit or (worded[0].hit if worded else None),
        doubtful=any(_doubted(one) for one in group),
        coded=any(one.code or one.coded for one in group),
        # A tool's own words say what they name less surely than the sentences of QuickBooks.
        also=tuple(one.hit for one in worded if one.hit and one.row.documented),
    )


def _doubted(one: _Candidate) -> bool:
    """Say whether a row leaves a doubt; a tool's own code is no code of QuickBooks."""
    return one.row.doubtful or one.row.code.startswith(TOOL_CODES)


def _rank(one: _Candidate) -> tuple[float, int, tuple[str, str, int, str]]:
    """What is stronger; the row's own claim settles what is left, so that order decides nothing."""
    return (one.score, one.length, one.row.claim)


def _classified(one: _Candidate, seen: Signs) -> Classified:
    evidence: list[str] = []
    if one.code:
        evidence.append(f"code {one.code.code}")
    if one.hit:
        evidence.append(f"the text says “{one.hit[0][:120]}”")
    if one.http:
        evidence.append(f"HTTP status {one.http}")
    facts: dict[str, str] = {}
    for hit in (*one.also[::-1], one.hit):
        groups = hit.groupdict() if hit else {}
        facts |= {name: value for name, value in groups.items() if value is not None}
    platform = one.row.platform if one.row.platform != "any" else _platform(one, seen)
    sure = round(min(one.score, _DOUBTFUL) if one.doubtful else one.score, 2)
    return Classified(
        one.row.problem,
        sure,
        tuple(evidence),
        facts,
        platform,
        by_code=one.coded,
        quoted=bool(one.also),
    )


def _platform(one: _Candidate, seen: Signs) -> str:
    """Where an error happened that looks the same on every platform."""
    if one.code and one.code.platform:
        return one.code.platform
    spoken = next((name for name in ("qbwc", "qbd", "oauth", "qbo") if name in seen.speaks_of), "")
    return seen.given or spoken or "qbo"
