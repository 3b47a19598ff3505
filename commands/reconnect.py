"""/qb-reconnect: a private one-time link by which somebody allows access in QuickBooks again."""

from sqlmodel import col, select

from bot.dispatch.model import Call, SlashCommand
from bot.dispatch.reply import Reply, bullets, line, link, strong
from bot.domain import ConnectionState, IncidentState, Role
from bot.models import Company, Connection, Incident
from bot.reconnect import LINK_MINUTES, issue_link, role_needed
from bot.services import Services
from bot.slack import blocks


def run(services: Services, call: Call) -> Reply:
    """Give the person a link, or ask for which company."""
    company = _meant(services, call)
    if company is None:
        choices = (f"/qb-reconnect {one.name}" for one in call.companies)
        return Reply((line("Which company? Type one of these:"), bullets(*choices)))
    found = _connection(services, company)
    services.access.require(call.user_id, company.id, role_needed(company))
    url = issue_link(services, company.id or 0, call.user_id, _incident(services, company))
    state = {
        ConnectionState.LOST: "QuickBooks no longer accepts our permission. ",
        ConnectionState.CONNECTED: (
            "It is connected just now; use this only if posting fails all the same. "
        ),
        ConnectionState.NEVER: "It was never connected. ",
    }[found]
    return Reply(
        (
            line(
                strong(company.name),
                f" · {state}Somebody with access to it in QuickBooks opens the link, chooses "
                f"{company.name} and allows access.",
            ),
            line(
                link("Allow access in QuickBooks", url),
                f" – only for you, works once, for {LINK_MINUTES} minutes.",
            ),
            blocks.actions([blocks.button("Allow access", "open_link", primary=True, url=url)]),
            line("Then what waits is posted in order and the alert turns green by itself."),
        ),
        private=True,
    )


def _meant(services: Services, call: Call) -> Company | None:
    """The only company, or the only one that is not connected."""
    if len(call.companies) == 1:
        return call.companies[0]
    broken = [
        company
        for company in call.companies
        if _connection(services, company) is not ConnectionState.CONNECTED
    ]
    return broken[0] if len(broken) == 1 else None


def _connection(services: Services, company: Company) -> ConnectionState:
    with services.sessions.read() as session:
        row = session.get(Connection, company.id)
    return row.state if row else ConnectionState.NEVER


def _incident(services: Services, company: Company) -> int | None:
    with services.sessions.read() as session:
        return session.exec(
            select(Incident.id).where(
                Incident.company_id == company.id,
                Incident.subject == "connection",
                col(Incident.state) != IncidentState.RESOLVED,
            )
        ).first()


COMMAND = SlashCommand(
    name="/qb-reconnect",
    help="Gives you a private link to allow access to a company in QuickBooks again.",
    usage="[company]",
    role=Role.OPERATOR,
    run=run,
    examples=("/qb-reconnect", "/qb-reconnect blue ridge"),
)
