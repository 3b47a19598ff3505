"""`check` and `status`: what is open, what waits, and how well each company is."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import col, func, select

from bot import jobs
from bot.checkup import Check
from bot.domain import ConnectionState, IncidentState, Payload, RecordState
from bot.models import CheckRun, Company, Connection, Incident, Record
from bot.render import money, to_plain
from bot.services import Services
from bot.sync.totals import totals


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
            "title": services.render.problem_or_plain(row.problem, row.facts).title,
            "documents": row.facts.get("documents", 0),
            "paused": row.paused_by_id is not None,
            "since": row.opened_at.isoformat(),
        }
        for row in rows
    ]


def status_of(services: Services, company: Company) -> Payload:
    """How one company is: connection, what waits with its money, what is open."""
    with services.sessions.read() as session:
        connection = session.get(Connection, company.id)
        unposted = list(
            session.exec(
                select(Record).where(
                    col(Record.company_id) == company.id,
                    col(Record.state).in_([RecordState.WAITING, RecordState.HELD]),
                )
            )
        )
        newest = session.exec(
            select(func.max(Record.posted_at)).where(col(Record.company_id) == company.id)
        ).one()
        posted = session.exec(
            select(func.count())
            .select_from(Record)
            .where(col(Record.company_id) == company.id, col(Record.state) == RecordState.POSTED)
        ).one()
        opened = session.exec(
            select(func.count())
            .select_from(Incident)
            .where(
                col(Incident.company_id) == company.id,
                col(Incident.state) != IncidentState.RESOLVED,
            )
        ).one()
    waiting = totals(unposted)
    state = connection.state if connection else ConnectionState.NEVER
    return {
        "company": company.name,
        "id": company.id,
        "channel": company.channel_id,
        "realm_id": company.realm_id,
        "connection": str(state),
        "lost_since": _moment(connection.lost_at if connection else None),
        "posted": posted,
        "held": sum(row.state is RecordState.HELD for row in unposted),
        "waiting": sum(row.state is RecordState.WAITING for row in unposted),
        "documents_not_posted": waiting.documents,
        "sales_not_posted": {code: str(sum_) for code, sum_ in waiting.sales_amount.items()},
        "payments_not_posted": {code: str(sum_) for code, sum_ in waiting.cash_amount.items()},
        "open": opened,
        "last_posted_at": _moment(newest),
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def preview(services: Services, problem: str, facts: Payload) -> list[str]:
    """A problem's words with these facts, as the message would say them."""
    text = services.render.problem(problem, facts)
    parts = [text.title, text.push, ""]
    for part in (text.what, text.why, text.fix, text.prevent):
        parts.append(to_plain(part))
    return parts


def status_lines(row: Payload) -> list[str]:
    """One company for people: how it is first, then what waits, and what to do next."""
    if row["connection"] == ConnectionState.LOST:
        state = "CONNECTION LOST"
    elif row["connection"] == ConnectionState.NEVER:
        state = "not connected yet"
    else:
        state = "connected"
    lines = [f"{row['company']}: {state} · {row['posted']} posted · {row['open']} open"]
    if row["documents_not_posted"]:
        sums = [*row["sales_not_posted"].items(), *row["payments_not_posted"].items()]
        amounts = ", ".join(money(amount, code) for code, amount in sums)
        lines.append(f"  {row['documents_not_posted']} documents not posted: {amounts}")
    if row["connection"] != ConnectionState.CONNECTED:
        lines.append(f'  Next: python app.py connect --name "{row["company"]}", or /qb-reconnect')
    elif row["open"]:
        lines.append("  Next: /qb-errors in Slack, or python app.py check")
    return lines
