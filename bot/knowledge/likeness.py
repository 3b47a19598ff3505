"""How like a text is to the texts that are known: the second look, where no code and no row fits.

Every known text is a bag of words and of pairs of neighbouring words, each weighed by how few of
the known texts have it. Likeness is the share of that weight which the text has too, so what a
tool wraps around a message costs little. It is told by the words that are shared.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass
from itertools import pairwise

_WORD = re.compile(r"[a-z]{2,}")
_MOST_WORDS = 400
_TOLD = 6
# Words that say nothing about which error it is.
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        "the an of in to is was be for on at by or and it its this that with as your you has have "
        "had quickbooks qbo qbd online desktop error please sync message details try again intuit",
    )
)
# A known text is only like another one that has as many of its words as this, or all of them.
_LEAST_SHARED = 2


@dataclass(frozen=True)
class Like:
    """The known text nearest to a text, the problem it belongs to, and the words both have."""

    problem: str
    likeness: float
    known: str
    shared: tuple[str, ...]


@dataclass(frozen=True)
class _Known:
    problem: str
    text: str
    features: dict[str, float]
    weight: float


class Likeness:
    """The known texts, weighed once."""

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        bags = [(problem, text, _features(text)) for problem, text in texts]
        common = Counter(feature for _, _, bag in bags for feature in bag)
        self._rarity = {
            feature: math.log(1 + len(bags) / times) for feature, times in common.items()
        }
        self._known = [self._weighed(problem, text, bag) for problem, text, bag in bags]
        # A text of few words is easily had by chance, and counts for less.
        self._sizes = [known.weight + 6.0 for known in self._known]
        self._having: dict[str, list[int]] = defaultdict(list)
        for number, known in enumerate(self._known):
            for feature in known.features:
                self._having[feature].append(number)

    def nearest(self, text: str, among: Container[str] | None = None) -> Like | None:
        """The known text that is most like this one; None when they share nothing.

        `among`: only the texts of these problems.
        """
        seen = _features(text)
        shared: dict[int, float] = defaultdict(float)
        for feature in seen & self._rarity.keys():
            weight = self._rarity[feature]
            for number in self._having[feature]:
                shared[number] += weight
        if among is not None:
            shared = {one: part for one, part in shared.items() if self._is_of(one, among)}
        if not shared:
            return None
        _, back = max((part / self._sizes[one], -one) for one, part in shared.items())
        number = -back
        known = self._known[number]
        words = [word for word in known.features if " " not in word and word in seen]
        if len(words) < _LEAST_SHARED:
            return None
        words.sort(key=lambda word: -known.features[word])
        score = round(shared[number] / self._sizes[number], 3)
        return Like(known.problem, score, known.text, tuple(words[:_TOLD]))

    def _is_of(self, number: int, problems: Container[str]) -> bool:
        return self._known[number].problem in problems

    def _weighed(self, problem: str, text: str, bag: Iterable[str]) -> _Known:
        features = {feature: self._rarity[feature] for feature in sorted(bag)}
        return _Known(problem, text, features, sum(features.values()))


def _features(text: str) -> frozenset[str]:
    words = [word for word in _WORD.findall(text.lower()) if word not in _EMPTY][:_MOST_WORDS]
    pairs = (f"{one} {two}" for one, two in pairwise(words))
    return frozenset((*words, *pairs))
