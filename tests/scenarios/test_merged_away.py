"""A customer that was merged away in QuickBooks is never made active again: another one is used."""

import pytest

from tests.scenarios import shop
from tests.scenarios.test_same_customer import _button, _in_quickbooks, _typed, _words
from tests.scenarios.world import CompanyInWorld, Json, World, shown
from tests.waiting import wait_for

pytestmark = pytest.mark.long


def _customer(world: World, company: CompanyInWorld, name: str) -> Json:
    return next(
        row for row in world.records(company, "Customer") if row["DisplayName"].startswith(name)
    )


def _jane(world: World, company: CompanyInWorld, *records: Json) -> str:
    """Jane in QuickBooks, linked to the shop's customer; her id."""
    world.intake(company, shop.customer("c1", "Jane Doe"), shop.item("W-1", "Mug"), *records)
    wait_for("the item", lambda: world.records(company, "Item"))
    names = wait_for("the customer", lambda: world.records(company, "Customer"))
    return str(names[0]["Id"])


def test_the_one_that_is_left_is_offered(world: World, harbor: CompanyInWorld) -> None:
    """Her invoice moved with the merge: the alert names the survivor and links to it."""
    jane = _jane(world, harbor, shop.invoice("1000", "c1", "W-1"))
    wait_for("the first invoice", lambda: world.records(harbor, "Invoice"))
    left = _in_quickbooks(world, harbor, "Doe Household", "house@doe.com")
    world.in_quickbooks("merge", harbor, entity="Customer", id=jane, into=left)
    world.intake(harbor, shop.invoice("1001", "c1", "W-1"))

    wait_for(
        "the survivor", lambda: "Doe Household" in shown(world.alert(harbor, "missing_record"))
    )
    alert = world.alert(harbor, "missing_record")
    assert "fix:reactivate" not in str(alert["blocks"])
    assert _button(alert, "fix:use_another").get("style") == "primary"
    view = world.preview("operator", alert, "use_another")
    assert "was merged into Doe Household" in _words(view)
    world.confirm("operator", view)
    world.alert(harbor, "missing_record", "resolved")

    invoices = world.records(harbor, "Invoice")
    assert {row["CustomerRef"]["value"] for row in invoices} == {left}
    assert sorted(row["DocNumber"] for row in invoices) == ["1000", "1001"]
    assert not _customer(world, harbor, "Jane Doe")["Active"]


def test_after_a_refusal_a_person_says_which_one_is_left(
    world: World, harbor: CompanyInWorld
) -> None:
    """Nothing shows the survivor: a refusal ends "Reactivate", and the name is asked for."""
    jane = _jane(world, harbor)
    left = _in_quickbooks(world, harbor, "Doe Household", "house@doe.com")
    world.in_quickbooks("merge", harbor, entity="Customer", id=jane, into=left)
    world.intake(harbor, shop.invoice("1001", "c1", "W-1"))
    wait_for("the money", lambda: "$100.00" in shown(world.alert(harbor, "inactive_record")))
    alert = world.alert(harbor, "inactive_record")
    world.confirm("operator", world.preview("operator", alert, "reactivate"))

    wait_for(
        "no more Reactivate",
        lambda: "fix:reactivate" not in str(world.alert(harbor, "inactive_record")["blocks"]),
    )
    alert = world.alert(harbor, "inactive_record")
    assert "merged into another customer" in _words(alert)
    assert _button(alert, "fix:use_another").get("style") is None
    view = world.preview("operator", alert, "use_another")
    assert "customer list" in _words(view)
    world.confirm("operator", view, _typed(view, f"Customer:{left}", "Found"))
    shown_again = world.view("operator", lambda v: "uses Doe Household" in _words(v))
    world.confirm("operator", shown_again)
    world.alert(harbor, "inactive_record", "resolved")

    [invoice] = world.records(harbor, "Invoice")
    assert invoice["CustomerRef"]["value"] == left


def test_a_merged_twin_asks_which_one_is_left(world: World, harbor: CompanyInWorld) -> None:
    """An inactive namesake refuses to be used: after that, only the one that is left is offered."""
    jane = _in_quickbooks(world, harbor, "Jane Doe", "jane@doe.com")
    left = _in_quickbooks(world, harbor, "Doe Household", "house@doe.com")
    world.in_quickbooks("merge", harbor, entity="Customer", id=jane, into=left)
    world.intake(harbor, shop.customer("c1", "Jane  Doe", email="jane@doe.com"))
    alert = world.alert(harbor, "same_party")
    world.confirm("operator", world.preview("operator", alert, "use_existing"))

    wait_for(
        "the merge is told",
        lambda: "merged into another customer" in _words(world.alert(harbor, "same_party")),
    )
    alert = world.alert(harbor, "same_party")
    assert _button(alert, "fix:use_existing").get("style") is None
    view = world.preview("operator", alert, "use_existing")
    world.confirm("operator", view, _typed(view, f"Customer:{left}", "Found"))
    last = world.view("operator", lambda v: "uses Doe Household" in _words(v))
    world.confirm("operator", last)
    world.alert(harbor, "same_party", "resolved")
    assert not _customer(world, harbor, "Jane Doe")["Active"]
