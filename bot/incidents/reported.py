"""What an alert says of what other tools reported: their own words, and what can be done there."""

import re
from collections.abc import Mapping
from dataclasses import replace

import structlog

from bot.domain import JsonValue, Payload
from bot.errors import TemplateFault
from bot.forwarded import only_reported
from bot.forwarded.causes import BUSY, CONNECTION, SUBSCRIPTION
from bot.forwarded.roles import NAME
from bot.knowledge import Problem, steps_of
from bot.knowledge.knowledge import UNKNOWN
from bot.render import ProblemText, Text, clean, shorten, to_slack
from bot.services import Services

log = structlog.get_logger(__name__)

# These files are written for a tool's own trouble already.
_OWN_WORDS = (CONNECTION, BUSY, SUBSCRIPTION)
# Where a name that QuickBooks does not have is the trouble, or part of it.
_LOOKED_FOR = frozenset(
    {"inactive_record", "missing_record", "missing_mapping", "missing_account", "duplicate_name"}
)
# How the steps of a problem end where no tool is known.
_AGAIN = "Then let the sync run again."
_LATER = "let the sync run again"
# What a tool is called in steps that are written for the sync.
_SOURCE = "the source"
_TOOL = 60
_OF_BILLS = "A vendor's bill keeps"
_SALES = frozenset({"invoice", "sales receipt", "credit memo", "refund receipt", "payment"})
# What QuickBooks does not protect: the next reconciliation would not agree.
_RECONCILED = re.compile(r"\breconcil(?:ed|iation)\b", re.IGNORECASE)
# Where a number may be that the bot has not found.
_ELSEWHERE = (
    "Look in older years too. See whether the tool is connected to the books of another company."
)

# How the steps begin that are for an item which is not there, or is not active.
_NOT_THERE = ("If it is not there,", "If it is inactive,")
# Where the document in the way is another party's than the text names.
_NOT_YET = "Mark nothing as posted until you have seen that it is the same document."


def about(services: Services, facts: Mapping[str, JsonValue], time_zone: str) -> list[Payload]:
    """The tool's own words as blocks; [] where no tool reported it."""
    reported = facts.get("reported")
    if not isinstance(reported, dict):
        return []
    try:
        told = {**reported, "time_zone": time_zone, "joined": not only_reported(facts)}
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


def _is_sale(facts: Mapping[str, JsonValue]) -> bool:
    """Whether the document that is in the way is a sale."""
    theirs = facts.get("theirs")
    return isinstance(theirs, dict) and theirs.get("type") in _SALES


def _next(
    services: Services,
    problem: Problem,
    text: ProblemText,
    facts: Mapping[str, JsonValue],
    tool: str,
) -> Text | None:
    steps = steps_of(problem, text.fix, str(facts.get("platform") or "qbo"), facts)
    again = steps[-1].endswith(_AGAIN)
    kept = [words for step in steps if (words := step.removesuffix(_AGAIN).strip())]
    kept = [words.replace(_LATER, f"let {tool} try again").replace(_SOURCE, tool) for words in kept]
    if _is_sale(facts):
        kept = [words for words in kept if not words.startswith(_OF_BILLS)]
    if facts.get("entity") == "Item" and facts.get("active"):
        kept = [words for words in kept if not words.startswith(_NOT_THERE)]
    if facts.get("unseen"):
        kept[0] = f"Search for {clean(str(facts.get('number')))} in QuickBooks. {_ELSEWHERE}"
    if facts.get("other_party"):
        party = clean(str(facts["other_party"]))
        kept.insert(0, f"See whose document it really is: the text names {party}. {_NOT_YET}")
    asked = facts.get("asked") if problem.kind in _LOOKED_FOR else ""
    told = {
        **facts,
        "tool": tool,
        "steps": kept,
        "again": again,
        "asked": asked,
        "taken": problem.kind == NAME,
        "reconciled": bool(_RECONCILED.search(str(facts.get("raw") or ""))),
    }
    try:
        return services.render.text("reported/next", told)
    except TemplateFault as fault:
        log.error("next steps of a report not shown", reason=fault.message)
        return None
