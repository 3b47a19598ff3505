"""Each edition has its own words: nobody is led through the menus of the other QuickBooks."""

import re

import pytest

from bot.knowledge import tell
from tests.words import knowledge, renderer

KNOWLEDGE = knowledge()
RENDER = renderer()
ONLINE = re.compile(
    r"⚙|Account and settings|Customer Hub|Bank transactions|Manage users|All lists"
    r"|Products and services|intuit_tid|\bIn QuickBooks Online\b"
)
DESKTOP = re.compile(
    r"Edit > Preferences|Web Connector|\bQWC\b|company file|(?:single|multi)-user mode"
    r"|Verify Data|Rebuild Data|QuickBooks Administrator"
)
ON_DESKTOP = frozenset({"qbd", "qbwc", "any"})
ON_LINE = frozenset({"qbo", "oauth", "any"})


def reached_on(platforms: frozenset[str]) -> list[str]:
    """The problems that an error of these platforms can be recognised as."""
    return [
        name
        for name, problem in sorted(KNOWLEDGE.problems.items())
        if any(row.platform in platforms for row in problem.matches)
    ]


@pytest.mark.parametrize(
    ("platform", "reached", "foreign"),
    [
        ("qbd", ON_DESKTOP, ONLINE),
        ("qbwc", ON_DESKTOP, ONLINE),
        ("qbo", ON_LINE, DESKTOP),
        ("oauth", ON_LINE, DESKTOP),
    ],
)
def test_no_step_is_one_of_the_other_edition(
    platform: str, reached: frozenset[str], foreign: re.Pattern[str]
) -> None:
    """The Desktop has none of Online's menus, and Online speaks of no PC's programs."""
    wrong = [
        f"{name}: {step}"
        for name in reached_on(reached)
        for step in tell(RENDER, KNOWLEDGE.problems[name], {}, platform).steps
        if foreign.search(step)
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("QuickBooks Online: the record is currently in use by another user", "stale_object"),
        ("QuickBooks Desktop: the record is currently in use by another user", "desktop_in_use"),
    ],
)
def test_the_same_trouble_has_the_words_of_its_edition(text: str, problem: str) -> None:
    """A text that names its edition is explained for that one."""
    assert KNOWLEDGE.classify("", None, text).problem == problem


def test_a_number_of_the_desktop_that_means_all_is_well_is_no_trouble() -> None:
    """Code 0 and 1 of qbXML are said to be no error, and offer no fix."""
    for code in ("0", "1", "540", "560"):
        found = KNOWLEDGE.classify("qbd", code, "Status OK")
        told = tell(RENDER, KNOWLEDGE.problem(found.problem), found.facts, "qbd")

        assert found.problem == "no_error"
        assert told.steps[0].startswith("Nothing has to be done")
        assert KNOWLEDGE.problem(found.problem).fixes == ()


def test_a_lost_answer_is_never_answered_by_writing_again() -> None:
    """Whoever reads it looks in QuickBooks first; nothing is offered that would post again."""
    for platform, code in (("qbd", "9002"), ("qbwc", "QBWC1042"), ("qbwc", "0x800706BA")):
        problem = KNOWLEDGE.problem(KNOWLEDGE.classify(platform, code, "").problem)
        steps = " ".join(tell(RENDER, problem, {}, platform).steps)

        assert "Look" in steps
        assert "retry" not in problem.fixes
