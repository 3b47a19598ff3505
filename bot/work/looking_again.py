"""Looks again for the trouble of one alert: nothing is called fixed before its check says so."""

from bot.checkup import Check, run_check
from bot.domain import EVERYTHING, Scope
from bot.models import Incident
from bot.services import Services

# A check that crashed has an alert of its own, found by this pretended check.
CRASHED = "check_crashed:"


def still_found(services: Services, incident: Incident, checks: tuple[Check, ...]) -> str:
    """Run the failing check again for this subject only; "" when the problem is gone.

    "Gone" needs a completed run: a check that could not run proves nothing.
    """
    name = incident.check_name.removeprefix(CRASHED)
    found = next((check for check in checks if check.name == name), None)
    if found is None:
        return "The check that found this is not there any more, so nothing can be called fixed."
    crashed = name != incident.check_name
    scope = EVERYTHING if crashed else Scope(frozenset({incident.subject}))
    report = run_check(services, incident.company_id, found, scope)
    if not report.completed:
        return "The check could not be run again, so nothing is called fixed yet."
    if any(finding.problem == incident.problem for finding in report.findings):
        return "The check still finds the same problem."
    return ""
