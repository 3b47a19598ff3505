"""The read quota: what costs is counted, for all processes, and its end is foretold."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from bot.models import ReadCount
from bot.quickbooks import QuickBooksFault
from bot.quickbooks.reads import ReadMeter, usage

TODAY = date(2026, 11, 20)


def used(bench):
    """How many reads are counted this month, those still in memory too."""
    bench.quickbooks.write_reads_down()
    for other in bench.extra:
        other.write_reads_down()
    with bench.sessions.read() as session:
        return usage(session, 500_000, bench.clock.now().date()).used


def reads_at_intuit(bench):
    """What the simulator would put on the bill of this company."""
    costing = {"read", "query", "cdc", "reports"}
    return sum(
        1
        for row in bench.simulator.requests(bench.realm)
        if row["operation"] in costing and row["status"] == 200
    )


def test_what_costs_is_counted_as_intuit_counts_it(bench):
    """Reads, queries, counts, changes and reports; from two processes; no write and no refusal."""
    other = bench.another().company(bench.company_id)
    made = bench.books.write("create", "Customer", {"DisplayName": "Jane"}, str(uuid4())).payload
    bench.books.read("Customer", made["Id"])
    bench.books.count("Customer")
    other.query("Customer")
    other.changes(["Customer"], bench.clock.now() - timedelta(hours=1))
    other.report("TransactionList", {})
    bench.books.preferences()
    with pytest.raises(QuickBooksFault):
        bench.books.read("Customer", "99999")

    assert used(bench) == reads_at_intuit(bench)


@pytest.mark.parametrize(
    ("fault", "reads"), [("server_error", 1), ("empty_body", 2), ("reset_after", 2)]
)
def test_a_repeated_read_costs_what_may_have_been_answered(bench, fault, reads):
    """A refused try costs nothing; an unusable 200 does, and so may a reply that was lost."""
    before = used(bench)
    bench.simulator.fault(fault, 1, {"realm": bench.realm, "operation": "query"})

    bench.books.query("Customer")

    assert used(bench) == before + reads


def test_a_killed_process_leaves_nothing_uncounted(bench):
    """However a process ends, what it read is counted; at most a block too many stays."""
    other = bench.another()
    bench.extra.remove(other)  # killed: it gives nothing back
    books = other.company(bench.company_id)
    for _ in range(40):
        books.count("Customer")

    counted, metered = used(bench), reads_at_intuit(bench)

    assert metered <= counted <= metered + 32


def test_the_count_of_the_day_before_is_left_exact(bench):
    """What was counted ahead before midnight is taken off the day it was counted on."""

    class Midnight:
        moment = datetime(2026, 11, 19, 23, 59, tzinfo=UTC)

        def now(self):
            return self.moment

    clock = Midnight()
    put(bench, {})
    meter = ReadMeter(bench.sessions, clock)
    for _ in range(4):
        meter.reserve(bench.company_id)
    late = meter.reserve(bench.company_id)
    clock.moment += timedelta(minutes=2)
    meter.reserve(bench.company_id)
    meter.give_back(bench.company_id, late)
    meter.write_down()

    with bench.sessions.read() as session:
        days = {row.day.day: row.reads for row in session.exec(select(ReadCount))}
    assert days == {19: 4, 20: 1}


def test_trouble_of_the_database_fails_no_read(bench):
    """What could not be written down is kept for the next time."""

    class Broken:
        def write(self):
            raise OperationalError("COMMIT", {}, OSError("gone"))

    meter = ReadMeter(Broken(), bench.clock)
    meter.reserve(bench.company_id, 3)
    before = used(bench)
    meter._sessions = bench.sessions
    meter.write_down()

    assert used(bench) == before + 3


def put(bench, reads):
    """Replace what is counted by `reads`: {days ago: number}."""
    with bench.sessions.write() as session:
        session.exec(delete(ReadCount))
        for days, number in reads.items():
            day = TODAY - timedelta(days=days)
            session.add(ReadCount(company_id=bench.company_id, day=day, reads=number))


@pytest.mark.parametrize(
    ("reads", "budget", "forecast", "ends_on"),
    [
        ({}, 1000, 0, None),
        # The first day: what it has so far is taken for a day's worth.
        ({0: 10}, 1000, 10 + 10 * 10, None),
        # Ten a day, half of today's done: five more today, ten days to come.
        ({**dict.fromkeys(range(1, 8), 10), 0: 5}, 1000, 75 + 5 + 100, None),
        # 300 tonight at 100 a day: 600 last until the 23rd, the 24th is too much.
        ({1: 100, 2: 100, 0: 100}, 600, 300 + 1000, date(2026, 11, 24)),
        ({1: 100, 0: 500}, 600, 600 + 1000, TODAY),
        # Reads of last month are not this month's.
        ({20: 900, 1: 1}, 1000, 1 + 1 + 10, None),
        # A quiet week after a busy start: the present pace counts.
        ({15: 700, 7: 0, 1: 0}, 1000, 700, None),
        ({1: 100}, 0, 1200, None),
    ],
)
def test_the_forecast(bench, reads, budget, forecast, ends_on):
    """By the mean of the last whole days, from today to the month's last day."""
    put(bench, reads)

    with bench.sessions.read() as session:
        found = usage(session, budget, TODAY)

    assert (found.forecast, found.ends_on) == (forecast, ends_on)
    assert found.month_ends == date(2026, 11, 30)
