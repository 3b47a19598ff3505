"""Intuit's token service busy or broken: all processes leave it alone, no permission is lost."""

from datetime import timedelta

import pytest

from bot.domain import ConnectionState, RetryClass
from bot.quickbooks import QuickBooksFault
from bot.quickbooks.oauth import oauth_fault
from tests.quickbooks.simulator import token_calls


def refused(books):
    """Ask, and return what came instead of an answer."""
    with pytest.raises(QuickBooksFault) as caught:
        books.count("Customer")
    return caught.value


def over(bench):
    """Let the pause be over."""
    bench.change_connection(refresh_not_before=bench.clock.now())


def test_a_busy_token_service_is_left_alone_by_all(bench):
    """After 429 no process asks again before a minute is over, then each time twice as long."""
    bench.expire_access()
    bench.simulator.fault("throttled", 2, {"operation": "token"})
    before = token_calls(bench)

    first = refused(bench.books)
    second = refused(bench.another().company(bench.company_id))

    assert {fault.retry_class for fault in (first, second)} == {RetryClass.THROTTLED}
    assert 60 <= first.retry_after <= 72
    assert 55 < second.retry_after <= 72
    assert token_calls(bench) == before + 1
    over(bench)
    assert 120 <= refused(bench.books).retry_after <= 144
    assert bench.connection().state is ConnectionState.CONNECTED

    over(bench)
    assert bench.books.count("Customer") == 0
    assert (bench.connection().refresh_failures, bench.connection().refresh_not_before) == (0, None)


def test_too_many_requests_are_the_whole_apps(bench):
    """The limit is the app's: another company's token is not asked for either."""
    other = bench.add_company("Other")
    bench.connect(other, bench.simulator.new_company("Other"))
    bench.expire_access()
    bench.simulator.fault("throttled", 1, {"operation": "token"})
    refused(bench.books)

    assert bench.connection(other).refresh_not_before > bench.clock.now()
    # Its access token is good for an hour still, and serves.
    assert bench.quickbooks.company(other).count("Customer") == 0


def test_a_broken_token_service_gets_growing_pauses(bench):
    """Two failures are tried again at once, the third makes all processes wait."""
    bench.expire_access()
    bench.simulator.fault("server_error", 4, {"operation": "token"})
    before = token_calls(bench)

    first = refused(bench.books)
    assert token_calls(bench) == before + 3
    held = refused(bench.another().company(bench.company_id))

    assert token_calls(bench) == before + 3
    for fault in (first, held):
        assert (fault.retry_class, fault.http_status) == (RetryClass.TRANSIENT, 500)
        assert fault.retry_after <= 6
    over(bench)
    assert 10 <= refused(bench.books).retry_after <= 12


def test_an_access_token_serves_to_its_end_meanwhile(bench):
    """Nothing waits for a refresh while the old access token still has a few seconds."""
    bench.change_connection(
        access_expires_at=bench.clock.now() + timedelta(seconds=30),
        refresh_not_before=bench.clock.now() + timedelta(seconds=60),
    )
    before = token_calls(bench)

    assert bench.books.count("Customer") == 0
    assert token_calls(bench) == before


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_busy_or_broken_service_never_ends_a_permission(status):
    """Whatever words it uses: only a definite answer says that a token is dead."""
    fault = oauth_fault(status, b'{"error": "invalid_grant"}', "tid")

    assert type(fault) is QuickBooksFault
    assert fault.retry_class is not RetryClass.NEEDS_PERSON
    assert f"HTTP {status}" in fault.message
