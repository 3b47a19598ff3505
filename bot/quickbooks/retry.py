"""The one place that repeats a call: only what heals by itself, capped, with jitter."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

import structlog

from bot.domain import RetryClass
from bot.quickbooks.faults import QuickBooksFault
from bot.quickbooks.limits import Wait

T = TypeVar("T")
ATTEMPTS = 3
_FIRST_PAUSE = 0.4
_LONGEST_PAUSE = 2.0
# No attempt starts that could outlive the caller's lease of 180 s.
_WHOLE_CALL_SECONDS = 150.0
_HEALS = frozenset({RetryClass.TRANSIENT, RetryClass.THROTTLED})
# After a lost reply these may be the echo of our own first write with the same requestid (600 and
# 2130 speak of the requestid itself): they do not tell what became of it, only a look does.
ECHOES = frozenset({"600", "2130", "5010", "6140", "6240"})
_log = structlog.get_logger(__name__)


def with_retries(call: Callable[[], T], wait: Wait, *, timeout: float) -> T:
    """Run `call` up to three times; a write carries the same requestid each time.

    Raises the last QuickBooksFault; its `reply_lost` stays True when an earlier attempt's reply
    was lost and no later one settled the matter. `wait` returns True when the process stops.
    """
    started = time.monotonic()
    lost = False
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return call()
        except QuickBooksFault as fault:
            lost = lost or fault.reply_lost
            fault.reply_lost = lost and not _settled(fault)
            if attempt == ATTEMPTS or not _worth_another(fault, started, timeout):
                raise
            _log.info(
                "quickbooks_retry", attempt=attempt, code=fault.code, status=fault.http_status
            )
            if wait(_pause(attempt, fault)):
                raise
    msg = "unreachable: the last attempt returns or raises"
    raise AssertionError(msg)


def _settled(fault: QuickBooksFault) -> bool:
    """A definite answer of QuickBooks to the repeated write tells what became of the first."""
    definite = bool(fault.code) and fault.retry_class in {
        RetryClass.NEEDS_PERSON,
        RetryClass.STALE,
    }
    return (
        definite and fault.platform == "qbo" and not fault.reply_lost and fault.code not in ECHOES
    )


def _worth_another(fault: QuickBooksFault, started: float, timeout: float) -> bool:
    longest = time.monotonic() - started + timeout
    own = fault.retry_after is not None and fault.retry_after > _LONGEST_PAUSE
    return fault.retry_class in _HEALS and longest <= _WHOLE_CALL_SECONDS and not own


def _pause(attempt: int, fault: QuickBooksFault) -> float:
    base = _FIRST_PAUSE * 2 ** (attempt - 1)
    if fault.retry_class is RetryClass.THROTTLED:
        base *= 2
    seconds: float = min(_LONGEST_PAUSE, base) * random.uniform(0.6, 1.0)
    return seconds
