"""A problem in plain words where no record is at hand: what `explain` says of an error text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain import JsonValue
from bot.errors import TemplateFault
from bot.knowledge.problem import Problem
from bot.render import Listing, Renderer, Text, to_plain

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
    "filed_through": "2026-01-31",
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
_LOOSE = re.compile(r"\s+([:?,.;])")
# The words of an alert speak of themselves; here they are read outside it.
_ELSEWHERE = (
    (re.compile(r"\b((?:Try|Check) again) here\b"), r"\1 in the alert"),
    (re.compile(r"\bthis message settles\b"), "the alert settles"),
)


@dataclass(frozen=True)
class Told:
    """What a problem is called in general, and what to do about it, one short step a line."""

    title: str
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
        return Told(label, problem.steps_on(platform))
    title = _LOOSE.sub(r"\1", " ".join(text.title.split()))
    return Told(title[:1].upper() + title[1:], problem.steps_on(platform) or _steps(text.fix))


def _steps(text: Text) -> tuple[str, ...]:
    """One step per list item; a paragraph between them is a step of its own."""
    steps: list[str] = []
    for block in text.blocks:
        if isinstance(block, Listing):
            steps += ["".join(span.text for span in item) for item in block.items]
        else:
            steps.append(to_plain(Text((block,))))
    return tuple(step for step in map(_read_elsewhere, steps) if step)


def _read_elsewhere(step: str) -> str:
    plain = _LOOSE.sub(r"\1", " ".join(step.split()))
    for pattern, instead in _ELSEWHERE:
        plain = pattern.sub(instead, plain)
    return plain
