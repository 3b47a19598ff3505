"""Story 29: a dead refresh token, and the reconnect that heals."""

import re

from tests.scenarios import shop
from tests.scenarios.world import CompanyInWorld, World, shown
from tests.waiting import wait_for


def test_a_dead_token_is_one_alert_and_reconnecting_replays_in_order(
    world: World, blue_ridge: CompanyInWorld
) -> None:
    """One alert pauses the others and counts them; after consent everything is posted in order."""
    world.intake(blue_ridge, shop.customer("c1", "Ann Fox"), shop.item("W-1", "Mug"))
    wait_for(
        "the customer",
        lambda: any(r["DisplayName"] == "Ann Fox" for r in world.records(blue_ridge, "Customer")),
    )
    ann = next(r for r in world.records(blue_ridge, "Customer") if r["DisplayName"] == "Ann Fox")
    world.in_quickbooks("deactivate", blue_ridge, entity="Customer", id=ann["Id"])
    world.intake(blue_ridge, shop.invoice("900", "c1", "W-1", "12.00"))
    world.alert(blue_ridge, "inactive_record")
    world.in_quickbooks("revoke_app", blue_ridge)
    world.intake(
        blue_ridge,
        shop.customer("c2", "Bo Marsh"),
        shop.invoice("901", "c2", "W-1", "40.00"),
        shop.invoice("902", "c2", "W-1", "60.00"),
        shop.payment("p1", "c2", "901", "40.00"),
    )

    alert = world.alert(blue_ridge, "connection_lost")
    wait_for(
        "the counts",
        lambda: (
            "$40.00" in (words := shown(world.alert(blue_ridge, "connection_lost")))
            and re.search(r"1 other alert", words)
        ),
    )
    world.alert(blue_ridge, "inactive_record", "paused")
    pressed = world.press("operator", alert, "fix:reconnect")
    assert pressed["ok"], pressed
    assert world.consent(world.reconnect_link("operator"), blue_ridge).status_code == 200

    green = world.alert(blue_ridge, "connection_lost", "resolved")
    assert green["ts"] == alert["ts"]
    assert f"@{world.slack['users']['operator']}" in shown(green)
    numbers = {row["DocNumber"] for row in world.records(blue_ridge, "Invoice")}
    assert {"901", "902"} <= numbers
    assert len(world.records(blue_ridge, "Payment")) == 1
    order = [(row["entity"]) for row in world.writes(blue_ridge) if row["operation"] == "create"]
    assert order.index("Customer") < order.index("Invoice") < order.index("Payment")
    world.alert(blue_ridge, "inactive_record", "open")
    assert len(world.messages(blue_ridge)) == 2


def test_the_link_works_once_and_only_as_a_press(world: World, blue_ridge: CompanyInWorld) -> None:
    """Opening the link consumes nothing; the button does, once; a second use says so."""
    world.in_quickbooks("revoke_app", blue_ridge)
    world.intake(blue_ridge, shop.customer("c1", "Ann Fox"))
    alert = world.alert(blue_ridge, "connection_lost")
    world.press("operator", alert, "fix:reconnect")
    link = world.reconnect_link("operator")

    assert world.browser.get(link).status_code == 200
    assert world.browser.get(link).status_code == 200
    assert world.consent(link, blue_ridge).status_code == 200
    again = world.browser.post(link)

    assert again.status_code in (404, 410)
    assert "once" in again.text or "used" in again.text


def test_the_wrong_company_is_refused_with_both_names(
    world: World, blue_ridge: CompanyInWorld
) -> None:
    """Story 30 at the door: another company's consent overwrites nothing."""
    other = world.qb_control("POST", "/companies", name="Somebody Else")
    world.in_quickbooks("revoke_app", blue_ridge)
    world.intake(blue_ridge, shop.customer("c1", "Ann Fox"))
    alert = world.alert(blue_ridge, "connection_lost")
    world.press("operator", alert, "fix:reconnect")
    wrong = CompanyInWorld("Somebody Else", str(other["realm_id"]), blue_ridge.channel)

    page = world.consent(world.reconnect_link("operator"), wrong)

    assert "Somebody Else" in page.text
    assert blue_ridge.name in page.text
    world.alert(blue_ridge, "connection_lost", "open")
    assert all(r["DisplayName"] != "Ann Fox" for r in world.records(wrong, "Customer"))
