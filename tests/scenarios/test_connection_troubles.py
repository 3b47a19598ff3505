"""Stories 31, 34, 35 and 36: rights lost, a subscription ended, records changed, odd answers."""

import pytest

from tests.scenarios import shop
from tests.scenarios.world import CompanyInWorld, Json, World, shown
from tests.waiting import wait_for

pytestmark = pytest.mark.long


def _numbers(world: World, company: CompanyInWorld) -> list[str]:
    return sorted(row["DocNumber"] for row in world.records(company, "Invoice"))


def _inactive(world: World, company: CompanyInWorld, number: str) -> str:
    """Jane Doe is in QuickBooks, inactive, and an invoice waits for her; her id."""
    world.intake(company, shop.customer("c1", "Jane Doe"), shop.item("W-1", "Mug"))

    def look() -> Json | None:
        rows = world.records(company, "Customer")
        return next((row for row in rows if row["DisplayName"] == "Jane Doe"), None)

    jane = wait_for("the customer", look)
    world.in_quickbooks("deactivate", company, entity="Customer", id=jane["Id"])
    world.intake(company, shop.invoice(number, "c1", "W-1"))
    world.alert(company, "inactive_record")
    return str(jane["Id"])


def test_rights_and_subscription_pause_the_rest_and_come_back(
    world: World, blue_ridge: CompanyInWorld
) -> None:
    """One alert each, the others paused; an admin reconnects, the owner renews, all is posted."""
    _inactive(world, blue_ridge, "900")
    world.intake(blue_ridge, shop.customer("c2", "Bo Marsh"))
    wait_for("Bo", lambda: len(world.records(blue_ridge, "Customer")) >= 2)

    world.in_quickbooks("demote_user", blue_ridge)
    world.intake(blue_ridge, shop.invoice("901", "c2", "W-1"))
    denied = world.alert(blue_ridge, "wrong_permission")
    assert "admin" in shown(denied)
    world.alert(blue_ridge, "inactive_record", "paused")
    world.press("operator", denied, "fix:reconnect")
    world.consent(world.reconnect_link("operator"), blue_ridge)
    world.alert(blue_ridge, "wrong_permission", "resolved", 40)
    assert "901" in _numbers(world, blue_ridge)
    world.alert(blue_ridge, "inactive_record", "open")

    world.in_quickbooks("end_subscription", blue_ridge)
    world.intake(blue_ridge, shop.invoice("902", "c2", "W-1"))
    ended = world.alert(blue_ridge, "company_suspended")
    assert "subscription" in shown(ended)
    world.alert(blue_ridge, "inactive_record", "paused")
    world.in_quickbooks("renew_subscription", blue_ridge)
    world.fix("operator", blue_ridge, "company_suspended", "retry")
    wait_for("what waited", lambda: "902" in _numbers(world, blue_ridge))
    world.fix("operator", blue_ridge, "inactive_record", "reactivate")

    assert _numbers(world, blue_ridge) == ["900", "901", "902"]
    assert len(world.messages(blue_ridge)) == 3


def test_a_stale_record_is_read_again_and_changed_once(
    world: World, harbor: CompanyInWorld
) -> None:
    """5010 about a version that is old: the same change once more, nothing said of it."""
    _inactive(world, harbor, "1001")
    view = world.preview("operator", world.alert(harbor, "inactive_record"), "reactivate")
    update = {"entity": "Customer", "operation": "update"}
    world.qb_control("POST", "/faults", fault="code:5010", times=1, match=update)
    world.confirm("operator", view)
    world.alert(harbor, "inactive_record", "resolved", 40)

    assert _numbers(world, harbor) == ["1001"]
    assert world.qb_control("GET", "/faults")["faults"] == []
    assert len([row for row in world.writes(harbor) if row["operation"] == "update"]) == 1


def test_odd_answers_are_the_right_kind_or_heal(world: World, harbor: CompanyInWorld) -> None:
    """A page, nothing, XML, two errors, a fault in a good answer, French: each is understood."""
    world.intake(harbor, shop.customer("c1", "Jane Doe"), shop.item("W-1", "Mug"))
    wait_for("the customer", lambda: world.records(harbor, "Customer"))
    create = {"entity": "Invoice", "operation": "create"}
    for number, fault in (("200", "unavailable_html"), ("201", "empty_body")):
        world.qb_control("POST", "/faults", fault=fault, times=1, match=create)
        world.intake(harbor, shop.invoice(number, "c1", "W-1"))
        wait_for("the healed one", lambda number=number: number in _numbers(world, harbor), 60)
    assert world.messages(harbor) == []

    # The number is free in the books: the refusal, in French, is told with its own words.
    for number, fault in (("202", "localised_6140"), ("203", "two_errors")):
        world.qb_control("POST", "/faults", fault=fault, times=1, match=create)
        world.intake(harbor, shop.invoice(number, "c1", "W-1"))
        wait_for("the fault", lambda: world.qb_control("GET", "/faults")["faults"] == [], 40)
    french = world.alert(harbor, "duplicate_document_number", seconds=40)
    world.alert(harbor, "missing_required_field", seconds=40)
    world.press("operator", french, "details")
    details = world.view("operator", lambda v: "6140" in shown(v))
    assert "Facture" in shown(details)
    assert _numbers(world, harbor) == ["200", "201"]
