"""`preflight`: what would become of everything that waits, without posting or asking anything."""

import typer

from bot.console import choosing
from bot.console.model import AsJson, CompanyName, EnvFile, Parts
from bot.console.output import give, one_clear_line, say
from bot.domain import Payload
from bot.incidents import outlook as told
from bot.models import Company
from bot.services import Services
from bot.sync.preflight.waiting import Outlook, outlook


def add(app: typer.Typer, parts: Parts) -> None:
    """Add this command."""

    @app.command()
    def preflight(
        company: CompanyName = None, as_json: AsJson = False, env_file: EnvFile = None
    ) -> None:
        """Say what would be posted now and what would not, and why; changes nothing."""
        with one_clear_line(), parts.desk(parts.existing(env_file)) as desk:
            services = desk.services
            with services.sessions.read() as session:
                chosen = choosing.every(session, company)
            found = [(one, outlook(services, one.id or 0)) for one in chosen]
            if as_json:
                give([_payload(services, one, seen) for one, seen in found])
                return
            for one, seen in found:
                _say(services, one, seen)
        say("Nothing was posted or held; it is what the bot knows of QuickBooks by now.")


def _say(services: Services, company: Company, seen: Outlook) -> None:
    say(f"{company.name}: {told.summary(seen)}")
    for heading, lines in told.reasons(services, seen):
        say(f"  {heading}:")
        for line in lines:
            say(f"    {line}")


def _payload(services: Services, company: Company, seen: Outlook) -> Payload:
    return {
        "company": company.name,
        "looked_at": seen.looked_at,
        "more": seen.more,
        "would_be_posted": seen.go,
        "would_wait": seen.later,
        "reasons": [
            {
                "certainty": str(group.certainty),
                "problem": group.problem,
                "subject": group.subject,
                "title": services.render.title(group.problem, group.facts),
                "records": [
                    {"type": str(row.type), "external_id": row.external_id, "number": row.number}
                    for row in group.records
                ],
            }
            for group in seen.groups
        ],
    }
