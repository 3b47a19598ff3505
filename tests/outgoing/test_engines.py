"""Both job engines deliver: each tick nudges what is due, one source at a time."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot import jobs
from bot.fleet import FleetQueue, prepare
from bot.outgoing import bounds, callbacks, delivering
from bot.scheduler import LocalQueue
from bot.scheduler.ticks import Timetable
from bot.work.outgoing import tell
from tests.databases import new_database
from tests.waiting import wait_for

PATIENCE = 20.0


@pytest.fixture(params=["local", pytest.param("fleet", marks=pytest.mark.postgres)])
def database_url(request, tmp_path):
    """SQLite under the engine of one machine, PostgreSQL under that of a fleet."""
    if request.param == "local":
        return new_database(tmp_path)
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def working(office, database_url) -> Iterator[object]:
    """The office with its engine running this one job."""
    local = database_url.startswith("sqlite")
    queue = LocalQueue(office.clock) if local else FleetQueue(office.clock)
    office.services = replace(office.services, queue=queue)
    nothing = {name: lambda _services, _arg: None for name in (jobs.SWEEP, jobs.HOME, jobs.SYNC)}
    table = {**nothing, jobs.CAPTURE: nothing[jobs.SWEEP], jobs.OUTGOING: tell}
    if local:
        queue.start(office.services, table)
    else:
        prepare(office.services.sessions.engine)
        queue.start(office.services, table, ())
    yield office
    queue.stop()


def test_a_tick_delivers_what_is_due_to_every_source(working):
    """Each source's events in order, both sources at the same time."""
    office = working
    other = office.source("market")
    office.on()
    office.on(source_id=other)
    records = [office.record("a"), office.record("b", other)]
    for _ in range(5):
        for record in records:
            office.tell(record)
    tick = {one.name: one for one in Timetable(office.services, office.services.queue, ()).house()}
    tick["outgoing"].act()
    wait_for("the events", lambda: set(office.states()) == {"delivered"}, PATIENCE)

    order = [came.about for came in office.receiver.got]
    for name in ("a", "b"):
        assert [one for one in order if one[0] == name] == [(name, n) for n in range(1, 6)]
    assert len(order) == 10
    assert delivering.due(office.services) == []


def test_a_database_of_each_kind_counts_and_forgets_alike(office):
    """The same questions are asked of both."""
    office.on()
    record = office.record("1042")
    office.tell(record)
    office.tell(record)
    office.deliver()
    office.clock.skip(days=31)
    bounds.measure(office.services)
    assert bounds.forget(office.services) == 2
    assert [(row.seq, row.state) for row in office.rows()] == [(2, "past")]
    office.tell(record)
    rows, count = callbacks.waiting(office.services, office.source_id)

    assert (len(rows), count) == (1, 1)
    assert callbacks.try_again(office.services, office.source_id) == 1
