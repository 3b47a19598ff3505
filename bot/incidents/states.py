"""The state of an alert, and of several at once, in the words that tables use."""

from collections.abc import Sequence

from bot.domain import IncidentState
from bot.models import Incident

_ONE = {
    IncidentState.WORKING: "being fixed",
    IncidentState.PARTLY: "partly fixed",
    IncidentState.RESOLVED: "fixed",
}
# What the header of a message about many says.
HEADERS = {
    "open": "🔴 OPEN",
    "working": "🔵 WORKING",
    "paused": "⏸️ PAUSED",
    "part": "↪️ PART OF ANOTHER",
    "over": "☑️ FLOOD OVER",
    "resolved": "✅ FIXED",
}


def of_one(row: Incident) -> str:
    """The state of an alert in a word or two."""
    if is_part(row):
        return "part of another alert"
    if row.state is IncidentState.RESOLVED and row.story.get("exempt"):
        return "no problem"
    if row.state is IncidentState.OPEN:
        return "paused" if row.paused_by_id is not None else "open"
    return _ONE[row.state]


def of_all(rows: Sequence[Incident]) -> str:
    """The state of several alerts that share a message, for programs."""
    left = [row for row in rows if row.state is not IncidentState.RESOLVED]
    if not left:
        return "part" if any(is_part(row) for row in rows) else "resolved"
    if any(row.state is IncidentState.WORKING for row in left):
        return "working"
    return "paused" if all(row.paused_by_id is not None for row in left) else "open"


def is_part(row: Incident) -> bool:
    """Whether what it held waits for another alert now, which it ends with."""
    ended = row.story.get("part_ended")
    return row.state is IncidentState.RESOLVED and row.part_of_id is not None and not ended
