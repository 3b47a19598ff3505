"""What happens once somebody has allowed access again: the connection's alert becomes a fix run."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session, col, select

from bot import incidents, jobs
from bot.domain import IncidentState
from bot.fixes import audited
from bot.fixes.codec import digest, to_json
from bot.fixes.model import Plan
from bot.fixes.registry import fix_named
from bot.models import FixRun, Incident
from bot.services import Services

_FIX = "reconnect"


def beginning(
    services: Services, company_id: int, user_id: str
) -> Callable[[Session], None] | None:
    """Return what is written together with the new permission: the alert turns WORKING, if any.

    In one transaction with it, so that no check can call the alert settled by itself in between.
    The plan is made now, while nothing is open.
    """
    incident = _open_incident(services, company_id)
    if incident is None:
        return None
    made, now = fix_named(_FIX).plan(services, incident, {}), services.clock.now()
    return lambda session: _start(session, incident, made, user_id, now)


def after_reconnect(services: Services, company_id: int) -> None:
    """Post what waited, in order, as the fix of the person who connected.

    Called by the web edge after QuickBooks.connect succeeded. Safe to call twice.
    """
    with services.sessions.read() as session:
        runs = session.exec(
            select(FixRun).where(
                FixRun.company_id == company_id,
                FixRun.fix == _FIX,
                FixRun.state == "verifying",
            )
        ).all()
    for run in runs:
        incidents.nudge(services, run.incident_id)
        jobs.work_on_fix(services.queue, company_id, run.id or 0)
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
    mended = [row for row in found if _FIX in problems[row.problem].fixes]
    # A lost permission comes before the early warning of its end, which settles by the check.
    mended.sort(key=lambda row: not problems[row.problem].inhibits)
    return next(iter(mended), None)


def _start(session: Session, incident: Incident, plan: Plan, user_id: str, now: datetime) -> None:
    run = FixRun(
        incident_id=incident.id or 0,
        company_id=incident.company_id,
        fix=_FIX,
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
    audited.tell(session, run, "approved", at=now, actor=user_id)
