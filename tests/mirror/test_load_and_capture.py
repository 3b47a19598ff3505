"""The mirror against the simulator: loaded whole, kept fresh, refreshed one by one."""

from datetime import timedelta
from uuid import uuid4

import pytest
from pydantic import SecretStr
from sqlmodel import select

from bot import mirror
from bot.db import leases
from bot.errors import LeaseLost
from bot.mirror import notices
from bot.models import Company, MirrorRow, MirrorState
from bot.quickbooks import QuickBooksFault
from tests.clocks import LaterClock


def rows(bench, entity):
    """The mirror's rows of one list."""
    with bench.sessions.read() as session:
        return session.exec(select(MirrorRow).where(MirrorRow.entity == entity)).all()


def create(bench, entity, **data):
    """A person adds a record in QuickBooks; returns its id."""
    return bench.simulator.act(bench.realm, "create", entity=entity, data=data)["record"]["Id"]


def set_captured_to(bench, moment):
    """Move the checkpoint."""
    with bench.sessions.write() as session:
        state = session.get_one(MirrorState, bench.company_id)
        state.captured_to = moment
        session.add(state)


def test_load_brings_everything(bench, services):
    """Active and inactive records, the closing date, the currency; our name for it stays."""
    create(bench, "Customer", DisplayName="Jane Doe")
    sleeping = create(bench, "Customer", DisplayName="Sleeping Beauty")
    create(bench, "Vendor", DisplayName="Vic Vendor")
    bench.simulator.act(bench.realm, "deactivate", entity="Customer", id=sleeping)
    bench.simulator.act(bench.realm, "close_books", date="2026-09-30")
    assert not mirror.loaded(services, bench.company_id)

    mirror.load(services, bench.company_id)

    assert mirror.loaded(services, bench.company_id)
    assert {(row.name, row.active) for row in rows(bench, "Customer")} == {
        ("Jane Doe", True),
        ("Sleeping Beauty", False),
    }
    assert len(rows(bench, "Account")) == bench.books.count("Account") > 0
    assert len(rows(bench, "Vendor")) == 1
    with bench.sessions.read() as session:
        company = session.get_one(Company, bench.company_id)
    assert (company.name, company.currency) == ("Harbor Foods", "USD")
    assert company.book_close_date.isoformat() == "2026-09-30"


def test_load_again_marks_what_is_gone(bench, services):
    """A row that QuickBooks does not hand out any more is marked, not kept as alive."""
    mirror.load(services, bench.company_id)
    with bench.sessions.write() as session:
        old = bench.clock.now() - timedelta(days=1)
        mirror.put(session, bench.company_id, "Customer", {"Id": "777", "DisplayName": "X"}, old)

    mirror.load(services, bench.company_id)

    assert [row.deleted for row in rows(bench, "Customer")] == [True]


def test_load_under_a_lost_lease_stops(bench, services):
    """When another worker took over, nothing more is read and nothing is called loaded."""
    held = leases.acquire(bench.sessions, bench.clock, "company:1", "me")
    leases.take_over_all(bench.sessions, bench.clock)
    leases.acquire(bench.sessions, bench.clock, "company:1", "somebody else")

    with pytest.raises(LeaseLost):
        mirror.load(services, bench.company_id, held)

    assert not mirror.loaded(services, bench.company_id)


def test_an_interrupted_load_is_not_loaded(bench, services):
    """A failure in the middle leaves the company unloaded; the next load completes it."""
    create(bench, "Customer", DisplayName="Jane Doe")
    bench.simulator.fault("code:6190", 1, {"realm": bench.realm, "entity": "Item"})

    with pytest.raises(QuickBooksFault):
        mirror.load(services, bench.company_id)
    assert not mirror.loaded(services, bench.company_id)

    mirror.load(services, bench.company_id)
    assert mirror.loaded(services, bench.company_id)


def test_capture_before_the_load_does_nothing(bench, services):
    """There is nothing to compare with yet."""
    assert mirror.capture(services, bench.company_id) == set()


def test_capture_sees_edits_deletions_and_nothing_else(bench, services):
    """New, edited, deactivated and deleted records are named once; a second look is quiet."""
    jane = create(bench, "Customer", DisplayName="Jane Doe")
    kept = create(bench, "Customer", DisplayName="Kept as it is")
    mirror.load(services, bench.company_id)
    invoice = create(bench, "Invoice", **_invoice(bench, kept))
    first = mirror.capture(services, bench.company_id)
    assert ("Invoice", invoice) in first

    bench.simulator.act(
        bench.realm, "edit", entity="Customer", id=jane, data={"DisplayName": "Jane Roe"}
    )
    new = create(bench, "Vendor", DisplayName="New Vendor")
    bench.simulator.act(bench.realm, "delete", entity="Invoice", id=invoice)

    changed = mirror.capture(services, bench.company_id)

    assert {("Customer", jane), ("Vendor", new), ("Invoice", invoice)} <= changed
    with bench.sessions.read() as session:
        assert mirror.get(session, 1, "Customer", jane).name == "Jane Roe"
        assert mirror.get(session, 1, "Invoice", invoice).deleted
    assert mirror.capture(services, bench.company_id) == set()


def _invoice(bench, customer):
    income = bench.books.query("Account", [("AccountType", "=", "Income")], limit=1)[0]["Id"]
    item = create(
        bench,
        "Item",
        Name=f"Item {uuid4()}",
        Type="Service",
        IncomeAccountRef={"value": income},
    )
    detail = {"ItemRef": {"value": item}, "Qty": 1, "UnitPrice": 5}
    return {
        "CustomerRef": {"value": customer},
        "Line": [{"Amount": 5, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}],
    }


def test_the_checkpoint_is_quickbooks_own_time(bench, services):
    """The next look starts from the time QuickBooks gave, not from this machine's clock."""
    mirror.load(services, bench.company_id)
    with bench.sessions.read() as session:
        loaded = session.get_one(MirrorState, bench.company_id)
    mirror.capture(services, bench.company_id)
    with bench.sessions.read() as session:
        state = session.get_one(MirrorState, bench.company_id)

    assert state.captured_to >= loaded.captured_to
    assert abs(state.captured_to - bench.books.company_info_at()[1]) < timedelta(minutes=5)


def test_a_failed_capture_keeps_the_checkpoint(bench, services):
    """What was not read is read the next time."""
    mirror.load(services, bench.company_id)
    with bench.sessions.read() as session:
        before = session.get_one(MirrorState, bench.company_id).captured_to
    jane = create(bench, "Customer", DisplayName="Jane Doe")
    bench.simulator.fault("code:6190", 1, {"realm": bench.realm, "operation": "cdc"})

    with pytest.raises(QuickBooksFault):
        mirror.capture(services, bench.company_id)
    with bench.sessions.read() as session:
        assert session.get_one(MirrorState, bench.company_id).captured_to == before
    assert ("Customer", jane) in mirror.capture(services, bench.company_id)


def test_a_long_pause_asks_for_a_reading_in_turns(bench, services):
    """QuickBooks remembers changes for 30 days; what is older is read by the sync, in turns.

    The look for changes itself reads nothing: a press would wait for it.
    """
    mirror.load(services, bench.company_id)
    create(bench, "Customer", DisplayName="Jane Doe")
    set_captured_to(bench, bench.clock.now() - timedelta(days=40))
    before = len(bench.simulator.requests(bench.realm))

    assert mirror.capture(services, bench.company_id) == set()
    assert not mirror.loaded(services, bench.company_id)
    assert len(bench.simulator.requests(bench.realm)) == before

    assert not mirror.load(services, bench.company_id, seconds=0.0)
    assert not mirror.loaded(services, bench.company_id)
    assert mirror.load(services, bench.company_id, seconds=20.0)
    assert mirror.loaded(services, bench.company_id)
    assert [row.name for row in rows(bench, "Customer")] == ["Jane Doe"]


def test_a_pause_that_only_quickbooks_sees(bench, services):
    """QuickBooks' own clock decides whether its change list still reaches back."""
    with bench.sessions.write() as session:
        session.add(
            MirrorState(
                company_id=bench.company_id,
                loaded_at=bench.clock.now(),
                captured_to=bench.clock.now() - timedelta(days=28, hours=23),
            )
        )
    create(bench, "Customer", DisplayName="Jane Doe")
    bench.simulator.control("POST", "/clock", {"advance": 2 * 24 * 3600})

    assert mirror.capture(services, bench.company_id) == set()
    assert not mirror.loaded(services, bench.company_id)
    mirror.load(services, bench.company_id)
    assert {row.name for row in rows(bench, "Customer")} == {"Jane Doe"}
    assert rows(bench, "Account")


def test_more_than_a_thousand_changes(bench, services):
    """A cut-off change list is asked for in parts and by query: nothing is missed."""
    mirror.load(services, bench.company_id)
    customer = create(bench, "Customer", DisplayName="Kept")
    invoice = create(bench, "Invoice", **_invoice(bench, customer))
    mirror.capture(services, bench.company_id)
    bench.simulator.act(bench.realm, "delete", entity="Invoice", id=invoice)
    made = {create(bench, "Vendor", DisplayName=f"Vendor {number}") for number in range(1005)}

    changed = mirror.capture(services, bench.company_id)

    assert {("Vendor", each) for each in made} <= changed
    assert ("Invoice", invoice) in changed
    assert mirror.capture(services, bench.company_id) == set()


@pytest.fixture
def a_great_change(bench, services, monkeypatch):
    """Thirty vendors were made, the feed lists ten at once; returns how to look a while later."""
    mirror.load(services, bench.company_id)
    monkeypatch.setattr("bot.quickbooks.books.CAPTURE_LIMIT", 10)
    services.clock = LaterClock()

    def look(minutes=0.0):
        """What one look brings, and how many reads it costs."""
        services.clock.skip(minutes=minutes)
        bench.simulator.control("POST", "/clock", {"advance": minutes * 60})
        before = len(bench.simulator.requests(bench.realm))
        changed = mirror.capture(services, bench.company_id)
        return changed, len(bench.simulator.requests(bench.realm)) - before

    fill = {"realm": bench.realm, "entity": "Vendor", "count": 30}
    bench.simulator.control("POST", "/fill", fill)
    # Whole seconds count: it must not end in the second of the first look.
    bench.simulator.control("POST", "/clock", {"advance": 5})
    yield look
    bench.simulator.control("POST", "/switches", {"changes_show_after_seconds": 0})


def test_a_great_change_is_read_twice(bench, a_great_change):
    """The overlap does not bring it again at every look; after five minutes once, then never."""
    changed, first = a_great_change()
    assert len(changed) == 30
    assert first > 5

    looks = [a_great_change(1) for _ in range(8)]

    assert [changed for changed, _ in looks] == [set()] * 8
    assert [reads for _, reads in looks] == [1, 1, 1, 1, first, 1, 1, 1]


def test_what_shows_late_after_a_great_change_is_seen(bench, a_great_change):
    """A change that QuickBooks shows after four minutes is found by the look over the whole time.

    What happens meanwhile, another great change too, is seen by the next look.
    """
    a_great_change()
    bench.simulator.control("POST", "/switches", {"changes_show_after_seconds": 230})
    late = create(bench, "Customer", DisplayName="Late Riser")
    assert a_great_change(1) == (set(), 1)
    bench.simulator.control("POST", "/switches", {"changes_show_after_seconds": 0})
    more = {create(bench, "Customer", DisplayName=f"Guest {number}") for number in range(12)}
    assert a_great_change(1)[0] == {("Customer", each) for each in more}
    assert [a_great_change(1) for _ in range(2)] == [(set(), 1)] * 2

    changed, _ = a_great_change(1)

    assert changed == {("Customer", late)}
    assert a_great_change(1) == (set(), 1)


def test_with_webhooks_the_look_back_does_not_wait_for_the_backstop(
    bench, services, a_great_change
):
    """What shows late is not left for eight hours: changes are asked for until it is made."""
    verifier = {"INTUIT_WEBHOOK_VERIFIER": SecretStr("a-verifier")}
    services.settings = bench.settings.model_copy(update=verifier)
    assert not notices.due(services, bench.company_id)
    a_great_change()

    due = [notices.due(services, bench.company_id) for _ in range(11) if a_great_change(1)]

    assert due == [True] * 9 + [False] * 2


def test_a_failed_look_back_is_made_again(bench, a_great_change):
    """While QuickBooks does not answer nothing counts as looked for."""
    a_great_change()
    bench.simulator.control("POST", "/switches", {"changes_show_after_seconds": 100})
    late = create(bench, "Customer", DisplayName="Late Riser")
    assert a_great_change(1) == (set(), 1)
    assert a_great_change(3) == (set(), 1)
    bench.simulator.fault("code:6190", 1, {"realm": bench.realm, "operation": "cdc"})

    with pytest.raises(QuickBooksFault):
        a_great_change(2)

    assert a_great_change()[0] == {("Customer", late)}


def test_deletions_behind_a_cut_off_list(bench, services, monkeypatch):
    """When one kind of document alone fills the list, its deletions are found by asking."""
    mirror.load(services, bench.company_id)
    customer = create(bench, "Customer", DisplayName="Kept")
    gone, stays = (create(bench, "Invoice", **_invoice(bench, customer)) for _ in range(2))
    mirror.capture(services, bench.company_id)
    bench.simulator.act(bench.realm, "delete", entity="Invoice", id=gone)
    monkeypatch.setattr("bot.quickbooks.books.CAPTURE_LIMIT", 1)

    changed = mirror.capture(services, bench.company_id)

    assert ("Invoice", gone) in changed
    assert ("Invoice", stays) not in changed


def test_a_count_that_agrees_spares_asking_for_every_document(bench, services, monkeypatch):
    """Many invoices were changed, none of the others is gone: one count instead of their Ids.

    One of the days before those that are read is not counted: it is asked for all the same.
    """
    customer = create(bench, "Customer", DisplayName="Kept")
    invoices = [create(bench, "Invoice", **_invoice(bench, customer)) for _ in range(6)]
    old = {**_invoice(bench, customer), "TxnDate": "2015-01-01"}
    ancient = create(bench, "Invoice", **old)
    mirror.load(services, bench.company_id)
    mirror.refresh(services, bench.company_id, "Invoice", ancient)
    bench.simulator.control("POST", "/clock", {"advance": 900})
    mirror.capture(services, bench.company_id)
    bench.simulator.control("POST", "/clock", {"advance": 900})
    edited = {"PrivateNote": "Changed"}
    for one in invoices[:2]:
        bench.simulator.act(bench.realm, "edit", entity="Invoice", id=one, data=edited)
    bench.simulator.act(bench.realm, "delete", entity="Invoice", id=ancient)
    monkeypatch.setattr("bot.quickbooks.books.CAPTURE_LIMIT", 2)
    monkeypatch.setattr("bot.mirror.changes.IDS_AT_ONCE", 1)
    before = len(asked_of_invoices(bench))

    changed = mirror.capture(services, bench.company_id)

    assert {("Invoice", one) for one in (*invoices[:2], ancient)} <= changed
    # The changed ones, the count, and the one that is not counted.
    assert len(asked_of_invoices(bench)) - before == 3


def asked_of_invoices(bench):
    """The questions about invoices alone."""
    rows = bench.simulator.requests(bench.realm)
    return [row for row in rows if row["operation"] == "query" and row["entity"] == "Invoice"]


def test_refresh_one_record(bench, services):
    """One record is read anew; one that is gone is marked and answered with None."""
    jane = create(bench, "Customer", DisplayName="Jane Doe")
    customer = create(bench, "Customer", DisplayName="Kept")
    invoice = create(bench, "Invoice", **_invoice(bench, customer))

    assert mirror.refresh(services, 1, "Customer", jane)["DisplayName"] == "Jane Doe"
    assert mirror.refresh(services, 1, "Invoice", invoice)["Id"] == invoice
    bench.simulator.act(bench.realm, "delete", entity="Invoice", id=invoice)
    assert mirror.refresh(services, 1, "Invoice", invoice) is None
    assert mirror.refresh(services, 1, "Invoice", "4711") is None

    with bench.sessions.read() as session:
        assert mirror.get(session, 1, "Invoice", invoice).deleted
        assert mirror.get(session, 1, "Customer", jane).name == "Jane Doe"


def test_a_failed_read_is_never_absent(bench, services):
    """Trouble on the way is raised; the row stays as it was."""
    jane = create(bench, "Customer", DisplayName="Jane Doe")
    mirror.refresh(services, 1, "Customer", jane)
    bench.simulator.fault("server_error", 3, {"realm": bench.realm, "operation": "read"})

    with pytest.raises(QuickBooksFault):
        mirror.refresh(services, 1, "Customer", jane)

    with bench.sessions.read() as session:
        assert not mirror.get(session, 1, "Customer", jane).deleted
