"""The closing date is looked at before a document goes out, whatever QuickBooks does with it."""

from datetime import timedelta

import pytest

from bot import mirror
from bot.mirror.contents import PREFERENCES, PREFERENCES_ID
from tests.sync.shop import customer, invoice, payment


@pytest.fixture
def open_door(house):
    """QuickBooks lets an app into closed books that have no password."""
    switch(house, closed_without_password_refuses=False)
    yield house
    switch(house, closed_without_password_refuses=True)


def switch(house, **switches):
    """Turn switches of the simulator."""
    house.shop.simulator.control("POST", "/switches", switches)


def outdated(house, by=timedelta(minutes=1)):
    """Let what is known of the company's settings be of a while ago."""
    with house.services.sessions.write() as session:
        row = mirror.get(session, house.shop.company_id, PREFERENCES, PREFERENCES_ID)
        row.read_at -= by
        session.add(row)


def close_books(house, day):
    """Somebody closes the books, and a minute goes by."""
    house.shop.simulator.act(house.shop.realm, "close_books", date=day)
    outdated(house)


def sold(number, day):
    """A sale of one day."""
    return invoice(number, "c1") | {"date": day}


def posts(house, entity):
    """Every try to post one, refused ones too."""
    rows = house.shop.simulator.requests(house.shop.realm)
    return [row for row in rows if row["operation"] == "create" and row["entity"] == entity]


def test_nothing_goes_into_closed_books_where_quickbooks_would_let_it(open_door):
    """Rule 2: the day of closing is closed, the day after it is open; people learn of the rest."""
    house = open_door
    close_books(house, "2026-10-31")
    paid = payment("p1", "c1", "40.00") | {"date": "2026-10-20"}
    house.shop.hand_over(sold("1", "2026-10-31"), sold("2", "2026-11-01"), paid)
    house.shop.push_all()
    assert [house.shop.state("invoice", one) for one in "12"] == ["held", "posted"]
    assert house.shop.causes("invoice", "1") == [("closed_period", "invoice:Shop/1")]
    assert house.shop.causes("payment", "p1") == [("closed_period", "payment:Shop/p1")]
    assert len(posts(house, "Invoice")) == 1
    assert posts(house, "Payment") == []


def test_it_is_told_as_a_refusal_is_told(house):
    """One root, one alert: the same problem, subject and facts, but for QuickBooks' own words."""
    house.shop.hand_over(sold("0", "2026-10-01"))
    house.shop.push_all()
    house.shop.hand_over(sold("1", "2026-10-15"))
    close_books(house, "2026-10-31")
    outdated(house, by=-timedelta(hours=1))
    house.shop.push_all()
    outdated(house, by=timedelta(hours=1))
    [refused] = house.shop.holds("invoice", "1")
    assert refused.facts["code"] == "6210", "the bot read the settings just before"
    house.shop.hand_over(sold("2", "2026-10-15"))
    house.shop.push_all()
    [held] = house.shop.holds("invoice", "2")
    assert held.facts["code"] == ""
    words = {"code", "fault_message", "detail", "element", "intuit_tid", "raw", "http_status"}
    own = {"record_id", "external_id", "number"}
    for name in {*refused.facts} - words - own:
        assert held.facts.get(name) == refused.facts[name], name


def test_books_that_were_opened_since_hold_nothing(house):
    """Nothing is held by a closing date of yesterday: it is read anew before that."""
    close_books(house, "2026-10-31")
    house.shop.hand_over(sold("1", "2026-10-15"))
    house.shop.push_all()
    close_books(house, "2026-09-30")
    house.shop.hand_over(sold("2", "2026-10-15"))
    house.shop.push_all()
    assert house.shop.state("invoice", "2") == "posted"


def test_a_closing_date_is_found_before_a_late_document_goes_out(open_door, bench):
    """What the bot read a minute ago is not good enough for a document of a month that is over."""
    house = open_door
    house.shop.hand_over(sold("1", "2026-11-12"))
    house.shop.push_all()
    close_books(house, "2026-10-31")
    house.shop.hand_over(sold("2", "2026-10-15"))
    house.shop.push_all()
    assert house.shop.causes("invoice", "2") == [("closed_period", "invoice:Shop/2")]


def test_try_again_posts_once_the_books_are_open(open_door):
    """The way out is the alert's own: the date is moved, and Try again posts it."""
    house = open_door
    close_books(house, "2026-10-31")
    house.shop.hand_over(sold("1", "2026-10-15"))
    house.sync()
    alert = house.incident("closed_period")
    assert house.mend(alert, "retry").state != "resolved"
    close_books(house, "2026-09-30")
    assert house.mend(alert, "retry").state == "resolved"
    assert house.shop.state("invoice", "1") == "posted"


def test_lists_have_no_day(house):
    """A customer or an item is created however far the books are closed."""
    close_books(house, "2026-11-30")
    house.shop.hand_over(customer("c9", "Late Larry"))
    house.shop.push_all()
    assert house.shop.state("customer", "c9") == "posted"
