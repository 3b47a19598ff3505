"""Try again: what waits for a source's own system goes out at once, and its answer is told."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain import Risk, Role
from bot.errors import BadInput
from bot.fixes.model import Action, Fix, Plan, Step, never
from bot.fixes.preview import Preview
from bot.models import Incident
from bot.outgoing import callbacks, delivering
from bot.services import Services

_TITLE = "Try again"
# They go on changing, and nobody approves them.
_MOVING = ("events", "missed", "reason")


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan to post what waits; where the callback was switched off meanwhile, say so."""
    del choices
    preview = Preview.of(services, incident)
    source_id = int(incident.facts["source_id"])
    if callbacks.standing(services, source_id) is None:
        said = "It is told nothing any more: its callback was switched off. This alert ends soon."
        return preview.refuse(_TITLE, said)
    made = preview.plan(
        title=_TITLE,
        submit="Try again",
        steps=(Step(Action.RELEASE, "let what waits go out again"),),
        undo="Nothing is changed in QuickBooks.",
        role=Role.OPERATOR,
    )
    kept = {name: value for name, value in made.facts.items() if name not in _MOVING}
    return replace(made, facts=kept)


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Post the oldest events now, also to an address that had said it is gone."""
    del plan
    source_id = int(incident.facts["source_id"])
    try:
        callbacks.try_again(services, source_id)
    except BadInput:
        return ""  # switched off meanwhile
    delivering.deliver(services, source_id)
    now = callbacks.standing(services, source_id)
    if now is None or not now.answer:
        return ""
    source = incident.facts.get("source") or "The source"
    return f"{source} still does not take it: {now.answer}."


FIX = Fix(
    name="tell_again",
    label="Try again…",
    role=Role.OPERATOR,
    risk=Risk.SYNC,
    plan=plan,
    verify=verify,
    agreed=never,
    done=lambda _plan: "what waited goes out again; nothing was changed in QuickBooks",
)
