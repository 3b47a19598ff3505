"""What happens once somebody has allowed access again: the connection's alert becomes a fix run."""

from sqlmodel import col, select

from bot import audit, incidents, jobs
from bot.domain import IncidentState
from bot.fixes.codec import digest, to_json
from bot.fixes.registry import fix_named
from bot.models import FixRun, Incident
from bot.services import Services


def after_reconnect(services: Services, company_id: int, user_id: str) -> None:
    """Turn the connection's alert WORKING and post what waited, in order, as that person's fix.

    Called by the web edge after QuickBooks.connect succeeded. Safe to call twice.
    """
    incident = _open_incident(services, company_id)
    if incident is not None:
        _start(services, incident, user_id)
        incidents.nudge(services, incident.id or 0)
    jobs.run_check(services.queue, company_id, "connection")
    jobs.capture_company(services.queue, company_id)
    jobs.sync_company(services.queue, company_id)


def _open_incident(services: Services, company_id: int) -> Incident | None:
    with services.sessions.read() as session:
        found = session.exec(
            select(Incident).where(
                Incident.company_id == company_id,
                Incident.subject == "connection",
                col(Incident.state) != IncidentState.RESOLVED,
            )
        ).all()
    problems = services.knowledge.problems
    mended = [row for row in found if "reconnect" in problems[row.problem].fixes]
    # A lost permission comes before the early warning of its end, which settles by the check.
    mended.sort(key=lambda row: not problems[row.problem].inhibits)
    return next(iter(mended), None)


def _start(services: Services, incident: Incident, user_id: str) -> None:
    plan = fix_named("reconnect").plan(services, incident, {})
    now = services.clock.now()
    with services.sessions.write() as session:
        run = FixRun(
            incident_id=incident.id or 0,
            company_id=incident.company_id,
            fix="reconnect",
            state="verifying",
            plan=to_json(plan),
            plan_digest=digest(plan),
            role_needed=plan.role,
            planned_by=user_id,
            approved_by=user_id,
            approved_at=now,
            created_at=now,
            expires_at=now,
            outcome={"records": plan.facts["records"], "others": plan.facts["others"]},
        )
        session.add(run)
        session.flush()
        if not incidents.begin_work(session, incident.id or 0, user_id, now, run_id=run.id or 0):
            session.delete(run)
            return
        incidents.say(session, incident.id or 0, user_id, "access allowed in QuickBooks ✔", now)
        audit.append(
            session,
            at=now,
            actor=user_id,
            action="fix.reconnect.approved",
            subject=f"incident:{incident.id}",
            company_id=incident.company_id,
            data={"run": run.id},
        )
        run_id = run.id or 0
    jobs.work_on_fix(services.queue, incident.company_id, run_id)
