"""SKUs, names and descriptions that came in and look otherwise than the firm's pattern."""

from collections.abc import Iterator
from datetime import timedelta

from sqlmodel import select

from bot.checkup import Check
from bot.domain import Finding, Payload, Scope
from bot.models import Company, Source
from bot.services import Services
from bot.sync.formats import FIELDS
from bot.sync.odd_values import Odd, odd_values

SHOWN = 5


def run(services: Services, company: Company, scope: Scope) -> Iterator[Finding]:
    """Yield one finding for each source and field; what a strict pattern holds tells itself."""
    with services.sessions.read() as session:
        found = odd_values(session, company, services.clock.now())
        rows = session.exec(select(Source).where(Source.company_id == company.id))
        sources = {row.id: row.name for row in rows}
    for one in found:
        subject = f"source:{one.source_id}:format:{one.rule.field}"
        if scope.covers(subject):
            yield Finding("format_differs", subject, _facts(one, sources.get(one.source_id, "")))


def _facts(one: Odd, source: str) -> Payload:
    return {
        "source": source,
        "field": one.rule.field,
        "called": FIELDS[one.rule.field],
        "pattern": one.rule.pattern,
        "count": len(one.values),
        "shown": list(one.values[:SHOWN]),
        "since": one.since.isoformat(),
    }


CHECK = Check(name="formats", run=run, every=timedelta(minutes=5))
