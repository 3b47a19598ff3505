"""The job that reads what changed in QuickBooks and lets go what that has mended."""

import structlog
from sqlmodel import col, select

from bot import jobs, mirror
from bot.checkup import Check
from bot.domain import ConnectionState
from bot.models import Connection, Hold, MirrorRow
from bot.quickbooks import PermissionLost, QuickBooksFault
from bot.services import Services
from bot.sync import holds

log = structlog.get_logger(__name__)


def capture(services: Services, company_id: int, checks: tuple[Check, ...]) -> None:
    """Bring the mirror up to date, then re-run the checks that care."""
    with services.sessions.read() as session:
        connection = session.get(Connection, company_id)
    if connection is None or connection.state is not ConnectionState.CONNECTED:
        return
    if not mirror.loaded(services, company_id):
        return
    try:
        changed = mirror.capture(services, company_id)
    except PermissionLost:
        jobs.run_check(services.queue, company_id, "connection")
        return
    except QuickBooksFault as fault:
        log.warning("capture stopped", company_id=company_id, code=fault.code)
        return
    if _let_go(services, company_id, changed):
        jobs.sync_company(services.queue, company_id)
    entities = {entity for entity, _ in changed}
    for check in checks:
        if check.triggered_by & entities:
            jobs.run_check(services.queue, company_id, check.name)


def _let_go(services: Services, company_id: int, changed: set[tuple[str, str]]) -> bool:
    """Release holds on records that a person made active again in QuickBooks."""
    subjects = [f"{entity}:{qbo_id}" for entity, qbo_id in changed]
    if not subjects:
        return False
    freed = False
    with services.sessions.write() as session:
        held = session.exec(
            select(Hold.subject)
            .where(
                Hold.company_id == company_id,
                Hold.problem == "inactive_record",
                col(Hold.subject).in_(subjects),
            )
            .distinct()
        ).all()
        for subject in held:
            entity, qbo_id = subject.split(":", 1)
            row: MirrorRow | None = mirror.get(session, company_id, entity, qbo_id)
            if row is not None and row.active and not row.deleted:
                freed = (
                    bool(holds.release(session, company_id, "inactive_record", subject)) or freed
                )
    return freed
