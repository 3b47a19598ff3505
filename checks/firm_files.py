"""Problem files of the firm's own that cannot be used: our words stand in, and somebody is told."""

from collections.abc import Iterator

from bot.checkup import Check, told_at
from bot.domain import Finding, Payload, Scope
from bot.knowledge.overrides import trouble
from bot.models import Company
from bot.services import Services

SUBJECT = "firm_files"
_MOST = 10


def run(services: Services, company: Company, scope: Scope) -> Iterator[Finding]:
    """Yield one finding for the whole folder, at the company that was added first."""
    fault = services.knowledge.overrides.fault
    wrong = trouble(services.knowledge.overrides, services.render.failing)
    if not (fault or wrong) or not scope.covers(SUBJECT):
        return
    with services.sessions.read() as session:
        first = told_at(session)
    if company.id == first:
        yield Finding("firm_files", SUBJECT, {"fault": fault} if fault else _facts(wrong))


def _facts(wrong: dict[str, str]) -> Payload:
    shown = [{"name": name, "flaw": flaw} for name, flaw in list(wrong.items())[:_MOST]]
    return {"files": len(wrong), "file": shown[0]["name"], "shown": shown}


CHECK = Check(name="firm_files", run=run)
