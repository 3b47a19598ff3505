"""The job that looks at what QuickBooks told by itself, and reads what the mirror does not have."""

import structlog

from bot import jobs, mirror
from bot.checkup import Check
from bot.mirror import notices
from bot.quickbooks import QuickBooksFault
from bot.services import Services
from bot.work.capturing import bring_up, follow

# So many queries are asked in one go when the list of changes does not have the records yet.
_QUERIES = 5
log = structlog.get_logger(__name__)


def heed(services: Services, company_id: int, checks: tuple[Check, ...]) -> None:
    """Read once for all that was told; nothing at all where the mirror is as new already.

    What cannot be read just now stays to be heeded: the sweep comes back to it.
    """
    with services.sessions.read() as session:
        told = notices.waiting(session, company_id)
        behind = notices.behind(session, told)
    if not told or not mirror.loaded(services, company_id):
        return
    now = services.clock.now()
    with services.sessions.write() as session:
        gone = notices.note_merges(session, told, now)
    if behind or gone:
        if not bring_up(services, company_id, checks):
            return
        with services.sessions.read() as session:
            behind = notices.behind(session, told)
        if not _read(services, company_id, behind, notices.deleted(told), checks):
            return
    with services.sessions.write() as session:
        notices.done(session, told, services.clock.now())


def _read(
    services: Services,
    company_id: int,
    behind: list[mirror.Subject],
    deleted: set[mirror.Subject],
    checks: tuple[Check, ...],
) -> bool:
    """Read what the list of changes did not have yet; False when it is to be tried again."""
    parts = _parts(behind)
    for part in parts[:_QUERIES]:
        if not _read_part(services, company_id, part, deleted, checks):
            return False
    if len(parts) > _QUERIES:
        jobs.heed_notices(services.queue, company_id)
        return False
    return True


def _parts(behind: list[mirror.Subject]) -> list[list[mirror.Subject]]:
    """The records, each part of one entity and no longer than a query may ask for."""
    by_entity: dict[str, list[mirror.Subject]] = {}
    for one in behind:
        by_entity.setdefault(one[0], []).append(one)
    return [
        group[start : start + mirror.IDS_AT_ONCE]
        for group in by_entity.values()
        for start in range(0, len(group), mirror.IDS_AT_ONCE)
    ]


def _read_part(
    services: Services,
    company_id: int,
    part: list[mirror.Subject],
    deleted: set[mirror.Subject],
    checks: tuple[Check, ...],
) -> bool:
    """Read these; False when QuickBooks does not answer. What was looked at is done for good."""
    until = services.clock.now()
    entity = part[0][0]
    ids = [qbo_id for _, qbo_id in part]
    gone = [qbo_id for one, qbo_id in deleted if one == entity]
    try:
        changed = mirror.refresh_many(services, company_id, entity, ids, gone)
    except QuickBooksFault as fault:
        log.warning("notices stopped", company_id=company_id, code=fault.code)
        return False
    follow(services, company_id, changed, checks)
    # What QuickBooks does not have leaves no trace in the mirror: it was looked at.
    with services.sessions.write() as session:
        notices.done_for(session, company_id, part, until, services.clock.now())
    return True
