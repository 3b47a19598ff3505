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


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Jane  Doe", "Jane Doe"),  # a double space
        ("JANE DOE", "Jane Doe"),  # case
        ("Jane M. Doe", "Jane Doe"),  # an initial more
    ],
)
def test_use_the_existing_one(world: World, ours: str, theirs: str) -> None:
    """A second fact agrees: one click links it and its documents are posted; nobody is doubled."""
    harbor = world.new_company("Harbor Foods", "books-harbor-foods")
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
    block = next(row for row in view["blocks"] if row["type"] == "input")
    element = block["element"]["action_id"]
    world.confirm("operator", view, {block["block_id"]: {element: "Kim Lee (son)"}})
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
    wait_for("the vendor in the mirror", lambda: True)
    view = world.preview("operator", alert, "create_separate")
    block = next(row for row in view["blocks"] if row["type"] == "input")
    element = block["element"]["action_id"]

    world.confirm("operator", view, {block["block_id"]: {element: "Kim Lee Supplies"}})
    refused = world.view("operator", lambda v: "used by" in shown(v) or bool(v.get("errors")))

    assert "endor" in shown(refused) + str(refused.get("errors"))
    assert len(world.records(harbor, "Customer")) == len(
        {row["DisplayName"] for row in world.records(harbor, "Customer")}
    )
