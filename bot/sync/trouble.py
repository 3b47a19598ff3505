"""Trouble of a whole company: what stops a slice without holding any record."""

from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain import KINDS_OF_THE_COMPANY, RecordState, RetryClass
from bot.knowledge import Knowledge
from bot.models import Connection, Record
from bot.quickbooks import PermissionLost, QuickBooksFault
from bot.services import Services

HEALING = frozenset({"throttled", "server_error", "network"})
# The bot itself cannot go on, as with a list of QuickBooks that cannot be read whole.
SUSPENDED = "company_suspended"
SYNC_STOPPED = "sync_stopped"
# The books were set back: what waits must not go before somebody has compared them.
COMPANY_RESET = "company_reset"
_REFUSED = 400
_FIRST_PAUSE = 5.0
# Short enough that an end of the trouble is noticed before anybody is told of it.
_LONGEST_PAUSE = 60.0


def name_trouble(knowledge: Knowledge, fault: QuickBooksFault) -> str:
    """Return the problem of the company a fault stands for, "" when it is about the record."""
    if fault.retry_class is RetryClass.THROTTLED:
        return "throttled"
    if fault.retry_class is RetryClass.TRANSIENT or fault.reply_lost:
        return "server_error" if fault.http_status else "network"
    text = f"{fault.fault_message} {fault.detail}"
    classified = knowledge.classify(fault.platform, fault.code, text, fault.http_status or None)
    problem = knowledge.problem(classified.problem)
    company_wide = problem.kind in KINDS_OF_THE_COMPANY or fault.platform == "oauth"
    if problem.kind in HEALING and fault.platform == "qbo" and fault.http_status == _REFUSED:
        # A definite refusal of one record, whatever its words are like, never stops the others.
        company_wide = False
    return classified.problem if company_wide or fault.retry_class is RetryClass.AUTH else ""


def note_trouble(
    session: Session, company_id: int, problem: str, fault: QuickBooksFault, now: datetime
) -> None:
    """Write down what stops a company and since when; a lost permission has columns of its own."""
    if isinstance(fault, PermissionLost):
        return
    row = session.get(Connection, company_id, populate_existing=True)
    if row is None:
        return
    if row.trouble != problem or row.trouble_since is None:
        # Throttling that turns into a time-out is one trouble: its beginning stays.
        row.trouble_since = row.trouble_since or now
    row.trouble, row.trouble_detail = problem, fault.message[:500]
    session.add(row)


def note_company_trouble(services: Services, company_id: int, fault: QuickBooksFault) -> str:
    """Note a fault met outside a sync, if it is about the company; returns the problem's name."""
    problem = name_trouble(services.knowledge, fault)
    if problem:
        with services.sessions.write() as session:
            note_trouble(session, company_id, problem, fault, services.clock.now())
    return problem


def clear_trouble(session: Session, company_id: int) -> None:
    """Forget the company's trouble: something was just posted."""
    if trouble_of(session, company_id):
        session.exec(
            update(Connection)
            .where(col(Connection.company_id) == company_id)
            .values(trouble="", trouble_since=None, trouble_detail="")
        )


def trouble_of(session: Session, company_id: int) -> str:
    """Return what stops a company's syncs, "" for nothing."""
    return session.exec(_trouble(), params={"company_id": company_id}).first() or ""


@cache
def _trouble() -> SelectOfScalar[str]:
    return select(Connection.trouble).where(col(Connection.company_id) == bindparam("company_id"))


def heals_by_itself(trouble: str) -> bool:
    """Say whether a company's trouble ends without a person; "" is none."""
    return trouble == SYNC_STOPPED or trouble in HEALING


def forget_healed_trouble(session: Session, company_id: int) -> None:
    """Forget trouble that heals by itself once no record is left that met it."""
    row = session.get(Connection, company_id, populate_existing=True)
    if row is None or not heals_by_itself(row.trouble):
        return
    if row.trouble == SYNC_STOPPED:
        clear_trouble(session, company_id)
        return
    met = session.exec(
        select(Record.id)
        .where(Record.company_id == company_id)
        .where(Record.state == RecordState.WAITING)
        .where(Record.attempts > 0)
        .limit(1)
    ).first()
    if met is None:
        clear_trouble(session, company_id)


def worth_another_try(
    row: Connection | None, fault: QuickBooksFault, now: datetime
) -> datetime | None:
    """When to try the company again; None where only a person can end its trouble.

    The longer it lasts, the longer the pause, and never shorter than QuickBooks asks for.
    """
    if fault.retry_class not in (RetryClass.TRANSIENT, RetryClass.THROTTLED):
        return None
    own = _company_pause(row, now)
    return now + timedelta(seconds=max(own, fault.retry_after or 0.0))


def _company_pause(row: Connection | None, now: datetime) -> float:
    """Seconds until a company in trouble is worth another try: the longer it lasts, the more."""
    since = row.trouble_since if row is not None else None
    lasted = (now - since).total_seconds() if since is not None else 0.0
    return min(_LONGEST_PAUSE, max(_FIRST_PAUSE, lasted / 2))


def pause_until(
    attempts: int, fault: QuickBooksFault, now: datetime, row: Connection | None = None
) -> datetime | None:
    """Return when a record is tried again; None (at once) after a lost permission is given back.

    `row`: of the company that is in trouble since. A record that met it before pauses longer than
    the company does: the company's next try goes without it, so that a call that hangs for one
    record alone, however often, stops nobody else.
    """
    if isinstance(fault, PermissionLost):
        return None
    own = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(attempts, 10))
    if row is not None and attempts:
        own = max(own, 2 * _company_pause(row, now))
    return now + timedelta(seconds=max(own, fault.retry_after or 0.0))
