"""Every button the bot puts into a message: who may press it, and the window it opens."""

from collections.abc import Mapping

from bot.dispatch.model import Button, Need, Press
from bot.domain import Role
from bot.fixes import asking
from bot.fixes.registry import ALL_FIXES
from bot.incidents import people
from bot.incidents.import_message import REFUSED
from bot.incidents.storm_message import OPEN_ONE
from bot.models import Incident
from bot.services import Services
from bot.slack.blocks import VIEW_TITLE
from commands.parts import (
    fix_views,
    home_settings,
    refused_rows,
    report_fix,
    set_aside,
    storm_view,
)
from commands.parts.named_there import FIX_IT

DETAILS = "details"
WHO = "who"
FIX = "fix:"
MORE_CLAIM = f"{people.MORE}:{people.CLAIM}"
MORE_SNOOZE = f"{people.MORE}:{people.SNOOZE}"
MORE_HISTORY = f"{people.MORE}:{people.HISTORY}"
MORE_DETAILS = f"{people.MORE}:{people.DETAILS}"
MORE_EXCEPTION = f"{people.MORE}:{people.EXCEPTION}"


def incident_of(services: Services, value: str) -> Incident | None:
    """The alert a button belongs to; its value is the alert's id and nothing else."""
    if not value.isdecimal() or len(value) > 18:
        return None
    with services.sessions.read() as session:
        return session.get(Incident, int(value))


# What each button needs; looked at when it is pressed and again when it is carried out.
ROLES: Mapping[str, Role] = {
    # Who may not do it may look and ask: the preview offers it to whoever could ask for a fix.
    **{f"{FIX}{fix.name}": min(fix.role, Role.OPERATOR) for fix in ALL_FIXES},
    people.REVIEW: Role.OPERATOR,
    people.NO: Role.OPERATOR,
    MORE_CLAIM: Role.OPERATOR,
    MORE_SNOOZE: Role.OPERATOR,
    # Some problems ask for more: see _exception.
    MORE_EXCEPTION: Role.OPERATOR,
    people.TAKE_BACK: Role.OPERATOR,
    MORE_HISTORY: Role.VIEWER,
    MORE_DETAILS: Role.VIEWER,
    DETAILS: Role.VIEWER,
    # Everybody may ask whom to ask: a refusal names the same people.
    WHO: Role.NONE,
    OPEN_ONE: Role.VIEWER,
    storm_view.OPEN: Role.VIEWER,
    REFUSED: Role.VIEWER,
    home_settings.OPEN: Role.ADMIN,
    fix_views.OPEN_MONTHS: Role.OPERATOR,
}


_OWN_ROLE: Mapping[str, Role] = {f"{FIX}{fix.name}": fix.role for fix in ALL_FIXES}


def need(services: Services, press: Press) -> Need | None:
    """The role a press needs, at the company of its alert; None when the alert is not known."""
    incident = incident_of(services, press.value)
    decides = _OWN_ROLE.get(press.action, Role.NONE)
    return Need(incident.company_id, ROLES[press.action], decides) if incident else None


def _question(services: Services, press: Press) -> Need | None:
    """Whoever may approve what is asked may review it; an old question says so in its window."""
    incident = incident_of(services, press.value)
    if incident is None:
        return None
    run = asking.standing(services, incident.id or 0)
    role = run.role_needed if run is not None else ROLES[press.action]
    return Need(incident.company_id, role)


def _exception(services: Services, press: Press) -> Need | None:
    """What concerns the books is set aside by an approver."""
    incident = incident_of(services, press.value)
    return Need(incident.company_id, set_aside.role(services, incident)) if incident else None


def _storm(services: Services, press: Press) -> Need | None:
    with services.sessions.read() as session:
        storm = storm_view.storm_named(session, press.value)
    return Need(storm.company_id, ROLES[press.action]) if storm else None


def _import(services: Services, press: Press) -> Need | None:
    with services.sessions.read() as session:
        run = refused_rows.import_named(session, press.value)
    return Need(run.company_id, ROLES[press.action]) if run else None


def _company(services: Services, press: Press) -> Need | None:
    with services.sessions.read() as session:
        company = home_settings.company_named(session, press.value)
    return Need(company.id or 0, ROLES[press.action]) if company else None


def _run(services: Services, press: Press) -> Need | None:
    with services.sessions.read() as session:
        run = fix_views.run_named(session, press.value)
    return Need(run.company_id, ROLES[press.action]) if run else None


def _title(label: str) -> str:
    """A window's title from a button's label: its fixed words, at most 24 characters."""
    words = label.split("{")[0].rstrip(" …").removesuffix(" and post").strip()
    return words if words and len(words) <= VIEW_TITLE else "One moment"


BUTTONS: tuple[Button, ...] = (
    *(Button(f"{FIX}{fix.name}", _title(fix.label), need) for fix in ALL_FIXES),
    Button(DETAILS, "Details", need),
    Button(WHO, "Who can do this?", need),
    Button(people.REVIEW, "Review and approve", _question),
    Button(people.NO, "Do not approve", need),
    Button(MORE_CLAIM, "Take it", need, window=False),
    Button(MORE_SNOOZE, "Snooze", need),
    Button(MORE_EXCEPTION, set_aside.TITLE, _exception),
    Button(people.TAKE_BACK, set_aside.BACK_TITLE, _exception),
    Button(MORE_HISTORY, "History", need),
    Button(MORE_DETAILS, "Details", need),
    Button(OPEN_ONE, storm_view.LIST, _storm),
    Button(storm_view.OPEN, storm_view.ONE, need),
    Button(REFUSED, refused_rows.TITLE, _import),
    Button(home_settings.OPEN, home_settings.TITLE, _company),
    Button(fix_views.OPEN_MONTHS, "One moment", _run),
    Button(FIX_IT, "Reactivate", report_fix.need),
)
