"""What goes wrong with QuickBooks, as the bot's own exceptions."""

import re
from dataclasses import dataclass

from bot.domain import RetryClass
from bot.errors import BotError

RAW_LIMIT = 4000
# How the gateway before QuickBooks wraps its one word.
_GATEWAY = re.compile(r"message=([^;]+); errorCode=\d+; statusCode=\d+")


@dataclass(frozen=True)
class FaultError:
    """One error of a fault; a fault may hold several."""

    code: str
    message: str
    detail: str
    element: str = ""


class QuickBooksFault(BotError):
    """QuickBooks did not do what it was asked.

    `code`, `fault_message`, `detail`, `element` are the first error's; `errors` are all of them.
    `code` is "" when the reply held none, `no_reply` when there was no reply at all,
    `not_connected` before the first connection. `reply_lost` says that a write may have happened.
    `retry_after` (seconds) is set when the caller should come back no sooner.
    `raw` is the reply's body without secrets, at most 4,000 characters.
    """

    def __init__(
        self,
        message: str | None = None,
        *,
        errors: tuple[FaultError, ...] = (),
        http_status: int = 0,
        intuit_tid: str = "",
        raw: str = "",
        retry_class: RetryClass = RetryClass.NEEDS_PERSON,
        platform: str = "qbo",
        reply_lost: bool = False,
        retry_after: float | None = None,
    ) -> None:
        self.errors = errors
        first = errors[0] if errors else FaultError("", "", "")
        self.code = first.code
        self.fault_message = first.message
        self.detail = first.detail
        self.element = first.element
        self.http_status = http_status
        self.intuit_tid = intuit_tid
        self.raw = raw[:RAW_LIMIT]
        self.retry_class = retry_class
        self.platform = platform
        self.reply_lost = reply_lost
        self.retry_after = retry_after
        super().__init__(message or _sentence(self))


def _sentence(fault: QuickBooksFault) -> str:
    """Words for a person: the number, what QuickBooks says, and why."""
    numbered = f"QuickBooks answered with error {fault.code}" if fault.code else ""
    named = numbered or f"QuickBooks answered with HTTP {fault.http_status}"
    first = _GATEWAY.sub(r"\1", fault.fault_message)
    said = ": ".join(dict.fromkeys(part for part in (first, fault.detail) if part))
    return f"{named}: {said}" if said else f"{named}."


class PermissionLost(QuickBooksFault):
    """QuickBooks no longer lets the bot in; the company has to be connected again.

    `reply_lost` is True when the permission ended between a write whose reply was lost and its
    repetition.
    """


class WrongCompany(BotError):
    """The consent was given for another QuickBooks company; nothing was changed."""
