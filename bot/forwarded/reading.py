"""Reads what was forwarded: finds the record each text names, and lets go what is settled."""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy import update
from sqlmodel import Session, col, func, select

from bot import mirror
from bot.errors import BotError
from bot.forwarded import causes, naming
from bot.forwarded.causes import Cause
from bot.forwarded.recognising import recognise
from bot.forwarded.taking import Report, row_of
from bot.knowledge import gaps
from bot.knowledge.knowledge import UNKNOWN
from bot.mirror.contents import DOCUMENTS
from bot.models import Company, Forwarded, MirrorRow
from bot.services import Services
from bot.sync import pairs

log = structlog.get_logger(__name__)

# With no further report for so long, a cause that cannot be looked at counts as settled.
QUIET = timedelta(days=7)
QUIET_BUSY = timedelta(hours=1)
_AT_ONCE = 200

Key = tuple[str, str]


def read_new(services: Services, company_id: int) -> list[int]:
    """Find out what each new report is about; returns the ids of the rows that were read.

    A record that a text calls inactive and the mirror does not is read from QuickBooks first: if
    it is active there, the report is settled as it comes. Safe when two processes race.
    """
    done: list[int] = []
    asked: set[Key] = set()
    while True:
        with services.sessions.read() as session:
            rows = session.exec(
                select(Forwarded)
                .where(Forwarded.company_id == company_id, Forwarded.state == "new")
                .order_by(col(Forwarded.id))
                .limit(_AT_ONCE)
            ).all()
        if not rows:
            return done
        for row in rows:
            _read(services, row, asked)
            done.append(row.id or 0)


def meant(services: Services, company_id: int, report: Report) -> Forwarded:
    """What a text is about, as its row would say, without keeping anything or asking QuickBooks."""
    seen = recognise(services.knowledge, report.text, report.code, report.platform)
    row = row_of(company_id, "", None, report, seen, services.clock.now())
    with services.sessions.read() as session:
        company = session.get_one(Company, company_id)
        named = _look(session, row, causes.says_inactive(services.knowledge, row))
    cause = causes.cause_of(services.knowledge, services.settings, company, row, named)
    row.problem, row.subject, row.facts = cause.problem, cause.subject, cause.facts
    return row


def _read(services: Services, row: Forwarded, asked: set[Key]) -> None:
    inactive = causes.says_inactive(services.knowledge, row)
    with services.sessions.read() as session:
        company = session.get_one(Company, row.company_id)
        named = _look(session, row, inactive)
    settled = False
    found = named.row
    if inactive and found is not None and found.active and found.entity not in DOCUMENTS:
        settled = _is_active(services, found, asked)
        with services.sessions.read() as session:
            named = _look(session, row, inactive)
    if row.problem == UNKNOWN:
        _count(services, row)
    cause = causes.cause_of(services.knowledge, services.settings, company, row, named)
    _keep(services, row, cause, settled=settled and bool(cause.facts.get("active")))


def _count(services: Services, row: Forwarded) -> None:
    """Count a text that nothing explains."""
    nearest, likeness = str(row.facts.get("nearest") or ""), str(row.facts.get("likeness") or 0)
    gap = gaps.Gap(
        row.text, "", row.platform, nearest.replace(" ", "_"), float(likeness) / 100
    )  # fmt: skip
    with services.sessions.write() as session:
        gaps.note(session, services.knowledge, row.company_id, gap, services.clock.now())


def _look(session: Session, row: Forwarded, inactive: bool) -> naming.Named:
    return naming.look(session, row.company_id, row.text, row.facts, inactive=inactive)


def _is_active(services: Services, found: MirrorRow, asked: set[Key]) -> bool:
    """Whether QuickBooks itself says so, asked once; what cannot be read proves nothing."""
    if (found.entity, found.qbo_id) in asked:
        return True
    try:
        read = mirror.refresh(services, found.company_id, found.entity, found.qbo_id)
    except BotError as fault:
        log.info("report not compared", company_id=found.company_id, reason=fault.message)
        return False
    asked.add((found.entity, found.qbo_id))
    return read is not None and bool(read.get("Active", True))


def _keep(services: Services, row: Forwarded, cause: Cause, *, settled: bool) -> None:
    with services.sessions.write() as session:
        session.exec(
            update(Forwarded)
            .where(col(Forwarded.id) == row.id, col(Forwarded.state) == "new")
            .values(
                state="read",
                problem=cause.problem,
                subject=cause.subject,
                facts=cause.facts,
                settled_at=services.clock.now() if settled else None,
            )
        )


def settle(session: Session, company_id: int, problem: str, subject: str, now: object) -> int:
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
    if not over:
        return 0
    with services.sessions.write() as session:
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
