"""Every problem is told in plain words: an easy grade, and no word of the trade unexplained."""

import re
from functools import cache

import pytest

from bot.knowledge import tell
from bot.render import ProblemText, to_plain
from tests.incidents.facts import facts_of
from tests.knowledge.readability import bare, grade
from tests.words import knowledge, renderer

KNOWLEDGE = knowledge()
RENDER = renderer()
PROBLEMS = sorted(KNOWLEDGE.problems)
PARTS = ("what", "why", "fix", "prevent")
HARDEST = 9
# Steps alone are few sentences: one menu path of eight words weighs more there.
HARDEST_STEPS = 11
# What the facts call the records; it is not ours to make it easier.
NAMES = {"Harbor Foods": "it", "Jane Doe": "it", "Web shop": "it", "invoice 1042": "it"}
# Words of people who write software: a bookkeeper never has to know them.
FOREIGN = re.compile(
    r"\b(?:APIs?|HTTP|HTTPS|JSON|XML|qbXML|SOAP|OAuth|UTF-8|SDK|DLL|GUID|null|boolean|payloads?|"
    r"endpoints?|webhooks?|realm|sparse|SyncToken|sync token|tokens?|query|queries|parameters?|"
    r"regex|enums?|enumerations?|parse[ds]?|strings?|schema|localhost|time-?outs?|"
    r"retry|retries|stack trace|HRESULT|COM class|client id|realmId|iterators?)\b"
)
# Words that may stand only where the same problem says what they are.
EXPLAINED = {
    "intuit_tid": r"Intuit's own number|has a number in|number of the call",
    "custom field": r"a field your company added|own fields",
    "billable": r"charged on|charged to|bill",
    "(?:the|its|a) parent": r"above|sub-customer|belongs|who is billed",
    "asset account": r"value of what lies in stock|value of the stock",
    "dpi": r"dots an inch",
    "journal entr(?:y|ies)": r"debit|accountant",
    "edit sequence": r"version|number of the change",
    "non-inventory": r"stock is",
    "single-user mode": r"alone|only one|one person|nobody else|others|only user|no other|switch",
    "certificate": r"proof|proves|shows who|question|asks|trust|identity|who it is|seal|says who",
    "firewall": r"network|internet|lets through|protects|guard",
}


@cache
def text_of(problem: str) -> ProblemText:
    """Its words with the facts of a sample."""
    return RENDER.problem(problem, facts_of(problem))


def whole(problem: str) -> str:
    """All its words, without what QuickBooks or a record calls things."""
    text = text_of(problem)
    return bare("\n".join(to_plain(getattr(text, part)) for part in PARTS), NAMES)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_problem_is_easy_to_read(problem: str) -> None:
    """Flesch–Kincaid grade 9 at most, without the names of the records."""
    assert grade(whole(problem)) <= HARDEST, f"{problem}: {grade(whole(problem)):.1f}"


@pytest.mark.parametrize("problem", PROBLEMS)
def test_the_steps_of_every_platform_are_easy_to_read(problem: str) -> None:
    """What is told with no record at hand is easy too, for Online and for the Desktop."""
    for platform in ("qbo", "qbd"):
        told = tell(RENDER, KNOWLEDGE.problems[problem], {}, platform)
        steps = bare("\n".join(told.steps), NAMES)
        assert grade(steps) <= HARDEST_STEPS, f"{problem}: {grade(steps):.1f}"


@pytest.mark.parametrize("problem", PROBLEMS)
def test_no_word_of_software_is_left_unexplained(problem: str) -> None:
    """Words of the trade are told in other words, or explained where they stand."""
    text = text_of(problem)
    steps = [step for steps in KNOWLEDGE.problems[problem].steps.values() for step in steps]
    words = bare("\n".join([text.title, text.push, whole(problem), *steps]), NAMES)

    assert FOREIGN.findall(words) == []
    for word, how in EXPLAINED.items():
        if re.search(rf"\b{word}\b", words, re.IGNORECASE):
            assert re.search(how, words, re.IGNORECASE), f"{problem}: {word} is not explained"


def test_a_hard_sentence_is_found() -> None:
    """The measure tells an easy sentence from a hard one."""
    hard = "Authorization credentials necessitate immediate reconfiguration by administrators."
    assert grade("QuickBooks does not take it. Press the button.") < 5
    assert grade(hard) > HARDEST
    assert grade("") == 0


# Advice in public sources that breaks the books; it stands here only where it is advised against.
ADVISED_AGAINST = re.compile(
    r"\b(delete|disconnect|condense|re-?create|suffix|write (?:\w+ )?off|"
    r"change the (?:type|kind) of|turn off the closing date|remove the closing date)\b",
    re.IGNORECASE,
)
AGAINST = re.compile(r"\b(not|never|nothing|cannot|no)\b|closed", re.IGNORECASE)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_no_advice_breaks_the_books(problem: str) -> None:
    """Nobody is told to delete, to disconnect first, or to change the kind of an account.

    A closing date is never taken away to clear an error, and Rebuild comes after a backup.
    """
    text = text_of(problem)
    told = [to_plain(text.fix), to_plain(text.prevent)]
    told += [step for steps in KNOWLEDGE.problems[problem].steps.values() for step in steps]
    for sentence in re.split(r"(?<=[.!?])\s+|\n", "\n".join(told)):
        assert not ADVISED_AGAINST.search(sentence) or AGAINST.search(sentence), sentence
    if re.search(r"\brebuild\b", " ".join(told), re.IGNORECASE):
        assert re.search(r"\bback ?up\b", " ".join(told), re.IGNORECASE)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_several_of_every_problem_have_words(problem: str) -> None:
    """A storm and a tip name what there are several of, and end like no sentence."""
    said = RENDER.many(problem, 3)
    assert "3 " in said
    assert "alerts of one kind" not in said
    assert not said.endswith(".")
