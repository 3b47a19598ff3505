"""Leases: one holder at a time, fenced, and free again after a crash."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import Clock
from bot.db import Sessions, leases
from bot.errors import CompanyBusy, LeaseLost


class SetClock(Clock):
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the set time."""
        return self.time

    def advance(self, seconds: float) -> None:
        """Move on."""
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> SetClock:
    """A clock of this test alone."""
    return SetClock()


def test_only_one_holder(sessions: Sessions, clock: SetClock) -> None:
    """While one worker holds a company, another one is turned away."""
    first = leases.acquire(sessions, clock, "company:1", "a")

    assert first is not None
    assert leases.acquire(sessions, clock, "company:1", "b") is None
    leases.release(sessions, clock, first)
    assert leases.acquire(sessions, clock, "company:1", "b") is not None


def test_many_threads_one_winner(sessions: Sessions, clock: SetClock) -> None:
    """Of ten workers that ask at the same moment exactly one gets the lease."""
    won: list[str] = []
    start = threading.Barrier(10)

    def ask(name: str) -> None:
        start.wait()
        if leases.acquire(sessions, clock, "company:1", name):
            won.append(name)

    threads = [threading.Thread(target=ask, args=(str(n),)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(won) == 1


def test_a_worker_that_lost_its_lease_writes_nothing(sessions: Sessions, clock: SetClock) -> None:
    """After the lease ran out and was taken over, the old holder's journal commit is refused."""
    old = leases.acquire(sessions, clock, "company:1", "a")
    clock.advance(leases.LIFETIME_SECONDS + 1)
    new = leases.acquire(sessions, clock, "company:1", "b")

    assert old is not None
    assert new is not None
    assert new.fence == old.fence + 1
    assert not leases.renew(sessions, clock, old)
    with pytest.raises(LeaseLost), sessions.write() as session:
        leases.require(session, old)
    with sessions.write() as session:
        leases.require(session, new)


def test_renewing_keeps_it(sessions: Sessions, clock: SetClock) -> None:
    """A lease renewed in time does not run out."""
    held = leases.acquire(sessions, clock, "company:1", "a")
    assert held is not None
    clock.advance(leases.LIFETIME_SECONDS - 1)
    assert leases.renew(sessions, clock, held)
    clock.advance(leases.LIFETIME_SECONDS - 1)

    assert leases.acquire(sessions, clock, "company:1", "b") is None


def test_a_restart_takes_over(sessions: Sessions, clock: SetClock) -> None:
    """The only run on a SQLite file frees what a killed one left behind."""
    leases.acquire(sessions, clock, "company:1", "dead")
    leases.take_over_all(sessions, clock)

    with leases.company_lease(sessions, clock, 1, "new") as held:
        assert held.fence == 2


def test_a_busy_company_says_so(sessions: Sessions, clock: SetClock) -> None:
    """The block form raises CompanyBusy instead of waiting."""
    leases.acquire(sessions, clock, "company:1", "a")

    with pytest.raises(CompanyBusy), leases.company_lease(sessions, clock, 1, "b"):
        pass
