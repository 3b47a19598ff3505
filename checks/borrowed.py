"""Records that were reactivated for a while: a reminder once they are settled."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from sqlmodel import Session, col, select

from bot import mirror
from bot.checkup import Check
from bot.domain import Finding, Payload, Scope
from bot.fixes.reactivate import wants_reminder
from bot.models import Company, FixRun, Incident, MirrorRow
from bot.quickbooks.links import deep_link
from bot.services import Services

PROBLEM = "borrowed_record"
_LISTS = ("Customer", "Vendor")


def run(services: Services, company: Company, scope: Scope) -> Iterator[Finding]:
    """Yield each record whose reactivation asked for a reminder, is active, and owes nothing."""
    with services.sessions.read() as session:
        runs = _runs(session, company)
    for subject, done in runs.items():
        if not scope.covers(subject):
            continue
        entity, qbo_id = subject.split(":", 1)
        with services.sessions.read() as session:
            row = mirror.get(session, company.id or 0, entity, qbo_id)
        if row is not None and _is_settled(row):
            yield Finding(PROBLEM, subject, _facts(services, company, row, done))


def _runs(session: Session, company: Company) -> dict[str, FixRun]:
    """The last finished reactivation of each record, where a reminder was asked for."""
    found: dict[str, FixRun] = {}
    rows = session.exec(
        select(Incident.subject, FixRun)
        .join(FixRun, col(FixRun.incident_id) == col(Incident.id))
        .where(FixRun.company_id == company.id, FixRun.fix == "reactivate")
        .where(FixRun.state == "done")
        .order_by(col(FixRun.id))
    ).all()
    for subject, done in rows:
        found[subject] = done
    return {
        subject: done
        for subject, done in found.items()
        if wants_reminder(done.choices) and subject.split(":", 1)[0] in _LISTS
    }


def _is_settled(row: MirrorRow) -> bool:
    balance = Decimal(str(row.data.get("Balance") or 0))
    return row.active and not row.deleted and not balance


def _facts(services: Services, company: Company, row: MirrorRow, done: FixRun) -> Payload:
    return {
        "list": row.entity.lower(),
        "entity": row.entity,
        "qbo_id": row.qbo_id,
        "name": mirror.full_name(row.entity, row.data) or row.name,
        "link": deep_link(services.settings, company, row.entity, row.qbo_id),
        "since_day": done.finished_at.isoformat() if done.finished_at else None,
    }


CHECK = Check(
    name="borrowed",
    run=run,
    every=timedelta(minutes=15),
    triggered_by=frozenset({*_LISTS, "Payment"}),
)
