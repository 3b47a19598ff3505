"""The job that runs one check at one company and hands its findings to the incidents."""

from bot import forwarded, incidents
from bot.checkup import Check, run_check
from bot.domain import EVERYTHING, Finding
from bot.services import Services
from bot.work.looking_again import CRASHED
from bot.work.settling import hold_green_back

# The check whose findings are also what other tools reported.
REPORTED_BY = "failed_records"


def check(services: Services, arg: str, checks: tuple[Check, ...]) -> None:
    """Run the check named in `arg` ("company id:check name") over everything."""
    company_id, name = arg.split(":", 1)
    found = next((candidate for candidate in checks if candidate.name == name), None)
    if found is None:
        return
    if name == REPORTED_BY:
        forwarded.settle_gone(services, int(company_id))
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
