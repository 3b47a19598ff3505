"""Post in a month whose sales tax is filed, once an approver has seen it (accounting rule 3)."""

from collections.abc import Mapping

from bot.domain import Risk, Role
from bot.fixes.model import RELEASE, Fix, Plan, never, shown_by_posting
from bot.fixes.preview import Preview
from bot.models import Incident
from bot.services import Services
from bot.sync import periods


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan to post the month's documents with their true dates; nothing else changes.

    What lies in closed books by now is refused by QuickBooks: the preview says so beforehand.
    """
    del choices
    periods.refreshed(services, incident.company_id)
    return Preview.of(services, incident).plan(
        title="Post in filed month",
        submit="Post",
        steps=(RELEASE,),
        undo="In a filed month a posted document is corrected by a credit memo dated today.",
        role=Role.APPROVER,
    )


FIX = Fix(
    name="post_filed",
    label="Post in the filed month…",
    role=Role.APPROVER,
    risk=Risk.SYNC,  # it posts, and the filed month is what asks for an approver
    plan=plan,
    verify=shown_by_posting,
    agreed=never,
)
