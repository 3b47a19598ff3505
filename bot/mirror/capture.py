"""Keeps the mirror fresh: what changed in QuickBooks since the last look, nothing missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain import Payload
from bot.mirror import changes
from bot.mirror.changes import Subject
from bot.mirror.contents import CAPTURED, OVERLAP, REACH
from bot.mirror.load import loaded
from bot.mirror.notices import DELETED
from bot.mirror.rows import get, mark_deleted, put
from bot.models import MirrorState, Notice
from bot.quickbooks import QuickBooksFault
from bot.quickbooks.exact_json import storable
from bot.services import Services


@dataclass(frozen=True)
class _Checkpoint:
    """Where the last look ended, and from when on the next one asks."""

    captured_to: datetime
    settled_to: datetime | None
    since: datetime


def capture(services: Services, company_id: int) -> set[Subject]:
    """Read what changed since the last capture; returns the (entity, id) that really differ.

    Each look goes back by the overlap, since changes may become visible late. After one that
    brought more than QuickBooks lists at once, the next ones go back to it alone, until one look
    back over the whole time at the end of the overlap: all of it is read twice, not at each look.

    Nothing happens before the first load. After a pause too long for QuickBooks' change list
    nothing happens either: the company counts as not loaded, and the sync reads it anew in turns.
    Raises QuickBooksFault; then the checkpoint stays where it was.
    """
    read_at = services.clock.now()
    checkpoint = _checkpoint(services, company_id, read_at)
    if checkpoint is None:
        return set()
    books = services.quickbooks.company(company_id)
    harvest = changes.gather(services, books, CAPTURED, checkpoint.since)
    as_of = harvest.as_of or checkpoint.captured_to
    if as_of - checkpoint.captured_to > REACH:
        # By QuickBooks' own clock the pause was longer than by ours.
        return _read_anew(services, company_id)
    changed = changes.write(services, company_id, harvest, read_at)
    settled_to = checkpoint.settled_to
    if checkpoint.since < checkpoint.captured_to:
        settled_to = as_of - OVERLAP if harvest.cut_off else None
    with services.sessions.write() as session:
        state = session.get_one(MirrorState, company_id)
        state.captured_to, state.settled_to, state.looked_at = as_of, settled_to, read_at
        state.captured_by = services.holder
        session.add(state)
    return changed


def _read_anew(services: Services, company_id: int) -> set[Subject]:
    """Let the sync read the company again, in turns; nothing is posted before that is done."""
    with services.sessions.write() as session:
        state = session.get_one(MirrorState, company_id)
        state.loaded_at = None
        session.add(state)
    return set()


def refresh(services: Services, company_id: int, entity: str, qbo_id: str) -> Payload | None:
    """Read one record from QuickBooks into the mirror and return it.

    Amounts in the returned payload are decimal strings, as in the mirror. None: QuickBooks says
    that it does not exist; its row is marked deleted. Any other fault is raised.
    """
    read_at = services.clock.now()
    try:
        payload = services.quickbooks.company(company_id).read(entity, qbo_id)
    except QuickBooksFault as fault:
        if fault.code != "610":
            raise
        payload = {}
    gone = not payload or payload.get("status") == "Deleted"
    with services.sessions.write() as session:
        if gone:
            mark_deleted(session, company_id, entity, [qbo_id], read_at)
            return None
        put(session, company_id, entity, payload, read_at)
    kept: Payload = storable(payload)
    return kept


def read_told(services: Services, company_id: int, told: Sequence[Notice]) -> set[Subject]:
    """Read what notices of one entity tell of by query; returns the records that really differ.

    One that was told to be deleted is so when the answer has it neither. Any other that the answer
    lacks and the mirror has is read by itself. Raises QuickBooksFault.
    """
    read_at = services.clock.now()
    entity = told[0].entity
    asked = list(dict.fromkeys(one.qbo_id for one in told))
    if len(asked) == 1:
        return _differing(services, company_id, entity, asked)
    deleted = {one.qbo_id for one in told if one.operation == DELETED}
    found = changes.by_ids(services.quickbooks.company(company_id), entity, asked)
    absent = set(asked) - {str(row["Id"]) for row in found}
    harvest = changes.Harvest({entity: found}, {entity: absent & deleted})
    changed = changes.write(services, company_id, harvest, read_at)
    with services.sessions.read() as session:
        rows = [get(session, company_id, entity, one) for one in sorted(absent - deleted)]
    doubtful = [row.qbo_id for row in rows if row is not None and not row.deleted]
    return changed | _differing(services, company_id, entity, doubtful)


def _differing(
    services: Services, company_id: int, entity: str, qbo_ids: Sequence[str]
) -> set[Subject]:
    """Read records one by one; returns those that really differ from what was known."""
    found: set[Subject] = set()
    for qbo_id in qbo_ids:
        with services.sessions.read() as session:
            row = get(session, company_id, entity, qbo_id)
        known = None if row is None or row.deleted else row.data
        if refresh(services, company_id, entity, qbo_id) != known:
            found.add((entity, qbo_id))
    return found


def _checkpoint(services: Services, company_id: int, now: datetime) -> _Checkpoint | None:
    """How far the last look came; None when nothing can be captured."""
    with services.sessions.read() as session:
        state = session.get(MirrorState, company_id)
    if state is None or state.captured_to is None or not loaded(services, company_id):
        return None
    captured_to, settled_to = state.captured_to, state.settled_to
    since = settled_to or captured_to - OVERLAP
    # QuickBooks' own time, told by how long ago the last look was.
    present = captured_to + (now - (state.looked_at or now))
    if settled_to is not None and present < settled_to + 2 * OVERLAP:
        since = captured_to
    return _Checkpoint(captured_to, settled_to, since)
