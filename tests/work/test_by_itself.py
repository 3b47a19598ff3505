"""What is mended outside the bot turns green once what it held is posted, not before."""

from bot import jobs
from bot.domain import ConnectionState
from bot.models import FixRun
from tests.sync.shop import customer, invoice, item


def reactivated_by_hand(house, *numbers):
    """Jane was inactive with these invoices waiting, told in Slack; then a person mends it."""
    jane = house.shop.record("customer", "c1").qbo_id
    house.shop.act("deactivate", "Customer", jane)
    house.shop.hand_over(*(invoice(number, "c1") for number in numbers))
    house.sync()
    house.told()
    house.shop.act("reactivate", "Customer", jane)
    return house.incident("inactive_record")


def test_it_stays_open_until_its_documents_are_posted(house):
    """Noticed, but not posted yet: the alert works on it; posted and read back: green."""
    incident = reactivated_by_hand(house, "1", "2")

    house.capture(jobs.SYNC, jobs.FIX)
    assert house.shop.state("invoice", "1") == "waiting"
    assert house.again(incident).state == "working"

    house.check()
    [run] = house.shop.all(FixRun)
    jobs.work_on_fix(house.services.queue, house.shop.company_id, run.id)
    house.run()
    assert house.shop.state("invoice", "1") == "posted"
    green = house.again(incident)
    assert green.state == "resolved"
    assert green.story["outcome"]["by"] == ""
    assert green.story["outcome"]["posted"] == 2
    assert house.ending(incident) == "2 of 2 in QuickBooks, sales $200.00"


def test_a_preview_does_not_swallow_a_persons_own_repair(house):
    """It is the first to read that she is active again; closed unused, the alert settles still."""
    incident = reactivated_by_hand(house, "1")

    prepared, words = house.preview(incident, "reactivate")
    assert prepared.plan.submit == "Post"
    assert "it is active again already" in words
    house.run()

    assert house.shop.state("invoice", "1") == "posted"
    green = house.again(incident)
    assert (green.state, green.story["outcome"]["by"]) == ("resolved", "")
    assert [row["DocNumber"] for row in house.shop.books("Invoice")] == ["1"]


def test_when_the_sync_was_quicker_it_says_what_was_posted_all_the_same(house):
    """The documents went with the next slice: read back, counted, green."""
    incident = reactivated_by_hand(house, "1")

    house.capture()
    assert house.again(incident).state == "resolved"
    assert house.ending(incident) == "1 of 1 in QuickBooks, sales $100.00"
    assert len(house.shop.creates("Invoice")) == 1


def test_what_something_else_holds_is_said(house):
    """The item is inactive as well: green for the customer, and what the document waits for."""
    mug = house.shop.record("item", "i1").qbo_id
    house.shop.act("deactivate", "Item", mug)
    jane = f"Customer:{house.shop.record('customer', 'c1').qbo_id}"
    house.shop.act("deactivate", "Customer", jane.split(":")[1])
    house.shop.hand_over(invoice("1", "c1"))
    house.sync()
    house.told()
    house.shop.act("reactivate", "Customer", jane.split(":")[1])
    incident = house.incident("inactive_record", jane)

    house.capture()
    assert house.again(incident).state == "resolved"
    told = house.ending(incident)
    assert told == "1 document waits for another alert too: Blue Mug inactive"
    assert house.incident("inactive_record", f"Item:{mug}").state == "open"


def test_what_the_source_mends_is_posted_before_green_too(house):
    """A missing item arrives: its alert turns green with what it held posted."""
    house.shop.hand_over(invoice("1", "c1", ("sku:NEW-9", 1, "5.00")))
    house.sync()
    house.told()
    incident = house.incident("item_not_mapped")

    house.shop.hand_over(item("i9", "New Nine", sku="NEW-9"))
    house.check(jobs.SYNC, jobs.FIX)
    assert house.again(incident).state == "working"
    house.sync()
    [run] = house.shop.all(FixRun)
    jobs.work_on_fix(house.services.queue, house.shop.company_id, run.id)
    house.run()

    assert house.again(incident).state == "resolved"
    assert house.ending(incident) == "1 of 1 in QuickBooks, sales $5.00"


def test_without_a_way_to_quickbooks_it_stays_open(house):
    """Mended, but the connection is lost: not green, and no run that fails again and again."""
    incident = reactivated_by_hand(house, "1")
    house.capture(jobs.SYNC, jobs.FIX, jobs.CHECK)
    house.shop.bench.change_connection(state=ConnectionState.LOST, lost_reason="withdrawn")

    house.check()
    assert house.again(incident).state == "open"
    assert house.shop.all(FixRun) == []

    house.shop.bench.change_connection(state=ConnectionState.CONNECTED, lost_reason="")
    house.check()
    house.check()
    assert house.again(incident).state == "resolved"
    assert house.shop.state("invoice", "1") == "posted"


def test_what_nobody_was_told_of_heals_in_silence(house):
    """No message in Slack yet: no run, and nothing to edit."""
    jane = house.shop.record("customer", "c1").qbo_id
    house.shop.act("deactivate", "Customer", jane)
    house.shop.hand_over(invoice("1", "c1"))
    house.sync()
    house.shop.act("reactivate", "Customer", jane)

    house.capture()
    assert house.incident("inactive_record").state == "resolved"
    assert house.shop.all(FixRun) == []


def test_a_corrected_record_is_posted_before_green(house):
    """A customer's name is corrected in the source: created, then green, with no document."""
    house.shop.create("Vendor", DisplayName="Paper Mill")
    house.shop.hand_over(customer("c2", "Paper Mill"))
    house.sync()
    house.told()
    incident = house.incident("name_on_other_list")

    house.shop.hand_over(customer("c2", "Paper Mill Shop"))
    house.sync()
    assert house.again(incident).state == "resolved"
    assert house.shop.state("customer", "c2") == "posted"
