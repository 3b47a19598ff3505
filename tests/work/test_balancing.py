"""Before a record becomes active again, what QuickBooks booked at its deactivation is named."""

from tests.sync.shop import customer, invoice, vendor


def alert_for(house, entity, type, external_id, *numbers):
    """The record is made inactive on QuickBooks' own screen, then documents come."""
    qbo_id = house.shop.record(type, external_id).qbo_id
    house.shop.act("deactivate", entity, qbo_id)
    house.shop.hand_over(*(invoice(number, "c1") for number in numbers))
    house.sync()
    return house.incident("inactive_record", f"{entity}:{qbo_id}")


def test_the_credit_memo_that_wrote_a_balance_off_is_named(house):
    """$100.00 were owed: the credit memo of that amount stays, and the preview says so."""
    house.shop.hand_over(invoice("1", "c1"))
    house.sync()
    incident = alert_for(house, "Customer", "customer", "c1", "2")

    prepared, words = house.preview(incident, "reactivate")
    assert "credit memo of 11/" in words
    assert "$100.00" in words
    assert "does not take it back" in words
    assert "no balancing entries" not in words
    house.mend(incident, "reactivate")
    [memo] = house.shop.books("CreditMemo")
    assert memo["TotalAmt"] == 100.0
    assert prepared.plan.facts["unread"] == ""


def test_an_entry_against_opening_balance_equity_is_named(house):
    """A vendor's payables were cleared by a journal entry."""
    expense = house.shop.create("Account", Name="Paper", AccountType="Expense")
    house.shop.hand_over(vendor("v1", "Paper Mill"))
    house.shop.push_all()
    mill = house.shop.record("vendor", "v1").qbo_id
    line = {
        "Amount": 80,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": expense}},
    }
    house.shop.create("Bill", VendorRef={"value": mill}, Line=[line])
    house.shop.act("deactivate", "Vendor", mill)
    house.capture()
    house.shop.hand_over(vendor("v2", "Paper  Mill"))
    house.sync()

    _, words = house.preview(house.incident("same_party"), "use_existing")
    assert "journal entry" in words
    assert "$80.00, against Opening Balance Equity" in words


def test_a_twin_that_is_inactive_is_used_with_its_entries_named(house):
    """Story 2: the holder of the name is inactive; use it, and reactivate it, in one preview."""
    qbo_id = house.shop.create(
        "Customer", DisplayName="Ann Lee", PrimaryEmailAddr={"Address": "ann@lee.com"}
    )
    line = {
        "Amount": 40,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": house.shop.record("item", "i1").qbo_id}},
    }
    house.shop.create("Invoice", CustomerRef={"value": qbo_id}, Line=[line])
    house.shop.act("deactivate", "Customer", qbo_id)
    house.shop.hand_over(customer("c9", "Ann  Lee", email="ann@lee.com"), invoice("9", "c9"))
    house.sync()

    incident = house.incident("same_party")
    _, words = house.preview(incident, "use_existing")
    assert "inactive, shown as “Ann Lee (deleted)”" in words
    assert "$40.00" in words
    assert house.mend(incident, "use_existing").state == "resolved"
    found = [row for row in house.shop.books("Customer") if row["Id"] == qbo_id]
    assert found[0]["Active"]
    assert [row["CustomerRef"]["value"] for row in house.shop.books("Invoice")] == [qbo_id] * 2


def test_a_name_taken_meanwhile_stops_the_use_of_an_inactive_one(house):
    """A vendor took the inactive customer's name: QuickBooks would refuse, and so it is said."""
    qbo_id = house.shop.create("Customer", DisplayName="Ann Lee")
    house.shop.act("deactivate", "Customer", qbo_id)
    house.shop.create("Vendor", DisplayName="Ann Lee")
    house.shop.hand_over(customer("c9", "Ann  Lee"))
    house.sync()

    prepared, _ = house.preview(house.incident("same_party"), "use_existing")
    assert "another active vendor has the name Ann Lee" in prepared.plan.refused
