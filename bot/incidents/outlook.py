"""What preflight foresees of the records that wait, in the words of the alerts it would make."""

from collections.abc import Iterator
from itertools import groupby

from bot.render import plural
from bot.services import Services
from bot.sync.preflight.model import Certainty
from bot.sync.preflight.waiting import MOST_LOOKED_AT, Outlook

_HEADINGS = {
    Certainty.WILL: "QuickBooks would refuse",
    Certainty.OURS: "The bot would hold, and ask",
    Certainty.MAY: "Not certain: posted, and told if QuickBooks refuses",
}
# So many alerts of one problem are named, each by itself.
_NAMED = 5


def summary(found: Outlook) -> str:
    """How many wait, and how many of them would be posted."""
    if not found.looked_at:
        return "Nothing waits to be posted."
    stays = found.looked_at - found.go - found.later
    first = f"the first {MOST_LOOKED_AT:,} records that wait" if found.more else "what waits"
    told = [f"{found.go:,} would be posted"]
    if found.later:
        told.append(f"{found.later:,} would wait for other records first")
    if stays:
        told.append(f"{stays:,} would not")
    return f"Of {first} ({plural(found.looked_at, 'record')}): {', '.join(told)}."


def reasons(services: Services, found: Outlook) -> Iterator[tuple[str, list[str]]]:
    """Each heading with its lines, the surest first."""
    for sure, groups in groupby(found.groups, key=lambda one: one.certainty):
        lines: list[str] = []
        by_problem: dict[str, list[str]] = {}
        for group in groups:
            title = services.render.title(group.problem, group.facts)
            by_problem.setdefault(group.problem, []).append(title)
        for problem, titles in by_problem.items():
            many = len(titles) > _NAMED
            lines += [services.render.many(problem, len(titles))] if many else titles
        yield _HEADINGS[sure], lines
