"""The job that looks at what QuickBooks told by itself, and reads what the mirror does not have."""

from collections.abc import Sequence

import structlog

from bot import jobs, mirror
from bot.checkup import Check
from bot.mirror import notices
from bot.models import Notice
from bot.quickbooks import QuickBooksFault
from bot.services import Services
from bot.work.capturing import bring_up, follow, note_stop

# So many queries are asked in one go when the list of changes does not have the records yet.
_QUERIES = 5
_AT_ONCE = _QUERIES * mirror.IDS_AT_ONCE
log = structlog.get_logger(__name__)


def heed(services: Services, company_id: int, checks: tuple[Check, ...]) -> None:
    """Read once for all that was told; nothing at all where the mirror is as new already.

    What cannot be read just now stays to be heeded: the sweep comes back to it. What QuickBooks
    does not show yet is asked for again later, a few times.
    """
    now = services.clock.now()
    with services.sessions.read() as session:
        told = notices.waiting(session, company_id, now, _AT_ONCE)
        behind = notices.behind(session, told)
    if not told or not mirror.loaded(services, company_id):
        return
    with services.sessions.write() as session:
        gone = notices.note_merges(session, told, now)
    if behind or gone:
        if not bring_up(services, company_id, checks):
            return
        with services.sessions.read() as session:
            behind = notices.behind(session, behind)
    with services.sessions.write() as session:
        notices.done(session, _without(told, behind), services.clock.now())
    parts = _parts(behind)
    for part in parts[:_QUERIES]:
        if not _ask(services, company_id, part, checks):
            return
    if len(told) == _AT_ONCE or len(parts) > _QUERIES:
        jobs.heed_notices(services.queue, company_id)


def _without(told: Sequence[Notice], left_out: Sequence[Notice]) -> list[Notice]:
    ids = {one.id for one in left_out}
    return [one for one in told if one.id not in ids]


def _parts(behind: Sequence[Notice]) -> list[list[Notice]]:
    """What is to be read, each part of one entity and no longer than a query may ask for."""
    by_entity: dict[str, list[Notice]] = {}
    for one in behind:
        by_entity.setdefault(one.entity, []).append(one)
    return [
        group[start : start + mirror.IDS_AT_ONCE]
        for group in by_entity.values()
        for start in range(0, len(group), mirror.IDS_AT_ONCE)
    ]


def _ask(
    services: Services, company_id: int, part: Sequence[Notice], checks: tuple[Check, ...]
) -> bool:
    """Read what these tell of; False when QuickBooks does not answer."""
    try:
        changed = mirror.read_told(services, company_id, part)
    except QuickBooksFault as fault:
        note_stop(services, company_id, fault)
        return False
    follow(services, company_id, changed, checks)
    now = services.clock.now()
    with services.sessions.write() as session:
        late = notices.behind(session, part)
        notices.done(session, _without(part, late), now)
        given_up = notices.ask_again(session, late, now)
    if given_up:
        log.info("notices_given_up", company_id=company_id, records=len(given_up))
    return True
