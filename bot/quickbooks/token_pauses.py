"""When Intuit's token service is busy or broken: who waits, for how long, told to all processes."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from bot.db import Sessions
from bot.domain import RetryClass
from bot.models import Connection
from bot.quickbooks.faults import FaultError, QuickBooksFault
from bot.quickbooks.oauth import TOO_MANY

# How long to wait for another thread or process that refreshes just now.
QUEUE_SECONDS = 30.0
_FIRST_LOOK_SECONDS = 0.02
_LOOK_SECONDS = 0.25
_LATER_SECONDS = 5.0
# Intuit asks for a minute after 429; each further refusal doubles it.
_THROTTLED_SECONDS = 60.0
_LONGEST_THROTTLED = 600.0
# A broken service is asked a few times at once, then in growing pauses.
_AT_ONCE = 2
_BROKEN_SECONDS = 5.0
_LONGEST_BROKEN = 60.0
_log = structlog.get_logger(__name__)


def looks() -> Iterator[float]:
    """The pauses between looks while another thread or process refreshes: short ones first."""
    pause, left = _FIRST_LOOK_SECONDS, QUEUE_SECONDS
    while left > 0:
        yield pause
        left -= pause
        pause = min(2 * pause, _LOOK_SECONDS)


def busy() -> QuickBooksFault:
    """The fault for a token that somebody else renews just now."""
    return QuickBooksFault(
        "Another worker renews this company's access just now; the bot tries again by itself.",
        errors=(FaultError("", "The access token is being renewed elsewhere", ""),),
        retry_class=RetryClass.TRANSIENT,
        platform="oauth",
        # Waited for long enough already: the caller comes back instead of waiting again.
        retry_after=_LATER_SECONDS,
    )


def held_back(seconds: float, status: int) -> QuickBooksFault:
    """The fault for a refresh that is not asked for: of the kind of the one that made us wait."""
    return QuickBooksFault(
        "Intuit's sign-in service has trouble; the bot leaves it alone for a moment and then "
        "tries again by itself.",
        errors=(FaultError("", "The bot holds back from Intuit's sign-in service", ""),),
        http_status=status,
        retry_class=RetryClass.THROTTLED if status == TOO_MANY else RetryClass.TRANSIENT,
        platform="oauth",
        retry_after=seconds,
    )


def note(
    sessions: Sessions, company_id: int, failures: int, fault: QuickBooksFault, now: datetime
) -> None:
    """Let all processes wait after the so many-th failure in a row; the fault says how long.

    Too many requests are the whole app's: then no company's token is asked for. A refusal that
    is about the token or the keys makes no pause.
    """
    throttled = fault.retry_class is RetryClass.THROTTLED
    if not throttled and fault.retry_class is not RetryClass.TRANSIENT:
        return
    seconds = _seconds(failures, fault)
    change = update(Connection).values(
        refresh_failures=failures,
        refresh_status=fault.http_status,
        refresh_not_before=now + timedelta(seconds=seconds) if seconds else None,
    )
    if not throttled:
        change = change.where(col(Connection.company_id) == company_id)
    try:
        with sessions.write() as session:
            session.exec(change)
    except SQLAlchemyError as error:
        _log.warning("pause_not_stored", company_id=company_id, error=type(error).__name__)
    if seconds:
        fault.retry_after = seconds


def _seconds(failures: int, fault: QuickBooksFault) -> float:
    if fault.retry_class is RetryClass.THROTTLED:
        own = min(_LONGEST_THROTTLED, _THROTTLED_SECONDS * 2 ** min(failures - 1, 10))
    elif failures > _AT_ONCE:
        own = min(_LONGEST_BROKEN, _BROKEN_SECONDS * 2 ** min(failures - _AT_ONCE - 1, 10))
    else:
        return fault.retry_after or 0.0
    # Spread, so that several companies do not come back in the same second.
    spread: float = max(own, fault.retry_after or 0.0) * random.uniform(1.0, 1.2)
    return spread
