"""The job runner of one machine, with real threads."""

from threading import Barrier, Event, Lock
from typing import cast

import pytest
from prometheus_client import REGISTRY

from bot import jobs
from bot.clock import Clock
from bot.errors import CompanyBusy
from bot.jobs import company_lane
from bot.scheduler import LocalQueue
from bot.services import Services

PATIENCE = 10.0
SERVICES = cast(Services, object())


@pytest.fixture
def queue():
    """A queue that is stopped afterwards."""
    made = LocalQueue(Clock())
    yield made
    made.stop()


def counted(job: str, outcome: str) -> float:
    return REGISTRY.get_sample_value("qb_jobs_total", {"job": job, "outcome": outcome}) or 0.0


def test_nudges_given_before_the_start_run_after_it(queue):
    """The queue is made before the services that carry it."""
    ran = Event()
    queue.nudge("check", "1:connection")
    queue.start(SERVICES, {"check": lambda services, arg: ran.set()})

    assert ran.wait(PATIENCE)


def test_a_nudge_during_a_run_makes_it_run_once_more(queue):
    """Five nudges during one run are one more run."""
    begun, go, runs, guard = Event(), Event(), [], Lock()

    def job(services, arg):
        with guard:
            runs.append(arg)
        begun.set()
        go.wait(PATIENCE)

    queue.start(SERVICES, {"sync": job})
    queue.nudge("sync", "1", lane=company_lane(1))
    assert begun.wait(PATIENCE)
    for _ in range(5):
        queue.nudge("sync", "1", lane=company_lane(1))
    go.set()

    assert queue.wait_idle(PATIENCE)
    assert runs == ["1", "1"]


def test_a_nudge_for_later_runs_when_its_time_has_come_and_only_once(queue):
    """Of one key the newest moment counts: a pause that was made shorter ends sooner."""
    ran, runs = Event(), []

    def job(services, arg):
        runs.append(arg)
        ran.set()

    queue.start(SERVICES, {"sync": job})
    queue.nudge("sync", "1", lane=company_lane(1), seconds=3600)
    queue.nudge("sync", "1", lane=company_lane(1), seconds=0.05)

    assert ran.wait(PATIENCE)
    assert queue.wait_idle(PATIENCE)
    assert runs == ["1"]
    assert not [job for job in queue.engine.get_jobs() if job.id.startswith("later:")]


def test_one_lane_runs_one_job_at_a_time(queue):
    """Writers of one company never overlap, whatever they are."""
    inside, most, guard = [], [], Lock()

    def job(services, arg):
        with guard:
            inside.append(arg)
            most.append(len(inside))
        Event().wait(0.005)
        with guard:
            inside.remove(arg)

    queue.start(SERVICES, {"sync": job, "capture": job, "fix": job})
    for number in range(10):
        for name in ("sync", "capture", "fix"):
            queue.nudge(name, str(number), lane=company_lane(1), urgent=name == "fix")

    assert queue.wait_idle(PATIENCE)
    assert len(most) == 30
    assert max(most) == 1


def test_lanes_run_side_by_side(queue):
    """Two companies do not wait for one another: both must be inside at once to go on."""
    meeting = Barrier(2)
    queue.start(SERVICES, {"sync": lambda services, arg: meeting.wait(PATIENCE) and None})
    queue.nudge("sync", "1", lane=company_lane(1))
    queue.nudge("sync", "2", lane=company_lane(2))

    assert queue.wait_idle(PATIENCE)
    assert not meeting.broken


def test_a_press_runs_while_every_other_thread_is_busy(queue):
    """A click never waits behind syncs, checks or messages."""
    release, pressed = Event(), Event()

    def slow(services, arg):
        release.wait(PATIENCE)

    table = {"sync": slow, "check": slow, "deliver": slow}
    queue.start(SERVICES, {**table, "click": lambda services, arg: pressed.set()})
    for number in range(40):
        queue.nudge("sync", str(number), lane=company_lane(number))
        queue.nudge("check", f"{number}:connection")
        queue.nudge("deliver", str(number))
    queue.nudge("click", "1", urgent=True)

    assert pressed.wait(PATIENCE)
    release.set()


def test_a_busy_company_is_tried_again(queue):
    """CompanyBusy is no failure: the job runs when the company is free."""
    tries, free = [], Event()

    def job(services, arg):
        tries.append(arg)
        if len(tries) == 1:
            raise CompanyBusy
        free.set()

    queue.start(SERVICES, {"sync": job})
    queue.nudge("sync", "1", lane=company_lane(1))

    assert free.wait(PATIENCE)


def test_a_crashing_job_is_counted_and_stops_nobody(queue):
    """The border logs, counts and goes on."""
    before = counted("check", "failed")
    ran = Event()

    def crash(services, arg):
        raise RuntimeError(arg)

    queue.start(SERVICES, {"check": crash, "capture": lambda services, arg: ran.set()})
    queue.nudge("check", "1:x")
    queue.nudge("capture", "1", lane=company_lane(1))

    assert ran.wait(PATIENCE)
    assert queue.wait_idle(PATIENCE)
    assert counted("check", "failed") == before + 1
    assert queue.last_done("check") is None


def test_a_stop_lets_what_runs_end_and_starts_nothing_new():
    """The rows remember what was not begun."""
    queue = LocalQueue(Clock())
    begun, go, ran = Event(), Event(), []

    def job(services, arg):
        ran.append(arg)
        begun.set()
        go.wait(PATIENCE)

    queue.start(SERVICES, {"sync": job})
    queue.nudge("sync", "1", lane=company_lane(1))
    queue.nudge("sync", "2", lane=company_lane(1))
    assert begun.wait(PATIENCE)
    assert queue.stop(seconds=0.05) is False
    go.set()

    assert queue.wait_idle(PATIENCE)
    assert ran == ["1"]
    queue.nudge("sync", "3", lane=company_lane(1))
    assert ran == ["1"]


def test_helpers_of_the_protocol_are_understood(queue):
    """Every helper in bot.jobs makes a nudge this queue runs."""
    ran = set()
    names = (jobs.SYNC, jobs.CAPTURE, jobs.CHECK, jobs.DELIVER, jobs.FIX, jobs.CLICK, jobs.COMMAND)
    queue.start(
        SERVICES, {name: (lambda services, arg, name=name: ran.add((name, arg))) for name in names}
    )
    jobs.sync_company(queue, 1)
    jobs.capture_company(queue, 1)
    jobs.run_check(queue, 1, "connection")
    jobs.deliver(queue, 2)
    jobs.work_on_fix(queue, 1, 3)
    jobs.handle_click(queue, 4)
    jobs.answer_command(queue, 5)

    assert queue.wait_idle(PATIENCE)
    assert ran == {
        ("sync", "1"),
        ("capture", "1"),
        ("check", "1:connection"),
        ("deliver", "2"),
        ("fix", "3"),
        ("click", "4"),
        ("command", "5"),
    }
