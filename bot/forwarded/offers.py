"""What can be pressed where another tool met the trouble and no record of ours waits for it."""

from collections.abc import Mapping, Sequence

from bot.domain import JsonValue
from bot.forwarded.causes import GONE_ACTIVE, GONE_MERGED
from bot.knowledge import Problem

SETTLED = "settled_elsewhere"
# The fix that makes the cause go away in QuickBooks itself.
_MENDS = {GONE_ACTIVE: ("reactivate",), GONE_MERGED: ("merge_guide",)}


def only_reported(facts: Mapping[str, JsonValue]) -> bool:
    """Whether a tool reported it and nothing of ours waits."""
    return bool(facts.get("reported")) and not facts.get("record_count")


def fixes_of(problem: Problem, facts: Mapping[str, JsonValue]) -> Sequence[str]:
    """The names of the fixes that work for an alert with these facts, in their order."""
    if not only_reported(facts):
        return problem.fixes
    return (*_MENDS.get(str(facts.get("gone") or ""), ()), SETTLED)
