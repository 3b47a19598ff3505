"""What the words of a text speak for: the third look, where no code and no sentence is sure.

Each word, and each word with the next one or the one after it, has a weight for the kinds it was
seen with in the texts that people labelled (tests/knowledge/texts); bench/weigh_words.py weighs
them anew. A kind's vote is the sum of its weights, so every answer is told by the words
that weighed the most. Whole numbers only: the same text gets the same answer everywhere.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from bot.knowledge.signs import Signs

FILE = Path(__file__).with_name("votes.json")
# Weights are kept in hundredths.
UNIT = 100
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+")
_HUMP = re.compile(r"([a-z])([A-Z])")
_MOST_WORDS = 120
_CODE_LONG = (3, 4)
_STEM = 5
_TOLD = 4
# Words that tell nobody what happened; they are weighed, but never told as a reason.
_LITTLE = {"#", "…"} | set(
    _WORD.findall(
        "a after all already also an and another any are as at be been before but by can could did "
        "do does each for from had has have if in into is it its more must new no not of on one or "
        "other our out so some than that the their them then there they this to until up us was we "
        "were what when which while will with would you your quickbooks quick books online error "
        "code"
    )
)
# A few words decide little: what has fewer signs than these counts as if it had so many.
_LEAST_SIGNS = 64
Weights = Mapping[str, Mapping[str, int]]


class _Table(NamedTuple):
    """The same as it is kept, smaller and faster: the kinds, and by word their places' weights."""

    kinds: tuple[str, ...]
    rows: Mapping[str, tuple[tuple[int, int], ...]]


class Votes:
    """The weights of all words, by kind: those that come with the bot, read at the first use."""

    def __init__(self, weights: Weights | None = None) -> None:
        self._given = None if weights is None else _table(weights)

    @property
    def _weights(self) -> _Table:
        return _kept() if self._given is None else self._given

    def of(self, seen: Signs) -> dict[str, float]:
        """How much the words of a text speak for each kind; {} where none of them is known.

        The more words a text has, the less each of them counts.
        """
        every = features(seen)
        kinds, rows = self._weights
        sums = [0] * len(kinds)
        for feature in every:
            for place, weight in rows.get(feature, ()):
                sums[place] += weight
        size = UNIT * max(len(every), _LEAST_SIGNS) ** 0.5
        return {kind: sums[place] / size for place, kind in enumerate(kinds) if sums[place]}

    def words_for(self, seen: Signs, kind: str) -> tuple[str, ...]:
        """The words that spoke for a kind the most, as the text has them, the strongest first."""
        kinds, rows = self._weights
        if kind not in kinds:
            return ()
        wanted = kinds.index(kind)
        said = [
            (weight, one)
            for one in features(seen)
            for place, weight in rows.get(one, ())
            if place == wanted and weight > 0 and not one.endswith("*")
            if not _LITTLE.issuperset(one.split())
        ]
        said.sort(key=lambda pair: (-pair[0], pair[1]))
        told: list[str] = []
        for _, one in said:
            # What stands in a phrase that is told already says nothing more.
            if not any(one in other or other in one for other in told):
                told.append(one)
        return tuple(told[:_TOLD])


def features(seen: Signs) -> tuple[str, ...]:
    """What is weighed of a text: words, their neighbours, beginnings of long ones, codes."""
    text = _HUMP.sub(r"\1 \2", seen.text).lower().replace("_", " ")
    words = [_plain(word) for word in _WORD.findall(text)[:_MOST_WORDS]]
    every = list(words)
    every += [f"{one} {two}" for one, two in pairwise(words)]
    every += [f"{one} … {two}" for one, two in zip(words, words[2:], strict=False)]
    every += [f"{word[:_STEM]}*" for word in words if len(word) > _STEM]
    every += [f"code {one.code}" for one in seen.codes]
    return tuple(dict.fromkeys(every))


def _plain(word: str) -> str:
    """A number says nothing by itself, unless it may be a code."""
    return "#" if word.isdigit() and len(word) not in _CODE_LONG else word


@cache
def _kept() -> _Table:
    return _table(json.loads(FILE.read_text(encoding="utf-8")))


def _table(weights: Weights) -> _Table:
    kinds = tuple(sorted({kind for row in weights.values() for kind in row}))
    place = {kind: at for at, kind in enumerate(kinds)}
    return _Table(
        kinds,
        {
            word: tuple((place[kind], weight) for kind, weight in row.items())
            for word, row in weights.items()
        },
    )
