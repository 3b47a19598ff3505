"""How an alert ends is told from what is true: what was seen, who, how many, what waits now."""

import json

import pytest
from sqlalchemy import update
from sqlmodel import col

from bot import jobs
from bot.incidents import held_sums, message, storm_message
from bot.models import Link, Storm
from tests.sync.shop import customer, invoice

USED = "1042"


def shown(built):
    """Everything a reader sees of a message."""
    return json.dumps(built.blocks, ensure_ascii=False)


@pytest.fixture
def used(house):
    """Somebody has used our number for another sale; the alert is told."""
    shop = house.shop
    mug = {"value": shop.record("item", "i1").qbo_id}
    detail = {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": mug}}
    other = shop.create("Customer", DisplayName="Walk-in")
    lines = [{"Amount": "7.00", **detail}]
    theirs = shop.create("Invoice", DocNumber=USED, CustomerRef={"value": other}, Line=lines)
    shop.hand_over(invoice(USED, "c1"))
    house.sync()
    house.told()
    return theirs, house.incident("duplicate_document_number")


def test_what_somebody_did_in_quickbooks_is_named(house):
    """Made active again by hand: that, when, how many, how much, read back."""
    jane = house.shop.record("customer", "c1").qbo_id
    house.shop.act("deactivate", "Customer", jane)
    house.shop.hand_over(invoice("1", "c1"), invoice("2", "c1"), invoice("3", "c1"))
    house.sync()
    house.told()
    house.shop.act("reactivate", "Customer", jane)
    house.capture()

    green = message.build(house.services, house.again(house.incident("inactive_record")))
    assert "Jane Doe is active again in QuickBooks (changed there " in shown(green)
    assert "3 of 3 in QuickBooks, sales $300.00 · read back " in shown(green)
    assert "Settled by itself" not in shown(green)
    assert green.text.endswith("3 of 3 in QuickBooks, sales $300.00.")


def test_a_freed_number_is_named_too(house, used):
    """The other invoice has another number now: ours is posted under its own."""
    theirs, incident = used
    house.shop.act("edit", "Invoice", theirs, data={"DocNumber": "1042-W"})
    house.capture()

    green = message.build(house.services, house.again(incident))
    assert f"The invoice {USED} has the number 1042-W in QuickBooks now" in shown(green)
    assert "1 of 1 in QuickBooks, sales $100.00" in shown(green)


def test_what_waits_for_another_alert_now_is_said_and_nothing_is_counted(house, used):
    """The number is free, but meanwhile its customer is inactive: which alert has it now."""
    theirs, incident = used
    house.shop.act("edit", "Invoice", theirs, data={"DocNumber": "1042-W"})
    house.shop.act("deactivate", "Customer", house.shop.record("customer", "c1").qbo_id)
    house.capture(jobs.SYNC)
    house.check()

    assert house.again(incident).state == "resolved"
    assert house.ending(incident) == "1 document now waits for another alert: Jane Doe inactive"
    assert house.incident("inactive_record").state == "open"


def test_a_storms_green_has_documents_money_and_who(house):
    """Seven inactive customers: one is mended by a press, the others by hand in QuickBooks."""
    shop = house.shop
    shop.hand_over(*(customer(f"s{n}", f"{name} Storm") for n, name in enumerate(NAMES)))
    house.sync()
    ids = [shop.record("customer", f"s{n}").qbo_id for n in range(len(NAMES))]
    for qbo_id in ids:
        shop.act("deactivate", "Customer", qbo_id)
    shop.hand_over(*(invoice(str(500 + n), f"s{n}", tax="8.00") for n in range(len(NAMES))))
    house.sync()
    house.told()
    [storm] = shop.all(Storm)
    house.mend(house.incident("inactive_record", f"Customer:{ids[0]}"), "reactivate")
    for qbo_id in ids[1:]:
        shop.act("reactivate", "Customer", qbo_id)
    house.capture()

    green = storm_message.build(house.services, storm)
    assert "✅ FIXED · 7 inactive records · 7 documents posted" in shown(green)
    assert "7 of 7 in QuickBooks: 7 invoices, $756.00" in shown(green)
    assert "U0DANA" in shown(green)
    assert "by itself" in shown(green)
    assert green.text.endswith("7 inactive records · 7 documents posted")


def test_a_table_tells_linked_documents_from_posted_ones(house, used):
    """What was there before is counted as linked, and its money is not called posted."""
    _, incident = used
    shop = house.shop
    shop.hand_over(invoice("77", "c1", tax="8.00"))
    house.sync()
    other = shop.record("invoice", "77").id
    with house.services.sessions.write() as session:
        session.exec(update(Link).where(col(Link.external_id) == "77").values(how="found"))
    house.mend(incident, "renumber")
    row = house.again(incident)
    rows = [row.model_copy(update={"record_ids": [*row.record_ids, other]})]

    with house.services.sessions.read() as session:
        done = held_sums.done(session, rows)
    assert done.title() == " · 1 document posted"
    assert done.words() == (
        "2 of 2 in QuickBooks: 1 invoice, $100.00; 1 document linked to what was there before"
    )


NAMES = ("Ann", "Bea", "Cal", "Dov", "Eve", "Fay", "Gus")
