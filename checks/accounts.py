"""The accounts every document needs: receivable and payable, by kind and currency, not by name."""

from collections.abc import Iterator
from datetime import timedelta

from sqlmodel import Session, col, select

from bot.checkup import Check
from bot.domain import Finding, RecordState, RecordType, Scope
from bot.models import Company, MirrorRow, Record
from bot.services import Services
from bot.sync import accounts, held_facts

_NEEDED_FOR = {
    accounts.RECEIVABLE: (RecordType.INVOICE, RecordType.CREDIT_MEMO, RecordType.PAYMENT),
    accounts.PAYABLE: (RecordType.BILL, RecordType.VENDOR_CREDIT, RecordType.BILL_PAYMENT),
}


def run(services: Services, company: Company, scope: Scope) -> Iterator[Finding]:
    """Yield the account that is missing or inactive; a renamed one is no finding."""
    with services.sessions.read() as session:
        rows = tuple(
            session.exec(
                select(MirrorRow)
                .where(MirrorRow.company_id == company.id)
                .where(MirrorRow.entity == "Account")
                .where(col(MirrorRow.deleted).is_(False))
            )
        )
        for role, types in _NEEDED_FOR.items():
            if not _uses(session, company, types):
                continue
            cause = accounts.ledger_problem(
                rows, services.settings, company, role, company.currency
            )
            if cause is not None and scope.covers(cause.subject):
                yield held_facts.finding(session, company, cause)


def _uses(session: Session, company: Company, types: tuple[RecordType, ...]) -> bool:
    """Whether documents of these types come from the company's sources at all."""
    found = session.exec(
        select(Record.id)
        .where(Record.company_id == company.id)
        .where(col(Record.type).in_(types))
        .where(Record.state != RecordState.SKIPPED)
        .limit(1)
    ).first()
    return found is not None


CHECK = Check(
    name="accounts",
    run=run,
    every=timedelta(minutes=5),
    triggered_by=frozenset({"Account"}),
)
