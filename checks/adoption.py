"""What the books held that the outbox did not know: told for a day after it was linked."""

from collections.abc import Iterator
from datetime import timedelta

from sqlmodel import col, select

from bot.checkup import Check
from bot.domain import Finding, Scope
from bot.models import Adoption, Company
from bot.services import Services
from bot.sync.stamps import RESTORED

_TOLD_FOR = timedelta(days=1)


def run(services: Services, company: Company, scope: Scope) -> Iterator[Finding]:
    """Yield one finding for each time that the books were ahead, while it is news."""
    since = services.clock.now() - _TOLD_FOR
    with services.sessions.read() as session:
        rows = session.exec(
            select(Adoption)
            .where(Adoption.company_id == company.id, Adoption.why == RESTORED)
            .where(col(Adoption.settled_at).is_not(None), col(Adoption.settled_at) > since)
            .order_by(col(Adoption.id))
        ).all()
    for row in rows:
        finding = Finding("restored_backup", f"restored:{row.id}", dict(row.counts))
        if scope.covers(finding.subject):
            yield finding


CHECK = Check(name="adoption", run=run)
