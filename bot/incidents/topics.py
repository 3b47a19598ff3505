"""What a message is about: an incident, a storm or flood of them, an import, a reading, a sync."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.domain import IncidentState, JsonValue
from bot.incidents import (
    flood_message,
    floods,
    import_message,
    load_message,
    message,
    returning,
    storms,
    sync_message,
)
from bot.incidents import storm_message as storm_messages
from bot.incidents.message import Message
from bot.models import Delivery, Flood, ImportRun, Incident, MirrorLoad, Storm, SyncRun
from bot.services import Services


@dataclass(frozen=True)
class Topic:
    """A message's subject as the sender needs it.

    `settled`: nothing of it is worth a first post; `waits`: all of it is paused; `working`: a fix
    is at it, so its edits come at a slower pace; `person`: it is for this person alone;
    `returned`: the incidents of it that are back, which its thread was not told.
    """

    about: Incident | Storm | Flood | ImportRun | MirrorLoad | SyncRun
    company_id: int
    opened_at: datetime
    settled: bool = False
    waits: bool = False
    working: bool = False
    person: str = ""
    returned: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """What the log calls it: "incident 5"."""
        return f"{type(self.about).__name__.lower()} {self.about.id}"

    @property
    def identity(self) -> Mapping[str, JsonValue]:
        """What tells its message from any other one in the channel's history."""
        return _FORMS[type(self.about)].identity(self.about)

    def build(self, services: Services) -> Message:
        """Make the message as things are now; raises nothing for bad facts."""
        return _FORMS[type(self.about)].build(services, self.about)


@dataclass(frozen=True)
class _Form:
    """How messages about one kind of row are told apart and made."""

    identity: Callable[..., Mapping[str, JsonValue]]
    build: Callable[..., Message]


_FORMS: Mapping[type, _Form] = {
    Incident: _Form(message.identity, message.build),
    Storm: _Form(storm_messages.identity, storm_messages.build),
    Flood: _Form(flood_message.identity, flood_message.build),
    ImportRun: _Form(import_message.identity, import_message.build),
    MirrorLoad: _Form(load_message.identity, load_message.build),
    SyncRun: _Form(sync_message.identity, sync_message.build),
}


def topic_of(session: Session, row: Delivery) -> Topic:
    """Read what a delivery is about."""
    if row.storm_id is not None:
        storm = session.get_one(Storm, row.storm_id)
        return _many(storm, storms.members(session, row.storm_id))
    if row.flood_id is not None:
        flood = session.get_one(Flood, row.flood_id)
        table = _many(flood, floods.members(session, flood), working=True)
        over = table.settled or flood.resolved_at is not None
        return replace(table, settled=over, returned=())
    if row.import_id is not None:
        run = session.get_one(ImportRun, row.import_id)
        return Topic(run, run.company_id, run.started_at, person=run.requested_by)
    if row.load_id is not None:
        load = session.get_one(MirrorLoad, row.load_id)
        unfinished = load.finished_at is None
        return Topic(load, load.company_id, load.started_at, not unfinished, working=unfinished)
    if row.sync_id is not None:
        asked = session.get_one(SyncRun, row.sync_id)
        unfinished = asked.finished_at is None
        return Topic(asked, asked.company_id, asked.started_at, not unfinished, working=unfinished)
    incident = session.get_one(Incident, row.incident_id)
    state = incident.state
    return Topic(
        incident,
        incident.company_id,
        incident.opened_at,
        settled=state is IncidentState.RESOLVED,
        waits=state is not IncidentState.RESOLVED and incident.paused_by_id is not None,
        working=state is IncidentState.WORKING,
        returned=returning.untold([incident]),
    )


def _many(about: Storm | Flood, rows: Sequence[Incident], *, working: bool = False) -> Topic:
    """A table over several incidents; that of a flood changes all the time (`working`)."""
    left = [row for row in rows if row.state is not IncidentState.RESOLVED]
    return Topic(
        about,
        about.company_id,
        about.opened_at,
        settled=not left,
        waits=bool(left) and all(row.paused_by_id is not None for row in left),
        working=bool(left) and (working or any(row.state is IncidentState.WORKING for row in left)),
        returned=returning.untold(rows),
    )
