"""Nudges for the command line without a bot."""

from typing import cast

import pytest

from bot.errors import CompanyBusy
from bot.scheduler import InlineQueue
from bot.services import Services

SERVICES = cast(Services, object())


def test_it_runs_what_is_nudged_and_what_that_nudges():
    """A slice that nudges itself again runs until nothing waits; urgent ones go first."""
    queue, ran = InlineQueue(), []

    def job(services, arg):
        ran.append(arg)
        if arg == "3":
            queue.nudge("sync", "4")

    queue.nudge("sync", "1")
    queue.nudge("sync", "1")
    queue.nudge("sync", "2", urgent=True)
    queue.nudge("sync", "3")

    assert queue.run_until_idle(SERVICES, {"sync": job}) == 4
    assert ran == ["2", "1", "3", "4"]


def test_jobs_left_out_are_dropped():
    """Messages are written by the running bot alone."""
    queue = InlineQueue(left_out=frozenset({"deliver"}))
    queue.nudge("deliver", "1")

    assert queue.run_until_idle(SERVICES, {}) == 0


def test_a_company_that_stays_busy_is_said():
    """Another process keeps it: the person is told, nothing loops for ever."""
    queue = InlineQueue()

    def busy(services, arg):
        raise CompanyBusy

    queue.nudge("sync", "1")
    with pytest.raises(CompanyBusy):
        queue.run_until_idle(SERVICES, {"sync": busy}, busy_seconds=0)
