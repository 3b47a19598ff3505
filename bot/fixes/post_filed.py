"""Post in a month whose sales tax is filed, once an approver has seen it (accounting rule 3)."""

from collections.abc import Mapping

from bot.domain import Risk, Role
from bot.fixes.model import Action, Fix, Plan, Step, never
from bot.fixes.preview import Preview
from bot.models import Incident
from bot.services import Services


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan to post the month's documents with their true dates; nothing else changes."""
    del choices
    return Preview.of(services, incident).plan(
        title="Post in filed month",
        submit="Post",
        steps=(Step(Action.RELEASE, "let the waiting documents go"),),
        undo="In a filed month a posted document is corrected by a credit memo dated today.",
        role=Role.APPROVER,
    )


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Posting itself, and the reading back after it, show whether the documents are there."""
    del services, incident, plan
    return ""


FIX = Fix(
    name="post_filed",
    label="Post in the filed month…",
    role=Role.APPROVER,
    risk=Risk.BOOKS,
    plan=plan,
    verify=verify,
    agreed=never,
)
