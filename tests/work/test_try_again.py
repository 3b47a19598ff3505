"""After a fix for another tool's error: what was done, and which tool has to try what again."""

from bot import forwarded
from bot.forwarded import Report
from tests.sync.shop import invoice

SYNDER = "Synder: customer Jane Doe has been made inactive in QuickBooks (error 610). {} not posted"


def hand_over(house, *documents):
    """A person hands texts over by the button of an explained text: no check runs for it."""
    for number, one in enumerate(documents):
        report = Report(SYNDER.format(one), key=f"command {number}", person=True)
        forwarded.take(house.services, house.shop.company_id, "Dana", report)
    forwarded.read_new(house.services, house.shop.company_id)


def inactive(house, entity, source_id):
    """Somebody makes a record inactive in QuickBooks; gives its id there."""
    qbo_id = house.shop.record(entity.lower(), source_id).qbo_id
    house.shop.act("deactivate", entity, qbo_id)
    return qbo_id


def test_what_was_done_is_said_where_ours_waits_for_another_alert(house):
    """Nothing of ours is posted: yet she is active again, and Synder has to post its invoice."""
    inactive(house, "Item", "i1")
    jane = inactive(house, "Customer", "c1")
    house.shop.hand_over(invoice("1", "c1"))
    house.sync()
    hand_over(house, "Invoice SO-501", "Invoice SO-502")

    incident = house.incident("inactive_record", f"Customer:{jane}")
    assert house.mend(incident, "reactivate").state == "resolved"

    told = house.ending(incident)
    assert "Jane Doe active again: QuickBooks shows it so" in told
    assert "1 document waits for another alert too: Blue Mug inactive" in told
    assert "Synder has to try again itself with invoice SO-501 and invoice SO-502: " in told
    assert "Synder has to try again" in house.shown(house.again(incident))


def test_ours_alone_says_what_was_done_too(house):
    """No other tool met it: there is nothing to try again elsewhere, and the change is told."""
    inactive(house, "Item", "i1")
    jane = inactive(house, "Customer", "c1")
    house.shop.hand_over(invoice("1", "c1"))
    house.sync()

    incident = house.incident("inactive_record", f"Customer:{jane}")
    house.mend(incident, "reactivate")

    told = house.ending(incident)
    assert "Jane Doe active again: QuickBooks shows it so" in told
    assert "try again" not in told


def test_each_tool_has_its_own_documents(house):
    """A declared source and a text that names no tool: each is told by itself, with its own."""
    inactive(house, "Customer", "c1")
    house.capture()
    text = "The customer Jane Doe has been made inactive (code 610). Invoice {}"
    for tool, number, person in (("Cin7 Core", "SO-7", False), ("Dana", "B-9", True)):
        report = Report(text.format(number), person=person)
        forwarded.take(house.services, house.shop.company_id, tool, report)
    house.run()

    [incident] = house.incidents()
    house.mend(incident, "reactivate")

    told = house.ending(incident)
    assert "Cin7 Core has to try again itself with invoice SO-7: " in told
    assert "The other tool has to try again itself with invoice B-9: " in told


def test_each_error_of_a_text_names_the_order_that_stood_beside_it(house):
    """As they come from the door: whatever the error is, its alert has the order's number."""
    for said in ("6240 Duplicate Name Exists", "610 Object Not Found", "6210 Period Closed"):
        report = Report(f"Sync failed: {said}\nOrder: SO-33")
        forwarded.take(house.services, house.shop.company_id, "Cin7 Core", report)
    house.run()

    alerts = house.incidents()
    assert len(alerts) == 3
    assert all("SO-33" in house.shown(one) for one in alerts)
