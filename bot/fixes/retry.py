"""Try again: drop the hold and post once more, for causes mended outside the bot."""

from collections.abc import Mapping

from bot.domain import Risk, Role
from bot.fixes.model import Action, Fix, Plan, Step, never
from bot.fixes.preview import CONNECTION, Preview
from bot.models import Incident
from bot.services import Services
from bot.sync import periods
from bot.sync.trouble import clear_trouble


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan to post what waits, as it is; nothing else changes."""
    del choices
    if incident.problem == "closed_period":
        periods.refreshed(services, incident.company_id)  # somebody may have opened the books
    preview = Preview.of(services, incident)
    return preview.plan(
        title="Try again",
        submit="Try again",
        steps=(Step(Action.RELEASE, "let the waiting records go again"),),
        undo="Posted documents can be voided or credited in QuickBooks, each by itself.",
        role=Role.OPERATOR,
    )


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Posting itself shows whether a record's cause is gone.

    Trouble of the whole company is forgotten once QuickBooks answers a read; when it meets the
    posting again, it is noted again.
    """
    del plan
    if incident.subject == CONNECTION:
        services.quickbooks.company(incident.company_id).company_info()
        with services.sessions.write() as session:
            clear_trouble(session, incident.company_id)
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
