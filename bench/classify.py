"""How well and how fast errors are recognised; targets: 2,000 texts a second, start under 300 ms.

The given texts are told with every known text of their own host left out of the likeness; the
match rows were written with them in sight, so their number shows what is kept, not what a new
text gets. The written sets are texts as other tools show errors. When each was new, before any row
was changed for it, 50.5 % of the kinds of the first were right (with the rows as they were before
this classifier), then 73.2 % of the second, 89.7 % of the third, 84.3 % of the fourth and 80.0 % of
the fifth; of those with a code 94, 98, 100, 100 and 93 %. Few of them quote QuickBooks word for
word, and fewer have a code than the errors tools really show.

The examined sets were gathered by somebody who had read neither rows nor sets. When the first was
new, 87.4 % were right (with a code 92.5 %), 6.9 % sure and wrong, and 9.3 % of the unrelated texts
were taken for errors. Of the second 89.3 % (family 90.7 %, with a code 95.2 %), 2.7 % and 12.7 %.
Of the third 84.7 % (family 88.0 %, with a code 86.1 %; 90.7 % where the second kind of an examiner
in doubt is let count), 8.7 % and 3.3 %; of its 104 texts that stood nowhere before and left no
doubt 90.4 % (family 91.3 %, with a code 92.6 %) and 3.8 %. The phrasings were written in four
rounds after the first two, mostly without a code: 91.0, 90.7, 88.6 and 85.9 % right when new, and
4, 8, 6 and 11 % of their unrelated texts taken for errors; two more after the third: 96 % of 50 and
85 % of 46, and 3.3 and 0 % of 30 and 15. Of the fourth examination 92.0 % (family 93.3 %, with a
code 95.1 %), 1.3 % and 1.3 %. Of the sixth written set, gathered from public pages and code in
eight rounds, 77 to 93 %, and 4 % of its unrelated texts.

Of the fifth examination the rows alone told 85.3 % (family 88.7 %, with a code 92.6 %), 2.7 % sure
and wrong, 8.0 % of the unrelated; the same rows with the votes of the words, weighed without it,
92.0 % (with a code 97.5 %), 0.7 % and 4.0 %. Of the seventh written set 89, 84, 69 and 83 % in four
rounds, and 32, 15, 9 and 7 % of its near misses. Of the sixth examination, votes and all, 80.0 %
(family 86.7 %, with a code 78.3 %), 4.7 % and 9.3 %; of its 132 texts without doubt 84.8, 87.9 and
87.7 %.

Of the eighth and ninth written sets, six rounds of two gatherers who looked for hard ones, 73, 63,
78, 78, 77 and 72 % (with a code 75, 71, 82, 87, 75 and 87 %), and 20, 15, 14, 14, 46 and 26 % of
their near misses. One gatherer's told by what was learned from the other's, those without doubt:
85.3 and 84.2 % (with a code 88.2 and 89.3 %), 0.8 and 0 % sure and wrong, 13 and 23 %. Of the
seventh examination 75.3 % (family 80.0 %, with a code 89.5 %), 2.7 % and 1.3 %; of its 123 texts
without doubt 80.5, 82.1 and 91.5 %. Of the tenth
written set, 69 texts written before one was tried and 75 gathered, 88 and 83 %, and 13 % of their
near misses. Of the ninth examination 81.3 % (family 88.0 %, with a code 88.0 %), 1.3 % and 18.0 %
of texts that share a phrase with QuickBooks; of its 99 texts without doubt, which are the eleventh
written set, 92.9, 97.0 and 94.6 %. Of the tenth examination 71.3 % (family 81.3 %, with a code
77.6 %), 0.7 % and 0.7 %; of its 92 texts without doubt 92.4, 94.6 and 90.9 %.

Two more examinations took only texts that stood nowhere here and whose label their source gives. Of
the eleventh (150) 92.0 % (family 94.7 %, with a code 93.8 %), 0 % sure and wrong, 0.7 % of the
unrelated; of the twelfth (141) 88.7, 91.5 and 98.5 %, 0.7 and 4.7 %. The thirteenth took what
public sources gave in the order it was found, known or not: of 150 texts 143 were known, whole or
by a piece, and 95.3 % were right (family 98.0 %, with a code 95.2 %), 0.7 % sure and wrong, and 9 %
of 100 unrelated texts, of which 20 were looked for by QuickBooks' own phrases; of 22 texts that
stood nowhere 68.2 % (family 77.3 %). What was not in doubt in the tenth to the thirteenth
examination is the twelfth to the fourteenth written set. The rows are fitted to all since; told by
words weighed without these sets, the thirteenth has 98.0 % (99.3 and 98.4 %), and 4 % of its
unrelated texts. The fourteenth wrote 100 texts from memory of public pages, and 80 unrelated ones:
98.0 % (family 98.0 %, with a code 56 of 56), none sure and wrong, none of the unrelated; of its 29
that stood nowhere 27. The fifteenth did the same: 98.0 % (99.0 %, 55 of 55), none and none; of 25
new ones 24. Both are easy ones; what they do not doubt is the fifteenth written set.
"""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from time import process_time

from bench.weigh_words import examples, weighed
from bench.world import ROOT, arguments, report
from bot.knowledge import Knowledge
from bot.knowledge.votes import Votes
from sandbox.quiet_end import quietly

TARGET_A_SECOND = 2000
TARGET_START_MS = 300.0
LEAST_KIND, LEAST_FAMILY, LEAST_CODED = 0.90, 0.95, 0.97
# An examiner's texts: where a tool's code stands for two kinds, the label is one of them.
EXAMINED = (
    "examined",
    "examined_second",
    "examined_third",
    "examined_fourth",
    "examined_fifth",
    "examined_sixth",
    "examined_seventh",
)
LEAST_CODED_EXAMINED = 0.94
PHRASINGS = "phrasings"
UNRELATED = (
    "unrelated",
    "unrelated_examined",
    "unrelated_examined_second",
    "unrelated_examined_third",
    "unrelated_examined_fourth",
    "unrelated_examined_fifth",
    "unrelated_examined_sixth",
    "unrelated_examined_seventh",
    "unrelated_sixth",
    "unrelated_seventh",
    "unrelated_eighth",
    "unrelated_ninth",
    "unrelated_tenth",
    "unrelated_eleventh",
    "unrelated_phrasings",
)
MOST_WRONG = 0.02
SURE = 0.8
TEXTS = ROOT / "tests" / "knowledge" / "texts"
WRITTEN = (
    "written_first",
    "written_second",
    "written_third",
    "written_fourth",
    "written_fifth",
    "written_sixth",
    "written_seventh",
    "written_eighth",
    "written_ninth",
    "written_tenth",
    "written_eleventh",
    "written_twelfth",
    "written_thirteenth",
    "written_fourteenth",
    "written_fifteenth",
)
# Whoever forwards a text may call it QuickBooks Online, whatever it is.
HINTS = ("", "qbo")
_STARTS = 5
_SECONDS = 2.0


@dataclass(frozen=True)
class Labelled:
    """One error text, what it was labelled as, and where it was read."""

    platform: str
    code: str
    kind: str
    text: str
    host: str = ""


@dataclass(frozen=True)
class Told:
    """How many of a set were right: kind, family, and kind where a code was there."""

    texts: int
    kind: float
    family: float
    coded: float
    sure_and_wrong: float

    def good(self, least_coded: float = LEAST_CODED) -> bool:
        """Say whether every target is met."""
        right = self.kind >= LEAST_KIND and self.family >= LEAST_FAMILY
        return right and self.coded >= least_coded and self.sure_and_wrong <= MOST_WRONG


def main(argv: Sequence[str]) -> int:
    """Measure; the exit code is 1 when a target was missed."""
    as_json = arguments(argv, __doc__ or "")
    knowledge = Knowledge.load(ROOT / "templates")
    sets = {name: measured(knowledge, labelled(name)) for name in WRITTEN}
    sets["given, own host left out"] = measured_by_host(knowledge, labelled("given"))
    sets[PHRASINGS] = measured(knowledge, labelled(PHRASINGS))
    examined = {name: measured(knowledge, labelled(name)) for name in EXAMINED}
    texts = [text for name in UNRELATED for text in unrelated(name)]
    believed = max(falsely_recognised(knowledge, texts, hint) for hint in HINTS)
    speed, start = texts_a_second(knowledge), start_milliseconds()
    result = {
        **{name: _in_words(told) for name, told in sets.items()},
        **{name: _in_words(told) for name, told in examined.items()},
        "unrelated": len(texts),
        "falsely_recognised": round(believed, 4),
        "texts_a_second": round(speed),
        "start_ms_median": round(start, 1),
        "ok": all(told.good() for told in sets.values())
        and all(told.good(LEAST_CODED_EXAMINED) for told in examined.values())
        and believed <= MOST_WRONG
        and speed >= TARGET_A_SECOND
        and start < TARGET_START_MS,
    }
    return report(result, as_json=as_json)


def labelled(name: str) -> list[Labelled]:
    """Read one set of labelled texts."""
    rows = json.loads((TEXTS / f"{name}.json").read_text(encoding="utf-8"))
    return [Labelled(**row) for row in rows]


def unrelated(name: str) -> list[str]:
    """Read the texts that are no error of QuickBooks."""
    rows: list[str] = json.loads((TEXTS / f"{name}.json").read_text(encoding="utf-8"))
    return rows


def measured(knowledge: Knowledge, texts: Sequence[Labelled]) -> Told:
    """Classify a set with platform and code, as the bot does."""
    return _counted([(one, *_answer(knowledge, one)) for one in texts], knowledge)


def measured_by_host(knowledge: Knowledge, texts: Sequence[Labelled]) -> Told:
    """The same, without the known texts that were read on the text's own host."""
    answers: list[tuple[Labelled, str, float]] = []
    # Nor do words that were weighed in any text of this set.
    votes = Votes(weighed(examples(leave_out=("given",))))
    for host in sorted({one.host for one in texts}):
        own = [one for one in texts if one.host == host]
        without = _without(knowledge, [one.text for one in own], votes)
        answers += [(one, *_answer(without, one)) for one in own]
    return _counted(answers, knowledge)


def falsely_recognised(knowledge: Knowledge, texts: Sequence[str], hint: str = "") -> float:
    """The share of unrelated texts taken for an error of QuickBooks, `hint` given as platform."""
    told = (knowledge.problem(knowledge.guess(hint, "", text).problem) for text in texts)
    taken = sum(problem.kind != "unknown" for problem in told)
    return taken / len(texts)


def texts_a_second(knowledge: Knowledge) -> float:
    """How many typical texts one core classifies in a second of its own time."""
    texts = [one for name in (*WRITTEN, "given") for one in labelled(name)]
    done, begun = 0, process_time()
    while (took := process_time() - begun) < _SECONDS:
        for one in texts:
            knowledge.guess(one.platform, one.code, one.text)
        done += len(texts)
    return done / took


def start_milliseconds() -> float:
    """How long reading and checking all problem files takes, compiled patterns forgotten."""
    took: list[float] = []
    for _ in range(_STARTS):
        re.purge()
        begun = process_time()
        Knowledge.load(ROOT / "templates")
        took.append((process_time() - begun) * 1000)
    return median(took)


def _without(knowledge: Knowledge, texts: Iterable[str], votes: Votes) -> Knowledge:
    left_out = {_words(text) for text in texts}
    kept = {
        name: replace(
            problem,
            texts=tuple(
                text
                for text in problem.texts
                if not any(whole.startswith(_words(text)) for whole in left_out)
            ),
        )
        for name, problem in knowledge.problems.items()
    }
    return Knowledge(kept, votes)


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _answer(knowledge: Knowledge, one: Labelled) -> tuple[str, float]:
    found = knowledge.guess(one.platform, one.code, one.text)
    return found.problem, found.confidence


def _counted(answers: Sequence[tuple[Labelled, str, float]], knowledge: Knowledge) -> Told:
    family_of = {problem.kind: problem.family for problem in knowledge.problems.values()}
    right = [knowledge.problem(name).kind == one.kind for one, name, _ in answers]
    near = [knowledge.problem(name).family == family_of[one.kind] for one, name, _ in answers]
    coded = [good for good, (one, _, _) in zip(right, answers, strict=True) if one.code]
    wrong = [sure >= SURE and not good for good, (_, _, sure) in zip(right, answers, strict=True)]
    return Told(len(answers), _share(right), _share(near), _share(coded), _share(wrong))


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 1.0


def _in_words(told: Told) -> str:
    return (
        f"{told.texts} texts: kind {told.kind:.1%}, family {told.family:.1%}, "
        f"with a code {told.coded:.1%}, sure and wrong {told.sure_and_wrong:.1%}"
    )


if __name__ == "__main__":
    sys.exit(quietly(main))
