"""What a text must contain for a pattern: never more than it really needs."""

import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.literals import keys_of, may_match, parts_of
from bot.knowledge.patterns import Pattern
from bot.knowledge.problem import problem_of
from bot.render.source import read
from tests.words import TEMPLATES, knowledge

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
    assert keys_of(pattern) == keys


def test_a_branch_needs_all_its_parts() -> None:
    """One of every set, and letters in small."""
    must = parts_of(r"(account|vendor)\b.{0,9}\bnot found")

    assert may_match(must, "the account was not found")
    assert not may_match(must, "the account is fine")
    assert not may_match(must, "page not found")


def test_every_pattern_of_ours_is_a_regular_expression() -> None:
    """They are compiled when they are first tried, so this is where a slip is found."""
    for path in sorted((TEMPLATES / "problems").glob("[!_]*.md.j2")):
        problem_of(path.name, read(path))


def test_no_text_that_matches_is_left_out() -> None:
    """Tried branch by branch, our patterns find in known texts what they find in one piece."""
    texts = [text for problem in knowledge().problems.values() for text in problem.texts[:3]]
    missed = [
        (row.problem, text)
        for row in ROWS
        for text in texts
        if row.pattern and span(row.pattern.whole.search(text)) != span(row.pattern.search(text))
    ]

    assert texts
    assert not missed


def span(found: re.Match[str] | None) -> tuple[int, int, dict[str, str]] | None:
    said = {name: value for name, value in found.groupdict().items() if value} if found else {}
    return (*found.span(), said) if found else None


@given(st.text(alphabet="ab.|()[]?*+\\d{}1", max_size=14), st.text(alphabet="abd1.", max_size=14))
def test_any_pattern_that_compiles_is_read_rightly(pattern: str, text: str) -> None:
    """Whatever it finds in one piece it finds branch by branch, at the same place."""
    try:
        with warnings.catch_warnings(action="ignore"):
            compiled = re.compile(pattern)
    except re.error:
        return

    # A branch that speaks of a group of another one is none that we write.
    if not re.search(r"\\\d", pattern):
        with warnings.catch_warnings(action="ignore"):
            # A branch is compiled when it is looked for, and warns of what we do not write.
            found = Pattern(pattern, exact=True).search(text)
        assert span(found) == span(compiled.search(text))
