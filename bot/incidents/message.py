"""The one message of an incident, from its rows and its problem's words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import col, func, select

from bot.domain import IncidentState, JsonValue, Payload
from bot.incidents import (
    buttons,
    changed,
    endings,
    experience,
    flapping,
    folding,
    parts,
    people,
    reported,
)
from bot.incidents.address import alert_url
from bot.incidents.parts import View
from bot.models import Company, Incident
from bot.render import Text, to_slack
from bot.services import Services
from bot.slack import blocks

EVENT_TYPE = "qb_incident"


@dataclass(frozen=True)
class Message:
    """What Slack gets. `text` is the sentence a phone shows; `metadata` holds ids only."""

    text: str
    blocks: list[Payload]
    metadata: Payload


def build(services: Services, incident: Incident) -> Message:
    """Make the message of an incident as it is now.

    Words come from the problem's file; structure, limits and names' harmlessness from here.
    Raises nothing for bad facts: a part that fails falls back to plain words.
    """
    view = _view(services, incident)
    shown = _LAYOUTS[view.state](view)
    return Message(
        text=_sentence(view),
        blocks=blocks.within_budget([block for block in shown.blocks if block], shown.droppable),
        metadata=_metadata(incident, view.state),
    )


def made_up(view: View) -> list[Payload]:
    """The blocks of an open alert about a case that there is not: without anything to press."""
    return [block for block in _open(view).blocks if block and block["type"] != "actions"]


def simplest(message: Message) -> Message:
    """The sentence and the buttons alone, for when Slack refuses the whole.

    A message that does not please must never hide an accounting error.
    """
    rows = [block for block in message.blocks if block["type"] == "actions"]
    return replace(message, blocks=[blocks.section(message.text), *rows])


@dataclass(frozen=True)
class _Layout:
    blocks: Sequence[Payload]
    droppable: Sequence[Payload] = ()


def _view(services: Services, incident: Incident) -> View:
    with services.sessions.read() as session:
        company = session.get_one(Company, incident.company_id)
        paused = session.exec(
            select(func.count())
            .select_from(Incident)
            .where(
                Incident.paused_by_id == incident.id,
                col(Incident.state) != IncidentState.RESOLVED,
            )
        ).one()
        cause = session.get(Incident, incident.paused_by_id) if incident.paused_by_id else None
        parent = session.get(Incident, incident.part_of_id) if incident.part_of_id else None
        earlier = folding.count_parts(session, incident.id)
        known = experience.of_alert(services, session, company, incident)
    facts: Payload = {
        "company": company.name,
        "currency": company.currency,
        **_told(incident),
        "time_zone": company.time_zone,
    }
    problem = services.knowledge.problem(incident.problem)
    text = services.render.problem_or_plain(incident.problem, facts)
    return View(
        incident=incident,
        company=company,
        problem=problem,
        facts=facts,
        text=reported.adapted(services, problem, text, facts),
        reported=tuple(reported.about(services, facts, company.time_zone)),
        buttons=services.buttons,
        paused=int(paused),
        cause=_cause(services, cause) if cause else "",
        parent=parent,
        parent_title=_cause(services, parent) if parent else "",
        parent_url=alert_url(services, parent) if parent else "",
        parent_fixed=_fixed_with(services, parent) if parent else "",
        earlier=earlier,
        experience=tuple(known),
    )


def _cause(services: Services, cause: Incident) -> str:
    """The cause without its count: a paused message is not edited when that count changes."""
    return services.render.title(cause.problem, cause.facts).rsplit(" · ", 1)[0]


def _fixed_with(services: Services, parent: Incident) -> str:
    """How two alerts about one posted record ended: the later one knows; "" for other alerts."""
    if not changed.is_posted(parent.problem):
        return ""
    return services.render.problem_or_plain(parent.problem, _told(parent)).fixed


def _told(incident: Incident) -> Payload:
    """The facts of an alert; of a settled one also by which fix it ended (`fixed_by`)."""
    outcome = incident.story.get("outcome")
    fix = outcome.get("fix") if isinstance(outcome, dict) else ""
    return {**incident.facts, "fixed_by": fix} if fix else dict(incident.facts)


def _open(view: View) -> _Layout:
    why = parts.headed("Why", view.text.why)
    examples = parts.examples(view)
    return _Layout(
        [
            blocks.alert_header(_open_word(view), view.text.title),
            parts.summary(view),
            parts.comparison(view),
            *view.reported,
            *_text(view.text.what),
            parts.paused_others(view),
            endings.earlier(view),
            why,
            parts.headed("What next", view.text.fix),
            *(blocks.context(said) for said in view.experience),
            examples,
            parts.outcome(view),
            people.taken_back(view),
            people.said(view),
            *people.asked(view),
            buttons.offered(view),
            _came_back(view),
        ],
        [examples, why],
    )


def _partly(view: View) -> _Layout:
    examples = parts.examples(view)
    story = parts.story(view)
    return _Layout(
        [
            blocks.alert_header("🟠 PARTLY", view.text.title),
            parts.summary(view),
            parts.outcome(view),
            story,
            *_text(view.text.what),
            parts.paused_others(view),
            parts.headed("What next", view.text.fix),
            examples,
            people.said(view),
            *people.asked(view),
            buttons.offered(view),
        ],
        [examples, story],
    )


def _working(view: View) -> _Layout:
    return _Layout(
        [
            blocks.alert_header("🔵 WORKING", view.head),
            parts.summary(view),
            parts.story(view),
            parts.progress(view),
            buttons.details_only(view),
        ]
    )


def _paused(view: View) -> _Layout:
    return _Layout(
        [
            blocks.alert_header("⏸️ PAUSED", view.text.title),
            parts.summary(view),
            blocks.rich_text(
                blocks.line(
                    blocks.words("Waits for another alert: "),
                    blocks.words(view.cause or "a problem of the company", bold=True),
                    blocks.words(". This one goes on by itself after that."),
                )
            ),
            buttons.details_only(view),
        ]
    )


def _fixed(view: View) -> _Layout:
    story = parts.story(view)
    return _Layout(
        [
            blocks.alert_header(_ended_word(view), view.fixed),
            parts.summary(view),
            endings.part_of(view) or parts.outcome(view),
            endings.earlier(view),
            story,
            *people.asked(view),
            buttons.settled(view),
        ],
        [story],
    )


def _ended_word(view: View) -> str:
    if view.outcome.get("elsewhere"):
        return "↪️ WAITS ELSEWHERE"
    return "☑️ NOT POSTED" if view.outcome.get("left_out") else "✅ FIXED"


def _taken_back(view: View) -> _Layout:
    story = parts.story(view)
    return _Layout(
        [
            blocks.alert_header("↩️ UNDONE", view.head),
            parts.summary(view),
            parts.outcome(view),
            story,
            buttons.settled(view),
        ],
        [story],
    )


def _came_back(view: View) -> Payload:
    often = flapping.words(view.incident.story)
    return blocks.context(often) if often else parts.came_back(view)


def _open_word(view: View) -> str:
    return "💤 SNOOZED" if view.incident.snoozed_until else "🔴 OPEN"


def _exempt(view: View) -> _Layout:
    story, ended = parts.story(view), view.incident.story["exempt"].get("ended")
    return _Layout(
        [
            blocks.alert_header("↩️ LOOKED AT AGAIN" if ended else "☑️ NO PROBLEM", view.head),
            parts.summary(view),
            endings.exception(view),
            story,
            buttons.exempt(view),
        ],
        [story],
    )


def _part(view: View) -> _Layout:
    return _Layout(
        [
            blocks.alert_header("↪️ PART OF ANOTHER", view.head),
            parts.summary(view),
            endings.part_of(view),
            buttons.details_only(view),
        ]
    )


_LAYOUTS = {
    "open": _open,
    "partly": _partly,
    "working": _working,
    "paused": _paused,
    "resolved": _fixed,
    "undone": _taken_back,
    "exempt": _exempt,
    "part": _part,
}


def _text(text: Text) -> list[Payload]:
    return to_slack(text)


def _sentence(view: View) -> str:
    company = parts.inert(view.facts["company"])
    lines = [str(line) for line in view.outcome.get("lines", [])]
    said = f" {_ended(parts.inert(lines[0]))}" if lines else ""
    sentences: dict[str, str] = {
        "open": view.text.push,
        "working": f"{company}: being fixed: {view.head}",
        "partly": f"{company}: only partly done: {view.head}.{said}",
        "paused": f"{company}: paused: {view.head}",
        "resolved": f"{company}: {_ending(view)}: {view.fixed}.{said}",
        "undone": f"{company}: taken back: {view.head}.{_all_of(lines)}",
        "exempt": f"{company}: {_set_aside(view, said)}",
        "part": f"{company}: part of another alert: {view.head}",
    }
    return sentences[view.state]


def _all_of(lines: Sequence[str]) -> str:
    """Every line as a sentence: on the phone, too, it is told what an undo did not touch."""
    return "".join(f" {_ended(parts.inert(line, 300))}" for line in lines)


def _ending(view: View) -> str:
    return "waits for another alert" if view.outcome.get("elsewhere") else "fixed"


def _set_aside(view: View, said: str) -> str:
    found = view.incident.story.get("exempt") or {}
    if found.get("ended"):
        return f"looked at again: {view.head}."
    return f"set aside: {view.head}.{said}"


def _ended(sentence: str) -> str:
    """A sentence with its full stop; what was cut ends with its ellipsis alone."""
    return sentence if sentence.endswith("…") else f"{sentence.rstrip('.')}."


def identity(incident: Incident) -> dict[str, JsonValue]:
    """What tells this incident's message from any other one in the channel's history.

    `opened` tells it from one of an earlier database whose ids began at 1 as well.
    """
    return {"incident_id": incident.id, "opened": incident.opened_at.isoformat()}


def _metadata(incident: Incident, state: str) -> Payload:
    payload: dict[str, JsonValue] = {
        **identity(incident),
        "company_id": incident.company_id,
        "problem": incident.problem,
        "kind": incident.kind,
        "family": incident.family.value,
        "state": state,
    }
    return {"event_type": EVENT_TYPE, "event_payload": payload}
