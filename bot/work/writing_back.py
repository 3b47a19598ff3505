"""The part of a sync that writes what a source changed of records that are in QuickBooks."""

import structlog

from bot import jobs
from bot.checkup import Check
from bot.db.leases import Held
from bot.quickbooks import QuickBooksFault
from bot.services import Services
from bot.sync import verifying
from bot.sync.flow import pending, updates

log = structlog.get_logger(__name__)


def write_back(services: Services, company_id: int, held: Held, checks: tuple[Check, ...]) -> None:
    """Write what waits and compare what came of it; the caller holds the company's lease.

    What QuickBooks does not take just now stays waiting: the sweep comes back to it.
    """
    with services.sessions.read() as session:
        if not pending.due(session, company_id, services.clock.now(), 1):
            return
    try:
        settled = updates.post(services, company_id, held)
    except QuickBooksFault as fault:
        log.warning("writing back stopped", company_id=company_id, code=fault.code)
        return
    verifying.look(services, company_id)
    if settled:
        for check in checks:
            jobs.run_check(services.queue, company_id, check.name)
    with services.sessions.read() as session:
        more = pending.due(session, company_id, services.clock.now(), 1)
    if more and settled:
        jobs.sync_company(services.queue, company_id)
