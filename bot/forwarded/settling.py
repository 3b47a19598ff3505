"""Lets go what was reported once it is settled: gone in QuickBooks, repeated by nobody, or said."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, func, select

from bot import mirror
from bot.forwarded import causes
from bot.models import Forwarded, MirrorRow
from bot.services import Services
from bot.sync import pairs

# With no further report for so long, a cause that cannot be looked at counts as settled.
QUIET = timedelta(days=7)
QUIET_BUSY = timedelta(hours=1)
# A settled report is forgotten after that, and its text with it.
KEPT = timedelta(days=90)


def settle(session: Session, company_id: int, problem: str, subject: str, now: datetime) -> int:
    """Let go every report of a cause; a later one opens it again. Returns how many there were."""
    return session.exec(
        update(Forwarded)
        .where(col(Forwarded.company_id) == company_id, col(Forwarded.problem) == problem)
        .where(col(Forwarded.subject) == subject, col(Forwarded.settled_at).is_(None))
        .values(settled_at=now)
    ).rowcount


def settle_gone(services: Services, company_id: int) -> int:
    """Let go the reports whose cause is gone in QuickBooks, or that nobody repeats any more."""
    now = services.clock.now()
    with services.sessions.read() as session:
        groups = session.exec(
            select(Forwarded.problem, Forwarded.subject, func.max(Forwarded.id))
            .where(Forwarded.company_id == company_id, Forwarded.state == "read")
            .where(col(Forwarded.settled_at).is_(None))
            .group_by(col(Forwarded.problem), col(Forwarded.subject))
        ).all()
        last = [session.get_one(Forwarded, newest) for _, _, newest in groups]
        over = [row for row in last if is_gone(session, row) or now - row.received_at > _quiet(row)]
        old = (col(Forwarded.company_id) == company_id, col(Forwarded.settled_at) < now - KEPT)
        forgets = session.exec(select(Forwarded.id).where(*old).limit(1)).first() is not None
    if not over and not forgets:
        return 0
    with services.sessions.write() as session:
        session.exec(delete(Forwarded).where(*old))
        return sum(settle(session, company_id, row.problem, row.subject, now) for row in over)


def _quiet(row: Forwarded) -> timedelta:
    return QUIET_BUSY if row.problem == causes.BUSY else QUIET


def is_gone(session: Session, row: Forwarded) -> bool:
    """Whether the mirror shows that what was reported is not so any more."""
    gone = row.facts.get("gone")
    if gone == causes.GONE_MERGED:
        rows = pairs.rows(session, row.company_id, row.subject)
        return _living(rows) < 2
    if gone == causes.GONE_ACTIVE:
        entity, qbo_id = row.subject.split(":", 1)
        found = mirror.get(session, row.company_id, entity, qbo_id)
        return found is not None and found.active and not found.deleted
    return False


def _living(rows: Sequence[MirrorRow]) -> int:
    return sum(1 for row in rows if row.active and not row.deleted)
