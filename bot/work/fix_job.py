"""An approved fix being worked on, and what it tells and leaves in its rows."""

from dataclasses import dataclass, replace

from sqlalchemy import update
from sqlmodel import Session, col, select

from bot import incidents
from bot.checkup import Check
from bot.db import leases
from bot.domain import JsonValue
from bot.errors import LeaseLost
from bot.models import FixRun, FixStep, Incident, Record, Write
from bot.services import Services
from bot.sync.writing import OPEN


@dataclass(frozen=True)
class FixJob:
    """One run, its incident, and the company's lease it is worked on under."""

    services: Services
    run: FixRun
    incident: Incident
    held: leases.Held
    checks: tuple[Check, ...]

    @property
    def run_id(self) -> int:
        """The key of the run's row."""
        return self.run.id or 0

    def keep_lease(self) -> None:
        """Lengthen the lease before the next calls. Raises LeaseLost."""
        if not leases.renew(self.services.sessions, self.services.clock, self.held):
            raise LeaseLost

    def in_state(self, state: str) -> "FixJob":
        """Move the run on, committed, and give the job as it now is."""
        with self.services.sessions.write() as session:
            leases.require(session, self.held)
            session.exec(update(FixRun).where(col(FixRun.id) == self.run_id).values(state=state))
            run = session.get_one(FixRun, self.run_id, populate_existing=True)
        return replace(self, run=run)

    def note(self, **facts: JsonValue) -> "FixJob":
        """Keep something with the run, committed; None takes it away."""
        with self.services.sessions.write() as session:
            leases.require(session, self.held)
            run = session.get_one(FixRun, self.run_id, populate_existing=True)
            kept = {**run.outcome, **facts}
            run.outcome = {name: value for name, value in kept.items() if value is not None}
            session.add(run)
        return replace(self, run=run)

    def tell(self, text: str) -> None:
        """Add a line to the alert's story."""
        now = self.services.clock.now()
        with self.services.sessions.write() as session:
            incidents.say(session, self.run.incident_id, self.run.approved_by, text, now)
        incidents.nudge(self.services, self.run.incident_id)

    def close(self, session: Session, state: str, lines: list[str]) -> None:
        """End the run inside the caller's transaction."""
        leases.require(session, self.held)
        run = session.get_one(FixRun, self.run_id, populate_existing=True)
        run.state, run.finished_at = state, self.services.clock.now()
        run.outcome = {**run.outcome, "lines": lines}
        session.add(run)

    def steps(self) -> list[FixStep]:
        """The run's steps, in order."""
        with self.services.sessions.read() as session:
            return list(
                session.exec(
                    select(FixStep).where(FixStep.run_id == self.run_id).order_by(col(FixStep.seq))
                )
            )

    def doubtful_step(self) -> FixStep | None:
        """The step whose write may or may not have taken effect."""
        ids = [step.id for step in self.steps()]
        with self.services.sessions.read() as session:
            write = session.exec(
                select(Write).where(col(Write.step_id).in_(ids), col(Write.state).in_(OPEN))
            ).first()
            return session.get(FixStep, write.step_id) if write is not None else None

    def records(self) -> list[Record]:
        """The records the preview promised to post, as they are now."""
        return self._named("records")

    def others(self) -> list[Record]:
        """The records the cause held that waited for another alert too, as they are now."""
        return self._named("others")

    def taken_back(self) -> list[Record]:
        """The records that an undo let wait again, as they are now; [] for any other fix."""
        ids = {int(step.change["step_id"]) for step in self.steps() if "step_id" in step.change}
        with self.services.sessions.read() as session:
            undone = [session.get_one(FixStep, step_id) for step_id in sorted(ids)]
        wanted = [step.change.get("record_id") for step in undone]
        return self._read([int(one) for one in wanted if one is not None])

    def _named(self, key: str) -> list[Record]:
        return self._read([int(row) for row in self.run.outcome.get(key, [])])

    def _read(self, ids: list[int]) -> list[Record]:
        found: list[Record] = []
        with self.services.sessions.read() as session:
            for start in range(0, len(ids), 500):
                part = ids[start : start + 500]
                found += session.exec(select(Record).where(col(Record.id).in_(part))).all()
        return found
