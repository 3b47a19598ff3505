"""The job that looks at what QuickBooks told by itself, and reads what the mirror does not have."""

import structlog

from bot import jobs, mirror
from bot.checkup import Check
from bot.mirror import notices
from bot.quickbooks import QuickBooksFault
from bot.services import Services
from bot.work.capturing import bring_up, follow

# So many records are read one by one when the list of changes does not have them yet.
_ONE_BY_ONE = 20
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
        if not _read(services, company_id, behind, checks):
            return
    with services.sessions.write() as session:
        notices.done(session, told, services.clock.now())


def _read(
    services: Services, company_id: int, behind: list[tuple[str, str]], checks: tuple[Check, ...]
) -> bool:
    """Read what the list of changes did not have yet; False when it is to be tried again."""
    part = behind[:_ONE_BY_ONE]
    until = services.clock.now()
    try:
        for entity, qbo_id in part:
            mirror.refresh(services, company_id, entity, qbo_id)
    except QuickBooksFault as fault:
        log.warning("notices stopped", company_id=company_id, code=fault.code)
        return False
    if part:
        follow(services, company_id, set(part), checks)
    if len(behind) > len(part):
        # What QuickBooks does not have leaves no trace in the mirror: it was looked at.
        with services.sessions.write() as session:
            notices.done_for(session, company_id, part, until, services.clock.now())
        jobs.heed_notices(services.queue, company_id)
        return False
    return True
