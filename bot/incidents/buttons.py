"""The buttons of an alert: what its problem's fixes offer, who can, and Details."""

import re
from collections.abc import Callable, Mapping

import structlog

from bot.domain import JsonValue, Payload
from bot.forwarded import fixes_of
from bot.incidents import people
from bot.incidents.parts import BAD_FACTS, View
from bot.knowledge import Problem
from bot.render import clean, shorten
from bot.render.words import upfirst
from bot.services import FixButton
from bot.slack import blocks

log = structlog.get_logger(__name__)

FIX_BUTTONS = 4
# The fix that takes another one back (bot.fixes.model.UNDO, which stands above this layer).
UNDO = "undo"


def offered(view: View) -> Payload:
    """The buttons of the problem's fixes, at most one of them primary, and Details."""
    shown = on_offer(view.problem, view.buttons, view.facts)
    # Where an approval is asked for, the answer to it is the coloured button.
    asked = bool(view.incident.story.get("ask"))
    row = [_button(fix, view, primary and not asked) for fix, primary in shown]
    row += _undo(view)
    if "reconnect" in view.problem.fixes:
        row.append(blocks.button("Who can do this?", "who", str(view.incident.id)))
    return blocks.actions([*row, _details(view), people.more(view)])


def on_offer(
    problem: Problem, buttons: Mapping[str, FixButton], facts: Mapping[str, JsonValue]
) -> list[tuple[FixButton, bool]]:
    """The fixes an alert offers, each with whether it is the coloured one: at most one is."""
    known = [buttons[name] for name in fixes_of(problem, facts) if name in buttons]
    known = [fix for fix in known if _says(fix, fix.offered, facts)]
    found: list[tuple[FixButton, bool]] = []
    for fix in known[:FIX_BUTTONS]:
        coloured = any(primary for _, primary in found)
        found.append((fix, not coloured and _says(fix, fix.agreed, facts)))
    return found


def settled(view: View) -> Payload:
    """What a settled alert offers: take the fix back where that is possible, and what happened."""
    return blocks.actions([*_undo(view), _history(view), _details(view)])


def _undo(view: View) -> list[Payload]:
    """The button that takes back what the last fix did, also where that is only partly done."""
    fix = view.buttons.get(UNDO)
    return [_button(fix, view, False)] if fix and view.outcome.get("undoable") else []


def exempt(view: View) -> Payload:
    """Of an alert that was set aside: take that back, while it stands."""
    found = view.incident.story.get("exempt")
    row = []
    if isinstance(found, dict) and not found.get("ended"):
        value = str(view.incident.id)
        row = [
            blocks.button("Take back…", people.TAKE_BACK, value, label="Take the exception back")
        ]
    return blocks.actions([*row, _history(view), _details(view)])


def details_only(view: View) -> Payload:
    """Only the button that shows, none that acts."""
    return blocks.actions([_details(view)])


def _history(view: View) -> Payload:
    """The same window as the menu of an open alert opens, which a settled one has not."""
    label = shorten(f"History of {view.text.title}", blocks.BUTTON_TEXT)
    action = f"{people.MORE}:{people.HISTORY}"
    return blocks.button("History", action, str(view.incident.id), label=label)


def _details(view: View) -> Payload:
    label = shorten(f"Details of {view.text.title}", blocks.BUTTON_TEXT)
    return blocks.button("Details", "details", str(view.incident.id), label=label)


def label_of(fix: FixButton, facts: Mapping[str, JsonValue]) -> str:
    """What is written on a fix's button, as Slack shows it; never fails."""
    try:
        label = upfirst(fix.label.format_map(_label_facts(facts)))
    except (*BAD_FACTS, IndexError) as error:
        log.error("button label cannot be made", fix=fix.name, reason=str(error))
        label = f"{fix.name.replace('_', ' ').capitalize()}…"
    label = re.sub(r" and post 0\b", "", label)
    return shorten(clean(label), blocks.BUTTON_TEXT)


def _button(fix: FixButton, view: View, primary: bool) -> Payload:
    return blocks.button(
        label_of(fix, view.facts),
        f"fix:{fix.name}",
        str(view.incident.id),
        primary=primary,
    )


def _label_facts(facts: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    # A label promises what its own fix posts, not what another alert holds as well.
    return {"documents": 0, **facts} | {"documents": facts.get("alone", facts.get("documents", 0))}


def _says(
    fix: FixButton,
    question: Callable[[Mapping[str, JsonValue]], bool],
    facts: Mapping[str, JsonValue],
) -> bool:
    try:
        return bool(question(facts))
    except BAD_FACTS as error:
        log.error("a fix cannot read the facts", fix=fix.name, reason=str(error))
        return False
