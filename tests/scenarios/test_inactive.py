"""Stories 18 and 19: inactive customers and items, from intake to green."""

import hashlib
import hmac
import json
from decimal import Decimal

import pytest

from tests.scenarios import shop
from tests.scenarios.world import CompanyInWorld, World, shown
from tests.waiting import wait_for


def _posted_customer(world: World, company: CompanyInWorld, name: str = "Jane Doe") -> str:
    """Let a customer and an item arrive and be posted; give the customer's QuickBooks id."""
    world.intake(company, shop.customer("c1", name, email="jane@doe.com"), shop.item("W-1", "Mug"))

    def look() -> str | None:
        wait_item = [row for row in world.records(company, "Item") if row["Name"] == "Mug"]
        rows = [row for row in world.records(company, "Customer") if row["DisplayName"] == name]
        return str(rows[0]["Id"]) if rows and wait_item else None

    return wait_for("the customer in QuickBooks", look)


def _invoices(world: World, company: CompanyInWorld) -> dict[str, Decimal]:
    return {
        row["DocNumber"]: Decimal(str(row["TotalAmt"])) for row in world.records(company, "Invoice")
    }


def test_three_invoices_of_one_inactive_customer_are_one_alert(
    world: World, harbor: CompanyInWorld
) -> None:
    """Story 18: one incident with the money; reactivated, all three posted, the message green."""
    customer_id = _posted_customer(world, harbor)
    world.in_quickbooks("deactivate", harbor, entity="Customer", id=customer_id)
    world.intake(
        harbor,
        shop.invoice("1001", "c1", "W-1", "120.00"),
        shop.invoice("1002", "c1", "W-1", "80.50"),
        shop.invoice("1003", "c1", "W-1", "39.50"),
    )

    alert = world.alert(harbor, "inactive_record")
    wait_for(
        "all three invoices on the one alert",
        lambda: "$240.00" in shown(world.alert(harbor, "inactive_record")),
    )
    alert = world.alert(harbor, "inactive_record")
    assert len(world.messages(harbor)) == 1
    assert "Jane Doe" in shown(alert)
    assert "3 invoices" in shown(alert) or "3 documents" in shown(alert)
    assert _invoices(world, harbor) == {}

    preview = world.preview("operator", alert, "reactivate")
    assert "$240.00" in shown(preview)
    world.confirm("operator", preview)
    green = world.alert(harbor, "inactive_record", "resolved")

    assert green["ts"] == alert["ts"]
    assert f"@{world.slack['users']['operator']}" in shown(green)
    assert "3 of 3" in shown(green)
    assert _invoices(world, harbor) == {
        "1001": Decimal("120.00"),
        "1002": Decimal("80.50"),
        "1003": Decimal("39.50"),
    }
    customers = {row["Id"]: row for row in world.records(harbor, "Customer")}
    assert customers[customer_id]["Active"] is True
    assert customers[customer_id]["DisplayName"] == "Jane Doe"
    updates = [w for w in world.writes(harbor) if w["operation"] == "update"]
    assert len(updates) == 1
    assert len(world.messages(harbor)) == 1


@pytest.mark.long  # an inactive item is also one of the two causes of the next test
def test_three_documents_wait_on_one_inactive_item(world: World, harbor: CompanyInWorld) -> None:
    """Story 19: one inactive_record with three documents; reactivated, all three posted."""
    _posted_customer(world, harbor)
    item_id = next(r["Id"] for r in world.records(harbor, "Item") if r["Name"] == "Mug")
    world.in_quickbooks("deactivate", harbor, entity="Item", id=item_id)
    world.intake(harbor, *(shop.invoice(f"20{n}", "c1", "W-1", "10.00") for n in range(3)))

    wait_for(
        "all three on the one alert",
        lambda: "$30.00" in shown(world.alert(harbor, "inactive_record")),
    )
    green = world.fix("operator", harbor, "inactive_record", "reactivate")

    assert "3 of 3" in shown(green)
    assert sorted(_invoices(world, harbor)) == ["200", "201", "202"]
    assert len(world.messages(harbor)) == 1


def test_an_invoice_waiting_for_two_causes_posts_after_the_second(
    world: World, harbor: CompanyInWorld
) -> None:
    """Customer and item inactive: two alerts; the document goes when both are fixed, once."""
    customer_id = _posted_customer(world, harbor)
    item_id = next(r["Id"] for r in world.records(harbor, "Item") if r["Name"] == "Mug")
    world.in_quickbooks("deactivate", harbor, entity="Customer", id=customer_id)
    world.in_quickbooks("deactivate", harbor, entity="Item", id=item_id)
    world.intake(harbor, shop.invoice("3001", "c1", "W-1", "55.00"))

    wait_for("two alerts", lambda: len(world.messages(harbor)) == 2)
    first, second = world.messages(harbor)
    for alert in (first, second):
        view = world.preview("operator", alert, "reactivate")
        words = shown(view).replace("\n", "")
        assert ("Posts no document by itself." in words) == (alert is first)
        assert ("1 document waits for another alert too" in words) == (alert is first)
        world.confirm("operator", view)
        wait_for(
            "this alert green",
            lambda ts=alert["ts"]: any(
                m["ts"] == ts and m["metadata"]["event_payload"]["state"] == "resolved"
                for m in world.messages(harbor)
            ),
        )

    wait_for("the invoice", lambda: _invoices(world, harbor))
    assert _invoices(world, harbor) == {"3001": Decimal("55.00")}
    assert len(world.messages(harbor)) == 2


def test_reactivated_by_hand_it_settles_by_itself(world: World, harbor: CompanyInWorld) -> None:
    """When a person reactivates the record in QuickBooks, the bot notices, posts, turns green."""
    customer_id = _posted_customer(world, harbor)
    world.in_quickbooks("deactivate", harbor, entity="Customer", id=customer_id)
    world.intake(harbor, shop.invoice("4001", "c1", "W-1"))
    world.alert(harbor, "inactive_record")

    world.in_quickbooks("reactivate", harbor, entity="Customer", id=customer_id)

    green = world.alert(harbor, "inactive_record", "resolved")
    assert "4001" in _invoices(world, harbor)
    assert "is active again in QuickBooks (changed there " in shown(green)
    assert "1 of 1 in QuickBooks" in shown(green)
    assert len(world.messages(harbor)) == 1


def test_a_changed_book_shows_the_new_preview(world: World, harbor: CompanyInWorld) -> None:
    """Another invoice arrives between preview and confirm: the new preview is shown instead."""
    customer_id = _posted_customer(world, harbor)
    world.in_quickbooks("deactivate", harbor, entity="Customer", id=customer_id)
    world.intake(harbor, shop.invoice("5001", "c1", "W-1", "10.00"))
    alert = world.alert(harbor, "inactive_record")
    old = world.preview("operator", alert, "reactivate")
    world.intake(harbor, shop.invoice("5002", "c1", "W-1", "15.00"))
    wait_for("the second invoice", lambda: "$25.00" in shown(world.messages(harbor)[0]))

    world.confirm("operator", old)
    new = world.view("operator", lambda view: "$25.00" in shown(view) and bool(view["submit"]))

    assert _invoices(world, harbor) == {}
    world.confirm("operator", new)
    world.alert(harbor, "inactive_record", "resolved")
    assert sorted(_invoices(world, harbor)) == ["5001", "5002"]


def test_another_tools_error_is_mended_and_green(world: World, harbor: CompanyInWorld) -> None:
    """A signed webhook names an inactive customer: alert, one press, green; said twice, once told.

    The bot never posts what the other tool has: it says that it has to try again itself.
    """
    customer_id = _posted_customer(world, harbor, "Omar Haddad")
    world.in_quickbooks("deactivate", harbor, entity="Customer", id=customer_id)
    source = world.command_line(
        "sources", "add", "Cin7 Core", "--company", harbor.name, "--errors",
        "--field", "text=data.why", "--field", "id=event",
    )  # fmt: skip
    body = json.dumps(
        {"event": "e1", "data": {"why": "Customer Omar Haddad has been made inactive. Code: 610"}}
    ).encode()
    mark = hmac.new(source["signing_key"].encode(), body, hashlib.sha256).hexdigest()
    for new in (1, 0):
        answer = world.http.post(
            f"{source['url']}/errors", content=body, headers={"X-Signature": f"sha256={mark}"}
        )
        assert (answer.status_code, answer.json()["taken"]) == (200, new), answer.text

    alert = world.alert(harbor, "inactive_record")
    assert "Cin7 Core could not post" in alert["text"]
    world.confirm("operator", world.preview("operator", alert, "reactivate"))
    green = world.alert(harbor, "inactive_record", "resolved")

    assert green["ts"] == alert["ts"]
    assert "Cin7 Core has to try again itself" in shown(green)
    customers = {row["Id"]: row for row in world.records(harbor, "Customer")}
    assert customers[customer_id]["Active"] is True
    assert _invoices(world, harbor) == {}
    assert len(world.messages(harbor)) == 1
