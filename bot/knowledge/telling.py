"""A problem in plain words where no record is at hand: what `explain` says of an error text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain import Family, JsonValue
from bot.errors import TemplateFault
from bot.knowledge.problem import Problem
from bot.render import Listing, Renderer, Text, to_plain
from bot.render.words import field as field_name

# What is told of each of two records of QuickBooks.
_CARD: Mapping[str, JsonValue] = {
    "active": True,
    "balance": "",
    "by_us": False,
    "date": "",
    "link": "",
    "number": "",
    "ours": 0,
    "paid": False,
    "total": "",
}
# Words that stand where an alert has the names, numbers and days of its records.
IN_GENERAL: Mapping[str, JsonValue] = {
    "agree": False,
    "cash_count": 0,
    "check": "of the sync",
    "company": "the company",
    "currency": "USD",
    "difference": "0.00",
    "documents": 0,
    "list": "record",
    "month": "2026-01-01",
    "name": "",
    "net": "0.00",
    "one": {"name": "a record", **_CARD},
    "ours": {"name": "record", "active": True, "list": "record"},
    "ours_total": "0.00",
    "posted_date": "2026-02-01",
    "proposed": "another name",
    "record_count": 0,
    "ref": "",
    "refers_to": "record it refers to",
    "sales_count": 0,
    "sku": "of the item",
    "source": "the source",
    "source_date": "2026-01-31",
    "theirs": {
        "name": "another record",
        "active": True,
        "list": "record",
        "link": "",
        "number": "",
        "type": "document",
        "date": "2026-01-01",
        "total": "0.00",
    },
    "theirs_total": "0.00",
    "total": "0.00",
    "two": {"name": "another one", **_CARD},
}
_OURS = re.compile(r"\b(?:us|our|the bot|this bot)\b", re.IGNORECASE)
# A text that somebody reads has no button.
_PRESS = re.compile(r"\bpress \*{0,2}Try again\*{0,2}(?: here)?", re.IGNORECASE)
# A step that the error's own words make plainer.
_WHICH_FIELD = re.compile(
    r"^Read which field the (?:error|text) names,"
    r" and (?:open|fill it in for) this record in the source"
)
_LOOSE = re.compile(r"\s+([:?,.;])")


@dataclass(frozen=True)
class Told:
    """What a problem is called in general, and what to do about it, one short step a line.

    `meaning`: what it means for the record; "" where the words are about the bot's own connection.
    """

    title: str
    meaning: str
    steps: tuple[str, ...]


def tell(
    render: Renderer, problem: Problem, facts: Mapping[str, str], platform: str = "qbo"
) -> Told:
    """Say what a problem is and what to do, with the few facts its error text gave.

    A problem file that has steps of its own for this platform is taken at its word; for the
    others the items of its `fix` block are the steps.
    """
    known = {**IN_GENERAL, **{name: value for name, value in facts.items() if value}}
    try:
        text = render.problem(problem.name, {**known, "platform": platform})
    except TemplateFault:
        # A file that needs more than is known here still has its name and its own steps.
        label = problem.name.replace("_", " ").capitalize()
        return Told(label, "", problem.steps_on(platform))
    meaning = to_plain(text.what)
    if problem.family is Family.CONNECTION and _OURS.search(meaning):
        meaning = ""
    steps = steps_of(problem, text.fix, platform, facts)
    return Told(_upfirst(text.title), _upfirst(meaning), steps)


def steps_of(
    problem: Problem, fix: Text, platform: str, facts: Mapping[str, JsonValue]
) -> tuple[str, ...]:
    """The problem's own steps for this platform, else those for QuickBooks Online.

    A problem without any, as one that only a check finds, has one per item and paragraph of `fix`.
    Where the error names the field that is missing, so do the steps.
    """
    if own := problem.steps_on(platform) or problem.steps_on("qbo"):
        return tuple(_with_field(step, facts) for step in own)
    steps: list[str] = []
    for block in fix.blocks:
        if isinstance(block, Listing):
            steps += ["".join(span.text for span in item) for item in block.items]
        else:
            steps.append(to_plain(Text((block,))))
    steps = [_PRESS.sub("let the sync run again", step) for step in steps]
    return tuple(step for step in map(_tidy, steps) if step)


def _with_field(step: str, facts: Mapping[str, JsonValue]) -> str:
    said = facts.get("field") or facts.get("element")
    if not said:
        return step
    words = f"Open this record in the source and fill in its {field_name(said)}"
    return _WHICH_FIELD.sub(lambda _: words, step)


def _upfirst(words: str) -> str:
    tidy = _tidy(words)
    return tidy[:1].upper() + tidy[1:]


def _tidy(words: str) -> str:
    """Single spaces, and none before a comma where a fact was left out."""
    return _LOOSE.sub(r"\1", " ".join(words.split()))
