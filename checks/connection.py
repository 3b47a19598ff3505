"""The way to QuickBooks: permission lost, refused or near its end, trouble that lasts."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import select

from bot.checkup import Check
from bot.domain import ConnectionState, Finding, Payload, Scope
from bot.models import Company, Connection, Source
from bot.services import Services
from bot.sync import due
from bot.sync.totals import waiting_facts

SUBJECT = "connection"
# Trouble that heals by itself is told only when it lasts; the rest needs a person at once.
_LASTING = {
    "throttled": "LASTING_THROTTLED_SECONDS",
    "server_error": "LASTING_OUTAGE_SECONDS",
    "network": "LASTING_OUTAGE_SECONDS",
    "sync_stopped": "LASTING_OUTAGE_SECONDS",
}
# Days before a permission's end at which its early warning opens and is then edited.
STAGES = (1, 7, 14, 30)


def run(services: Services, company: Company, scope: Scope) -> Iterator[Finding]:
    """Yield what stands between the company's records and its books, and what soon will.

    The end of a permission that is near is a finding of its own: it stays true when something
    else is wrong as well, and only a new permission ends it.
    """
    if not scope.covers(SUBJECT):
        return
    with services.sessions.read() as session:
        row = session.get(Connection, company.id)
    if row is None or row.state is ConnectionState.NEVER:
        return
    if row.state is ConnectionState.LOST:
        own: Payload = {"reason": row.lost_reason, "detail": row.lost_reason}
        yield _finding(services, company, "connection_lost", row.lost_at, own)
    elif row.trouble and _tells(services, row):
        own = {"reason": row.trouble_detail, "detail": row.trouble_detail}
        yield _finding(services, company, row.trouble, row.trouble_since, own)
    ending = _ending(row, services.clock.now())
    if ending is not None:
        end, own = ending
        ends_on = end.astimezone(ZoneInfo(company.time_zone)).date().isoformat()
        facts = {**_finding(services, company, "permission_ends", None, own).facts}
        yield Finding("permission_ends", SUBJECT, {**facts, "ends_on": ends_on})


def _ending(row: Connection, now: datetime) -> tuple[datetime, Payload] | None:
    """The nearest end of the permission, when it is at most 30 days away.

    `stage` changes four times only, so that the message is edited then and never for a day that
    passes. Intuit ends a permission after five years, and after 100 days without use.
    """
    ends = [
        (end, why)
        for end, why in ((row.hard_expires_at, "age"), (row.refresh_expires_at, "idle"))
        if end is not None
    ]
    if not ends:
        return None
    end, why = min(ends)
    stage = next((days for days in STAGES if end - now <= timedelta(days=days)), None)
    return None if stage is None else (end, {"stage": stage, "end_reason": why})


def _tells(services: Services, row: Connection) -> bool:
    setting = _LASTING.get(row.trouble)
    if setting is None or row.trouble_since is None:
        return True
    seconds: float = getattr(services.settings, setting)
    return services.clock.now() - row.trouble_since >= timedelta(seconds=seconds)


def _finding(
    services: Services, company: Company, problem: str, since: datetime | None, own: Payload
) -> Finding:
    """With all that waits for it: what another problem holds has an alert of its own."""
    with services.sessions.read() as session:
        waiting = due.all_waiting(session, company.id or 0)
        rows = session.exec(select(Source).where(Source.company_id == company.id))
        sources = {row.id or 0: row.name for row in rows}
    facts = {**waiting_facts(company, sources, waiting, since), **own}
    if not facts["source"]:
        facts["source"] = ", ".join(sorted(sources.values()))
    # What waited is told when the trouble is over: it is posted by then.
    met = () if problem == "permission_ends" else tuple(row.id or 0 for row in waiting)
    return Finding(problem, SUBJECT, facts, met)


CHECK = Check(name="connection", run=run, every=timedelta(minutes=1))
