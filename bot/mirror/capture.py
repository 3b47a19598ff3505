"""Keeps the mirror fresh: what changed in QuickBooks since the last look, nothing missed."""

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.domain import Payload
from bot.mirror import changes
from bot.mirror.changes import Subject
from bot.mirror.contents import CAPTURED, OVERLAP, REACH
from bot.mirror.load import loaded
from bot.mirror.rows import get, mark_deleted, put
from bot.models import MirrorState
from bot.quickbooks import QuickBooksFault
from bot.quickbooks.exact_json import storable
from bot.services import Services


def capture(services: Services, company_id: int) -> set[Subject]:
    """Read what changed since the last capture; returns the (entity, id) that really differ.

    Nothing happens before the first load. After a pause too long for QuickBooks' change list
    nothing happens either: the company counts as not loaded, and the sync reads it anew in turns.
    Raises QuickBooksFault; then the checkpoint stays where it was.
    """
    since = _captured_to(services, company_id)
    if since is None:
        return set()
    books = services.quickbooks.company(company_id)
    read_at = services.clock.now()
    harvest = changes.gather(services, books, CAPTURED, since - OVERLAP)
    if harvest.as_of is not None and harvest.as_of - since > REACH:
        # By QuickBooks' own clock the pause was longer than by ours.
        return _read_anew(services, company_id)
    changed = changes.write(services, company_id, harvest, read_at)
    with services.sessions.write() as session:
        state = session.get_one(MirrorState, company_id)
        state.captured_to, state.looked_at = harvest.as_of or state.captured_to, read_at
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


def refresh_many(
    services: Services,
    company_id: int,
    entity: str,
    qbo_ids: Sequence[str],
    deleted: Collection[str],
) -> set[Subject]:
    """Read records of one entity into the mirror by query; returns those that really differ.

    `deleted` are the ids that were told to be deleted: believed when the answer has them neither.
    Any other that the answer lacks and the mirror has is read by itself. Raises QuickBooksFault.
    """
    read_at = services.clock.now()
    # No record has such an id, and one of them would spoil the question for all.
    asked = [qbo_id for qbo_id in qbo_ids if qbo_id.isascii() and qbo_id.isdecimal()]
    if len(asked) == 1:
        refresh(services, company_id, entity, asked[0])
        return {(entity, asked[0])}
    found = changes.by_ids(services.quickbooks.company(company_id), entity, asked)
    absent = set(asked) - {str(row["Id"]) for row in found}
    harvest = changes.Harvest({entity: found}, {entity: absent & set(deleted)})
    changed = changes.write(services, company_id, harvest, read_at)
    for qbo_id in sorted(absent - set(deleted)):
        with services.sessions.read() as session:
            row = get(session, company_id, entity, qbo_id)
        if row is not None and not row.deleted:
            refresh(services, company_id, entity, qbo_id)
            changed.add((entity, qbo_id))
    return changed


def _captured_to(services: Services, company_id: int) -> datetime | None:
    with services.sessions.read() as session:
        state = session.get(MirrorState, company_id)
    return state.captured_to if state is not None and loaded(services, company_id) else None
