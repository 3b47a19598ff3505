"""What people did with an alert: took it, put it off, asked for an approval, took a fix back."""

from collections.abc import Mapping

from bot.domain import IncidentState, JsonValue, Payload
from bot.incidents.parts import View, inert, person
from bot.render import moment
from bot.slack import blocks

REVIEW = "ask:review"
NO = "ask:no"
MORE = "more"
CLAIM, SNOOZE, HISTORY, DETAILS, EXCEPTION = "claim", "snooze", "history", "details", "exception"
TAKE_BACK = "exception_back"


def asked(view: View) -> list[Payload]:
    """Who asks since when for an approval of what, with the two answers; [] if nobody does."""
    found = view.incident.story.get("ask")
    if not isinstance(found, dict):
        return []
    at = moment(found["at"], view.company.time_zone)
    words = [
        blocks.words("Approval asked  ", bold=True),
        person(str(found["by"])),
        blocks.words(f", {at} · {inert(found.get('words') or 'a change')}"),
    ]
    value = str(view.incident.id)
    row = [
        blocks.button("Review and approve…", REVIEW, value, primary=True),
        blocks.button("No…", NO, value, label="No to what was asked"),
    ]
    return [blocks.rich_text(blocks.line(*words)), blocks.actions(row)]


def said(view: View) -> Payload:
    """The last thing a person said of it: no to a question, why it is put off; {} for nothing."""
    found = view.incident.story.get("said")
    if not isinstance(found, dict):
        return {}
    at = moment(found["at"], view.company.time_zone)
    by = str(found.get("by") or "")
    who = [person(by), blocks.words(f", {at}: ")] if by else [blocks.words(f"{at}: ")]
    return blocks.rich_text(blocks.line(*who, blocks.words(inert(found.get("text"), 300))))


def taken_back(view: View) -> Payload:
    """Say of an alert that is here again who took its fix back; {} when nobody did."""
    found = _undone(view.incident.story)
    if not found or view.incident.state is IncidentState.RESOLVED:
        return {}
    words = f" took the fix back, {moment(found['at'], view.company.time_zone)}."
    return blocks.rich_text(blocks.line(person(str(found["by"])), blocks.words(words)))


def is_undone(story: Mapping[str, JsonValue]) -> bool:
    """Whether the last thing that was done was to take a fix back."""
    return bool(_undone(story))


def _undone(story: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    found = story.get("undone")
    return found if isinstance(found, dict) else {}


def more(view: View) -> Payload:
    """The menu behind "more": take it, put it off, its history, its details."""
    claim = "Take it over, or give it back" if view.incident.claimed_by else "I'll take it"
    snooze = "Put off, or wake now…" if view.incident.snoozed_until else "Snooze…"
    value = str(view.incident.id)
    options = [(f"{CLAIM}:{value}", claim), (f"{SNOOZE}:{value}", snooze)]
    if view.problem.exception:
        options.append((f"{EXCEPTION}:{value}", view.problem.exception))
    options += [(f"{HISTORY}:{value}", "History"), (f"{DETAILS}:{value}", "Details")]
    return blocks.overflow(options, MORE)
