"""An alert that settles and comes back again and again: one message, and green only when steady."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.domain import JsonValue
from bot.models import Incident
from bot.render import plural

# So many returns within this time are no chance any more.
RETURNS = 3
WITHIN = timedelta(hours=1)
_KEPT = 20


def note_return(row: Incident, now: datetime) -> None:
    """Remember that a settled alert is back: since when it was settled, and who settled it.

    Its thread is told so ("back"), but for one that comes and goes, or that an undo let come back.
    One that was part of another alert was never settled: it only stands by itself again.
    """
    if row.part_of_id is not None:
        row.story = {**row.story, "absent": None, "back": {"at": now.isoformat(), "part": True}}
        return
    settled = (row.resolved_at or now).isoformat()
    returns = [*_returns(row.story), {"settled": settled, "at": now.isoformat()}]
    quiet = bool(row.story.get("undone"))
    ended = row.story.get("outcome")
    by = ended.get("by") if isinstance(ended, dict) else ""
    row.story = {**row.story, "returns": returns[-_KEPT:], "absent": None, "back": None}
    if not quiet and not must_be_steady(row, now):
        row.story = {**row.story, "back": {"at": settled, "by": by}}


def must_be_steady(row: Incident, now: datetime) -> bool:
    """Say whether one check that does not find it is too little to call it settled."""
    recent = [one for one in _returns(row.story) if now - _at(one) <= WITHIN]
    return len(recent) >= RETURNS


def is_steady(row: Incident, now: datetime) -> bool:
    """Count a completed check that did not find it; True when that is enough to settle it.

    The second one in a row is enough for an alert that comes and goes, the first for all others.
    """
    if not must_be_steady(row, now) or row.story.get("absent"):
        return True
    row.story = {**row.story, "absent": now.isoformat()}
    return False


def is_back(row: Incident) -> bool:
    """Forget that the last check did not find it; True when there was something to forget."""
    if not row.story.get("absent"):
        return False
    row.story = {**row.story, "absent": None}
    return True


def words(story: Mapping[str, JsonValue]) -> str:
    """Say how often it came back lately: "Came back 3 times in 40 minutes"; "" for less often.

    Told from what is stored alone: passing time edits no message.
    """
    returns = _returns(story)
    if not returns:
        return ""
    last = _at(returns[-1])
    recent = [one for one in returns if last - _at(one) <= WITHIN]
    if len(recent) < RETURNS:
        return ""
    span = last - datetime.fromisoformat(str(recent[0]["settled"]))
    minutes = max(1, round(span.total_seconds() / 60))
    said = (
        f"Came back {plural(len(recent), 'time')} in {plural(minutes, 'minute')}. It turns green "
        "when two checks in a row do not find it."
    )
    return f"{said} The last one did not." if story.get("absent") else said


def _returns(story: Mapping[str, JsonValue]) -> list[Mapping[str, JsonValue]]:
    given = story.get("returns")
    return [one for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []


def _at(one: Mapping[str, JsonValue]) -> datetime:
    return datetime.fromisoformat(str(one["at"]))
