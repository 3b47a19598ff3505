"""Limits: Intuit's are kept by all processes together, nobody waits for long, no thread hangs."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.clock import Clock
from bot.db import Sessions, leases, make_engine, migrate
from bot.domain import RetryClass
from bot.models import Company, Pace
from bot.quickbooks import QuickBooksFault
from bot.quickbooks.limits import Limiter
from bot.quickbooks.pace import Limits
from bot.quickbooks.shared_pace import SharedPace

COMPANY = 1


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def sessions(request, tmp_path) -> Iterator[Sessions]:
    """A migrated database with one company."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path}/pace.sqlite3")
    else:
        engine = make_engine(request.getfixturevalue("postgres_url"))
    migrate(engine)
    made = Sessions(engine)
    with made.write() as session:
        session.add(Company(id=COMPANY, name="C", channel_id="C", created_at=Clock().now()))
    yield made
    engine.dispose()


class Times:
    """A wait that returns at once and remembers what it was asked for."""

    def __init__(self, stop=False):
        self.asked = []
        self.stop = stop

    def __call__(self, seconds):
        self.asked.append(seconds)
        return self.stop


def limiter_of(sessions, limits, wait=None, holder="one"):
    """A process's limiter."""
    pause = wait or threading.Event().wait
    return Limiter(COMPANY, limits, SharedPace(sessions, Clock(), holder), pause)


def take(limiter, count):
    """Take turns."""
    for _ in range(count):
        with limiter.slot():
            pass


def holders(sessions):
    """Who has calls under way."""
    with sessions.read() as session:
        row = session.get(Pace, COMPANY)
        return row.holders if row else {}


def test_no_limits_no_waiting(sessions):
    """Zero means no limit; nobody is asked."""
    wait = Times()

    take(limiter_of(sessions, Limits(0, 0, 4), wait), 1000)

    assert wait.asked == []
    assert holders(sessions) == {}


def test_a_burst_asks_the_others_now_and_then(sessions):
    """Calls that follow each other take their permits together; what is left over is given back."""
    asked = []

    class Heard(SharedPace):
        def ask(self, *args):
            asked.append(1)
            return super().ask(*args)

    shared = Heard(sessions, Clock(), "one")
    limiter = Limiter(COMPANY, Limits(0, 500, 4), shared, threading.Event().wait)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: take(limiter, 25), range(4)))

    assert len(asked) < 50
    assert holders(sessions) == {}
    with sessions.read() as session:
        assert 100 <= sum(session.get(Pace, COMPANY).minute.values()) < 150


def test_a_second_holds_only_so_many(sessions):
    """Calls come evenly: the next one waits for its moment, no longer."""
    wait = Times(stop=True)
    limiter = limiter_of(sessions, Limits(0, 2, 4), wait)
    take(limiter, 1)

    with pytest.raises(QuickBooksFault) as caught:
        take(limiter, 1)

    assert 0 < wait.asked[0] <= 0.6
    assert caught.value.retry_class is RetryClass.THROTTLED
    assert not caught.value.reply_lost
    assert holders(sessions) == {}


def test_a_used_up_minute_is_told_at_once(sessions):
    """Nobody waits past the patience: the caller is told when to come back."""
    wait = Times()
    limiter = limiter_of(sessions, Limits(3, 0, 4), wait)
    take(limiter, 3)

    with pytest.raises(QuickBooksFault) as caught:
        take(limiter, 1)

    assert wait.asked == []
    assert 55 < caught.value.retry_after <= 62


def test_a_cold_company_is_refused_in_every_process(sessions):
    """What QuickBooks told one process holds for all of them."""
    limits = Limits(500, 10, 4)
    limiter_of(sessions, limits).cool_down(60)

    with pytest.raises(QuickBooksFault) as caught:
        take(limiter_of(sessions, limits, Times(), "two"), 1)

    assert 55 < caught.value.retry_after <= 60


def test_a_turn_is_given_back_after_an_error(sessions):
    """A call that fails frees its place."""
    limiter = limiter_of(sessions, Limits(0, 1000, 1))
    failed = 0
    for _ in range(5):
        try:
            with limiter.slot():
                int("no number")
        except ValueError:
            failed += 1

    take(limiter, 1)
    assert failed == 5
    assert holders(sessions) == {}


def test_what_a_killed_run_had_under_way_ends_with_the_next_start(sessions):
    """On SQLite a new `run` takes everything over at its start."""
    turn = limiter_of(sessions, Limits(0, 1000, 4), holder="killed").slot()
    turn.__enter__()
    assert "killed" in holders(sessions)

    leases.take_over_all(sessions, Clock())

    assert holders(sessions) == {}


@pytest.mark.parametrize("shared", [False, True])
def test_only_so_many_at_once(sessions, shared):
    """Calls under way never exceed the concurrency, in one process or in three together."""
    limits = Limits(0, 1000 if shared else 0, 2)
    limiters = [limiter_of(sessions, limits, holder=f"p{n}") for n in range(3 if shared else 1)]
    guard = threading.Lock()
    now, most, done = 0, 0, 0

    def work(limiter):
        nonlocal now, most, done
        with limiter.slot(patience=30):
            with guard:
                now += 1
                most = max(most, now)
            threading.Event().wait(0.01)
            with guard:
                now -= 1
                done += 1

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: work(limiters[n % len(limiters)]), range(18)))

    assert most <= 2
    assert done == 18


def test_a_fleet_keeps_the_second_together(sessions):
    """Three processes with four threads each: no second begins more calls than one may hold."""
    limits = Limits(500, 25, 4)
    fleet = [limiter_of(sessions, limits, holder=f"p{n}") for n in range(3)]
    begun = []

    def work(number):
        with fleet[number % 3].slot(patience=30):
            begun.append(time.monotonic())

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(work, range(75)))

    assert len(begun) == 75
    # A thread that wakes late may shift a call by a little; Intuit's own limit is above ours.
    for one in begun:
        assert sum(1 for other in begun if 0 <= other - one < 0.9) <= 25


def test_the_call_of_a_consent_counts(bench, settings):
    """What a connection reads at once is in the company's minute like any other call."""
    bench.settings = settings.model_copy(
        update={"QUICKBOOKS_PER_SECOND": 10, "QUICKBOOKS_PER_MINUTE": 495}
    )
    bench.quickbooks = bench.another()

    bench.connect(bench.company_id, bench.realm)

    with bench.sessions.read() as session:
        assert sum(session.get_one(Pace, bench.company_id).minute.values()) == 1


def test_intuits_limits_are_never_met(bench, settings):
    """With the default limits a burst from many threads draws no 429 from the simulator."""
    bench.settings = settings.model_copy(
        update={"QUICKBOOKS_PER_SECOND": 10, "QUICKBOOKS_PER_MINUTE": 495}
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
