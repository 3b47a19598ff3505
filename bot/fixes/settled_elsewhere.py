"""It is settled in the other tool: what it reported is let go, by a person who says so.

For what the bot cannot look at: another tool's records are not here, and QuickBooks does not show
whether they came through. A new report of the same opens the alert again.
"""

from collections.abc import Mapping

from bot.domain import Risk, Role
from bot.fixes.model import Action, Fix, Plan, Step, never, shown_by_posting
from bot.fixes.preview import Preview
from bot.models import Incident
from bot.services import Services


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan to let the reports go; nothing is written to QuickBooks."""
    del choices
    return Preview.of(services, incident).plan(
        title="It is settled",
        submit="End this alert",
        steps=(Step(Action.SETTLE, f"noted as settled in {_tool(incident)}"),),
        undo="Nothing is changed in QuickBooks; a new report opens the alert again.",
        role=Role.OPERATOR,
    )


def _tool(incident: Incident) -> str:
    return str(incident.facts.get("source") or "the other tool")


def _done(plan: Plan) -> str:
    """Say that a person has looked, as nothing here can; who it was stands before it."""
    return f"{plan.steps[0].words}, by the word of a person; nothing was changed in QuickBooks"


FIX = Fix(
    name="settled_elsewhere",
    label="It is settled…",
    role=Role.OPERATOR,
    risk=Risk.SYNC,
    plan=plan,
    verify=shown_by_posting,
    agreed=never,
    done=_done,
)
