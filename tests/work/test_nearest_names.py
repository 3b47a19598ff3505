"""A name that QuickBooks does not have: the nearest one is offered, and a person chooses."""

from dataclasses import replace

from tests.sync.shop import invoice


def test_a_misspelt_name_is_answered_with_the_nearest_one_of_quickbooks(house):
    """The alert and the menu offer Kim Lee for Kim Leee; only a person's choice takes it."""
    house = replace(house, shop=house.shop.with_settings(PARENT_WAIT_SECONDS=0.0))
    kim = house.shop.create("Customer", DisplayName="Kim Lee")
    house.shop.create("Customer", DisplayName="Kimono Land")
    house.capture()
    house.shop.hand_over(invoice("1001", "Kim Leee"), invoice("1002", "c-nope"))
    house.sync()

    by_ref = {row.facts["ref"]: row for row in house.incidents() if row.state == "open"}
    alert = by_ref["Kim Leee"]
    assert "perhaps as Kim Lee, press Choose customer" in house.shown(alert)
    assert "perhaps as" not in house.shown(by_ref["c-nope"])
    prepared, words = house.preview(alert, "relink")
    [menu] = prepared.plan.choices
    assert (menu.initial, dict(menu.options)[kim].split(" · ")[0]) == ("", "Kim Lee"), words
    assert house.shop.state("invoice", "1001") == "held"
    chosen, _ = house.preview(alert, "relink", which=kim)
    house.confirm(chosen)
    assert house.again(alert).state == "resolved"
    [sold] = [row for row in house.shop.books("Invoice") if row["DocNumber"] == "1001"]
    assert sold["CustomerRef"]["value"] == kim


def test_a_misspelt_employee_is_answered_with_the_nearest_one(house):
    """Payroll writes Omar Hadad: the alert names Omar Haddad, and takes nobody by itself."""
    house.shop.create("Employee", GivenName="Omar", FamilyName="Haddad")
    house.capture()
    house.shop.hand_over(
        {"type": "employee", "external_id": "e1", "name": "Omar Hadad"},
        {"type": "employee", "external_id": "e2", "name": "Nobody Here"},
    )
    house.sync()

    by_name = {row.facts["name"]: house.shown(row) for row in house.incidents()}
    assert "none of that name. Nearly called so: Omar Haddad." in by_name["Omar Hadad"]
    assert "Nearly called so" not in by_name["Nobody Here"]
    assert house.shop.state("employee", "e1") == "held"
