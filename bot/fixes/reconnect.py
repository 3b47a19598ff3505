"""Reconnect: a private one-time link; after it, everything that waited is posted in order."""

from collections.abc import Mapping

from bot.domain import Risk, Role
from bot.fixes.model import Fix, Plan
from bot.fixes.preview import Preview
from bot.models import Incident
from bot.services import Services


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Nothing is written now: the person allows access in QuickBooks, then posting goes on.

    Posting what waits is what the sync does anyway, so it needs no approval of its own.
    """
    del choices
    shown = Preview.of(services, incident).plan(
        title="Reconnect",
        submit="",
        steps=(),
        undo="The permission can be withdrawn again in QuickBooks at any time.",
        role=Role.OPERATOR,
    )
    facts = {**shown.facts, "approval": ""}
    return Plan(title=shown.title, submit="", facts=facts, private_link=True)


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Read the company with the new permission; a fault says what is still wrong."""
    del plan
    services.quickbooks.company(incident.company_id).company_info()
    return ""


FIX = Fix(
    name="reconnect",
    label="Reconnect…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=verify,
)
