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
from struct import unpack
from typing import NamedTuple

from bot.knowledge.signs import Signs

FILE = Path(__file__).with_name("votes.json")
# Weights are kept in hundredths.
UNIT = 100
# “customerNotFound” are three words, “DON'T” is one.
_PART = r"(?:[A-Z]+[a-z]*|[a-z]+)"
_WORD = re.compile(rf"{_PART}(?:'{_PART})?|\d+")
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


# A word's weights for all kinds are kept as one whole number, so many bits for each kind: adding up
# the words of a text adds up every kind at once.
_BITS = 64
_HALF = 1 << (_BITS - 1)


class _Table(NamedTuple):
    """The weights as they are kept: the kinds, and by word the number that holds its weights."""

    kinds: tuple[str, ...]
    rows: Mapping[str, int]
    # Makes every part of a number positive, so that none borrows of the next.
    raised: int

    def opened(self, packed: int) -> list[int]:
        """The weights in such a number, one for each kind; sums of them are opened alike."""
        many = len(self.kinds)
        parts = unpack(f"<{many}Q", (packed + self.raised).to_bytes(many * _BITS // 8, "little"))
        return [part - _HALF for part in parts]


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
        table = self._weights
        rows = table.rows
        sums = table.opened(sum([rows[one] for one in every if one in rows]))
        size = UNIT * max(len(every), _LEAST_SIGNS) ** 0.5
        return {kind: sum_ / size for kind, sum_ in zip(table.kinds, sums, strict=True) if sum_}

    def words_for(self, seen: Signs, kind: str) -> tuple[str, ...]:
        """The words that spoke for a kind the most, as the text has them, the strongest first."""
        table = self._weights
        if kind not in table.kinds:
            return ()
        wanted = table.kinds.index(kind)
        said = [
            (weight, one)
            for one in features(seen)
            if one in table.rows and (weight := table.opened(table.rows[one])[wanted]) > 0
            if not one.endswith("*") and not _LITTLE.issuperset(one.split())
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
    words = [_plain(word.lower()) for word in _WORD.findall(seen.text)[:_MOST_WORDS]]
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
    unit = {kind: 1 << _BITS * place for place, kind in enumerate(kinds)}
    rows = {
        word: sum(weight * unit[kind] for kind, weight in row.items())
        for word, row in weights.items()
    }
    return _Table(kinds, rows, sum(_HALF * one for one in unit.values()))
