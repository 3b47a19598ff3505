"""A problem in plain words where no record is at hand."""

import re

import pytest

from bot.knowledge import IN_GENERAL, tell
from tests.words import knowledge, renderer

KNOWLEDGE = knowledge()
RENDER = renderer()
OF_AN_ALERT = re.compile(
    r"(?i:\b(?:press (?!update selected|f2)|preview|open details|here\b(?! is)|the bot|ours?)\b)"
    r"|\b(?:Try|Check) again\b"
)
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


@pytest.mark.parametrize(
    "name", sorted(name for name, one in KNOWLEDGE.problems.items() if one.matches)
)
def test_steps_for_any_tool_name_nothing_of_an_alert(name):
    """Who pasted an error has no button, no preview and no record of ours in front of them."""
    problem = KNOWLEDGE.problem(name)
    platforms = {row.platform for row in problem.matches}
    for platform in platforms - {"any"} | ({"qbo", "qbd"} if "any" in platforms else set()):
        for step in tell(RENDER, problem, {}, platform).steps:
            assert not OF_AN_ALERT.search(step), (platform, step)
            assert platform not in ("qbd", "qbwc") or "⚙" not in step


def test_the_few_facts_of_the_text_are_used():
    """What the pattern found stands in the title."""
    text = "Property Name:Memo specified is too long. String length does not fit. Min:0 Max:21"
    found = KNOWLEDGE.classify("qbo", "2050", text)
    told = tell(RENDER, KNOWLEDGE.problem(found.problem), {**found.facts, "element": "Memo"})

    assert told.title == "A document: memo too long"
    assert told.meaning == "QuickBooks refused a record: its memo is too long."


def test_a_problem_has_steps_of_its_own_for_the_desktop():
    """QuickBooks Online's menus are not there; the Web Connector borrows the Desktop's steps."""
    problem = KNOWLEDGE.problem("connection_lost")

    online = tell(RENDER, problem, {}, "qbo").steps
    desktop = tell(RENDER, problem, {}, "qbd").steps
    assert online != desktop
    assert tell(RENDER, problem, {}, "qbwc").steps == desktop
