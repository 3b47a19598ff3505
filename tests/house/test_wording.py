"""Rules of wording and layout that hold for every template, whatever it is about."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.fixes.registry import ALL_FIXES
from bot.render.text import Listing, Text
from tests.gallery.previews import facts_of
from tests.incidents.facts import facts_of as facts_of_problem
from tests.words import renderer

RENDERER = renderer()
ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
FILES = sorted(TEMPLATES.rglob("*.j2"))
PROBLEMS = [path.name.removesuffix(".md.j2") for path in sorted((TEMPLATES / "problems").iterdir())]
# To an American bookkeeper "an invoice over $50.00" is one of more than that.
OVER = re.compile(r"\bover (?:\{\{[^}]*money|\$|that amount|the same amount|the larger amount)")
# "Handed over {…}" is another matter.
IN_CODE = re.compile(r"(?<!hand)(?<!hands)(?<!handed) over \{")


def items(text: Text) -> list[list[str]]:
    """The lists of a text, each with its items as plain words."""
    lists = [block.items for block in text.blocks if isinstance(block, Listing)]
    return [["".join(span.text for span in item) for item in found] for found in lists]


@pytest.mark.parametrize("fix", [fix.name for fix in ALL_FIXES])
def test_what_changes_is_a_list_of_its_own(fix: str) -> None:
    """Nothing else stands among the changes of a preview, nor they under another heading."""
    facts = facts_of(fix)
    text = RENDERER.text(f"fixes/{fix}", facts)
    changes = {f"{row['what']}: {row['before']} → {row['after']}" for row in facts["changes"]}

    for found in items(text):
        if changes & set(found):
            assert [one for one in found if one not in changes and not one.startswith("Mind")] == []
    plain = ["".join(span.text for span in getattr(block, "spans", ())) for block in text.blocks]
    if "Months" in plain and "Changes" in plain:
        assert plain.index("Changes") < plain.index("Months")


def test_no_document_is_over_an_amount() -> None:
    """It is for an amount, or the amount stands in brackets."""
    found = {path.name: OVER.findall(path.read_text(encoding="utf-8")) for path in FILES}
    for path in (*(ROOT / "bot").rglob("*.py"), *(ROOT / "commands").rglob("*.py")):
        found[str(path)] = IN_CODE.findall(path.read_text(encoding="utf-8"))

    assert {name: said for name, said in found.items() if said} == {}


def test_no_backtick_is_shown() -> None:
    """A command is marked as one; the sign around it is for whoever writes the template."""
    loud = [(name, one) for name in PROBLEMS for one in shown(name) if "`" in one]

    assert loud == []


def shown(problem: str) -> Iterator[str]:
    """All that an alert says, line by line."""
    text = RENDERER.problem(problem, facts_of_problem(problem))
    yield from (text.title, text.push, text.fixed)
    for part in (text.what, text.why, text.fix, text.prevent):
        for block in part.blocks:
            runs = block.items if isinstance(block, Listing) else (block.spans,)
            yield from ("".join(span.text for span in run) for run in runs)
