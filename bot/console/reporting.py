"""`check` and `status`: what is open, what waits, and how well each company is."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import col, func, select

from bot import jobs
from bot.checkup import Check
from bot.console import amounts
from bot.domain import ConnectionState, IncidentState, Payload, RecordState
from bot.models import CheckRun, Company, Connection, Incident, Record
from bot.render import money
from bot.render.sums import of_facts
from bot.services import Services

_LABELS = ("invoices", "payments", "purchases")


def ask_checks(services: Services, companies: Iterable[Company], checks: Iterable[Check]) -> None:
    """Nudge every check of these companies."""
    names = [check.name for check in checks]
    for company in companies:
        for name in names:
            jobs.run_check(services.queue, company.id or 0, name)


def checks_done(
    services: Services, companies: list[Company], checks: Iterable[Check], since: datetime
) -> bool:
    """Say whether every check came to an end after `since`."""
    wanted = {(company.id, check.name) for company in companies for check in checks}
    with services.sessions.read() as session:
        rows = session.exec(select(CheckRun).where(col(CheckRun.started_at) >= since)).all()
    ended = {(row.company_id, row.check_name) for row in rows if row.finished_at is not None}
    return wanted <= ended


def crashed_checks(services: Services, companies: list[Company]) -> list[Payload]:
    """The checks that did not come to a good end, with their reason."""
    names = {company.id: company.name for company in companies}
    with services.sessions.read() as session:
        rows = session.exec(select(CheckRun).where(col(CheckRun.error) != "")).all()
    return [
        {"company": names[row.company_id], "check": row.check_name, "error": row.error}
        for row in rows
        if row.company_id in names
    ]


def open_incidents(services: Services, companies: list[Company]) -> list[Payload]:
    """What is open at these companies, in the words of its message."""
    names = {company.id: company.name for company in companies}
    with services.sessions.read() as session:
        rows = session.exec(
            select(Incident)
            .where(
                col(Incident.state) != IncidentState.RESOLVED,
                col(Incident.company_id).in_(list(names)),
            )
            .order_by(col(Incident.company_id), col(Incident.id))
        ).all()
    return [
        {
            "id": row.id,
            "company": names[row.company_id],
            "state": str(row.state),
            "problem": row.problem,
            "kind": row.kind,
            "family": str(row.family),
            "subject": row.subject,
            "title": services.render.title(row.problem, row.facts),
            "documents": row.facts.get("documents", 0),
            **_sums(row.facts),
            "paused": row.paused_by_id is not None,
            "since": row.opened_at.isoformat(),
        }
        for row in rows
    ]


def _sums(facts: Payload) -> Payload:
    found = amounts.payload(of_facts(facts))
    return {label: found[label] for label in _LABELS}


def open_lines(found: list[Payload], *, ended: bool) -> list[str]:
    """What is open, for people: whose, what, how much, and what to do next."""
    lines = []
    for row in found:
        sums = [f"{label} {money(row[label])}" for label in _LABELS if row[label]]
        amount = f" ({', '.join(sums)})" if sums else ""
        paused = " · paused by the lost connection" if row["paused"] else ""
        lines.append(f"{row['company']}: {row['title']}{amount}{paused}")
    if found:
        lines.append("Next: /qb-errors in Slack, where each of these has its button.")
    elif ended:
        lines.append("Nothing is open.")
    return lines


def status_of(services: Services, company: Company) -> Payload:
    """How one company is: connection, what waits and what is held with its money, what is open."""
    company_id = company.id or 0
    with services.sessions.read() as session:
        connection = session.get(Connection, company_id)
        waiting = amounts.in_state(session, company_id, RecordState.WAITING)
        held = amounts.in_state(session, company_id, RecordState.HELD)
        newest = session.exec(
            select(func.max(Record.posted_at)).where(col(Record.company_id) == company_id)
        ).one()
        posted = session.exec(
            select(func.count())
            .select_from(Record)
            .where(col(Record.company_id) == company_id, col(Record.state) == RecordState.POSTED)
        ).one()
        opened = session.exec(
            select(func.count())
            .select_from(Incident)
            .where(
                col(Incident.company_id) == company_id,
                col(Incident.state) != IncidentState.RESOLVED,
            )
        ).one()
    state = connection.state if connection else ConnectionState.NEVER
    both = amounts.added(waiting, held)
    found: Payload = {
        "company": company.name,
        "id": company_id,
        "channel": company.channel_id,
        "realm_id": company.realm_id,
        "connection": str(state),
        "lost_since": _moment(connection.lost_at if connection else None),
        "posted": posted,
        "held": held.documents + held.other_count,
        "waiting": waiting.documents + waiting.other_count,
        "documents_not_posted": both.documents,
        "invoices_not_posted": amounts.payload(both)["invoices"],
        "payments_not_posted": amounts.payload(both)["payments"],
        "purchases_not_posted": amounts.payload(both)["purchases"],
        "held_money": amounts.payload(held),
        "waiting_money": amounts.payload(waiting),
        "open": opened,
        "last_posted_at": _moment(newest),
    }
    return {**found, "next": _next(found)}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def status_lines(row: Payload) -> list[str]:
    """One company for people: how it is first, then what waits, and what to do next."""
    if row["connection"] == ConnectionState.LOST:
        state = "CONNECTION LOST"
    elif row["connection"] == ConnectionState.NEVER:
        state = "not connected yet"
    else:
        state = "connected"
    lines = [f"{row['company']}: {state} · {row['posted']} posted · {row['open']} open"]
    for label, key in (
        ("waits to be posted", "waiting_money"),
        ("held by a problem", "held_money"),
    ):
        if said := row[key]["words"]:
            lines.append(f"  {label}: {said}")
    if row["next"]:
        lines.append(f"  Next: {row['next']}")
    return lines


def _next(row: Payload) -> str:
    if row["connection"] != ConnectionState.CONNECTED:
        return f'python app.py connect --name "{row["company"]}", or /qb-reconnect in Slack'
    if row["open"] or row["held"]:
        return "/qb-errors in Slack, where each problem has its button; python app.py check here"
    return "python app.py sync, or wait for the next turn" if row["waiting"] else ""
