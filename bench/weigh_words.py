"""Weighs the words of all labelled texts for bot/knowledge/votes.json; `make votes` writes it.

An averaged perceptron with a margin (Freund and Schapire, 1999): a text whose own kind does not
lead by the margin adds to the weights of its words for that kind and takes from the one ahead of
it. What is learned differs with the order of the texts: the mean of several orders is kept. They
are shuffled by fixed seeds, so the same texts always give the same weights.
"""

import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bench.world import ROOT
from bot.knowledge import Knowledge
from bot.knowledge.signs import signs
from bot.knowledge.votes import FILE, UNIT, Weights, features

TEXTS = ROOT / "tests" / "knowledge" / "texts"
FAULTS = ROOT / "tests" / "knowledge" / "faults"
UNKNOWN = "unknown"
_ORDERS = 5
_ROUNDS = 8
_MARGIN = 3.0
# What weighs less than this changes no answer and is left out.
_LEAST = 25

Example = tuple[tuple[str, ...], str]
Floats = Mapping[str, Mapping[str, float]]
# Platform, code, kind and text.
_Row = tuple[str, str, str, str]


def examples(leave_out: Iterable[str] = ()) -> list[Example]:
    """The features and the kind of every labelled text; `leave_out` names sets of them.

    The published faults and the texts of the problem files are labelled too; what also stands in
    a set that is left out stays out.
    """
    left_out = {row[3] for name in leave_out for row in _of_a_set(name)}
    sets = sorted({path.stem for path in TEXTS.glob("*.json")} - set(leave_out))
    rows = [row for name in sets for row in _of_a_set(name)]
    rows += [row for row in _published() if not _stands_in(row[3], left_out)]
    return [(features(signs(platform, code, text)), kind) for platform, code, kind, text in rows]


def _of_a_set(name: str) -> Iterator[_Row]:
    for row in json.loads((TEXTS / f"{name}.json").read_text(encoding="utf-8")):
        if isinstance(row, str):
            yield ("", "", UNKNOWN, row)
        else:
            yield (row["platform"], row["code"], row["kind"], row["text"])


def _published() -> Iterator[_Row]:
    problems = Knowledge.load(ROOT / "templates").problems
    for path in sorted(FAULTS.glob("*.json")):
        for row in json.loads(path.read_text(encoding="utf-8")):
            kind = problems[row["problem"]].kind
            yield (row["platform"], row["code"], kind, f"{row['message']} {row['detail']}")
    for _, problem in sorted(problems.items()):
        platform = next((row.platform for row in problem.matches if row.platform != "any"), "")
        for text in problem.texts:
            yield (platform, "", problem.kind, text)


def _stands_in(text: str, texts: Iterable[str]) -> bool:
    return any(text.strip() in one for one in texts)


def weighed(every: Sequence[Example]) -> Weights:
    """The weights that tell these examples apart, in hundredths: the mean of several orders."""
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for seed in range(1, _ORDERS + 1):
        for part, row in _one_order(every, seed).items():
            for kind, weight in row.items():
                sums[part][kind] += weight
    return _rounded(sums)


def _one_order(every: Sequence[Example], seed: int) -> Floats:
    kinds = sorted({kind for _, kind in every})
    now: dict[str, dict[str, float]] = defaultdict(dict)
    total: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    order = list(every)
    shuffle = random.Random(seed).shuffle
    step = 0
    for _ in range(_ROUNDS):
        shuffle(order)
        for parts, kind in order:
            step += 1
            votes = dict.fromkeys(kinds, 0.0)
            for part in parts:
                for one, weight in now.get(part, {}).items():
                    votes[one] += weight
            ahead = max((one for one in kinds if one != kind), key=votes.__getitem__)
            if votes[kind] - votes[ahead] >= _MARGIN * max(len(parts), 1) ** 0.5:
                continue
            for part in parts:
                row, sums = now[part], total[part]
                row[kind] = row.get(kind, 0.0) + 1
                row[ahead] = row.get(ahead, 0.0) - 1
                # Weighed by the steps at which it was not there yet, for the average at the end.
                sums[kind] += step
                sums[ahead] -= step
    return {
        part: {kind: weight - total[part][kind] / step for kind, weight in row.items()}
        for part, row in now.items()
    }


def _rounded(sums: Floats) -> Weights:
    found: dict[str, dict[str, int]] = {}
    for part, row in sorted(sums.items()):
        kept = {
            kind: value
            for kind, sum_ in sorted(row.items())
            if abs(value := round(UNIT * sum_ / _ORDERS)) >= _LEAST
        }
        if kept:
            found[part] = kept
    return found


def written(weights: Weights) -> str:
    """The file: a line for each word, so that a change is seen word by word."""
    lines = (f"{json.dumps(part)}:{json.dumps(row)}" for part, row in sorted(weights.items()))
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(written(weighed(examples())), encoding="utf-8")
    sys.stdout.write(f"{FILE.name} is written.\n")
