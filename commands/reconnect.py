"""/qb-reconnect: a private one-time link by which somebody allows access in QuickBooks again."""

from sqlmodel import col, func, select

from bot.dispatch.model import Call, SlashCommand
from bot.dispatch.reply import Reply, bullets, line, link, strong
from bot.domain import ConnectionState, IncidentState, Role
from bot.models import AuditEntry, Company, Connection, Incident
from bot.reconnect import LINK_MINUTES, issue_link, role_needed
from bot.render import listed, moment, sums
from bot.services import Services
from bot.slack import blocks
from commands.parts.asked import company_names, meaningful, not_understood, vocabulary
from commands.parts.standing import how_many, unposted

_OWN = vocabulary("access company connect link new reconnect")


def run(services: Services, call: Call) -> Reply:
    """Give the person a link, or ask for which company."""
    strange = meaningful(call.text, _OWN)
    if strange:
        return _strange(call, strange)
    company = _meant(services, call)
    if company is None:
        return _which(services, call)
    services.access.require(call.user_id, company.id, role_needed(company))
    row = _connection(services, company)
    state = row.state if row else ConnectionState.NEVER
    url = issue_link(services, company.id or 0, call.user_id, _incident(services, company))
    return Reply(
        (
            line(strong(company.name), f" · {_standing(services, company, row)}"),
            line(
                f"Somebody with access to {company.name} in QuickBooks opens the link, chooses "
                f"{company.name} and allows access."
            ),
            line(
                link("Allow access in QuickBooks", url),
                f" – only for you, works once, for {LINK_MINUTES} minutes.",
            ),
            blocks.actions([blocks.button("Allow access", "open_link", primary=True, url=url)]),
            line(_AFTERWARDS[state]),
        ),
        private=True,
    )


_AFTERWARDS = {
    ConnectionState.LOST: "Then what waits is posted in order and the alert turns green by itself.",
    ConnectionState.NEVER: "Then what waits is posted in order.",
    ConnectionState.CONNECTED: "Next: nothing, unless one of the two is so; /qb-status shows "
    "whether anything waits.",
}


def _strange(call: Call, strange: str) -> Reply:
    """No link on words that were not understood: it could be another company's."""
    names = company_names(call)
    possible = (
        f"No link was made. /qb-reconnect takes the name of a company: {listed(names, 'or')}."
    )
    examples = [f"/qb-reconnect {name}" for name in names[:3]]
    return not_understood(call, strange, possible, names, examples)


def _which(services: Services, call: Call) -> Reply:
    rows = [_connection(services, company) for company in call.companies]
    fine = all(row is not None and row.state is ConnectionState.CONNECTED for row in rows)
    said = (
        "All of them are connected, so nobody has to do anything. To renew the permission of one "
        "all the same, type one of these:"
        if fine
        else "Which company? Type one of these:"
    )
    return Reply((line(said), bullets(*(f"/qb-reconnect {one.name}" for one in call.companies))))


def _standing(services: Services, company: Company, row: Connection | None) -> str:
    """How the connection is, and whether a new link is needed at all."""
    if row is None or row.state is ConnectionState.NEVER:
        return "It was never connected."
    if row.state is ConnectionState.LOST:
        since = f" since {moment(row.lost_at, company.time_zone)}" if row.lost_at else ""
        with services.sessions.read() as session:
            found = unposted(session, company.id or 0)
        kept = f" Not posted so far: {sums.told(found)}." if how_many(found) else ""
        return f"QuickBooks no longer accepts our permission{since}.{kept}"
    return (
        f"It is connected{_since(services, company, row)}, so nobody has to do anything. A new "
        "link is only needed when posting fails all the same, or when another person's QuickBooks "
        "sign-in shall give the permission."
    )


def _since(services: Services, company: Company, row: Connection) -> str:
    """Since when it is connected, as far as it was noted."""
    with services.sessions.read() as session:
        at = session.exec(
            select(func.max(AuditEntry.at)).where(
                AuditEntry.company_id == company.id, AuditEntry.action == "connection.connected"
            )
        ).one()
    if at is not None:
        return f" since {moment(at, company.time_zone)}"
    if row.refreshed_at is not None:
        return f" (permission last renewed {moment(row.refreshed_at, company.time_zone)})"
    return ""


def _meant(services: Services, call: Call) -> Company | None:
    """The only company, or the only one that is not connected."""
    if len(call.companies) == 1:
        return call.companies[0]
    broken = []
    for company in call.companies:
        row = _connection(services, company)
        if row is None or row.state is not ConnectionState.CONNECTED:
            broken.append(company)
    return broken[0] if len(broken) == 1 else None


def _connection(services: Services, company: Company) -> Connection | None:
    with services.sessions.read() as session:
        return session.get(Connection, company.id)


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
