"""What a text must contain for a pattern: never more than it really needs."""

import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.literals import needed
from tests.words import knowledge

ROWS = [row for problem in knowledge().problems.values() for row in problem.matches if row.pattern]


@pytest.mark.parametrize(
    ("pattern", "keys"),
    [
        ("abc|defg", {"abc", "defg"}),
        (r"(customer|vendor) has", {"customer", "vendor"}),
        (r"Min:(?P<min>\d+) MAXIMUM", {" maximum"}),
        (r"foo? bars", {" bars"}),
        (r"hello\.", {"hello."}),
        (r"(?!never)always", {"always"}),
        (r"(optional)?sure", {"sure"}),
        (r"[abc]defx", {"defx"}),
        (r"ab|cd", set()),
        (r"\bId=(\d+)", {"id="}),
        (r"inactive|^x\d", set()),
        (r"a\d{3}xyz", {"xyz"}),
    ],
)
def test_the_letters_a_pattern_needs(pattern: str, keys: set[str]) -> None:
    """Each branch has its longest sure run; one branch without any means none is sure."""
    assert needed(pattern).keys == keys


def test_a_branch_needs_all_its_parts() -> None:
    """One of every set, and letters in small."""
    must = needed(r"(account|vendor)\b.{0,9}\bnot found")

    assert must.may_match("the account was not found")
    assert not must.may_match("the account is fine")
    assert not must.may_match("page not found")


def test_no_text_that_matches_is_left_out() -> None:
    """What any of our own patterns finds in any known text passes the look at its letters."""
    texts = [text for problem in knowledge().problems.values() for text in problem.texts[:3]]
    left_out = [
        (row.problem, text)
        for row in ROWS
        for text in texts
        if row.pattern.search(text) and not row.needed.may_match(text.lower())
    ]

    assert texts
    assert not left_out


@given(st.text(alphabet="ab.|()[]?*+\\d{}1", max_size=14), st.text(alphabet="abd1.", max_size=14))
def test_any_pattern_that_compiles_is_read_rightly(pattern: str, text: str) -> None:
    """Whatever matches has the letters."""
    try:
        with warnings.catch_warnings(action="ignore"):
            compiled = re.compile(pattern)
    except re.error:
        return

    if compiled.search(text):
        assert needed(pattern).may_match(text)
