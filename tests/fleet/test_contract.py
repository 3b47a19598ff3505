"""What every job engine promises (bot.jobs.JobQueue), held against both."""

from collections.abc import Callable
from threading import Barrier, Event, Lock

from prometheus_client import REGISTRY

from bot.errors import CompanyBusy
from bot.jobs import JobQueue, company_lane
from tests.fleet.conftest import PATIENCE, FleetJobs, LocalJobs

Jobs = LocalJobs | FleetJobs
LANE = company_lane(1)


class Notes:
    """A job that notes its runs, and waits inside for `go` where it is told to."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.begun, self.go = Event(), Event()
        self._guard = Lock()

    def job(self, name: str, *, waits: bool = False) -> Callable[[object, str], None]:
        """A job function of that name."""

        def run(_services: object, arg: str) -> None:
            with self._guard:
                self.ran.append(f"{name}:{arg}")
            if waits:
                self.begun.set()
                assert self.go.wait(PATIENCE)

        return run


def closed(jobs: Jobs, notes: Notes, **more: Callable[[object, str], None]) -> JobQueue:
    """Start, and let one job keep company 1's lane closed until `go`."""
    table = {name: notes.job(name) for name in ("sync", "capture", "fix", "check")}
    jobs.start({**table, "hold": notes.job("hold", waits=True), **more})
    jobs.queue.nudge("hold", "1", lane=LANE)
    assert notes.begun.wait(PATIENCE)
    return jobs.queue


def test_nudges_given_before_the_start_run_after_it(jobs: Jobs) -> None:
    """The queue is made before the services that carry it."""
    notes = Notes()
    jobs.queue.nudge("check", "1:connection")
    jobs.start({"check": notes.job("check")})
    jobs.settle()
    jobs.idle()

    assert notes.ran == ["check:1:connection"]


def test_a_lane_keeps_the_order_and_urgent_ones_go_first(jobs: Jobs) -> None:
    """First come, first served; what a person waits for passes; a key that waits is not added."""
    notes = Notes()
    queue = closed(jobs, notes)
    queue.nudge("sync", "1", lane=LANE)
    queue.nudge("capture", "1", lane=LANE)
    queue.nudge("sync", "1", lane=LANE)
    queue.nudge("fix", "9", lane=LANE, urgent=True)
    jobs.settle()
    notes.go.set()
    jobs.idle()

    assert notes.ran == ["hold:1", "fix:9", "sync:1", "capture:1"]


def test_a_waiting_nudge_becomes_urgent_when_asked_again_urgently(jobs: Jobs) -> None:
    """It moves forward and still runs once."""
    notes = Notes()
    queue = closed(jobs, notes)
    queue.nudge("sync", "1", lane=LANE)
    queue.nudge("capture", "1", lane=LANE)
    jobs.settle()
    queue.nudge("capture", "1", lane=LANE, urgent=True)
    jobs.settle()
    notes.go.set()
    jobs.idle()

    assert notes.ran == ["hold:1", "capture:1", "sync:1"]


def test_a_nudge_during_a_run_makes_it_run_once_more(jobs: Jobs) -> None:
    """Five nudges during one run are one more run."""
    notes = Notes()
    queue = closed(jobs, notes)
    for _ in range(5):
        queue.nudge("hold", "1", lane=LANE)
        jobs.settle()
    notes.go.set()
    jobs.idle()

    assert notes.ran == ["hold:1", "hold:1"]


def test_a_key_without_a_lane_never_runs_twice_at_once(jobs: Jobs) -> None:
    """Two runs of one check would tell the same trouble twice."""
    notes = Notes()
    jobs.start({"check": notes.job("check", waits=True)})
    jobs.queue.nudge("check", "1:x")
    assert notes.begun.wait(PATIENCE)
    jobs.queue.nudge("check", "1:x")
    jobs.settle()

    assert notes.ran == ["check:1:x"]
    notes.go.set()
    jobs.idle()
    assert notes.ran == ["check:1:x"] * 2


def test_one_lane_runs_one_job_at_a_time(jobs: Jobs) -> None:
    """Writers of one company never overlap, whatever they are."""
    inside: list[str] = []
    most: list[int] = []
    guard = Lock()

    def job(_services: object, arg: str) -> None:
        with guard:
            inside.append(arg)
            most.append(len(inside))
        Event().wait(0.005)
        with guard:
            inside.remove(arg)

    jobs.start(dict.fromkeys(("sync", "capture", "fix"), job))
    for number in range(8):
        for name in ("sync", "capture", "fix"):
            jobs.queue.nudge(name, str(number), lane=LANE, urgent=name == "fix")
    jobs.settle()
    jobs.idle()

    assert len(most) == 24
    assert max(most) == 1


def test_lanes_run_side_by_side(jobs: Jobs) -> None:
    """Two companies do not wait for one another: both must be inside at once to go on."""
    meeting = Barrier(2)
    jobs.start({"sync": lambda services, arg: meeting.wait(PATIENCE) and None})
    jobs.queue.nudge("sync", "1", lane=company_lane(1))
    jobs.queue.nudge("sync", "2", lane=company_lane(2))
    jobs.settle()
    jobs.idle()

    assert not meeting.broken


def test_a_press_and_a_fix_run_while_every_other_thread_is_busy(jobs: Jobs) -> None:
    """Nothing a person waits for waits behind syncs, checks or messages."""
    notes = Notes()
    pressed, fixed = Event(), Event()
    slow = notes.job("slow", waits=True)
    table = {"sync": slow, "check": slow, "deliver": slow}
    table["click"] = lambda services, arg: pressed.set()
    table["fix"] = lambda services, arg: fixed.set()
    jobs.start(table)
    for number in range(12):
        jobs.queue.nudge("sync", str(number), lane=company_lane(number))
        jobs.queue.nudge("check", f"{number}:connection")
        jobs.queue.nudge("deliver", str(number))
    jobs.settle()
    jobs.queue.nudge("click", "1", urgent=True)
    jobs.queue.nudge("fix", "1", lane=company_lane(99), urgent=True)

    assert pressed.wait(PATIENCE)
    assert fixed.wait(PATIENCE)
    notes.go.set()
    jobs.idle()
    assert len(notes.ran) == 36


def test_a_busy_company_is_tried_again(jobs: Jobs) -> None:
    """CompanyBusy is no failure: the job runs when the company is free."""
    tries: list[str] = []

    def job(_services: object, arg: str) -> None:
        tries.append(arg)
        if len(tries) == 1:
            raise CompanyBusy

    jobs.start({"sync": job})
    jobs.queue.nudge("sync", "1", lane=LANE)
    jobs.settle()
    wait_until = Event()
    for _ in range(int(PATIENCE * 20)):
        if len(tries) == 2:
            break
        wait_until.wait(0.05)

    assert tries == ["1", "1"]


def test_a_crashing_job_is_counted_and_stops_nobody(jobs: Jobs) -> None:
    """The border logs, counts and goes on; the next nudge runs again."""
    labels = {"job": "check", "outcome": "failed"}
    before = REGISTRY.get_sample_value("qb_jobs_total", labels) or 0.0
    notes = Notes()

    def crash(_services: object, arg: str) -> None:
        raise RuntimeError(arg)

    jobs.start({"check": crash, "capture": notes.job("capture")})
    for _ in range(2):
        jobs.queue.nudge("check", "1:x")
        jobs.settle()
        jobs.idle()
    jobs.queue.nudge("capture", "1", lane=LANE)
    jobs.settle()
    jobs.idle()

    assert REGISTRY.get_sample_value("qb_jobs_total", labels) == before + 2
    assert notes.ran == ["capture:1"]


def test_a_nudge_for_later_runs_when_its_time_has_come_and_only_once(jobs: Jobs) -> None:
    """Of one key the newest moment counts; meanwhile it keeps nobody's lane closed."""
    notes = Notes()
    jobs.start({"sync": notes.job("sync"), "capture": notes.job("capture")})
    jobs.queue.nudge("sync", "1", lane=LANE, seconds=3600)
    jobs.settle()
    jobs.queue.nudge("capture", "1", lane=LANE)
    jobs.settle()
    jobs.idle()
    assert notes.ran == ["capture:1"]
    assert [(one.job, one.arg, one.late) for one in jobs.overview().planned] == [
        ("sync", "1", False)
    ]

    jobs.queue.nudge("sync", "1", lane=LANE, seconds=0.05)
    jobs.settle()
    for _ in range(int(PATIENCE * 20)):
        if len(notes.ran) == 2:
            break
        Event().wait(0.05)
    jobs.idle()

    assert notes.ran == ["capture:1", "sync:1"]
    assert jobs.overview().planned == ()


def test_a_stop_lets_what_runs_end_and_starts_nothing_new(jobs: Jobs) -> None:
    """The rows remember what was not begun."""
    notes = Notes()
    queue = closed(jobs, notes)
    queue.nudge("sync", "2", lane=LANE)
    jobs.settle()

    assert jobs.queue.stop(0.3) is False
    notes.go.set()
    assert jobs.queue.stop(PATIENCE) is True
    queue.nudge("sync", "3", lane=LANE)
    assert notes.ran == ["hold:1"]


def test_the_overview_tells_what_waits_runs_and_how_it_ended(jobs: Jobs) -> None:
    """`python app.py jobs` shows it."""
    notes = Notes()
    queue = closed(jobs, notes)
    queue.nudge("sync", "1", lane=LANE)
    jobs.settle()
    seen = jobs.overview()

    # A fleet's own ticks, such as the sweep, may run meanwhile in lanes of their own.
    running = [(line.job, line.arg) for line in seen.running if line.lane == LANE]
    waiting = [(line.job, line.late) for line in seen.waiting if line.lane == LANE]
    assert (running, waiting) == ([("hold", "1")], [("sync", False)])
    assert (seen.waiting_count, seen.late_count) == (len(seen.waiting), 0)
    assert "sync" in {line["job"] for line in seen.as_json()["waiting"]}
    notes.go.set()
    jobs.idle()

    def ended() -> bool:
        last = {ran.key: ran.outcome for ran in jobs.overview().last}
        return {"hold:1": "done", "sync:1": "done"}.items() <= last.items()

    for _ in range(int(PATIENCE * 20)):
        if ended():
            break
        Event().wait(0.05)
    assert ended()
    assert jobs.queue.last_done("sync") is not None
