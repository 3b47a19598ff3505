"""Which faults stop a whole company, and which are about one record alone."""

import pytest

from bot.domain import RetryClass
from bot.quickbooks import FaultError, QuickBooksFault
from bot.sync.trouble import name_trouble
from tests.words import knowledge


def fault(code, message, status, **more):
    """A fault with one error."""
    return QuickBooksFault(errors=(FaultError(code, message, ""),), http_status=status, **more)


@pytest.mark.parametrize(
    ("met", "problem"),
    [
        # A refusal of one record, though its words are those of a broken server.
        (fault("", "Unknown Error", 400), ""),
        (fault("6000", "Something went wrong on our end", 400), ""),
        (fault("6240", "Duplicate Name Exists Error", 400), ""),
        (fault("3100", "InternalServerError; statusCode=500", 500), "server_error"),
        (fault("3001", "ThrottleExceeded", 400, retry_class=RetryClass.THROTTLED), "throttled"),
        (fault("", "no answer", 0, retry_class=RetryClass.TRANSIENT), "network"),
        (
            fault("new_token_refused", "x", 401, retry_class=RetryClass.AUTH, platform="oauth"),
            "new_token_refused",
        ),
    ],
    ids=lambda part: part if isinstance(part, str) else part.code or part.fault_message,
)
def test_what_stops_a_company(met, problem):
    """Only what is about the company or the way to it; the rest holds its record."""
    assert name_trouble(knowledge(), met) == problem
