"""Sources that come by themselves: one that cannot be read, and rows of one that were refused."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import select

from bot.checkup import Check
from bot.domain import Finding, Payload, Scope
from bot.models import Company, Source, SourceSetup
from bot.services import Services
from bot.sync.refusals import Refused, still_refused

# What was refused longer ago than this is told no more.
TOLD_FOR = timedelta(days=7)
SHOWN = 5


def run(services: Services, company: Company, scope: Scope) -> Iterator[Finding]:
    """Yield each source of the company that is not read, and each with rows that wait refused."""
    now = services.clock.now()
    with services.sessions.read() as session:
        rows = session.exec(select(Source).where(Source.company_id == company.id)).all()
        refused = still_refused(session, company.id or 0, now - TOLD_FOR)
        setups = {row.id: session.get(SourceSetup, row.id) for row in rows}
    lasting = timedelta(seconds=services.settings.LASTING_OUTAGE_SECONDS)
    found = [_unread(row, setups[row.id], now - lasting) for row in rows]
    found += [_refused(row, refused[row.id]) for row in rows if row.id in refused]
    yield from (one for one in found if one is not None and scope.covers(one.subject))


def _unread(source: Source, setup: SourceSetup | None, before: datetime) -> Finding | None:
    """What heals by itself is told only when it lasts."""
    if setup is None or not setup.kind or setup.problem_since is None:
        return None
    if setup.problem_since > before:
        return None
    facts: Payload = {
        "source": source.name,
        "kind": setup.kind,
        "reason": setup.problem,
        # Its records are read: only what it says of its days is not.
        "totals": setup.problem.startswith("The totals"),
        "since": setup.problem_since.isoformat(),
    }
    return Finding("source_unreadable", f"source:{source.id}:read", facts)


def _refused(source: Source, refused: Refused) -> Finding:
    facts: Payload = {
        "source": source.name,
        "count": refused.count,
        "file": refused.file,
        "shown": list(refused.shown[:SHOWN]),
    }
    return Finding("rows_refused", f"source:{source.id}:refused", facts)


CHECK = Check(name="sources", run=run, every=timedelta(minutes=1))
