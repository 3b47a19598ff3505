"""A clock that stands still: a sync that does not come through, a source that says nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session, select

from bot import mirror
from bot.checkup import Check
from bot.domain import ConnectionState, Finding, Payload, Scope
from bot.models import Company, Connection, Source, SourceRhythm, SourceSetup
from bot.services import Services
from bot.sync import cadence, due, rhythm
from bot.sync.totals import waiting_facts

SUBJECT = "sync"
# The sync is late after twice its usual pace, but never sooner than this.
SOONEST = timedelta(minutes=15)
# A source is silent after so many hours that usually bring something.
SILENT_HOURS = 4


def run(services: Services, company: Company, scope: Scope) -> Iterator[Finding]:
    """Yield a sync that does not come through although something waits, and each silent source."""
    now = services.clock.now()
    found = [_stalled(services, company, now)]
    with services.sessions.read() as session:
        for source in session.exec(select(Source).where(Source.company_id == company.id)):
            found.append(_silent(session, source, company, now))
    yield from (one for one in found if one is not None and scope.covers(one.subject))


def _stalled(services: Services, company: Company, now: datetime) -> Finding | None:
    """What stops it and is known (a lost connection, QuickBooks' own trouble) is told elsewhere."""
    company_id = company.id or 0
    if not mirror.loaded(services, company_id):
        return None
    with services.sessions.read() as session:
        row = session.get(Connection, company_id)
        if row is None or row.state is not ConnectionState.CONNECTED or row.trouble:
            return None
        since = rhythm.last_good(session, company_id)
        late = max(SOONEST, 2 * timedelta(seconds=services.settings.SYNC_SECONDS))
        types = cadence.turn(session, company_id, now).types
        ready = due.due(session, company_id, now, limit=1, types=types)
        if since is None and ready:
            since = ready[0].received_at
        if not ready or since is None or now - since <= late:
            return None
        waiting = due.all_waiting(session, company_id)
        sources = session.exec(select(Source).where(Source.company_id == company_id))
        names = {one.id or 0: one.name for one in sources}
    facts = waiting_facts(company, names, waiting, since)
    return Finding("sync_stalled", SUBJECT, facts, tuple(one.id or 0 for one in waiting))


def _silent(session: Session, source: Source, company: Company, now: datetime) -> Finding | None:
    """One that cannot be read has an alert that says so."""
    row = session.get(SourceRhythm, source.id)
    setup = session.get(SourceSetup, source.id)
    if row is None or (setup is not None and setup.problem):
        return None
    if rhythm.missed(row, company.time_zone, now) < SILENT_HOURS:
        return None
    facts: Payload = {
        "source": source.name,
        "last_at": row.last_at.isoformat(),
        "hours": SILENT_HOURS,
        "read": bool(setup is not None and setup.kind),
    }
    return Finding("source_silent", f"source:{source.id}:silent", facts)


CHECK = Check(name="stalled", run=run)
