"""Try again: drop the hold and post once more, for causes mended outside the bot."""

from collections.abc import Mapping

from bot.domain import Risk, Role
from bot.fixes.model import Action, Fix, Plan, Step, never
from bot.fixes.preview import Preview
from bot.models import Incident
from bot.services import Services


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan to post what waits, as it is; nothing else changes."""
    del choices
    preview = Preview.of(services, incident)
    return preview.plan(
        title="Try again",
        submit="Try again",
        steps=(Step(Action.RELEASE, "let the waiting records go again"),),
        undo="Posted documents can be voided or credited in QuickBooks, each by itself.",
        role=Role.OPERATOR,
    )


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Nothing to read back: posting itself shows whether the cause is gone."""
    del services, incident, plan
    return ""


FIX = Fix(
    name="retry",
    label="Try again…",
    role=Role.OPERATOR,
    risk=Risk.SYNC,
    plan=plan,
    verify=verify,
    agreed=never,
)
