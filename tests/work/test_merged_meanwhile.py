"""People go on working in QuickBooks while an alert is open: it offers what is there now."""

from tests.sync.shop import customer, invoice, vendor
from tests.work.test_bills import bill, keyed

EMAIL = {"Address": "jane@doe.com"}


def asked_about(house, *, with_invoice):
    """Jane and a household are in QuickBooks; the shop's Jane waits and asks whether she is one."""
    shop = house.shop
    jane = shop.create("Customer", DisplayName="Jane Roe", PrimaryEmailAddr=EMAIL)
    left = shop.create("Customer", DisplayName="Roe Household")
    if with_invoice:
        mug = {"value": shop.record("item", "i1").qbo_id}
        detail = {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": mug}}
        line = {"Amount": "5.00", **detail}
        shop.create("Invoice", CustomerRef={"value": jane}, Line=[line])
    shop.hand_over(customer("c9", "Jane  Roe", email="jane@doe.com"), invoice("1", "c9"))
    house.sync()
    house.capture()
    house.told()
    return jane, left, house.incident("same_party")


def test_what_is_left_of_a_merge_is_offered_and_the_alert_says_so(house):
    """Merged after the alert came: one press links the survivor, and the preview still holds."""
    jane, left, incident = asked_about(house, with_invoice=True)
    house.shop.act("merge", "Customer", jane, into=left)

    prepared, words = house.preview(incident, "use_existing")
    assert "Jane Roe was merged into Roe Household" in words
    house.run()
    theirs = house.again(incident).facts["theirs"]
    assert (theirs["name"], theirs["took_over"]) == ("Roe Household", "Jane Roe")
    house.confirm(prepared)

    assert house.again(incident).state == "resolved"
    assert house.shop.record("customer", "c9").qbo_id == left
    assert house.shop.books("Invoice")[-1]["CustomerRef"]["value"] == left


def test_a_merge_nothing_shows_never_offers_the_dead_one_twice(house):
    """No document moved: another one can be named at once; after a refusal nothing else is left."""
    jane, left, incident = asked_about(house, with_invoice=False)
    house.shop.act("merge", "Customer", jane, into=left)
    house.capture()
    assert house.again(incident).facts["theirs"]["active"] is False

    prepared, words = house.preview(incident, "use_existing")
    assert "whether it was merged into another customer" in words
    house.confirm(prepared)
    assert "It was merged into another record" in house.ending(incident)
    assert house.again(incident).facts["theirs"]["merged"] is True

    again, words = house.preview(incident, "use_existing", which="other", name=f"Customer:{left}")
    assert "uses Roe Household" in words
    house.confirm(again)
    assert house.again(incident).state == "resolved"
    assert house.shop.record("customer", "c9").qbo_id == left


def test_of_two_twins_the_one_that_was_merged_away_is_not_preset(house):
    """Both agree in the e-mail; one goes in a merge without documents: the active one is meant."""
    shop = house.shop
    first = shop.create("Customer", DisplayName="Jane Roe", PrimaryEmailAddr=EMAIL)
    left = shop.create("Customer", DisplayName="Jane A. Roe", PrimaryEmailAddr=EMAIL)
    shop.hand_over(customer("c9", "Jane  Roe", email="jane@doe.com"), invoice("1", "c9"))
    house.sync()
    house.told()
    incident = house.incident("same_party")
    assert incident.facts["singled_out"] is False
    shop.act("merge", "Customer", first, into=left)

    prepared, words = house.preview(incident, "use_existing")
    assert "Jane A. Roe is in QuickBooks already" in words
    house.confirm(prepared)
    assert house.shop.record("customer", "c9").qbo_id == left


def test_renamed_in_quickbooks_there_is_no_question_left(house):
    """Somebody renames the namesake: ours is created, its invoice posted, the alert green."""
    jane, _, incident = asked_about(house, with_invoice=False)
    name = {"DisplayName": "Zoe Brown", "GivenName": "Zoe", "FamilyName": "Brown"}
    house.shop.act("edit", "Customer", jane, data=name)

    house.capture()
    house.sync()
    assert house.again(incident).state == "resolved"
    assert house.shop.state("customer", "c9") == "posted"
    assert house.shop.record("customer", "c9").qbo_id != jane
    assert house.ending(incident) == "1 of 1 in QuickBooks, sales $100.00"


def test_a_vendor_that_had_the_name_is_made_inactive(house):
    """The name is free again: the customer is created under it, nobody has to press."""
    mill = house.shop.create("Vendor", DisplayName="Paper Mill")
    house.shop.hand_over(customer("c9", "Paper Mill"))
    house.sync()
    house.told()
    incident = house.incident("name_on_other_list")
    house.shop.act("deactivate", "Vendor", mill)

    house.capture()
    house.sync()
    assert house.again(incident).state == "resolved"
    assert house.shop.state("customer", "c9") == "posted"


def test_a_vendor_whose_bills_moved_names_the_one_that_is_left(house):
    """Only a bill moved: its vendor's alert offers the survivor at once, one press posts."""
    shop = house.shop
    shop.hand_over(vendor("v1", "Paper Mill"), vendor("v2", "Ink House"))
    shop.push_all()
    keyed(house, "PM-1")
    house.capture()
    mill, ink = (shop.record("vendor", key).qbo_id for key in ("v1", "v2"))
    shop.act("merge", "Vendor", mill, into=ink)
    house.capture()
    shop.hand_over(bill("b9", "PM-9"))
    house.sync()

    alert = house.incident("missing_record")
    assert alert.facts["survivor"]["name"] == "Ink House"
    assert house.mend(alert, "use_another").state == "resolved"
    assert {row["VendorRef"]["value"] for row in shop.books("Bill")} == {ink}


def test_a_merge_that_stands_in_the_name_asks_for_the_one_it_names(house):
    """Nothing moved, but somebody noted it: no press is refused first."""
    shop = house.shop
    jane = shop.record("customer", "c1").qbo_id
    left = shop.create("Customer", DisplayName="Roe Household")
    shop.act("edit", "Customer", jane, data={"DisplayName": "Jane Doe (merged into Roe Household)"})
    shop.act("merge", "Customer", jane, into=left)
    house.capture()
    shop.hand_over(invoice("1", "c1"))
    house.sync()

    alert = house.incident("missing_record")
    assert alert.facts["survivor"]["name"] == "Roe Household"
    assert house.mend(alert, "use_another").state == "resolved"
    assert shop.books("Invoice")[-1]["CustomerRef"]["value"] == left


def test_an_ordinary_inactive_record_is_told_with_what_nobody_can_see(house):
    """Whether it was merged away shows only when it is changed, and the preview says so."""
    house.shop.act("deactivate", "Customer", house.shop.record("customer", "c1").qbo_id)
    house.shop.hand_over(invoice("1", "c1"))
    house.sync()

    _, words = house.preview(house.incident("inactive_record"), "reactivate")
    assert "nothing shows that it was merged into another one" in words
