"""The job that reads what changed in QuickBooks and lets go what that has mended."""

import structlog
from sqlmodel import col, select

from bot import jobs, mirror
from bot.checkup import Check
from bot.domain import TIER, ConnectionState, RecordState, RecordType
from bot.models import Connection, Hold, MirrorRow, Record
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
    _act_on(services, company_id, changed, checks)


def look_first(services: Services, company_id: int, checks: tuple[Check, ...]) -> None:
    """Before list records are made: read what people changed in QuickBooks a moment ago.

    Otherwise a customer somebody typed in since the last capture would be made twice
    (design.md section 9 rule 9). One call, and only when a customer, vendor or item waits.
    Raises QuickBooksFault: what could not be read is never "absent".
    """
    with services.sessions.read() as session:
        waits = session.exec(
            select(Record.id)
            .where(
                Record.company_id == company_id,
                col(Record.state) == RecordState.WAITING,
                col(Record.tier) <= TIER[RecordType.ITEM],
            )
            .limit(1)
        ).first()
    if waits is not None:
        _act_on(services, company_id, mirror.capture(services, company_id), checks)


def _act_on(
    services: Services,
    company_id: int,
    changed: set[tuple[str, str]],
    checks: tuple[Check, ...],
) -> None:
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
