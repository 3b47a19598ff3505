"""Runs the checks it is handed and reports what a completed run covered."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlmodel import Session, col, select

from bot.domain import EVERYTHING, Finding, Scope
from bot.errors import BotError
from bot.incidents import exceptions
from bot.models import CheckRun, Company
from bot.services import Services

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Check:
    """A check: reads and yields findings; never writes, posts, or raises on bad data.

    `triggered_by` names the entities whose change in QuickBooks makes it run at once.
    """

    name: str
    run: Callable[[Services, Company, Scope], Iterator[Finding]]
    every: timedelta = timedelta(minutes=5)
    triggered_by: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CheckReport:
    """The findings of one run, and whether it came to its end ("gone" is not "not read")."""

    check: str
    company_id: int
    scope: Scope
    completed: bool
    findings: tuple[Finding, ...] = ()
    error: str = ""


def by_name(checks: Iterable[Check]) -> Mapping[str, Check]:
    """Index the checks; raises BotError when two share a name."""
    found: dict[str, Check] = {}
    for check in checks:
        if check.name in found:
            msg = f"Two checks are named {check.name}."
            raise BotError(msg)
        found[check.name] = check
    return found


def told_at(session: Session) -> int | None:
    """Where it is told what belongs to no company alone: once, at the one that was added first."""
    return session.exec(select(Company.id).order_by(col(Company.id))).first()


def run_check(
    services: Services, company_id: int, check: Check, scope: Scope = EVERYTHING
) -> CheckReport:
    """Run one check at one company and keep a row of it.

    What somebody said is no problem is left out (bot.incidents.exceptions).
    """
    started = services.clock.now()
    with services.sessions.read() as session:
        company = session.get_one(Company, company_id)
    try:
        found = tuple(check.run(services, company, scope))
        findings = exceptions.not_excepted(services, company_id, found)
        report = CheckReport(check.name, company_id, scope, completed=True, findings=findings)
    except Exception as error:  # marked border: one check never stops the others
        log.exception("check crashed", check=check.name, company_id=company_id)
        words = error.message if isinstance(error, BotError) else type(error).__name__
        report = CheckReport(check.name, company_id, scope, completed=False, error=words)
    with services.sessions.write() as session:
        row = session.get(CheckRun, (company_id, check.name)) or CheckRun(
            company_id=company_id, check_name=check.name, started_at=started
        )
        row.started_at, row.finished_at = started, services.clock.now()
        row.error = report.error
        session.add(row)
    return report
