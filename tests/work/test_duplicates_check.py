"""What is in QuickBooks twice is told by name and a second fact; look-alikes are not."""

import pytest


def party(house, entity, name, email="", phone="", street="", **more):
    """A person enters a customer or vendor in QuickBooks."""
    data = {"DisplayName": name, **more}
    if email:
        data["PrimaryEmailAddr"] = {"Address": email}
    if phone:
        data["PrimaryPhone"] = {"FreeFormNumber": phone}
    if street:
        data["BillAddr"] = {"Line1": street, "City": "Reno"}
    return house.shop.create(entity, **data)


def found(house):
    """The pairs that are told."""
    house.capture()
    house.check()
    return [
        row.subject
        for row in house.incidents()
        if row.problem == "twice_in_books" and row.state != "resolved"
    ]


@pytest.mark.parametrize("entity", ["Customer", "Vendor"])
def test_a_like_name_with_the_same_email_is_told_once(house, entity):
    """Only the spaces differ, the e-mail agrees: one alert for the pair, whatever runs again."""
    one = party(house, entity, "Ann Lee", "ann@lee.com", street="4 Oak St")
    two = party(house, entity, "Ann  Lee", "ANN@lee.com")

    assert found(house) == [f"{entity}:{one}+{two}"]
    assert found(house) == [f"{entity}:{one}+{two}"]
    incident = house.incident("twice_in_books")
    assert incident.kind == "duplicate_name"
    assert incident.facts["agree"] == ["e-mail"]
    words = house.services.render.problem("twice_in_books", incident.facts)
    assert words.title == "Ann Lee twice in QuickBooks"


def test_three_that_are_one_are_each_told_with_the_first(house):
    """Two later ones, two pairs; not three."""
    ids = [party(house, "Customer", f"Ann{' ' * n}Lee", "ann@lee.com") for n in (1, 2, 3)]

    assert found(house) == [f"Customer:{ids[0]}+{later}" for later in ids[1:]]


def test_an_item_with_the_same_sku_and_a_like_name_is_told(house):
    """The SKU is an item's second fact."""
    income = house.shop.create("Account", Name="Shop Sales", AccountType="Income")
    ref = {"value": income}
    data = {"Type": "NonInventory", "IncomeAccountRef": ref, "Sku": "TEA-1"}
    one = house.shop.create("Item", Name="Green Tea", **data)
    two = house.shop.create("Item", Name="GREEN-TEA", **data)

    assert found(house) == [f"Item:{one}+{two}"]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        # Father and son: one phone, two addresses; or one e-mail of the house, two addresses.
        (("Kim Lee", "", "555-0101-222", "1 Oak St"), ("Kim  Lee", "", "5550101222", "9 Elm St")),
        (("Kim Lee", "k@lee.com", "", "1 Oak St"), ("Kim  Lee", "k@lee.com", "", "9 Elm St")),
        (("Kim Lee", "a@lee.com", "555-0101-222"), ("Kim  Lee", "b@lee.com", "555-0101-222")),
        (("Kim Lee", "k@lee.com"), ("Kim Lee Jr.", "k@lee.com")),
        (("Hill Store #12", "office@hill.com"), ("Hill Store #13", "office@hill.com")),
        # No second fact at all.
        (("Ann Lee",), ("Ann  Lee",)),
        (("Ann Lee", "ann@lee.com"), ("Ann  Lee", "")),
    ],
)
def test_look_alikes_are_not_told(house, one, two):
    """A false alarm costs more than a question that is asked later."""
    party(house, "Customer", *one)
    party(house, "Customer", *two)

    assert found(house) == []


def test_children_of_two_parents_and_inactive_ones_are_not_told(house):
    """ "Kitchen" below two customers are two jobs; what is inactive is out of use."""
    parents = [party(house, "Customer", name) for name in ("Hill House", "Lake House")]
    for place, parent in enumerate(parents):
        ref = {"ParentRef": {"value": parent}, "Job": True}
        party(house, "Customer", f"Kitchen{' ' * (place + 1)}Job", "site@build.com", **ref)
    party(house, "Customer", "Ann Lee", "ann@lee.com")
    second = party(house, "Customer", "Ann  Lee", "ann@lee.com")
    house.shop.act("deactivate", "Customer", second)

    assert found(house) == []
