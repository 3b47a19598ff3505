"""What an alert says of what other tools reported: their own words, and what can be done there."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import structlog

from bot.domain import JsonValue, Payload
from bot.errors import TemplateFault
from bot.forwarded import only_reported
from bot.forwarded.causes import BUSY, CONNECTION
from bot.knowledge import Problem
from bot.knowledge.knowledge import UNKNOWN
from bot.render import Listing, ProblemText, Text, clean, shorten, to_plain, to_slack
from bot.services import Services

log = structlog.get_logger(__name__)

# These files are written for a tool's own trouble already.
_OWN_WORDS = (CONNECTION, BUSY)
# What only works where a record of ours waits: its buttons, and the document in our list.
_OURS = re.compile(
    r"\b(?:press|button|preview|open details|here|what waits|the bot|our|ours|i entered)\b", re.I
)
# Where a name that QuickBooks does not have is the trouble, or part of it.
_LOOKED_FOR = frozenset(
    {"inactive_record", "missing_record", "missing_mapping", "missing_account", "duplicate_name"}
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_TOOL = 60


def about(services: Services, facts: Mapping[str, JsonValue], time_zone: str) -> list[Payload]:
    """The tool's own words as blocks; [] where no tool reported it."""
    reported = facts.get("reported")
    if not isinstance(reported, dict):
        return []
    try:
        told = {**reported, "time_zone": time_zone}
        return to_slack(services.render.text("reported/said", told))
    except TemplateFault as fault:
        log.error("report not shown", reason=fault.message)
        return []


def adapted(
    services: Services, problem: Problem, text: ProblemText, facts: Mapping[str, JsonValue]
) -> ProblemText:
    """The words of a problem for an alert about a tool's trouble alone; others stay as they are."""
    if not only_reported(facts):
        return text
    tool = shorten(clean(str(facts.get("source") or "Another tool")), _TOOL)
    title = text.title
    if problem.name == UNKNOWN:
        title = shorten(f"{tool}: an error not known here", 51)
    if problem.name in _OWN_WORDS:
        return text
    push = f"{clean(str(facts.get('company')))}: {tool} could not post to QuickBooks. {title}"
    fix = _next(services, problem, text, facts, tool) or text.fix
    return replace(text, title=title, push=push, fix=fix)


def _next(
    services: Services,
    problem: Problem,
    text: ProblemText,
    facts: Mapping[str, JsonValue],
    tool: str,
) -> Text | None:
    steps = problem.steps_on(str(facts.get("platform"))) or [*_items(text.fix)]
    asked = facts.get("asked") if problem.kind in _LOOKED_FOR else ""
    told = {**facts, "tool": tool, "steps": elsewhere(steps), "asked": asked}
    try:
        return services.render.text("reported/next", told)
    except TemplateFault as fault:
        log.error("next steps of a report not shown", reason=fault.message)
        return None


def _items(text: Text) -> Iterator[str]:
    """Each item of a list and each paragraph as plain words."""
    for block in text.blocks:
        if isinstance(block, Listing):
            yield from ("".join(span.text for span in item) for item in block.items)
        else:
            yield to_plain(Text((block,)))


def elsewhere(steps: Sequence[str]) -> list[str]:
    """The steps without the sentences that only hold where a record of ours waits."""
    kept = (
        " ".join(part for part in _SENTENCE.split(step) if not _OURS.search(part)) for step in steps
    )
    return [step for step in kept if step]
