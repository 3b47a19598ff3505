"""The month's read quota at Intuit: told before it ends, because then nothing can be checked."""

from collections.abc import Iterator

from sqlmodel import Session, col, select

from bot.checkup import Check
from bot.domain import ConnectionState, Finding, Payload, Scope
from bot.models import Company, Connection
from bot.quickbooks.reads import Usage, usage
from bot.services import Services

SUBJECT = "read_budget"
# Before half is used a forecast is a guess: a first reading of all lists looks like a habit.
_EARLIEST_PERCENT = 50
_STEP = 10


def run(services: Services, company: Company, scope: Scope) -> Iterator[Finding]:
    """Yield one finding for all companies together, at the company that was added first."""
    budget = services.settings.QUICKBOOKS_READS_PER_MONTH
    if not budget or not scope.covers(SUBJECT):
        return
    services.quickbooks.write_reads_down()
    with services.sessions.read() as session:
        if company.id != _told_at(session):
            return
        found = usage(session, budget, services.clock.now().date())
    if found.ends_on is not None and found.percent >= _EARLIEST_PERCENT:
        yield Finding("read_budget", SUBJECT, _facts(found))


def _told_at(session: Session) -> int | None:
    """The quota is one for all companies: it is told once, not in every channel."""
    connected = select(Connection.company_id).where(
        col(Connection.state) == ConnectionState.CONNECTED
    )
    return session.exec(connected.order_by(col(Connection.company_id))).first()


def _facts(found: Usage) -> Payload:
    """Rounded to tens of percent: the message is edited a few times a month, not with each read."""
    first = found.by_company[0][0] if len(found.by_company) > 1 else ""
    return {
        "percent": min(100, found.percent // _STEP * _STEP),
        "budget": found.budget,
        "spent": found.used >= found.budget,
        "ends_on": found.ends_on.isoformat() if found.ends_on else "",
        "month_ends": found.month_ends.isoformat(),
        "most_by": first,
    }


CHECK = Check(name="read_budget", run=run)
