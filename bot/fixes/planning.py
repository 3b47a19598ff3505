"""Plan a fix from what is true now; what stands in its way is a refusal with a sentence."""

from collections.abc import Mapping

from sqlmodel import col, select

from bot import jobs
from bot.domain import IncidentState, RetryClass
from bot.errors import BotError
from bot.fixes import conflict, doubt, effects, open_months
from bot.fixes.model import BUSY_STATES, UNDO, Fix, Plan
from bot.fixes.registry import fix_named
from bot.forwarded import fixes_of
from bot.models import FixRun, Incident
from bot.quickbooks import PermissionLost, QuickBooksFault
from bot.services import Services
from bot.sync.trouble import note_company_trouble

_FIXED = "This is already fixed; there is nothing left to do."
_OLDER = "This button is from an older version. Type /qb-errors to see what can be done now."


def incident_and_fix(services: Services, incident_id: int, fix_name: str) -> tuple[Incident, Fix]:
    """Read an alert and the fix that was pressed. Raises BotError when one of them is gone."""
    with services.sessions.read() as session:
        incident = session.get(Incident, incident_id)
    if incident is None:
        msg = "That alert is not known here any more. Type /qb-errors to see what is open."
        raise BotError(msg)
    problem = services.knowledge.problems.get(incident.problem)
    if problem is None or fix_name not in (*fixes_of(problem, incident.facts), UNDO):
        settled = incident.state is IncidentState.RESOLVED
        msg = _FIXED if settled else _OLDER
        raise BotError(msg)
    return incident, fix_named(fix_name)


def fresh(services: Services, incident: Incident, fix: Fix, choices: Mapping[str, str]) -> Plan:
    """Plan, turning what stands in the way into a refusal with a sentence."""
    stop = _standing_in_the_way(services, incident, fix)
    if stop:
        return _refusal(incident, stop)
    try:
        unknown = doubt.settle(services, incident)
        if unknown:
            return _refusal(incident, unknown)
        return planned(services, incident, fix, choices)
    except PermissionLost:
        jobs.run_check(services.queue, incident.company_id, "connection")
        return _refusal(
            incident,
            "QuickBooks no longer accepts our permission, so nothing can be read or written. "
            "Reconnect first; this alert waits until then.",
        )
    except QuickBooksFault as fault:
        if fault.retry_class is RetryClass.NEEDS_PERSON and note_company_trouble(
            services, incident.company_id, fault
        ):
            jobs.run_check(services.queue, incident.company_id, "connection")
        return _refusal(
            incident, f"QuickBooks could not be read just now: {fault.message} Try again soon."
        )


def planned(services: Services, incident: Incident, fix: Fix, choices: Mapping[str, str]) -> Plan:
    """Make the fix's plan, with what has to be asked since an earlier try met somebody's change.

    What touches a month whose sales tax is filed asks for the people that needs, whatever the fix.
    """
    whole = fix.plan(services, incident, choices)
    chosen = open_months.only(services, incident, whole, fix.risk, choices)
    made = effects.under_filed_rule(chosen, fix.risk)
    return conflict.asked(services, incident, made, choices)


def _standing_in_the_way(services: Services, incident: Incident, fix: Fix) -> str:
    if incident.state is IncidentState.RESOLVED and fix.name != UNDO:
        return _FIXED
    if incident.state is IncidentState.WORKING:
        return f"{worker(services, incident.id or 0)} is fixing this already; watch the alert."
    if incident.paused_by_id is not None:
        return "This alert is paused until the QuickBooks connection is back. Reconnect first."
    return ""


def worker(services: Services, incident_id: int) -> str:
    """Name who works on an alert just now."""
    with services.sessions.read() as session:
        run = session.exec(
            select(FixRun)
            .where(FixRun.incident_id == incident_id, col(FixRun.state).in_(BUSY_STATES))
            .order_by(col(FixRun.id).desc())
        ).first()
    if run is None:
        return "Somebody"
    if not run.approved_by:
        return "The bot"
    return services.slack.member(run.approved_by).name


def _refusal(incident: Incident, sentence: str) -> Plan:
    return Plan(title="Not now", submit="", facts=dict(incident.facts), refused=sentence)
