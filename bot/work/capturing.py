"""The job that reads what changed in QuickBooks: lets go what it mended, holds what it broke."""

from collections.abc import Collection

import structlog
from sqlmodel import Session, select

from bot import jobs, mirror
from bot.checkup import Check
from bot.domain import ConnectionState
from bot.models import Connection, Hold
from bot.quickbooks import PermissionLost, QuickBooksFault
from bot.services import Services
from bot.sync import (
    comparing,
    contents,
    days,
    entered,
    facts_now,
    held_again,
    holds,
    returning,
    verifying,
)

log = structlog.get_logger(__name__)
INACTIVE = "inactive_record"


def capture(services: Services, company_id: int, checks: tuple[Check, ...]) -> None:
    """Bring the mirror up to date, then re-run the checks that care.

    What a crash or a preview read before without comparing it is compared as well.
    """
    if bring_up(services, company_id, checks) and verifying.look(services, company_id):
        jobs.sync_company(services.queue, company_id)
        for check in checks:
            jobs.run_check(services.queue, company_id, check.name)


def bring_up(services: Services, company_id: int, checks: tuple[Check, ...]) -> bool:
    """As `capture`; says whether the mirror was brought up to date."""
    with services.sessions.read() as session:
        connection = session.get(Connection, company_id)
    if connection is None or connection.state is not ConnectionState.CONNECTED:
        return False
    if not mirror.loaded(services, company_id):
        return False
    try:
        changed = mirror.capture(services, company_id)
    except QuickBooksFault as fault:
        note_stop(services, company_id, fault)
        return False
    follow(services, company_id, changed, checks)
    return True


def note_stop(services: Services, company_id: int, fault: QuickBooksFault) -> None:
    """What stopped a look for changes is logged; a lost permission has its own check."""
    if isinstance(fault, PermissionLost):
        jobs.run_check(services.queue, company_id, "connection")
        return
    log.warning("capture stopped", company_id=company_id, code=fault.code)


def follow(
    services: Services,
    company_id: int,
    changed: Collection[tuple[str, str]],
    checks: tuple[Check, ...],
) -> None:
    """Let go and hold what the mirror's changes ask for, and re-run the checks that care."""
    freed = let_go(services, company_id)
    freed = entered.link_entered(services, company_id) > 0 or freed
    freed = entered.release_changed(services, company_id) > 0 or freed
    freed = facts_now.release_settled(services, company_id) > 0 or freed
    freed = days.settle(services, company_id) > 0 or freed
    freed = returning.settle(services, company_id) > 0 or freed
    freed = comparing.settle(services, company_id) > 0 or freed
    freed = contents.settle(services, company_id) > 0 or freed
    freed = verifying.look(services, company_id, changed) > 0 or freed
    freed = held_again.look_again(services, company_id) > 0 or freed
    if freed:
        jobs.sync_company(services.queue, company_id)
    entities = {entity for entity, _ in changed}
    for check in checks:
        # What is let go may have been read before: its alert is looked at all the same.
        if freed or check.triggered_by & entities:
            jobs.run_check(services.queue, company_id, check.name)


def let_go(services: Services, company_id: int) -> bool:
    """Release what waits for a record that is active again, whoever made it so.

    Goes by the mirror's state, not by what changed: a preview or a crash may have read the change
    before this did.
    """
    with services.sessions.read() as session:
        freed = _active_again(session, company_id)
    if not freed:
        return False
    with services.sessions.write() as session:
        for subject in _active_again(session, company_id):
            holds.release(session, company_id, INACTIVE, subject)
    return True


def _active_again(session: Session, company_id: int) -> list[str]:
    subjects = session.exec(
        select(Hold.subject)
        .where(Hold.company_id == company_id, Hold.problem == INACTIVE)
        .distinct()
    ).all()
    found = []
    for subject in subjects:
        entity, qbo_id = subject.split(":", 1)
        row = mirror.get(session, company_id, entity, qbo_id)
        if row is not None and row.active and not row.deleted:
            found.append(subject)
    return found
