"""Which waiting nudge may run next."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.scheduler.lanes import POOLS, WRITERS, Lanes, Ticket, ticket

LANE = "company:1"


def drained(lanes: Lanes) -> list[str]:
    """Run everything, one after the other, and tell the order."""
    order = []
    while (chosen := lanes.take()) is not None:
        order.append(chosen.nudge.key)
        lanes.done(chosen)
    return order


def test_a_waiting_nudge_is_not_added_twice():
    """The same key waits once."""
    lanes = Lanes()
    for _ in range(3):
        lanes.add(ticket("sync", "1", LANE, urgent=False))

    assert drained(lanes) == ["sync:1"]


def test_a_nudge_during_a_run_makes_the_key_run_once_more():
    """However often it is nudged meanwhile, it is once more."""
    lanes = Lanes()
    lanes.add(ticket("sync", "1", LANE, urgent=False))
    running = lanes.take()
    assert running is not None
    for _ in range(3):
        lanes.add(ticket("sync", "1", LANE, urgent=False))
    assert lanes.take() is None
    lanes.done(running)

    assert drained(lanes) == ["sync:1"]


def test_one_lane_runs_one_job_at_a_time():
    """A second job of a lane waits; another lane does not."""
    lanes = Lanes()
    lanes.add(ticket("sync", "1", LANE, urgent=False))
    lanes.add(ticket("capture", "1", LANE, urgent=False))
    lanes.add(ticket("sync", "2", "company:2", urgent=False))
    taken = [lanes.take(), lanes.take(), lanes.take()]

    assert [one and one.nudge.key for one in taken] == ["sync:1", "sync:2", None]


def test_an_urgent_job_goes_first_in_its_lane():
    """What a person waits for passes what the clock asked for."""
    lanes = Lanes()
    lanes.add(ticket("sync", "1", LANE, urgent=False))
    lanes.add(ticket("capture", "1", LANE, urgent=False))
    lanes.add(ticket("fix", "9", LANE, urgent=True))

    assert drained(lanes) == ["fix:9", "sync:1", "capture:1"]


def test_a_waiting_nudge_becomes_urgent_when_asked_again_urgently():
    """The second, urgent asking moves it forward; it still runs once."""
    lanes = Lanes()
    lanes.add(ticket("sync", "1", LANE, urgent=False))
    lanes.add(ticket("capture", "1", LANE, urgent=False))
    lanes.add(ticket("capture", "1", LANE, urgent=True))

    assert drained(lanes) == ["capture:1", "sync:1"]


def test_syncs_never_take_the_threads_kept_for_fixes():
    """With every company syncing, a fix of one more still finds a thread."""
    lanes = Lanes()
    for company in range(50):
        lanes.add(ticket("sync", str(company), f"company:{company}", urgent=False))
    taken = 0
    while lanes.take() is not None:
        taken += 1
    lanes.add(ticket("fix", "1", "company:99", urgent=True))
    fix = lanes.take()

    assert taken == WRITERS.size - WRITERS.reserved
    assert fix is not None
    assert fix.nudge.job == "fix"


def test_a_press_never_waits_behind_syncs():
    """Presses have threads of their own."""
    lanes = Lanes()
    for company in range(50):
        lanes.add(ticket("sync", str(company), f"company:{company}", urgent=False))
    while lanes.take() is not None:
        pass
    lanes.add(ticket("click", "1", None, urgent=True))
    click = lanes.take()

    assert click is not None
    assert click.nudge.key == "click:1"


actions = st.lists(
    st.one_of(
        st.tuples(
            st.just("add"),
            st.sampled_from(["sync", "capture", "fix", "check", "deliver", "click"]),
            st.integers(0, 3),
            st.booleans(),
        ),
        st.tuples(st.just("take")),
        st.tuples(st.just("done"), st.integers(0, 5)),
    ),
    max_size=80,
)


@given(actions)
@settings(max_examples=300, deadline=None)
def test_nothing_is_lost_and_no_lane_runs_twice_at_once(steps):
    """Whatever the order of events, every nudge runs after it was given, lanes stay single."""
    lanes, running = Lanes(), []
    owed: set[str] = set()

    def start(chosen: Ticket) -> None:
        assert chosen.lane not in [one.lane for one in running]
        running.append(chosen)
        owed.discard(chosen.nudge.key)
        for pool in POOLS:
            assert sum(one.pool is pool for one in running) <= pool.size

    for step in steps:
        if step[0] == "add":
            _, job, company, urgent = step
            lane = f"company:{company}" if job in ("sync", "capture", "fix") else None
            lanes.add(ticket(job, str(company), lane, urgent))
            owed.add(f"{job}:{company}")
        elif step[0] == "take":
            chosen = lanes.take()
            if chosen is not None:
                start(chosen)
        elif running:
            lanes.done(running.pop(step[1] % len(running)))
    while running or len(lanes):
        while (chosen := lanes.take()) is not None:
            start(chosen)
        assert running, "something waits that never runs"
        lanes.done(running.pop())

    assert not owed
