"""Limits: Intuit's are kept, nobody is blocked for long, and no thread hangs."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.domain import RetryClass
from bot.quickbooks import QuickBooksFault
from bot.quickbooks.limits import Limiter


class Times:
    """A wait that returns at once and remembers what it was asked for."""

    def __init__(self, stop=False):
        self.asked = []
        self.stop = stop

    def __call__(self, seconds):
        self.asked.append(seconds)
        return self.stop


def take(limiter, count):
    """Take turns."""
    for _ in range(count):
        with limiter.slot():
            pass


def test_no_limits_no_waiting():
    """Zero means no limit."""
    wait = Times()

    take(Limiter(0, 0, 4, wait), 1000)

    assert wait.asked == []


def test_a_second_holds_only_so_many():
    """The call after the last allowed one waits for the second to pass, no longer."""
    wait = Times(stop=True)
    limiter = Limiter(0, 3, 4, wait)
    take(limiter, 3)

    with pytest.raises(QuickBooksFault) as caught:
        take(limiter, 1)

    assert 0 < wait.asked[0] <= 1
    assert caught.value.retry_class is RetryClass.THROTTLED
    assert not caught.value.reply_lost


def test_a_minute_holds_only_so_many():
    """A tenth may come at once; then turns come evenly, so that no wait is long."""
    wait = Times(stop=True)
    limiter = Limiter(600, 0, 4, wait)
    take(limiter, 60)

    with pytest.raises(QuickBooksFault):
        take(limiter, 1)

    assert 0 < wait.asked[0] < 0.2


def test_a_cold_company_is_refused_at_once():
    """Past five seconds nobody waits: the caller is told when to come back."""
    wait = Times()
    limiter = Limiter(0, 0, 4, wait)
    limiter.cool_down(60)

    with pytest.raises(QuickBooksFault) as caught:
        take(limiter, 1)

    assert wait.asked == []
    assert 55 < caught.value.retry_after <= 60


def test_a_turn_is_given_back_after_an_error():
    """A call that fails frees its place."""
    limiter = Limiter(0, 0, 1, Times())
    failed = 0
    for _ in range(5):
        try:
            with limiter.slot():
                int("no number")
        except ValueError:
            failed += 1

    take(limiter, 1)
    assert failed == 5


def test_only_so_many_at_once():
    """Calls under way never exceed the concurrency."""
    limiter = Limiter(0, 0, 2, Times())
    guard = threading.Lock()
    now, most = 0, 0

    def work():
        nonlocal now, most
        with limiter.slot():
            with guard:
                now += 1
                most = max(most, now)
            threading.Event().wait(0.01)
            with guard:
                now -= 1

    with ThreadPoolExecutor(8) as pool:
        for _ in range(20):
            pool.submit(work)

    assert most == 2


def test_intuits_limits_are_never_met(bench, settings):
    """With the default limits a burst from many threads draws no 429 from the simulator."""
    bench.settings = settings.model_copy(
        update={"QUICKBOOKS_PER_SECOND": 9, "QUICKBOOKS_PER_MINUTE": 450}
    )
    books = bench.another().company(bench.company_id)
    bench.simulator.control("POST", "/limits", {"limits": "real"})
    try:
        with ThreadPoolExecutor(4) as pool:
            counts = list(pool.map(lambda _: books.count("Customer"), range(30)))
    finally:
        bench.simulator.control("POST", "/limits", {"limits": "off"})

    assert counts == [0] * 30
    assert {row["status"] for row in bench.simulator.requests(bench.realm)} == {200}


def test_closing_ends_the_waiting(bench):
    """A stop is prompt: what waits for another try gives up with its fault."""
    other = bench.another()
    other.close()
    bench.simulator.fault("server_error", 3, {"realm": bench.realm, "operation": "query"})
    before = len(bench.simulator.requests(bench.realm))

    with pytest.raises(QuickBooksFault):
        other.company(bench.company_id).count("Customer")

    assert len(bench.simulator.requests(bench.realm)) == before + 1
