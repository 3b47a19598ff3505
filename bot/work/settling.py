"""An alert whose cause is gone by itself: what it held is posted first, then it turns green.

Whoever mended the cause (somebody in QuickBooks, the source with a corrected record), the records
go the way of a fix from there on: posted, read back, told in the alert. Its run belongs to nobody.
"""

from collections.abc import Collection, Sequence

from sqlmodel import Session, col, select

from bot import audit, incidents, jobs
from bot.domain import ConnectionState, Finding, IncidentState, Payload, RecordState, Role
from bot.fixes import codec
from bot.fixes.model import Plan
from bot.incidents.rows import is_posted
from bot.models import Company, Connection, FixRun, Incident, Record, Source
from bot.services import Services
from bot.sync.causes import AFTER_POSTING
from bot.sync.totals import totals, waiting_facts
from bot.work import interrupted, seen

# The fix such a run is kept under: its steps are done already, only posting is left.
_AS = "retry"
_AT_ONCE = 500


def hold_green_back(
    services: Services, company_id: int, check: str, findings: Sequence[Finding]
) -> list[Finding]:
    """Return the findings and, as found still, what would turn green before it is posted.

    Call it between a completed run of a check over everything and `incidents.observe`. An open
    alert that is not found any more is handed to a run that posts what it held and ends it, or to
    the fix that was stopped on its way. While the company cannot be reached, or an earlier run
    ended half done, the alert stays, with what is not posted yet.
    """
    found = {(finding.problem, finding.subject) for finding in findings}
    kept = list(findings)
    for incident in _vanished(services, company_id, check, found):
        with services.sessions.read() as session:
            records = _records(session, incident)
            stopped = interrupted.of(session, incident)
            reachable = _is_reachable(session, company_id)
        if not records:
            continue
        is_free = reachable and incident.paused_by_id is None
        if is_free and stopped is not None:
            interrupted.resume(services, incident, stopped)
        elif is_free and incident.state is IncidentState.OPEN:
            _begin(services, incident, records)
        elif (
            stopped is not None
            or incident.paused_by_id is not None
            or any(_is_due(services, record) for record in records)
        ):
            kept.append(Finding(incident.problem, incident.subject, _left(services, incident)))
    return kept


def _is_reachable(session: Session, company_id: int) -> bool:
    connection = session.get(Connection, company_id)
    return (
        connection is not None
        and connection.state is ConnectionState.CONNECTED
        and not connection.trouble
    )


def _left(services: Services, incident: Incident) -> Payload:
    """The alert's facts with what is not posted yet; as they were where nothing is left."""
    with services.sessions.read() as session:
        company = session.get_one(Company, incident.company_id)
        waiting = [
            row
            for row in _records(session, incident)
            if row.state in (RecordState.WAITING, RecordState.HELD)
        ]
        rows = session.exec(select(Source).where(Source.company_id == incident.company_id))
        sources = {row.id or 0: row.name for row in rows}
    if not waiting:
        return incident.facts
    now = waiting_facts(company, sources, waiting, None)
    kept = {"since": incident.facts.get("since"), "alone": totals(waiting).documents}
    return {**incident.facts, **now, **kept}


def _vanished(
    services: Services, company_id: int, check: str, found: Collection[tuple[str, str]]
) -> list[Incident]:
    """The check's open alerts about posting, already told in Slack, that were not found."""
    with services.sessions.read() as session:
        rows = session.exec(
            select(Incident)
            .where(Incident.company_id == company_id, Incident.check_name == check)
            .where(col(Incident.state).in_((IncidentState.OPEN, IncidentState.PARTLY)))
            .where(col(Incident.problem).not_in(AFTER_POSTING))  # posted long ago
        ).all()
        gone = [row for row in rows if (row.problem, row.subject) not in found]
        return [row for row in gone if row.storm_id or is_posted(session, row.id or 0)]


def _records(session: Session, incident: Incident) -> list[Record]:
    ids = incident.record_ids
    found: list[Record] = []
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        found += session.exec(select(Record).where(col(Record.id).in_(part)))
    return found


def _is_due(services: Services, record: Record) -> bool:
    waits = record.not_before is not None and record.not_before > services.clock.now()
    return record.state is RecordState.WAITING and not waits


def _begin(services: Services, incident: Incident, records: Sequence[Record]) -> None:
    """Start the run and turn the alert WORKING, in one transaction."""
    now = services.clock.now()
    incident_id = incident.id or 0
    others = [row.id for row in records if row.state is RecordState.HELD]
    own = [row.id for row in records if row.state is not RecordState.HELD]
    plan = Plan(title="By itself", submit="", facts={"records": own, "others": others})
    with services.sessions.write() as session:
        # Now: once documents are posted, what was seen may have changed again.
        told = {"records": own, "others": others, "seen": seen.seen(session, incident)}
        run = FixRun(
            incident_id=incident_id,
            company_id=incident.company_id,
            fix=_AS,
            state="replaying",
            plan=codec.to_json(plan),
            plan_digest=codec.digest(plan),
            role_needed=Role.NONE,
            planned_by="",
            approved_at=now,
            created_at=now,
            expires_at=now,
            outcome=told,
        )
        session.add(run)
        session.flush()
        run_id = run.id or 0
        if not incidents.begin_work(session, incident_id, "", now, run_id=run_id):
            session.delete(run)
            return
        audit.append(
            session,
            at=now,
            actor="",
            action="alert.settling",
            subject=f"incident:{incident_id}",
            company_id=incident.company_id,
            data={"run": run_id, "problem": incident.problem, "subject": incident.subject},
        )
    incidents.nudge(services, incident_id)
    jobs.work_on_fix(services.queue, incident.company_id, run_id)
