"""Story 1: the same customer under a slightly different name."""

import pytest

from tests.scenarios import shop
from tests.scenarios.world import CompanyInWorld, World, shown
from tests.waiting import wait_for


def _in_quickbooks(world: World, company: CompanyInWorld, name: str, email: str) -> str:
    made = world.in_quickbooks(
        "create",
        company,
        entity="Customer",
        data={"DisplayName": name, "PrimaryEmailAddr": {"Address": email}},
    )
    return str(made["record"]["Id"])


def _button(message: dict, action_id: str) -> dict:  # type: ignore[type-arg]
    buttons = [
        element
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    return next(row for row in buttons if row["action_id"] == action_id)


def _typed(view: dict, value: str, label: str = "Name") -> dict:  # type: ignore[type-arg]
    """The form's values with one input filled in, found by the beginning of its label."""
    block = next(
        row
        for row in view["blocks"]
        if row["type"] == "input" and row["label"]["text"].startswith(label)
    )
    return {block["block_id"]: {block["element"]["action_id"]: value}}


def _offered(world: World, view: dict, query: str) -> list[str]:  # type: ignore[type-arg]
    """What the menu that is filled by typing offers for these letters."""
    block = next(row for row in view["blocks"] if "Found" in str(row.get("label")))
    action_id = block["element"]["action_id"]
    found = world.act(
        "operator",
        type="options",
        view_id=view["id"],
        block_id=block["block_id"],
        action_id=action_id,
        query=query,
    )
    return [option["value"] for option in found["options"]]


def _words(view: dict) -> str:  # type: ignore[type-arg]
    return shown(view).replace("\n", "")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Jane  Doe", "Jane Doe"),  # a double space
        pytest.param("JANE DOE", "Jane Doe", marks=pytest.mark.long),  # case
        pytest.param("Jane M. Doe", "Jane Doe", marks=pytest.mark.long),  # an initial more
    ],
)
def test_use_the_existing_one(world: World, harbor: CompanyInWorld, ours: str, theirs: str) -> None:
    """A second fact agrees: one click links it and its documents are posted; nobody is doubled."""
    customer_id = _in_quickbooks(world, harbor, theirs, "jane@doe.com")
    world.intake(
        harbor,
        shop.item("W-1", "Mug"),
        shop.customer("c1", ours, email="Jane@Doe.com"),
        shop.invoice("1001", "c1", "W-1", "120.00"),
        shop.invoice("1002", "c1", "W-1", "80.00"),
    )

    wait_for("the money", lambda: "$200.00" in shown(world.alert(harbor, "same_party")))
    alert = world.alert(harbor, "same_party")
    assert "e-mail" in shown(alert)
    assert _button(alert, "fix:use_existing").get("style") == "primary"
    green = world.fix("operator", harbor, "same_party", "use_existing")

    assert "2 of 2" in shown(green)
    invoices = world.records(harbor, "Invoice")
    assert {row["CustomerRef"]["value"] for row in invoices} == {customer_id}
    names = [row["DisplayName"] for row in world.records(harbor, "Customer")]
    assert names.count(theirs) == 1
    assert ours == theirs or ours not in names


def test_without_a_second_fact_both_are_shown_equal(world: World, harbor: CompanyInWorld) -> None:
    """Same name alone proves nothing: no primary button, and the person may keep both apart."""
    _in_quickbooks(world, harbor, "Kim Lee", "kim@father.com")
    world.intake(
        harbor,
        shop.item("W-1", "Mug"),
        shop.customer("c1", "Kim  Lee", email="kim@son.com"),
        shop.invoice("1001", "c1", "W-1"),
    )
    alert = world.alert(harbor, "same_party")

    assert _button(alert, "fix:use_existing").get("style") is None
    assert _button(alert, "fix:create_separate").get("style") is None
    view = world.preview("operator", alert, "create_separate")
    world.confirm("operator", view, _typed(view, "Kim Lee (son)"))
    again = world.view("operator", lambda v: "Kim Lee (son): not in" in shown(v).replace("\n", ""))
    assert "Kim Lee (son)" not in str(world.records(harbor, "Customer"))
    world.confirm("operator", again)
    world.alert(harbor, "same_party", "resolved")

    customers = {row["DisplayName"]: row["Id"] for row in world.records(harbor, "Customer")}
    assert {"Kim Lee", "Kim Lee (son)"} <= set(customers)
    invoice = world.records(harbor, "Invoice")[0]
    assert invoice["CustomerRef"]["value"] == customers["Kim Lee (son)"]


def test_a_taken_name_is_refused_with_the_reason(world: World, harbor: CompanyInWorld) -> None:
    """The chosen name is a vendor's: one clear sentence, nothing written, the form stays usable."""
    _in_quickbooks(world, harbor, "Kim Lee", "kim@father.com")
    world.in_quickbooks("create", harbor, entity="Vendor", data={"DisplayName": "Kim Lee Supplies"})
    world.intake(harbor, shop.customer("c1", "Kim  Lee", email="kim@son.com"))
    alert = world.alert(harbor, "same_party")
    view = world.preview("operator", alert, "create_separate")

    world.confirm("operator", view, _typed(view, "Kim Lee Supplies"))
    refused = world.view("operator", lambda v: "used by the vendor" in shown(v))

    assert refused["submit"]
    assert "has a name much like it" not in shown(refused)
    assert len(world.records(harbor, "Customer")) == len(
        {row["DisplayName"] for row in world.records(harbor, "Customer")}
    )


def test_several_likely_ones_are_shown_and_a_person_chooses(
    world: World, harbor: CompanyInWorld
) -> None:
    """Two agree in the e-mail: both are told, none is pre-chosen, the chosen one is previewed."""
    _in_quickbooks(world, harbor, "Jane Doe", "jane@doe.com")
    second = _in_quickbooks(world, harbor, "Jane A. Doe", "jane@doe.com")
    _in_quickbooks(world, harbor, "JANE DÖE", "other@doe.com")
    world.intake(
        harbor,
        shop.item("W-1", "Mug"),
        shop.customer("c1", "Jane  Doe", email="jane@doe.com"),
        shop.invoice("1001", "c1", "W-1"),
    )
    wait_for("the money", lambda: "$100.00" in shown(world.alert(harbor, "same_party")))
    alert = world.alert(harbor, "same_party")
    assert "2 customers in QuickBooks are alike" in _words(alert)
    assert "Jane A. Doe" in shown(alert)
    assert _button(alert, "fix:use_existing").get("style") is None

    view = world.preview("operator", alert, "use_existing")
    menu = next(row for row in view["blocks"] if row["type"] == "input")["element"]
    assert "initial_option" not in menu
    labels = [option["text"]["text"] for option in menu["options"]]
    assert labels[0] == "Jane Doe · jane@doe.com"
    assert labels[1] == "Jane A. Doe · jane@doe.com"
    world.confirm("operator", view, _typed(view, second, "Which"))
    again = world.view("operator", lambda v: "uses Jane A. Doe" in _words(v))
    assert world.records(harbor, "Invoice") == []
    world.confirm("operator", again)
    world.alert(harbor, "same_party", "resolved")

    [invoice] = world.records(harbor, "Invoice")
    assert invoice["CustomerRef"]["value"] == second


def test_another_customer_can_be_named(world: World, harbor: CompanyInWorld) -> None:
    """None of the likely ones is right: the right one is found by a part of its name."""
    _in_quickbooks(world, harbor, "Jane Doe", "one@doe.com")
    _in_quickbooks(world, harbor, "Jane B. Doe", "two@doe.com")
    right = _in_quickbooks(world, harbor, "Doe Household", "house@doe.com")
    world.intake(harbor, shop.customer("c1", "Jane  Doe"))
    alert = world.alert(harbor, "same_party")

    view = world.preview("operator", alert, "use_existing")
    world.confirm("operator", view, _typed(view, "other", "Which"))
    asked = world.view("operator", lambda v: "Find the customer that is meant" in shown(v))
    assert _offered(world, asked, "nobody at all") == []
    assert _offered(world, asked, "household") == [f"Customer:{right}"]
    world.confirm("operator", asked, _typed(asked, f"Customer:{right}", "Found"))
    last = world.view("operator", lambda v: "uses Doe Household" in _words(v))
    world.confirm("operator", last)
    world.alert(harbor, "same_party", "resolved")

    linked = world.intake(harbor, shop.item("W-1", "Mug"), shop.invoice("1001", "c1", "W-1"))
    assert linked["accepted"] == 2
    invoice = wait_for("the invoice", lambda: world.records(harbor, "Invoice"))[0]
    assert invoice["CustomerRef"]["value"] == right


def test_a_typed_name_that_is_a_twin_is_refused_and_the_form_goes_on(
    world: World, harbor: CompanyInWorld
) -> None:
    """ "bayside cafe" would be the double of "Bayside Café": it is named, nothing is created."""
    _in_quickbooks(world, harbor, "Kim Lee", "kim@father.com")
    _in_quickbooks(world, harbor, "Bayside Café", "cafe@bayside.com")
    world.intake(harbor, shop.customer("c1", "Kim  Lee", email="kim@son.com"))
    alert = world.alert(harbor, "same_party")
    view = world.preview("operator", alert, "create_separate")

    world.confirm("operator", view, _typed(view, "bayside cafe"))
    refused = world.view("operator", lambda v: "too much like the customer" in shown(v))
    assert shown(refused).count("Bayside Café") == 1
    assert "Checked" not in shown(refused)
    world.confirm("operator", refused, _typed(refused, "Kim Lee (son)"))
    good = world.view("operator", lambda v: "a new customer" in _words(v))
    assert "called Kim Lee (son)" in _words(good)
    world.confirm("operator", good)
    world.alert(harbor, "same_party", "resolved")

    names = {row["DisplayName"] for row in world.records(harbor, "Customer")}
    assert names == {"Kim Lee", "Bayside Café", "Kim Lee (son)"}
