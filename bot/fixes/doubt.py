"""A lost reply is never "not done": an earlier try left unknown is settled before a new one."""

from sqlmodel import col, select

from bot.db.leases import company_lease
from bot.fixes.model import BUSY_STATES
from bot.models import FixRun, FixStep, Incident, Write
from bot.services import Services
from bot.sync import writing

STILL_UNKNOWN = (
    "QuickBooks has still not said whether the change of the earlier try was made. Nothing new "
    "is tried before that is known; please press again in a few minutes."
)


def settle(services: Services, incident: Incident) -> str:
    """Ask again, with the same requestid, about writes of ended runs; "" when all are known.

    Raises CompanyBusy when another worker holds the company.
    """
    with services.sessions.read() as session:
        open_writes = session.exec(
            select(Write.id)
            .join(FixStep, col(FixStep.id) == col(Write.step_id))
            .join(FixRun, col(FixRun.id) == col(FixStep.run_id))
            .where(
                FixRun.incident_id == incident.id,
                col(FixRun.state).not_in(BUSY_STATES),
                col(Write.state).in_(writing.OPEN),
            )
        ).all()
    for write_id in open_writes:
        with company_lease(
            services.sessions, services.clock, incident.company_id, services.holder
        ) as held:
            settled = writing.perform(services, write_id or 0, held)
        if settled.state in writing.OPEN:
            return STILL_UNKNOWN
        if settled.state == "done":
            _note_done(services, settled)
    return ""


def _note_done(services: Services, write: Write) -> None:
    """The step was done after all: it counts, and an undo takes it back too."""
    with services.sessions.write() as session:
        step = session.get_one(FixStep, write.step_id)
        step.after, step.state, step.done_at = write.reply, "done", services.clock.now()
        session.add(step)
