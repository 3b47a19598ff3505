"""Reads what was forwarded: finds the record each text names, and lets go what is settled."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from sqlalchemy import update
from sqlmodel import Session, col, select

from bot import mirror
from bot.errors import BotError
from bot.forwarded import causes, naming, roles
from bot.forwarded.causes import Cause
from bot.forwarded.recognising import recognise
from bot.forwarded.report import Report
from bot.forwarded.taking import row_of
from bot.knowledge import gaps
from bot.knowledge.knowledge import UNKNOWN
from bot.knowledge.products import is_of_other_books
from bot.mirror.contents import DOCUMENTS, PREFERENCES, PREFERENCES_ID
from bot.models import Company, Forwarded, MirrorRow
from bot.services import Services

log = structlog.get_logger(__name__)

# So many records are asked for in one run: a tool that says so of everything costs no quota.
MOST_ASKED = 20
# So many causes of one problem that no record tells apart; what comes then shares one more.
MOST_CAUSES = 200
# A closing date that was read so short a while ago is not read anew for a text.
_FRESH = timedelta(seconds=5)
# Whose the text is that somebody only asks about.
ASKED = "your tool"
OTHERS = "reported:and others"
# Kept in one transaction, for which other writers wait.
_AT_ONCE = 50

Key = tuple[str, str]


def read_new(services: Services, company_id: int) -> list[int]:
    """Find out what each new report is about; returns the ids of the rows that were read.

    Where a text says that the books are closed, the closing date is read from QuickBooks. A record
    that a text calls inactive and the mirror does not is read from there first too: if it is active
    there, the report is settled as it comes. Safe when two processes race.
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
            if row.problem == UNKNOWN:
                _count(services, row)
        _keep(services, [_read(services, row, asked) for row in rows])
        done += [row.id or 0 for row in rows]


def meant(services: Services, company_id: int, report: Report, *, fresh: bool = False) -> Forwarded:
    """What a text is about, as its row would say, without keeping anything.

    `fresh`: what the text calls inactive and our copy does not is read from QuickBooks;
    `settled_at` then says that it is active there.
    """
    # Who asks here means an error of QuickBooks, which the text then need not say.
    seen = recognise(services.knowledge, report.text, report.code, report.platform, declared=True)
    now = services.clock.now()
    row = row_of(company_id, ASKED, None, report, seen, now)
    # With nothing left to ask, only our copy is looked at.
    read = _read(services, row, set(), MOST_ASKED if fresh else 0)
    row.problem, row.subject, row.facts = read.cause.problem, read.cause.subject, read.cause.facts
    row.settled_at = now if read.settled else None
    return row


@dataclass(frozen=True)
class _Read:
    """A report with its cause; `settled`: QuickBooks shows that it is none any more."""

    row: Forwarded
    cause: Cause
    settled: bool


def _read(services: Services, row: Forwarded, asked: set[Key], most: int = MOST_ASKED) -> _Read:
    inactive = causes.says_inactive(services.knowledge, row)
    closing = _reads_closing_date(services, row, asked, most)
    with services.sessions.read() as session:
        company = session.get_one(Company, row.company_id)
        named = _look(services, session, row, inactive)
    settled = False
    found = named.row
    if inactive and found is not None and found.active and found.entity not in DOCUMENTS:
        settled = _is_active(services, found, asked, most)
        with services.sessions.read() as session:
            named = _look(services, session, row, inactive)
    cause = causes.cause_of(services.knowledge, services.settings, company, row, named)
    if closing:
        cause = replace(cause, facts={**cause.facts, "closing_read": True})
    return _Read(row, cause, settled and bool(cause.facts.get("active")))


def _count(services: Services, row: Forwarded) -> None:
    """Count a text that nothing explains and that is of QuickBooks."""
    if is_of_other_books(row.text):
        return
    nearest, likeness = str(row.facts.get("nearest") or ""), str(row.facts.get("likeness") or 0)
    gap = gaps.Gap(
        row.text, "", row.platform, nearest.replace(" ", "_"), float(likeness) / 100
    )  # fmt: skip
    with services.sessions.write() as session:
        gaps.note(session, services.knowledge, row.company_id, gap, services.clock.now())


def _look(services: Services, session: Session, row: Forwarded, inactive: bool) -> naming.Named:
    kind = services.knowledge.problem(row.problem).kind
    text = roles.about(kind, row.text)
    number = roles.number_in(kind, text, row.facts)
    first = "Account" if roles.is_account(kind) else ""
    return naming.look(
        session,
        row.company_id,
        text,
        row.facts,
        number,
        inactive=inactive,
        first=first,
        taken=roles.taken_in(kind, text, row.facts),
        by_number=roles.of_document(kind),
        in_the_way=roles.is_number(kind),
    )


def _reads_closing_date(services: Services, row: Forwarded, asked: set[Key], most: int) -> bool:
    """Whether what is known of the closing date is what QuickBooks shows now; asked once a run."""
    if services.knowledge.problem(row.problem).kind != roles.CLOSED:
        return False
    settings = (PREFERENCES, PREFERENCES_ID)
    if settings in asked:
        return True
    with services.sessions.read() as session:
        known = mirror.get(session, row.company_id, *settings)
    if known is not None and services.clock.now() - known.read_at < _FRESH:
        return True
    if len(asked) >= most:
        return False
    try:
        mirror.refresh_company(services, row.company_id)
    except BotError as fault:
        log.info("closing date not read", company_id=row.company_id, reason=fault.message)
        return False
    asked.add(settings)
    return True


def _is_active(services: Services, found: MirrorRow, asked: set[Key], most: int) -> bool:
    """Whether QuickBooks itself says so, asked once; what cannot be read proves nothing."""
    if (found.entity, found.qbo_id) in asked:
        return True
    if len(asked) >= most:
        return False
    try:
        read = mirror.refresh(services, found.company_id, found.entity, found.qbo_id)
    except BotError as fault:
        log.info("report not compared", company_id=found.company_id, reason=fault.message)
        return False
    asked.add((found.entity, found.qbo_id))
    return read is not None and bool(read.get("Active", True))


def _keep(services: Services, read: Sequence[_Read]) -> None:
    """Keep what a batch is about, in one transaction: hundreds may come at once."""
    now = services.clock.now()
    unnamed: dict[str, set[str]] = {}
    with services.sessions.write() as session:
        for one in read:
            subject = one.cause.subject
            if subject.startswith(causes.UNNAMED):
                subject = _counted(session, one, unnamed)
            session.exec(
                update(Forwarded)
                .where(col(Forwarded.id) == one.row.id, col(Forwarded.state) == "new")
                .values(
                    state="read",
                    problem=one.cause.problem,
                    subject=subject,
                    facts=one.cause.facts,
                    settled_at=now if one.settled else None,
                )
            )


def _counted(session: Session, read: _Read, unnamed: dict[str, set[str]]) -> str:
    """The subject of a cause no record stands for, or that of all the others beyond so many."""
    problem, subject = read.cause.problem, read.cause.subject
    if problem not in unnamed:
        unnamed[problem] = _standing(session, read.row.company_id, problem)
    known = unnamed[problem]
    if subject not in known and len(known) >= MOST_CAUSES:
        return OTHERS
    known.add(subject)
    return subject


def _standing(session: Session, company_id: int, problem: str) -> set[str]:
    rows = session.exec(
        select(Forwarded.subject)
        .where(Forwarded.company_id == company_id, Forwarded.state == "read")
        .where(Forwarded.problem == problem, col(Forwarded.settled_at).is_(None))
        .where(col(Forwarded.subject).startswith(causes.UNNAMED), Forwarded.subject != OTHERS)
        .distinct()
        .limit(MOST_CAUSES)
    )
    return set(rows)
