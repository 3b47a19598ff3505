"""The check stalled: a sync that does not come to its end, and a source that says nothing."""

from contextlib import suppress
from datetime import timedelta

from sqlalchemy import delete

from bot.domain import Scope
from bot.models import Company, Connection, Schedule, SourceRhythm, SourceSetup, SyncMark
from bot.sync import push
from bot.work.syncing import sync_slice
from checks import stalled
from tests.sync.shop import customer, invoice, item
from tests.words import renderer


def found(shop):
    with shop.services.sessions.read() as session:
        company = session.get_one(Company, shop.company_id)
    return list(stalled.run(shop.services, company, Scope()))


def change(shop, model, key, **values):
    with shop.services.sessions.write() as session:
        row = session.get_one(model, key)
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)


def ago(shop, **time):
    return shop.services.clock.now() - timedelta(**time)


def test_a_sync_that_fails_each_time_is_told_with_what_it_costs(shop, monkeypatch):
    """Its money, since when, and only while something waits; one turn that ends settles it."""
    shop.push()
    shop.hand_over(customer("c1", "Jane Doe"), item("i1", "Mug"), invoice("1", "c1"))
    assert found(shop) == []
    sync_slice(shop.services, shop.company_id, ())
    shop.hand_over(invoice("2", "c1"))
    change(shop, SyncMark, shop.company_id, last_good_at=ago(shop, minutes=16))

    [one] = found(shop)
    assert (one.problem, one.subject) == ("sync_stalled", "sync")
    assert (one.facts["documents"], one.facts["sales_amount"]) == (1, "100.00")
    text = renderer().problem(one.problem, {**one.facts, "company": "Harbor Foods"})
    assert "1 invoice, $100.00 not posted" in text.push

    def broken(*_args, **_more):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(push, "push_slice", broken)
        with suppress(RuntimeError):
            sync_slice(shop.services, shop.company_id, ())
    assert len(found(shop)) == 1
    sync_slice(shop.services, shop.company_id, ())
    assert found(shop) == []


def test_what_is_told_elsewhere_or_planned_is_not_told_twice(shop):
    """Trouble of the connection has its alert; what waits for its turn is meant to wait."""
    shop.push()
    shop.hand_over(customer("c1", "Jane Doe"), item("i1", "Mug"), invoice("1", "c1"))
    sync_slice(shop.services, shop.company_id, ())
    shop.hand_over(invoice("2", "c1"))
    change(shop, SyncMark, shop.company_id, last_good_at=ago(shop, hours=2))
    assert len(found(shop)) == 1

    change(shop, Connection, shop.company_id, trouble="server_error")
    assert found(shop) == []
    change(shop, Connection, shop.company_id, trouble="")
    with shop.services.sessions.write() as session:
        now = shop.services.clock.now()
        session.add(
            Schedule(company_id=shop.company_id, type="", every_seconds=36_000, by="", at=now,
                     next_at=now + timedelta(hours=9))
        )  # fmt: skip
    assert found(shop) == []


def test_a_sync_that_never_ended_is_told_by_what_waits_longest(shop):
    """The very first turn may be the one that fails."""
    shop.push()
    shop.hand_over(customer("c1", "Jane Doe"))
    with shop.services.sessions.write() as session:
        session.exec(delete(SyncMark))
    change_received = ago(shop, hours=1)
    record = shop.record("customer", "c1")
    change(shop, type(record), record.id, received_at=change_received)

    [one] = found(shop)
    assert one.facts["since"] == change_received.isoformat()


def test_a_source_that_says_nothing_at_its_usual_hours_is_told(shop):
    """Not while it cannot be read, which has an alert of its own."""
    now = shop.services.clock.now()
    week = (now.date().toordinal() - 1) // 7
    every_hour = {str(hour): [week - n for n in range(5)] for hour in range(168)}
    with shop.services.sessions.write() as session:
        row = SourceRhythm(source_id=shop.source_id, last_at=now, hours=every_hour)
        session.add(row)
    assert found(shop) == []

    change(shop, SourceRhythm, shop.source_id, last_at=ago(shop, hours=6))
    [one] = found(shop)
    assert (one.problem, one.subject) == ("source_silent", f"source:{shop.source_id}:silent")
    with shop.services.sessions.write() as session:
        session.add(SourceSetup(source_id=shop.source_id, kind="sql", problem="down"))
    assert found(shop) == []
