"""A held record is looked at again when something else it refers to changes in QuickBooks."""

from bot.sync import held_again
from tests.sync.shop import invoice, payment


def held_for_jane(house, *records):
    """Jane is inactive in QuickBooks and these wait for her, told in Slack; gives her id."""
    jane = house.shop.record("customer", "c1").qbo_id
    house.shop.act("deactivate", "Customer", jane)
    house.capture()
    house.shop.hand_over(*records)
    house.sync()
    house.told()
    return jane


def open_now(house):
    """The subjects of the open alerts."""
    return sorted(row.subject for row in house.incidents() if row.state != "resolved")


def test_a_second_cause_is_told_at_once_and_taken_back_at_once(house):
    """The item goes inactive after the invoice was held: its alert comes with the next capture."""
    jane = held_for_jane(house, invoice("1", "c1"), invoice("2", "c1", ("i2", 1, "5.00")))
    mug = house.shop.record("item", "i1").qbo_id
    house.shop.act("deactivate", "Item", mug)

    house.capture()
    house.told()
    assert open_now(house) == [f"Customer:{jane}", f"Item:{mug}"]
    assert house.incident("inactive_record", f"Item:{mug}").facts["documents"] == 1
    assert house.incident("inactive_record", f"Customer:{jane}").facts["documents"] == 2

    house.shop.act("reactivate", "Item", mug)
    house.capture()
    assert open_now(house) == [f"Customer:{jane}"]
    assert house.shop.causes("invoice", "1") == [("inactive_record", f"Customer:{jane}")]
    house.shop.act("reactivate", "Customer", jane)
    house.capture()
    assert open_now(house) == []
    assert len(house.shop.creates("Invoice")) == 2


def test_what_waits_for_a_held_invoice_gets_its_new_cause_too(house):
    """The payment counts at the item's alert as it does at the customer's; fixed, all is posted."""
    held_for_jane(house, invoice("1", "c1"), payment("p1", "c1", "100.00", "1"))
    mug = house.shop.record("item", "i1").qbo_id
    house.shop.act("deactivate", "Item", mug)

    house.capture()
    assert house.shop.causes("payment", "p1") == house.shop.causes("invoice", "1")
    house.mend(house.incident("inactive_record", f"Item:{mug}"), "reactivate")
    assert house.shop.state("payment", "p1") == "held"
    [last] = [row for row in house.incidents() if row.state != "resolved"]
    house.mend(last, "reactivate")
    assert (house.shop.state("invoice", "1"), house.shop.state("payment", "p1")) == (
        "posted",
        "posted",
    )


def test_an_item_entered_by_hand_ends_the_question_for_its_sku(house):
    """Nothing had the SKU; somebody enters the item in QuickBooks: posted, the alert green."""
    house.shop.hand_over(invoice("1", "c1", ("sku:NEW-9", 1, "5.00")))
    house.sync()
    house.told()
    incident = house.incident("item_not_mapped")
    account = next(row for row in house.shop.books("Account") if row["AccountType"] == "Income")
    income = {"value": account["Id"]}
    house.shop.create("Item", Name="Nine", Sku="NEW-9", Type="Service", IncomeAccountRef=income)

    house.capture()
    assert house.again(incident).state == "resolved"
    assert house.shop.state("invoice", "1") == "posted"


def test_a_renamed_word_is_a_cause_at_once(house):
    """The item's SKU is changed in QuickBooks while its document waits for another cause."""
    jane = held_for_jane(house, invoice("1", "c1", ("sku:M-1", 1, "5.00")))
    mug = house.shop.record("item", "i1").qbo_id
    house.shop.act("edit", "Item", mug, data={"Sku": "M-1B"})

    house.capture()
    problems = sorted(problem for problem, _ in house.shop.causes("invoice", "1"))
    assert problems == ["inactive_record", "item_not_mapped"]
    assert f"Customer:{jane}" in open_now(house)


def test_only_what_refers_to_a_change_is_looked_at_and_what_quickbooks_said_stays(house):
    """Another customer's change touches nothing; a refusal is not taken back by the mirror."""
    other = house.shop.create("Customer", DisplayName="Kim Lee")
    jane = held_for_jane(house, invoice("1", "c1"))
    house.shop.simulator.act(house.shop.realm, "close_books", date="2026-10-31")
    house.shop.hand_over({**invoice("2", "c1"), "date": "2026-10-05"})
    before = house.shop.holds("invoice", "1")[0].since
    house.shop.act("deactivate", "Customer", other)

    house.capture()
    assert held_again.look_again(house.services, house.shop.company_id) == 0
    assert open_now(house) == [f"Customer:{jane}"]
    assert house.shop.holds("invoice", "1")[0].since == before

    house.shop.act("reactivate", "Customer", jane)
    house.capture()
    house.sync()
    assert [problem for problem, _ in house.shop.causes("invoice", "2")] == ["closed_period"]
    house.shop.act("edit", "Customer", jane, data={"Notes": "called"})
    house.capture()
    assert [problem for problem, _ in house.shop.causes("invoice", "2")] == ["closed_period"]
