"""No loops and no losses: own writes are no news, and a kill in between changes nothing."""

import pytest

from bot import jobs, mirror
from bot.models import FlowUpdate, Write
from bot.sync import writing
from bot.sync.flow import updates
from tests.flow.words import BOTH, DRIFT, book, buyer, edit, posted, writes
from tests.sync.shop import customer, invoice, payment

ROUNDS = 30


@pytest.mark.long
def test_thirty_rounds_are_quiet(house, heard):
    """Handed over, posted, captured, again and again: no write, no event, no question."""
    records = (
        customer("c1", "Jane Doe", phone="555-0100"),
        invoice("1001", "c1"),
        payment("p1", "c1", "100.00", "1001"),
    )
    posted(house, *records)
    before = writes(house)
    for _ in range(ROUNDS):
        house.shop.hand_over(*records)
        house.capture(jobs.CHECK)
    assert (writes(house), heard(), house.shop.holds()) == (before, [], [])


def test_a_source_that_takes_over_what_it_hears_comes_to_rest(house, heard):
    """Each side follows the other; each change goes over once."""
    before = writes(house)
    for number in range(5):
        phone = f"555-010{number}"
        edit(house, "Customer", buyer(house)["Id"], PrimaryPhone={"FreeFormNumber": phone})
        told = heard()[-1][1]["contact"]["now"]["phone"]
        assert told == phone
        house.shop.hand_over(customer("c1", "Jane Doe", phone=told))
        house.sync()
        house.capture()
    assert len(heard()) == 5
    assert writes(house) == before
    assert house.shop.holds() == []


def test_a_kill_between_the_write_and_its_outcome_writes_once(house):
    """The write is settled by its own row: nothing goes out twice, and no question is left."""
    before = writes(house)
    house.shop.hand_over(customer("c1", "Jane Doe", phone="555-0100"))
    [update] = house.shop.all(FlowUpdate)
    with house.shop.lease() as held:
        mirror.refresh(house.services, house.shop.company_id, "Customer", buyer(house)["Id"])
        write_id = updates._intended(house.services, update.record_id, held)
        writing.perform(house.services, write_id, held)  # killed here
    house.sync()
    house.capture()

    assert writes(house) == before + 1
    assert buyer(house)["PrimaryPhone"]["FreeFormNumber"] == "555-0100"
    assert house.shop.all(FlowUpdate) == []
    assert house.shop.holds() == []


@pytest.mark.long
@pytest.mark.parametrize("fault", ["reset_after", "reset_before", "unavailable_html"])
def test_a_lost_reply_is_settled_by_the_same_request(house, fault):
    """Whether it took effect or not: once in QuickBooks, by one request id."""
    match = {"realm": house.shop.realm, "entity": "Customer", "operation": "update"}
    house.shop.simulator.fault(fault, 1, match)
    house.shop.hand_over(customer("c1", "Jane Doe", phone="555-0100"))
    for _ in range(3):
        with house.services.sessions.write() as session:
            for row in house.shop.all(FlowUpdate):
                row.not_before = None
                session.add(row)
        house.sync()
    house.capture()

    assert house.shop.all(FlowUpdate) == []
    assert buyer(house)["PrimaryPhone"]["FreeFormNumber"] == "555-0100"
    ours = [row for row in house.shop.all(Write) if row.operation == "update"]
    assert [row.state for row in ours] == ["done"]
    assert house.shop.holds() == []


def test_what_was_read_but_not_compared_is_compared_later(house):
    """Killed right after the mirror was brought up to date: the next look finds it."""
    posted(house, invoice("1001", "c1"))
    house.shop.act("edit", "Invoice", book(house)["Id"], data={"TxnDate": "2026-11-20"})
    mirror.capture(house.services, house.shop.company_id)  # killed here
    assert house.shop.holds() == []

    house.capture()
    assert [row.problem for row in house.shop.holds()] == [DRIFT]


@pytest.mark.long
def test_somebody_saves_while_the_bot_writes(house):
    """QuickBooks refuses the old version: read anew, written once, nobody's change is lost."""
    house.shop.hand_over(customer("c1", "Jane Doe", phone="555-0100"))
    [update] = house.shop.all(FlowUpdate)
    jane = buyer(house)["Id"]
    with house.shop.lease() as held:
        mirror.refresh(house.services, house.shop.company_id, "Customer", jane)
        updates._intended(house.services, update.record_id, held)
    house.shop.act("edit", "Customer", jane, data={"CompanyName": "Doe and Sons"})
    for _ in range(2):
        with house.services.sessions.write() as session:
            for row in house.shop.all(FlowUpdate):
                row.not_before = None
                session.add(row)
        house.sync()
    house.capture()

    found = buyer(house)
    assert found["PrimaryPhone"]["FreeFormNumber"] == "555-0100"
    assert found["CompanyName"] == "Doe and Sons"
    assert house.shop.holds() == []


@pytest.mark.long
def test_two_ids_of_one_customer_are_asked_about_once(house):
    """Both records of the source stand for it: one alert, settled for both."""
    jane = house.shop.record("customer", "c1").qbo_id
    house.shop.link("customer", "c9", "Customer", jane)
    house.shop.hand_over(customer("c9", "Jane Doe"))
    house.sync()
    house.capture()
    house.shop.hand_over(customer("c1", "Jane Roe"), customer("c9", "Jane Roe"))
    house.run()
    house.told()

    assert [row.problem for row in house.shop.holds()] == [BOTH, BOTH]
    alert = house.mend(house.incident(BOTH), "push_again")
    assert alert.state == "resolved", house.ending(alert)
    house.capture()
    assert house.shop.holds() == []


def test_what_a_fix_wrote_is_no_news(house):
    """An invoice that a fix moved to its day was not changed by somebody."""
    posted(house, invoice("1001", "c1", date="2026-11-01"))
    house.shop.hand_over(invoice("1001", "c1", date="2026-10-31"))
    house.run()
    house.told()
    alert = house.mend(house.incident("day_differs"), "move_day")
    assert alert.state == "resolved", house.ending(alert)
    house.capture()
    assert house.shop.holds() == []

    house.mend(alert, "undo")
    house.capture()
    assert [row.problem for row in house.shop.holds()] == ["day_differs"]
