"""Another record instead of one that cannot be used: the words fit the list it is on."""

import pytest

from tests.sync.shop import invoice


def waiting_for(house, kind, external_id):
    """One of the shop's records is inactive in QuickBooks and an invoice waits for it."""
    house.shop.act("deactivate", kind.capitalize(), house.shop.record(kind, external_id).qbo_id)
    house.shop.hand_over(invoice("1", "c1", ("i2" if kind == "item" else "i1", 1, "100.00")))
    house.sync()
    return house.incident("inactive_record")


def test_an_item_is_spoken_of_as_an_item(house):
    """Nothing of customers and payments is said of an item, and its sales stay apart."""
    incident = waiting_for(house, "item", "i2")
    blue = house.shop.record("item", "i1").qbo_id

    prepared, words = house.preview(incident, "use_another", which="other", name=f"Item:{blue}")

    assert prepared.plan.steps[0].qbo_id == blue
    assert "In reports by item its sales so far stay apart from those of Blue Mug" in words
    assert "payment" not in words
    house.confirm(prepared)
    assert house.again(incident).state == "resolved"
    [posted] = house.shop.books("Invoice")
    assert posted["Line"][0]["SalesItemLineDetail"]["ItemRef"]["value"] == blue


@pytest.mark.parametrize(
    ("kind", "external_id", "name"), [("item", "i2", "Red Mug"), ("customer", "c1", "Jane Doe")]
)
def test_its_own_name_is_answered_as_what_it_is(house, kind, external_id, name):
    """Chosen is the inactive record itself: the answer says so, and asks for another one."""
    incident = waiting_for(house, kind, external_id)
    own = f"{kind.capitalize()}:{house.shop.record(kind, external_id).qbo_id}"

    prepared, words = house.preview(incident, "use_another", which="other", name=own)

    assert prepared.plan.steps == ()
    assert f"{name} is the {kind} this alert is about. It is inactive in QuickBooks." in words
    assert f"Choose another {kind}." in words


def test_a_link_made_ahead_of_its_record_goes_over_too(house):
    """The shop never handed the customer over: what documents call it is linked all the same."""
    ann = house.shop.create("Customer", DisplayName="Ann Lee")
    other = house.shop.create("Customer", DisplayName="Ann Leigh Ltd.")
    house.shop.link("customer", "c9", "Customer", ann)
    house.shop.act("deactivate", "Customer", ann)
    house.shop.hand_over(invoice("9", "c9"))
    house.capture()
    house.sync()
    incident = house.incident("inactive_record")

    prepared, words = house.preview(
        incident, "use_another", which="other", name=f"Customer:{other}"
    )
    assert "QuickBooks takes no payment of Ann Leigh Ltd. for an invoice of Ann Lee" in words
    house.confirm(prepared)

    assert house.again(incident).state == "resolved"
    [posted] = house.shop.books("Invoice")
    assert posted["CustomerRef"]["value"] == other
