"""The first reading of a company: side by side, kept page by page, told, counted at the end."""

import json
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlmodel import select

from bot import mirror
from bot.mirror import reading
from bot.models import Delivery, MirrorLoad, MirrorPage, MirrorRow, MirrorState, Pace
from bot.quickbooks import QuickBooksFault
from tests.mirror.test_load_and_capture import _invoice, create
from tests.quickbooks.simulator import ROOT
from tests.waiting import wait_for


@pytest.fixture
def small_pages(monkeypatch):
    """Pages of five records, so that a small company has many."""
    monkeypatch.setattr(reading, "PAGE", 5)


def fill(bench, count, entity="Customer"):
    """Many records at once, entered long enough ago to be no news."""
    bench.simulator.control(
        "POST", "/fill", {"realm": bench.realm, "entity": entity, "count": count}
    )
    bench.simulator.control("POST", "/clock", {"advance": 900})


def all_of(bench, model):
    """Every row of a table."""
    with bench.sessions.read() as session:
        return list(session.exec(select(model)))


def asked(bench, entity):
    """How many queries there were for an entity."""
    rows = bench.simulator.requests(bench.realm)
    return sum(1 for row in rows if row["operation"] == "query" and row["entity"] == entity)


def customers(bench):
    """How many living customers the mirror has."""
    return sum(row.entity == "Customer" and not row.deleted for row in all_of(bench, MirrorRow))


def test_every_page_is_read_once_and_counted(bench, services):
    """2,500 customers are three pages and two counts; a short list is one page and one count."""
    fill(bench, 2500)

    assert mirror.load(services, bench.company_id)

    assert customers(bench) == 2500
    assert asked(bench, "Customer") == 5
    assert asked(bench, "Vendor") == 1  # counted: there is none, so no page is asked for
    assert asked(bench, "Account") == 2
    assert all_of(bench, MirrorPage) == []
    (load,) = all_of(bench, MirrorLoad)
    assert load.expected["Customer"] == 2500
    assert load.finished_at is not None


def test_a_turn_ends_and_the_next_goes_on(bench, services, small_pages):
    """When the time is over the pages that came are kept, and nothing is called loaded."""
    fill(bench, 23)

    assert not mirror.load(services, bench.company_id, seconds=0.0)
    assert not mirror.loaded(services, bench.company_id)
    assert mirror.load(services, bench.company_id)

    assert customers(bench) == 23
    assert asked(bench, "Customer") == 1 + 5 + 1


def test_a_used_up_minute_is_no_trouble(bench, services, small_pages, monkeypatch):
    """A turn that meets the end of the minute's share comes back; nothing stands still for it."""
    fill(bench, 12)
    mirror.load(services, bench.company_id, seconds=0.0)
    bench.settings = bench.settings.model_copy(update={"QUICKBOOKS_PER_MINUTE": 450})
    services.quickbooks = bench.another()
    monkeypatch.setattr(services.quickbooks, "wait", lambda _: False)
    ago = int(bench.clock.now().timestamp()) - 50
    with bench.sessions.write() as session:
        session.add(Pace(company_id=bench.company_id, minute={str(ago): 450}))

    assert not mirror.load(services, bench.company_id, seconds=0.5)

    assert all_of(bench, MirrorLoad)[0].trouble == ""


def test_a_killed_reading_goes_on_where_it_was(bench, services):
    """After kill -9 only the pages that are not in the mirror are read again."""
    fill(bench, 6500)
    bench.simulator.control("POST", "/latency", {"ms": 150})
    settings = {
        name: str(getattr(value, "get_secret_value", lambda value=value: value)())
        for name, value in bench.settings
        if isinstance(value, str | int | float) or hasattr(value, "get_secret_value")
    }
    settings |= {"QUICKBOOKS_CONCURRENCY": "2", "LOG_JSON": "true"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.mirror.kill_me"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        process.stdin.write(json.dumps(settings))
        process.stdin.close()
        wait_for("two pages", lambda: _pages_of_customers(bench) >= 2, 60)
    finally:
        process.kill()
        process.wait(30)
        bench.simulator.control("POST", "/latency", {"ms": 0})
    kept, before = _pages_of_customers(bench), asked(bench, "Customer")
    assert 2 <= kept < 7
    (load,) = all_of(bench, MirrorLoad)

    assert mirror.load(services, bench.company_id)

    assert customers(bench) == 6500
    # The missing pages and the count at the end; two calls of the killed one may end after it.
    missing = (7 - kept) + 1
    assert asked(bench, "Customer") - before in range(missing, missing + 3)
    assert [row.id for row in all_of(bench, MirrorLoad)] == [load.id]


def _pages_of_customers(bench):
    return sum(row.entity == "Customer" for row in all_of(bench, MirrorPage))


def test_a_reading_that_stood_still_too_long_begins_anew(bench, services, small_pages):
    """What QuickBooks' list of changes no longer holds cannot be made up for."""
    fill(bench, 8)
    assert not mirror.load(services, bench.company_id, seconds=0.0)
    with bench.sessions.write() as session:
        load = session.exec(select(MirrorLoad)).one()
        load.capture_point = bench.clock.now() - timedelta(days=40)
        load.started_at = load.capture_point
        session.add(load)

    assert mirror.load(services, bench.company_id)

    (load,) = all_of(bench, MirrorLoad)
    assert bench.clock.now() - load.started_at < timedelta(minutes=5)


def test_pages_that_shift_lose_nothing(bench, services, small_pages, monkeypatch):
    """A document deleted while its list is read moves another one to a page already read."""
    customer = create(bench, "Customer", DisplayName="Kept")
    document = _invoice(bench, customer)
    made = [create(bench, "Invoice", **document) for _ in range(12)]
    object.__setattr__(services, "settings", _one_at_a_time(bench))
    page = type(bench.books).page
    gone = []

    def deleting(self, entity, *args, **kwargs):
        found = page(self, entity, *args, **kwargs)
        if entity == "Invoice" and not gone:
            gone.append(found[0]["Id"])
            bench.simulator.act(bench.realm, "delete", entity="Invoice", id=gone[0])
        return found

    monkeypatch.setattr(type(bench.books), "page", deleting)

    assert mirror.load(services, bench.company_id)

    there = {row.qbo_id for row in all_of(bench, MirrorRow) if row.entity == "Invoice"}
    living = {
        row.qbo_id
        for row in all_of(bench, MirrorRow)
        if row.entity == "Invoice" and not row.deleted
    }
    assert there == set(made)
    assert living == set(made) - set(gone)


def _one_at_a_time(bench):
    return bench.settings.model_copy(update={"QUICKBOOKS_CONCURRENCY": 1})


def test_a_record_made_meanwhile_is_there(bench, services, small_pages, monkeypatch):
    """What is entered after its page was read is brought by the changes since before page 1."""
    fill(bench, 12)
    page = type(bench.books).page
    made = []

    def entering(self, entity, *args, **kwargs):
        found = page(self, entity, *args, **kwargs)
        if entity == "Item" and not made:
            made.append(create(bench, "Customer", DisplayName="Just entered"))
        return found

    monkeypatch.setattr(type(bench.books), "page", entering)
    create(bench, "Item", Name="Work", Type="Service", IncomeAccountRef=_income(bench))

    assert mirror.load(services, bench.company_id)

    assert customers(bench) == 13
    with bench.sessions.read() as session:
        assert mirror.get(session, 1, "Customer", made[0]).name == "Just entered"


def _income(bench):
    return {
        "value": bench.books.query("Account", [("AccountType", "=", "Income")], limit=1)[0]["Id"]
    }


def test_trouble_keeps_what_came_and_is_told(bench, services, small_pages):
    """A fault in the middle is raised and noted; the pages that came are not read again."""
    fill(bench, 23)
    assert not mirror.load(services, bench.company_id, seconds=0.0)
    match = {"realm": bench.realm, "entity": "Customer", "operation": "query"}
    bench.simulator.fault("code:6190", 1, match)

    with pytest.raises(QuickBooksFault):
        mirror.load(services, bench.company_id)

    (load,) = all_of(bench, MirrorLoad)
    assert "6190" in load.trouble
    assert mirror.load(services, bench.company_id)
    (load,) = all_of(bench, MirrorLoad)
    assert (load.trouble, customers(bench)) == ("", 23)


def test_only_recent_documents_are_read(bench, services):
    """Documents of the last months come with the first reading; older ones are not known."""
    customer = create(bench, "Customer", DisplayName="Kept")
    document = _invoice(bench, customer)
    recent = create(bench, "Invoice", **document)
    old = create(bench, "Invoice", **document, TxnDate="2020-01-31")

    mirror.load(services, bench.company_id)
    # Both were entered just now, so the old one is among the changes; a later reading forgets it.
    assert {row.qbo_id for row in all_of(bench, MirrorRow) if row.entity == "Invoice"} == {
        recent,
        old,
    }
    bench.simulator.control("POST", "/clock", {"advance": 3600})
    bench.simulator.act(bench.realm, "delete", entity="Invoice", id=recent)
    bench.simulator.control("POST", "/clock", {"advance": 3600})
    _read_again(bench)
    mirror.load(services, bench.company_id)

    rows = [row for row in all_of(bench, MirrorRow) if row.entity == "Invoice"]
    assert [(row.qbo_id, row.deleted) for row in rows] == [(recent, True)]
    assert rows[0].party_id == customer


def _read_again(bench):
    """As after a long pause: what is known is older than the reading that follows."""
    with bench.sessions.write() as session:
        for row in session.exec(select(MirrorRow)):
            row.read_at -= timedelta(days=1)
            session.add(row)
        session.exec(select(MirrorState)).one().loaded_at = None


def test_a_short_reading_is_not_told(bench, services):
    """A small company is read without a message."""
    mirror.load(services, bench.company_id)

    assert all_of(bench, Delivery) == []


def test_a_long_reading_is_told_from_its_first_page(bench, services, small_pages):
    """With many pages to read the channel gets one message, which is to be edited to the end."""
    fill(bench, 5 * reading.TOLD_PAGES)
    assert not mirror.load(services, bench.company_id, seconds=0.0)
    assert all_of(bench, Delivery) == []

    mirror.load(services, bench.company_id)

    (row,) = all_of(bench, Delivery)
    assert row.load_id == all_of(bench, MirrorLoad)[0].id
    assert row.channel_id == "C1"
    assert row.wanted > row.sent
