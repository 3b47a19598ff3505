"""The buttons of an alert: what its problem's fixes offer, who can, and Details."""

import re
from collections.abc import Mapping

import structlog

from bot.domain import JsonValue, Payload
from bot.incidents.parts import BAD_FACTS, View
from bot.render import clean, shorten
from bot.services import FixButton
from bot.slack import blocks

log = structlog.get_logger(__name__)

FIX_BUTTONS = 4


def offered(view: View) -> Payload:
    """The buttons of the problem's fixes, at most one of them primary, and Details."""
    row: list[Payload] = []
    coloured = False
    known = [view.buttons[name] for name in view.problem.fixes if name in view.buttons]
    for fix in known[:FIX_BUTTONS]:
        primary = not coloured and _agrees(fix, view.facts)
        coloured = coloured or primary
        row.append(_button(fix, view, primary))
    if "reconnect" in view.problem.fixes:
        row.append(blocks.button("Who can do this?", "who", str(view.incident.id)))
    return blocks.actions([*row, _details(view)])


def details_only(view: View) -> Payload:
    """Only the button that shows, none that acts."""
    return blocks.actions([_details(view)])


def _details(view: View) -> Payload:
    label = shorten(f"Details of {view.text.title}", blocks.BUTTON_TEXT)
    return blocks.button("Details", "details", str(view.incident.id), label=label)


def label_of(fix: FixButton, facts: Mapping[str, JsonValue]) -> str:
    """What is written on a fix's button, as Slack shows it; never fails."""
    try:
        label = fix.label.format_map(_label_facts(facts))
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
    return {"documents": 0, **facts}


def _agrees(fix: FixButton, facts: Mapping[str, JsonValue]) -> bool:
    try:
        return bool(fix.agreed(facts))
    except BAD_FACTS as error:
        log.error("a fix cannot read the facts", fix=fix.name, reason=str(error))
        return False
