"""The third look: what the words of a text speak for, where no code and no sentence is sure."""

from dataclasses import replace

import pytest

from bench import weigh_words
from bot.knowledge import Knowledge
from bot.knowledge.signs import signs
from bot.knowledge.votes import FILE, Votes, features
from tests.words import knowledge

KNOWLEDGE = knowledge()
ENDED = "Your QuickBooks trial ran out, subscribe again"


def with_votes(weights: dict[str, dict[str, int]]) -> Knowledge:
    """The problem files with these weights and no others."""
    return Knowledge(KNOWLEDGE.problems, Votes(weights))


def kind(found: Knowledge, platform: str, code: str, text: str) -> str:
    return found.problem(found.guess(platform, code, text).problem).kind


def test_the_file_is_what_the_texts_give():
    """Whoever adds a text weighs the words anew: make votes."""
    weights = weigh_words.weighed(weigh_words.examples())

    assert FILE.read_text(encoding="utf-8") == weigh_words.written(weights)


def test_the_same_text_gets_the_same_answer():
    """Nothing is drawn by lot, and nothing is learned from what was asked before."""
    first = KNOWLEDGE.guess("qbo", "", ENDED)

    assert first == KNOWLEDGE.guess("qbo", "", ENDED)
    assert first == knowledge().guess("qbo", "", ENDED)


def test_words_that_no_row_knows_are_recognised_and_told():
    """The answer names the words of the text that spoke for it, and is never told as sure."""
    found = with_votes({"lapsed plan": {"company_suspended": 9000}})

    told = found.guess("qbo", "", "QuickBooks: lapsed plan here")

    assert found.problem(told.problem).kind == "company_suspended"
    assert told.confidence < 0.8
    assert "“lapsed plan”" in told.evidence[0]


def test_little_words_are_no_reason():
    """What only “the” and “for” speak for stays unknown: nobody could be told why."""
    found = with_votes({"the": {"account_mismatch": 9000}, "for": {"account_mismatch": 9000}})

    assert kind(found, "", "", "the weather for the weekend") == "unknown"


def test_what_is_told_is_told_once():
    """A word that stands in a phrase that is told already is not told again."""
    votes = Votes({"too": {"too_long": 300}, "too long": {"too_long": 900}, "long": {}})

    assert votes.words_for(signs("", "", "the memo is too long"), "too_long") == ("too long",)


@pytest.mark.parametrize(
    ("platform", "code", "text", "right"),
    [
        ("qbo", "6240", "Duplicate Name Exists Error", "duplicate_name"),
        (
            "",
            "",
            '{"Fault":{"Error":[{"Message":"Plan lapsed","code":"6240"}]}}',
            "duplicate_name",
        ),
    ],
)
def test_a_code_with_its_words_and_a_fault_are_never_put_to_the_vote(platform, code, text, right):
    """They stand, whatever the words speak for."""
    against = with_votes({word: {"throttled": 90_000} for word in features(signs("", "", text))})

    assert kind(against, platform, code, text) == right


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("6240", "QuickBooks: the plan lapsed long ago"),
        ("", "QuickBooks: another user has deleted this transaction, the plan lapsed"),
    ],
)
def test_a_bare_code_or_sentence_is_less_sure_where_the_words_speak_for_another(code, text):
    """Who only explains hears of the other kind; QuickBooks' own answer keeps its meaning."""
    alone = with_votes({})
    against = with_votes({"plan": {"company_suspended": 9000}, "lapsed": {}})

    assert alone.guess("qbo", code, text).confidence >= 0.8
    assert kind(against, "qbo", code, text) == "company_suspended"
    assert against.guess("qbo", code, text).confidence < 0.8
    kept = against.classify("qbo", code, text)
    assert kept.problem == alone.guess("qbo", code, text).problem
    assert 0.5 <= kept.confidence < 0.8


def test_a_code_is_not_voted_down_by_a_few_words():
    """A code that stands for many errors says more than two words around it."""
    text = "QuickBooks error 1020"

    assert kind(KNOWLEDGE, "qbo", "", text) == kind(KNOWLEDGE, "qbo", "1020", "")


def test_the_text_of_another_product_stays_unknown():
    """Its words are not even weighed."""
    found = with_votes({"lapsed plan": {"company_suspended": 90_000}})

    assert kind(found, "", "", "Xero: lapsed plan") == "unknown"


def test_a_few_words_count_no_more_than_many():
    """One word alone has the say of one word of a longer text."""
    votes = Votes({"plan": {"unsupported": 800}})

    alone = votes.of(signs("", "", "plan"))
    assert alone == {"unsupported": pytest.approx(1.0)}
    assert votes.of(replace(signs("", "", "plan"), text="nothing known")) == {}


def test_chat_is_left_unknown():
    """What the words of people and of success messages speak for is nothing."""
    for text in (
        "Sync complete: 41 invoices, 12 payments",
        "Could you send me the invoice of May?",
        "All invoices of today are in QuickBooks.",
    ):
        assert kind(KNOWLEDGE, "", "", text) == "unknown"
