"""Alerts that end otherwise than by a fix: set aside as no problem, or part of a later one."""

import pytest

from tests.scenarios import shop
from tests.scenarios.world import CompanyInWorld, Json, World, shown
from tests.waiting import wait_for

pytestmark = pytest.mark.long


def _in_quickbooks(world: World, company: CompanyInWorld, name: str, email: str) -> str:
    data = {"DisplayName": name, "PrimaryEmailAddr": {"Address": email}}
    made = world.in_quickbooks("create", company, entity="Customer", data=data)
    return str(made["record"]["Id"])


def _set_aside(world: World, who: str, alert: Json) -> Json:
    """Choose "Not a duplicate…" in the menu of an alert; the window that asks."""
    incident = alert["metadata"]["event_payload"]["incident_id"]
    pressed = world.act(
        who,
        type="select",
        channel=alert["channel"],
        ts=alert["ts"],
        action_id="more",
        value=f"exception:{incident}",
    )
    assert pressed["ok"], pressed
    return world.view(who, lambda view: bool(view.get("submit")))


def test_not_a_duplicate_goes_on_and_is_not_asked_again(
    world: World, harbor: CompanyInWorld
) -> None:
    """Both are kept apart for the stated reason; taken back, the pair is told as one again."""
    _in_quickbooks(world, harbor, "Jane Doe", "jane@doe.com")
    world.intake(
        harbor,
        shop.item("W-1", "Mug"),
        shop.customer("c1", "Jane M. Doe", email="jane@doe.com"),
        shop.invoice("1001", "c1", "W-1", "120.00"),
    )
    wait_for("the money", lambda: "$120.00" in shown(world.alert(harbor, "same_party")))
    view = _set_aside(world, "operator", world.alert(harbor, "same_party"))
    assert "created as a new one" in shown(view)
    refused = world.confirm("operator", view, {"exception_reason": {"value": "no"}})
    assert "Say in a few words" in str(refused)
    sent = world.confirm("operator", view, {"exception_reason": {"value": "mother and daughter"}})
    assert sent["ok"], sent

    ended = world.alert(harbor, "same_party", "exempt")
    assert "Not a problem: mother and daughter" in shown(ended)
    invoices = wait_for("the invoice", lambda: world.records(harbor, "Invoice"))
    customers = {row["Id"]: row["DisplayName"] for row in world.records(harbor, "Customer")}
    assert customers[invoices[0]["CustomerRef"]["value"]] == "Jane M. Doe"
    assert "Jane Doe" in customers.values()

    # The check for records that are there twice would find the pair: it is left out.
    run = world.command_line("check", "--company", harbor.name)
    assert run
    assert [row["metadata"]["event_payload"]["state"] for row in world.messages(harbor)] == [
        "exempt"
    ]

    pressed = world.press("operator", ended, "exception_back")
    assert pressed["ok"], pressed
    view = world.view("operator", lambda found: found.get("callback_id") == "exception_back_form")
    world.confirm("operator", view)
    wait_for(
        "the exception to end",
        lambda: "Taken back by" in shown(world.alert(harbor, "same_party", "exempt")),
    )
    world.command_line("check", "--company", harbor.name)
    assert "twice in QuickBooks" in shown(world.alert(harbor, "twice_in_books"))


def test_an_alert_becomes_part_of_the_later_one_with_its_cause(
    world: World, harbor: CompanyInWorld
) -> None:
    """The customer comes later and is held: its invoice's alert points there and ends with it."""
    theirs = _in_quickbooks(world, harbor, "Bob Ray", "bob@ray.com")
    world.intake(harbor, shop.item("W-1", "Mug"), shop.invoice("2001", "c9", "W-1", "75.00"))
    early = world.alert(harbor, "missing_parent")

    world.intake(harbor, shop.customer("c9", "Bob  Ray", email="bob@ray.com"))
    late = world.alert(harbor, "same_party")
    part = world.alert(harbor, "missing_parent", "part")
    assert part["ts"] == early["ts"]
    assert "Part of: " in shown(part)
    address = late["ts"].replace(".", "")
    wait_for(
        "the address",
        lambda: address in str(world.alert(harbor, "missing_parent", "part")["blocks"]),
    )
    wait_for(
        "the count",
        lambda: "1 earlier alert is part of this one" in shown(world.alert(harbor, "same_party")),
    )

    world.fix("operator", harbor, "same_party", "use_existing")
    green = world.alert(harbor, "missing_parent", "resolved")
    assert "Ended with: " in shown(green)
    assert "1 of 1 in QuickBooks" in shown(green)
    invoice = world.records(harbor, "Invoice")[0]
    assert invoice["CustomerRef"]["value"] == theirs
    assert len(world.messages(harbor)) == 2


def test_what_looks_otherwise_is_posted_once_somebody_says_that_it_is_right(
    world: World, harbor: CompanyInWorld
) -> None:
    """A strict pattern holds a new item and its order; trying again would not post them."""
    words = ("--set", "sku", "--pattern", "ABC-123", "--strict", "--company", harbor.name)
    world.command_line("mappings", "formats", *words)
    world.intake(
        harbor,
        {**shop.item("W-1", "Mug"), "sku": "mug_7"},
        shop.customer("c1", "Jane Doe", email="jane@doe.com"),
        shop.invoice("1001", "c1", "W-1", "120.00"),
    )
    wait_for("the money", lambda: "$120.00" in shown(world.alert(harbor, "format_held")))
    alert = world.alert(harbor, "format_held")
    assert "to look like ABC-123" in shown(alert)
    view = _set_aside(world, "operator", alert)
    assert "1 invoice, $120.00" in shown(view)
    sent = world.confirm("operator", view, {"exception_reason": {"value": "an old part number"}})
    assert sent["ok"], sent

    ended = world.alert(harbor, "format_held", "exempt")
    assert "Not a problem: an old part number" in shown(ended)
    wait_for("the invoice", lambda: world.records(harbor, "Invoice"))
    assert [row.get("Sku") for row in world.records(harbor, "Item") if row["Name"] == "Mug"] == [
        "mug_7"
    ]
