"""Every button the bot puts into a message: who may press it, and the window it opens."""

from collections.abc import Mapping

from bot.dispatch.model import Button, Need, Press
from bot.domain import Role
from bot.fixes.registry import ALL_FIXES
from bot.models import Incident
from bot.services import Services
from bot.slack.blocks import VIEW_TITLE

DETAILS = "details"
WHO = "who"
FIX = "fix:"


def incident_of(services: Services, value: str) -> Incident | None:
    """The alert a button belongs to; its value is the alert's id and nothing else."""
    if not value.isdecimal() or len(value) > 18:
        return None
    with services.sessions.read() as session:
        return session.get(Incident, int(value))


# What each button needs; looked at when it is pressed and again when it is carried out.
ROLES: Mapping[str, Role] = {
    **{f"{FIX}{fix.name}": fix.role for fix in ALL_FIXES},
    DETAILS: Role.VIEWER,
    # Everybody may ask whom to ask: a refusal names the same people.
    WHO: Role.NONE,
}


def need(services: Services, press: Press) -> Need | None:
    """The role a press needs, at the company of its alert; None when the alert is not known."""
    incident = incident_of(services, press.value)
    return Need(incident.company_id, ROLES[press.action]) if incident else None


def _title(label: str) -> str:
    """A window's title from a button's label: its fixed words, at most 24 characters."""
    words = label.split("{")[0].rstrip(" …").removesuffix(" and post").strip()
    return words if words and len(words) <= VIEW_TITLE else "One moment"


BUTTONS: tuple[Button, ...] = (
    *(Button(f"{FIX}{fix.name}", _title(fix.label), need) for fix in ALL_FIXES),
    Button(DETAILS, "Details", need),
    Button(WHO, "Who can do this?", need),
)
