"""Every problem's words, with one, many and extreme facts: whole sentences in plain English."""

import json
import re
from typing import Any

import pytest

from bot.domain import KINDS_BY_FAMILY
from bot.render import ProblemText, to_plain
from bot.render.words import article, field, sentence, spoken
from tests.incidents.facts import facts_of
from tests.words import knowledge, renderer

KNOWLEDGE = knowledge()
RENDER = renderer()
ONE = {
    "documents": 1,
    "sales_count": 1,
    "sales_amount": "420.00",
    "cash_count": 0,
    "record_count": 1,
    "first_date": "2026-11-03",
    "last_date": "2026-11-03",
}
NONE = {"documents": 0, "sales_count": 0, "sales_amount": "0.00", "record_count": 1}
EXTREME = {
    "documents": 10_000,
    "sales_count": 9_000,
    "sales_amount": "99999999.99",
    "cash_count": 1_000,
    "cash_amount": "0.01",
    "record_type": "invoice",
    "element": "DocNumber",
    "holder_type": "Invoice",
    "holder_number": "1042",
    "holder_id": "7",
    "reason": "The permission was withdrawn in QuickBooks, or another program used it.",
    "list": "item",
    "refers_to": "item",
    "detail": "The Request was not understood.",
}
BARE = {"element": "", "detail": "", "fault_message": "", "number": "", "party": "", "reason": ""}
KINDS = {kind for kinds in KINDS_BY_FAMILY.values() for kind in kinds} | set(KNOWLEDGE.problems)
UNDERSCORED = re.compile("|".join(sorted(kind for kind in KINDS if "_" in kind)))
WRONG = {
    "a double stop": r"\.\.(?!\.)|\.[”)]\.|[!?]\.",
    "a space before a stop": r" [.,;:]",
    "a double space": r"\S  +\S",
    "a wrong article": r"\ba (?=[aeiou](?!ne\b|ni|se))|\ban (?=[^aeiouAEIOU\W])",
    "a wrong plural": r"\b1 (documents|invoices|payments|records|items|months)\b",
    "a wrong singular": r"\b(?:\d*[02-9]|\d+1) (document|invoice|payment)\b",
    "a raw brace": r"[{}]",
    "a word twice": r"\b(?!that\b|had\b)(\w+) \1\b",
    "a missing value": r"\bNone\b|\bUndefined\b|“”|\(\)",
    "the wrong word for posted": r"\bsent\b",
    "a capital after a bracket": r"\((?:The|It|This) ",
}


def shown(text: ProblemText) -> dict[str, str]:
    """The parts in plain words."""
    parts = {name: to_plain(getattr(text, name)) for name in ("what", "why", "fix", "prevent")}
    return {"title": text.title, "push": text.push, "fixed": text.fixed, **parts}


@pytest.mark.parametrize("problem", sorted(KNOWLEDGE.problems))
@pytest.mark.parametrize(
    "more", [ONE, {}, NONE, EXTREME, BARE], ids=["one", "many", "none", "most", "bare"]
)
def test_every_part_is_plain_english(problem: str, more: dict[str, Any]) -> None:
    """No double stop, wrong article, wrong plural, raw brace, doubled word or machine's name."""
    facts = {**facts_of(problem), **more}
    for name, words in shown(RENDER.problem(problem, facts)).items():
        for what, pattern in WRONG.items():
            found = re.search(pattern, words)
            assert not found, (
                f"{problem} {name}: {what}: {found[0] if found else ''!r} in {words!r}"
            )
        assert not UNDERSCORED.search(words), f"{problem} {name}: {words}"


@pytest.mark.parametrize("problem", sorted(KNOWLEDGE.problems))
@pytest.mark.parametrize(
    "more", [ONE, {}, NONE, EXTREME, BARE], ids=["one", "many", "none", "most", "bare"]
)
def test_every_sentence_begins_and_ends(problem: str, more: dict[str, Any]) -> None:
    """Each paragraph and each step begins with a capital (or a sign) and ends with a stop."""
    text = shown(RENDER.problem(problem, {**facts_of(problem), **more}))
    for name in ("what", "why", "fix", "prevent"):
        for line in filter(None, text[name].split("\n")):
            words = re.sub(r"^(\d+\.|•)\s+", "", line)
            assert words[0] == words[0].upper(), f"{problem} {name}: {line}"
            assert words.rstrip("” ").endswith((".", "?", "!", "↗", "QuickBooks")), line
    assert text["title"][0] == text["title"][0].upper()
    assert not text["title"].endswith(".")


@pytest.mark.parametrize("problem", sorted(KNOWLEDGE.problems))
def test_why_does_not_say_what_again(problem: str) -> None:
    """Most words of a sentence of Why are not those of What."""
    text = shown(RENDER.problem(problem, facts_of(problem)))
    what = {re.sub(r"\W+", " ", one).strip().lower() for one in re.split(r"[.;:]", text["what"])}
    for one in re.split(r"[.;:]", text["why"]):
        plain = re.sub(r"\W+", " ", one).strip().lower()
        assert len(plain.split()) < 4 or plain not in what, f"{problem}: {one}"


@pytest.mark.parametrize("problem", sorted(KNOWLEDGE.problems))
def test_many_of_it_are_named_by_their_number(problem: str) -> None:
    """The words of a storm hold the count, in the singular for one."""
    if KNOWLEDGE.problems[problem].inhibits or facts_of(problem).get("reason"):
        return
    assert RENDER.many(problem, 1).startswith("1 ")
    assert RENDER.many(problem, 41).startswith("41 ")
    assert not re.search(WRONG["a wrong plural"], RENDER.many(problem, 1))


@pytest.mark.parametrize("problem", sorted(KNOWLEDGE.problems))
def test_a_settled_title_no_longer_sounds_open(problem: str) -> None:
    """Green names what it was about, or that it works again; never the trouble."""
    text = RENDER.problem(problem, facts_of(problem))
    assert text.fixed
    open_words = r"not (posted|taken|agree)|used already|may be|too long|is gone|refused|closed|\?$"
    assert not re.search(open_words, text.fixed), text.fixed
    assert text.fixed != text.title.split(" · ")[0]


def test_the_same_name_is_not_called_alike() -> None:
    """Alike is what differs a little."""
    facts = {**facts_of("same_party"), "agree": [], "differ": "the names are the same"}
    what = to_plain(RENDER.problem("same_party", facts).what)
    assert "The names are the same, but no second fact agrees" in what
    assert "alike (" not in what


def test_a_memo_is_counted_with_the_mark_and_no_other_fields_limit_is_named() -> None:
    """Why speaks of the field that is too long."""
    facts = {**facts_of("too_long"), "element": "PrivateNote", "len": "4,018", "max": "4,000"}
    text = RENDER.problem("too_long", facts)
    assert "4,018 characters with the mark the bot adds, 4,000 at most" in to_plain(text.what)
    assert to_plain(text.why) == "QuickBooks limits every field: 4,000 characters for the memo."


def test_small_words() -> None:
    """Articles, field names and sentences are made in one place."""
    assert [article(word) for word in ("invoice", "user", "Bill", "")] == [
        "an invoice",
        "a user",
        "a Bill",
        "a record",
    ]
    assert (spoken("CreditMemo"), spoken("failed_records")) == ("credit memo", "failed records")
    assert (field("DocNumber"), field("Line[0].UnitPrice")) == ("document number", "price")
    assert sentence("the permission was withdrawn..") == "The permission was withdrawn."
    assert json.dumps(sentence("")) == '""'
