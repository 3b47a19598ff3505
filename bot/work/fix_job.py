"""An approved fix being worked on, and what it tells and leaves in its rows."""

from dataclasses import dataclass, replace

from sqlalchemy import update
from sqlmodel import col, select

from bot import incidents
from bot.checkup import Check
from bot.db.leases import Held
from bot.domain import Payload
from bot.models import FixRun, FixStep, Incident
from bot.services import Services


@dataclass(frozen=True)
class FixJob:
    """One run, its incident, and the company's lease it is worked on under."""

    services: Services
    run: FixRun
    incident: Incident
    held: Held
    checks: tuple[Check, ...]

    @property
    def run_id(self) -> int:
        """The key of the run's row."""
        return self.run.id or 0

    def in_state(self, state: str) -> "FixJob":
        """Move the run on, committed, and give the job as it now is."""
        with self.services.sessions.write() as session:
            session.exec(update(FixRun).where(col(FixRun.id) == self.run_id).values(state=state))
            run = session.get_one(FixRun, self.run_id, populate_existing=True)
        return replace(self, run=run)

    def tell(self, text: str) -> None:
        """Add a line to the alert's story."""
        now = self.services.clock.now()
        with self.services.sessions.write() as session:
            incidents.say(session, self.run.incident_id, self.run.approved_by, text, now)
        incidents.nudge(self.services, self.run.incident_id)

    def close(self, state: str, outcome: Payload) -> None:
        """End the run."""
        with self.services.sessions.write() as session:
            run = session.get_one(FixRun, self.run_id, populate_existing=True)
            run.state, run.finished_at = state, self.services.clock.now()
            run.outcome = dict(run.outcome) | outcome
            session.add(run)

    def has_done_something(self) -> bool:
        """Say whether any step is done already."""
        with self.services.sessions.read() as session:
            done = session.exec(
                select(FixStep.id).where(FixStep.run_id == self.run_id, FixStep.state == "done")
            ).first()
        return done is not None

    def records(self) -> list[int]:
        """The records the cause held when the fix was approved."""
        return [int(row) for row in self.run.outcome.get("records", [])]
