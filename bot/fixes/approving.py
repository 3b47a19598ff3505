"""The approval of a preview: once, in one transaction with every step it journals."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from bot import incidents, jobs
from bot.fixes import audited
from bot.fixes.codec import to_json
from bot.fixes.model import UNDO, Plan
from bot.models import FixRun, FixStep, Record
from bot.services import Services


class _TooLate(Exception):
    """Rolls the approval back: somebody else's press came first."""


def approve(
    services: Services, run: FixRun, plan: Plan, user_id: str, choices: Mapping[str, str]
) -> bool:
    """Approve a run in one transaction with all its steps; False when another press was first."""
    run_id = run.id or 0
    try:
        with services.sessions.write() as session:
            _claim(session, run_id, plan, user_id, choices, services.clock.now())
            _journal(session, run, plan, user_id, services.clock.now())
    except _TooLate:
        return False
    incidents.nudge(services, run.incident_id)
    jobs.work_on_fix(services.queue, run.company_id, run_id)
    return True


def _claim(
    session: Session,
    run_id: int,
    plan: Plan,
    user_id: str,
    choices: Mapping[str, str],
    now: datetime,
) -> None:
    claimed = session.exec(
        update(FixRun)
        .where(col(FixRun.id) == run_id, col(FixRun.state) == "planned")
        .values(
            state="approved",
            plan=to_json(plan),
            choices=dict(choices),
            approved_by=user_id,
            approved_at=now,
        )
    )
    run = session.get_one(FixRun, run_id, populate_existing=True)
    if claimed.rowcount != 1 or not incidents.begin_work(
        session,
        run.incident_id,
        user_id,
        now,
        run_id=run_id,
        again=run.fix == UNDO,
        asked_by=run.asked_by,
    ):
        raise _TooLate
    # Who asked has the answer; other questions about this alert are answered by it too.
    session.exec(
        update(FixRun)
        .where(col(FixRun.incident_id) == run.incident_id, col(FixRun.state) == "asked")
        .values(state="replaced")
    )
    records = [int(record) for record in plan.facts.get("records", [])]
    run.outcome = {"records": records, "others": list(plan.facts.get("others", []))}
    session.add(run)
    if any(month["filed"] for month in plan.facts.get("months", [])):
        # The role was checked: this approver has seen the amounts of the filed months.
        session.exec(update(Record).where(col(Record.id).in_(records)).values(filed_by=user_id))


def _journal(session: Session, run: FixRun, plan: Plan, user_id: str, now: datetime) -> None:
    """Write every step with its before-image, and the approval, before anything is done."""
    for seq, step in enumerate(plan.steps, start=1):
        session.add(
            FixStep(
                run_id=run.id or 0,
                seq=seq,
                action=step.action.value,
                words=step.words,
                entity=step.entity,
                qbo_id=step.qbo_id,
                before=step.before,
                change=step.change,
            )
        )
    audited.tell(
        session,
        run,
        "approved",
        at=now,
        actor=user_id,
        asked_by=run.asked_by,
        steps=[step.words for step in plan.steps],
    )
