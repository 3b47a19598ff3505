"""The job that runs one check at one company and hands its findings to the incidents."""

from bot import incidents
from bot.checkup import Check, run_check
from bot.domain import EVERYTHING, Finding, Scope
from bot.models import Incident
from bot.services import Services
from bot.work.settling import hold_green_back

# A check that crashed has an alert of its own, found by this pretended check.
CRASHED = "check_crashed:"


def check(services: Services, arg: str, checks: tuple[Check, ...]) -> None:
    """Run the check named in `arg` ("company id:check name") over everything."""
    company_id, name = arg.split(":", 1)
    found = next((candidate for candidate in checks if candidate.name == name), None)
    if found is None:
        return
    began = services.clock.now()
    report = run_check(services, int(company_id), found)
    crash = f"{CRASHED}{name}"
    if not report.completed:
        finding = Finding(
            problem="check_crashed", subject=name, facts={"check": name, "error": report.error}
        )
        incidents.observe(services, int(company_id), crash, [finding], EVERYTHING)
        return
    incidents.observe(services, int(company_id), crash, [], EVERYTHING)
    findings = hold_green_back(services, int(company_id), name, report.findings)
    # A fix may have ended while the check was reading: what it settled is not opened again.
    incidents.observe(services, int(company_id), name, findings, report.scope, as_of=began)


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
