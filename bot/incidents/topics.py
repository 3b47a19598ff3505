"""What a message is about: one incident, a storm of them, or what became of an import."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.domain import IncidentState, JsonValue
from bot.incidents import import_message, message, storms
from bot.incidents import storm_message as storm_messages
from bot.incidents.message import Message
from bot.models import Delivery, ImportRun, Incident, Storm
from bot.services import Services


@dataclass(frozen=True)
class Topic:
    """A message's subject as the sender needs it.

    `settled`: nothing of it is worth a first post; `waits`: all of it is paused; `working`: a fix
    is at it, so its edits come at a slower pace; `person`: it is for this person alone.
    """

    about: Incident | Storm | ImportRun
    company_id: int
    opened_at: datetime
    settled: bool = False
    waits: bool = False
    working: bool = False
    person: str = ""

    @property
    def name(self) -> str:
        """What the log calls it: "incident 5"."""
        return f"{type(self.about).__name__.lower()} {self.about.id}"

    @property
    def identity(self) -> Mapping[str, JsonValue]:
        """What tells its message from any other one in the channel's history."""
        if isinstance(self.about, Incident):
            return message.identity(self.about)
        if isinstance(self.about, Storm):
            return storm_messages.identity(self.about)
        return {"import_id": self.about.id}

    def build(self, services: Services) -> Message:
        """Make the message as things are now; raises nothing for bad facts."""
        if isinstance(self.about, Incident):
            return message.build(services, self.about)
        if isinstance(self.about, Storm):
            return storm_messages.build(services, self.about)
        return import_message.build(services, self.about)


def topic_of(session: Session, row: Delivery) -> Topic:
    """Read what a delivery is about."""
    if row.storm_id is not None:
        return _storm(session, session.get_one(Storm, row.storm_id))
    if row.import_id is not None:
        run = session.get_one(ImportRun, row.import_id)
        return Topic(run, run.company_id, run.started_at, person=run.requested_by)
    incident = session.get_one(Incident, row.incident_id)
    state = incident.state
    return Topic(
        incident,
        incident.company_id,
        incident.opened_at,
        settled=state is IncidentState.RESOLVED,
        waits=state is not IncidentState.RESOLVED and incident.paused_by_id is not None,
        working=state is IncidentState.WORKING,
    )


def _storm(session: Session, storm: Storm) -> Topic:
    left = [
        row
        for row in storms.members(session, storm.id or 0)
        if row.state is not IncidentState.RESOLVED
    ]
    return Topic(
        storm,
        storm.company_id,
        storm.opened_at,
        settled=not left,
        waits=bool(left) and all(row.paused_by_id is not None for row in left),
        working=any(row.state is IncidentState.WORKING for row in left),
    )
