"""Every button the bot puts into a message: who may press it, and the window it opens."""

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


def _needs(role: Role) -> "_Need":
    return _Need(role)


class _Need:
    """Looks the alert up and asks for one role at its company."""

    def __init__(self, role: Role) -> None:
        self._role = role

    def __call__(self, services: Services, press: Press) -> Need | None:
        incident = incident_of(services, press.value)
        return Need(incident.company_id, self._role) if incident else None


def _title(label: str) -> str:
    """A window's title from a button's label: its fixed words, at most 24 characters."""
    words = label.split("{")[0].rstrip(" …").removesuffix(" and post").strip()
    return words if words and len(words) <= VIEW_TITLE else "One moment"


BUTTONS: tuple[Button, ...] = (
    *(Button(f"{FIX}{fix.name}", _title(fix.label), _needs(fix.role)) for fix in ALL_FIXES),
    Button(DETAILS, "Details", _needs(Role.VIEWER)),
    # Everybody may ask whom to ask: a refusal names the same people.
    Button(WHO, "Who can do this?", _needs(Role.NONE)),
)
