"""`disconnect`: withdraw the bot's permission for one company at Intuit."""

from typing import Annotated

import typer

from bot import audit, jobs
from bot.console import choosing
from bot.console.model import AsJson, Desk, EnvFile, Parts
from bot.console.output import MISUSED, give, note, one_clear_line, say
from bot.domain import ConnectionState
from bot.errors import BadInput
from bot.models import Company, Connection


def add(app: typer.Typer, parts: Parts) -> None:
    """Add this command."""

    @app.command()
    def disconnect(
        company: Annotated[str, typer.Option("--company", help="Name or id of a company.")],
        yes: Annotated[bool, typer.Option("--yes", help="Do it; do not ask.")] = False,
        as_json: AsJson = False,
        env_file: EnvFile = None,
    ) -> None:
        """Withdraw the bot's permission for a company at Intuit; its tokens are deleted here."""
        with one_clear_line(), parts.desk(parts.existing(env_file)) as desk:
            with desk.services.sessions.read() as session:
                found = choosing.find(session, company, exact=True)
            _check(desk, found)
            if not yes and not _agreed(found, as_json=as_json):
                note("Nothing was changed.")
                raise typer.Exit(MISUSED)
            _withdraw(desk, found)
        if as_json:
            give({"company": found.name, "disconnected": True})
            return
        say(f"{found.name} is disconnected: Intuit no longer accepts the bot's permission.")
        say("What its sources hand in waits here. Next: /qb-reconnect in Slack, if it is to go on.")


def _check(desk: Desk, company: Company) -> None:
    with desk.services.sessions.read() as session:
        row = session.get(Connection, company.id)
    ended = row is not None and row.state is ConnectionState.LOST and not row.tokens
    if row is None or row.state is ConnectionState.NEVER or ended:
        raise BadInput(f"{company.name} is not connected to QuickBooks; there is nothing to end.")


def _agreed(company: Company, *, as_json: bool) -> bool:
    if as_json:
        note("Add --yes to disconnect without being asked.")
        return False
    question = f"Withdraw the permission for {company.name}? Nothing is posted there afterwards."
    return typer.confirm(question)


def _withdraw(desk: Desk, company: Company) -> None:
    services, company_id = desk.services, company.id or 0
    services.quickbooks.revoke(company_id)
    with services.sessions.write() as session:
        audit.append(
            session,
            at=services.clock.now(),
            actor="",
            action="connection.withdrawn",
            subject="connection",
            company_id=company_id,
        )
    jobs.run_check(services.queue, company_id, "connection")
