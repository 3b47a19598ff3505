"""One table: how the caller goes on after each error of QuickBooks.

Codes: Intuit's published table (developer.intuit.com, "Error codes") and recorded replies.
"""

import re
from collections.abc import Mapping, Sequence

from bot.domain import RetryClass
from bot.quickbooks.faults import FaultError

_BY_CODE: Mapping[str, RetryClass] = {
    "100": RetryClass.AUTH,
    "110": RetryClass.AUTH,
    "120": RetryClass.NEEDS_PERSON,
    "130": RetryClass.TRANSIENT,
    "140": RetryClass.NEEDS_PERSON,
    "150": RetryClass.TRANSIENT,
    "3001": RetryClass.THROTTLED,
    "3100": RetryClass.NEEDS_PERSON,
    "3200": RetryClass.AUTH,
    "3202": RetryClass.AUTH,
    "5010": RetryClass.STALE,
    "10000": RetryClass.TRANSIENT,
    "10100": RetryClass.NEEDS_PERSON,
    "10200": RetryClass.NEEDS_PERSON,
}
_BY_STATUS: Mapping[int, RetryClass] = {
    401: RetryClass.AUTH,
    408: RetryClass.TRANSIENT,
    425: RetryClass.TRANSIENT,
    429: RetryClass.THROTTLED,
}
# 5010 is also seen for closed periods: there the text decides.
_CLOSED = re.compile(r"(?i)period has closed|period closed|closing date|books (?:are|have been) cl")
# 10000 for a malformed id: the same request would fail for ever.
_BAD_REQUEST = re.compile(r"(?i)NumberFormatException|MalformedByteSequence")
# 6000 for two people saving names at the same moment.
_NAME_RACE = re.compile(r"(?i)one name at a time")
_MOST_SEVERE_FIRST = (
    RetryClass.NEEDS_PERSON,
    RetryClass.STALE,
    RetryClass.AUTH,
    RetryClass.THROTTLED,
    RetryClass.TRANSIENT,
)


def retry_class_of(
    errors: Sequence[FaultError], http_status: int, *, readable: bool = True
) -> RetryClass:
    """Decide for a whole fault: of several errors the one that heals least decides.

    `readable` is False for a reply in which QuickBooks itself said nothing (HTML, empty, cut off).
    """
    classes = {_one(error, http_status, readable) for error in errors}
    return next((kind for kind in _MOST_SEVERE_FIRST if kind in classes), RetryClass.NEEDS_PERSON)


def _one(error: FaultError, http_status: int, readable: bool) -> RetryClass:
    text = f"{error.message} {error.detail}"
    if (error.code == "5010" and _CLOSED.search(text)) or (
        error.code == "10000" and _BAD_REQUEST.search(text)
    ):
        return RetryClass.NEEDS_PERSON
    if error.code == "6000" and _NAME_RACE.search(text):
        return RetryClass.TRANSIENT
    known = _BY_CODE.get(error.code) or _BY_STATUS.get(http_status)
    if known is not None:
        return known
    # The page of some gateway, or an empty body with a good status, is worth another try.
    if http_status >= 500 or (not readable and http_status < 400):
        return RetryClass.TRANSIENT
    return RetryClass.NEEDS_PERSON
