"""The mirror on PostgreSQL: read in turns, kept fresh, told of changes, searched, counted."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import select

from bot import mirror
from bot.mirror import notices, reading
from bot.mirror.notices import Told
from bot.models import MirrorPage, MirrorRow, Notice, ReadCount
from bot.quickbooks.reads import usage
from tests.mirror.test_load_and_capture import _invoice, create
from tests.mirror.test_reading import fill
from tests.quickbooks.simulator import connected_bench

pytestmark = pytest.mark.postgres


@pytest.fixture
def bench(simulator, settings, tmp_path, postgres_url, request) -> Iterator:
    """A connected company whose bot keeps its rows on PostgreSQL."""
    on_postgres = settings.model_copy(update={"DATABASE_URL": postgres_url})
    with connected_bench(simulator, on_postgres, tmp_path, request.node.name) as made:
        yield made


def all_of(bench, model):
    """Every row of a table."""
    with bench.sessions.read() as session:
        return list(session.exec(select(model)))


def test_a_reading_goes_on_where_it_was(bench, services, monkeypatch):
    """Turn by turn, each page once; then names, near names and menus are found."""
    monkeypatch.setattr(reading, "PAGE", 5)
    for name in ("Jane Doe", "Zoë Ångström", "Doe & Daughters, Inc."):
        create(bench, "Customer", DisplayName=name)
    fill(bench, 23)
    assert not mirror.load(services, bench.company_id, seconds=0.0)

    turns = 1
    while not mirror.load(services, bench.company_id, seconds=0.05):
        turns += 1
        assert turns < 100

    assert mirror.loaded(services, bench.company_id)
    assert all_of(bench, MirrorPage) == []
    customers = [row for row in all_of(bench, MirrorRow) if row.entity == "Customer"]
    assert len(customers) == 26
    with bench.sessions.read() as session:
        search = mirror.search(session, bench.company_id, ["Customer"], "DOE")
        near = mirror.candidates(session, bench.company_id, "Zoe Angstrom", ["Customer"])
        menu = mirror.in_use(session, bench.company_id, "Customer", most=5)
    assert [row.name for row in search] == ["Jane Doe", "Doe & Daughters, Inc."]
    assert [row.name for row, _ in near] == ["Zoë Ångström"]
    assert len(menu) == 5


def test_changes_deletions_and_merges(bench, services):
    """What differs is written once; a deleted document is marked; a second look is quiet."""
    jane = create(bench, "Customer", DisplayName="Jane Doe")
    mirror.load(services, bench.company_id)
    invoice = create(bench, "Invoice", **_invoice(bench, jane))
    mirror.capture(services, bench.company_id)
    bench.simulator.act(
        bench.realm, "edit", entity="Customer", id=jane, data={"DisplayName": "Jane Roe"}
    )
    bench.simulator.act(bench.realm, "delete", entity="Invoice", id=invoice)

    changed = mirror.capture(services, bench.company_id)

    assert {("Customer", jane), ("Invoice", invoice)} <= changed
    with bench.sessions.read() as session:
        assert mirror.get(session, bench.company_id, "Customer", jane).name == "Jane Roe"
        assert mirror.get(session, bench.company_id, "Invoice", invoice).deleted
    assert mirror.capture(services, bench.company_id) == set()


def test_notices_are_kept_once_and_done(bench, services):
    """A repetition is no second row; what the mirror does not have is told; what is done ends."""
    mirror.load(services, bench.company_id)
    now = bench.clock.now()
    told = [
        Told(f"key-{number}", bench.realm, "Customer", str(number), "Update", now)
        for number in (7001, 7002, 7001)
    ]
    with bench.sessions.write() as session:
        assert notices.take(session, told, now) == {bench.company_id}
        assert notices.take(session, told, now) == {bench.company_id}

    with bench.sessions.read() as session:
        waiting = notices.waiting(session, bench.company_id, now, 10)
        assert len(notices.waiting(session, bench.company_id, now, 1)) == 1
        assert notices.companies_waiting(session, now) == [bench.company_id]
        behind = notices.behind(session, waiting)
    assert [row.qbo_id for row in behind] == ["7001", "7002"]
    with bench.sessions.write() as session:
        notices.done(session, behind[:1], now)
        assert notices.ask_again(session, behind[1:], now) == []
    later = now + timedelta(minutes=2)
    with bench.sessions.read() as session:
        assert notices.companies_waiting(session, now) == []
        [left] = notices.waiting(session, bench.company_id, later, 10)
    assert (left.qbo_id, left.asked) == ("7002", 1)
    with bench.sessions.write() as session:
        notices.done(session, waiting, later)
    assert all(row.done_at for row in all_of(bench, Notice))


def test_reads_are_counted_by_several_processes(bench, services):
    """Each adds its own to one row of the day, counts ahead, and takes off what was not used."""
    before = bench.quickbooks
    books = [bench.another().company(bench.company_id) for _ in range(3)]
    for _ in range(5):
        for one in books:
            one.count("Customer")
    for each in (before, *bench.extra):
        each.write_reads_down()

    # The consent has read the company's name.
    assert [row.reads for row in all_of(bench, ReadCount)] == [16]
    with bench.sessions.read() as session:
        found = usage(session, 500_000, bench.clock.now().date())
    assert (found.used, found.by_company) == (16, (("Harbor Foods", 16),))
