"""A problem in plain words where no record is at hand."""

import re

import pytest

from bot.knowledge import IN_GENERAL, tell
from tests.words import knowledge, renderer

KNOWLEDGE = knowledge()
RENDER = renderer()
GAPS = re.compile(r"  | [:?,;]| \.(?!\w)|\(\)|“”|[{}]|\bNone\b|\*\*")


@pytest.mark.parametrize("name", sorted(KNOWLEDGE.problems))
@pytest.mark.parametrize("platform", ["qbo", "qbd", "qbwc", "oauth"])
def test_every_problem_is_told_without_facts(name, platform):
    """A title with a capital, at least one step, no gap, no template code."""
    RENDER.problem(name, IN_GENERAL)  # nothing is missing, so nothing falls back
    told = tell(RENDER, KNOWLEDGE.problems[name], {}, platform)

    assert told.title[0].isupper()
    assert told.steps
    for text in (told.title, *told.steps):
        assert not GAPS.search(text), text
        assert text == text.strip()


def test_the_few_facts_of_the_text_are_used():
    """What the pattern found stands in the title."""
    text = "Property Name:Memo specified is too long. String length does not fit. Min:0 Max:21"
    found = KNOWLEDGE.classify("qbo", "2050", text)
    told = tell(RENDER, KNOWLEDGE.problem(found.problem), {**found.facts, "element": "Memo"})

    assert told.title == "A document: memo too long"


def test_a_problem_has_steps_of_its_own_for_the_desktop():
    """QuickBooks Online's menus are not there; the Web Connector borrows the Desktop's steps."""
    problem = KNOWLEDGE.problem("connection_lost")

    online = tell(RENDER, problem, {}, "qbo").steps
    desktop = tell(RENDER, problem, {}, "qbd").steps
    assert online != desktop
    assert tell(RENDER, problem, {}, "qbwc").steps == desktop
