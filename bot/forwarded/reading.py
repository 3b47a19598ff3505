"""Reads what was forwarded: finds the record each text names, and lets go what is settled."""

import structlog
from sqlalchemy import update
from sqlmodel import Session, col, select

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

log = structlog.get_logger(__name__)

# So many records are asked for in one run: a tool that says so of everything costs no quota.
MOST_ASKED = 20
# So many causes of one problem that no record tells apart; what comes then shares one more.
MOST_CAUSES = 200
# Whose the text is that somebody only asks about.
ASKED = "the tool it comes from"
OTHERS = "reported:and others"
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
    row = row_of(company_id, ASKED, None, report, seen, services.clock.now())
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
    if len(asked) >= MOST_ASKED:
        return False
    try:
        read = mirror.refresh(services, found.company_id, found.entity, found.qbo_id)
    except BotError as fault:
        log.info("report not compared", company_id=found.company_id, reason=fault.message)
        return False
    asked.add((found.entity, found.qbo_id))
    return read is not None and bool(read.get("Active", True))


def _keep(services: Services, row: Forwarded, cause: Cause, *, settled: bool) -> None:
    with services.sessions.write() as session:
        subject = cause.subject
        if subject.startswith(causes.UNNAMED) and _is_one_too_many(session, row, cause):
            subject = OTHERS
        session.exec(
            update(Forwarded)
            .where(col(Forwarded.id) == row.id, col(Forwarded.state) == "new")
            .values(
                state="read",
                problem=cause.problem,
                subject=subject,
                facts=cause.facts,
                settled_at=services.clock.now() if settled else None,
            )
        )


def _is_one_too_many(session: Session, row: Forwarded, cause: Cause) -> bool:
    """Whether it would be another cause where so many stand that nobody could read them."""
    standing = session.exec(
        select(Forwarded.subject)
        .where(Forwarded.company_id == row.company_id, Forwarded.state == "read")
        .where(Forwarded.problem == cause.problem, col(Forwarded.settled_at).is_(None))
        .where(col(Forwarded.subject).startswith(causes.UNNAMED))
        .distinct()
        .limit(MOST_CAUSES + 1)
    ).all()
    return cause.subject not in standing and len(standing) >= MOST_CAUSES
