"""Numbers, characters, lengths and closed months, from the intake to green in Slack."""

import pytest

from tests.scenarios import shop
from tests.scenarios.world import CompanyInWorld, Json, World, shown
from tests.waiting import wait_for

pytestmark = pytest.mark.long


def _sales(world: World, company: CompanyInWorld) -> dict[str, Json]:
    return {row["DocNumber"]: row for row in world.records(company, "Invoice")}


def _keyed(world: World, company: CompanyInWorld, amount: int, **more: object) -> Json:
    """A bookkeeper enters an invoice for Jane by hand."""
    [jane] = [r for r in world.records(company, "Customer") if r["DisplayName"] == "Jane Doe"]
    [mug] = [r for r in world.records(company, "Item") if r["Name"] == "Mug"]
    line = {
        "DetailType": "SalesItemLineDetail",
        "Amount": amount,
        "SalesItemLineDetail": {"ItemRef": {"value": mug["Id"]}, "Qty": 1, "UnitPrice": amount},
    }
    data = {"CustomerRef": {"value": jane["Id"]}, "Line": [line], **more}
    made: Json = world.in_quickbooks("create", company, entity="Invoice", data=data)["record"]
    return made


def _begin(world: World, company: CompanyInWorld) -> None:
    world.intake(company, shop.customer("c1", "Jane Doe"), shop.item("W-1", "Mug"))
    wait_for("the item", lambda: "Mug" in str(world.records(company, "Item")))
    wait_for("the customer", lambda: world.records(company, "Customer"))


def test_a_used_number_is_linked_or_changed_by_an_approver(
    world: World, harbor: CompanyInWorld
) -> None:
    """Stories 6 and 9: linking is primary where all agrees, renumbering where it cannot be."""
    _begin(world, harbor)
    same = _keyed(world, harbor, 100, DocNumber="1001", TxnDate="2026-11-12")
    world.intake(harbor, shop.invoice("1001", "c1", "W-1"))
    alert = world.alert(harbor, "duplicate_document_number")
    assert f"QuickBooks id {same['Id']}" in shown(alert)
    [primary] = [b for b in _buttons(alert) if b.get("style") == "primary"]
    assert primary["action_id"] == "fix:link_document"
    before = len(world.writes(harbor))
    green = world.fix("operator", harbor, "duplicate_document_number", "link_document")
    assert "1 of 1 in QuickBooks" in shown(green)
    assert len(world.writes(harbor)) == before
    assert list(_sales(world, harbor)) == ["1001"]

    _keyed(world, harbor, 55, DocNumber="1002", TxnDate="2026-09-12")
    world.intake(harbor, shop.invoice("1002", "c1", "W-1"))
    alert = world.alert(harbor, "duplicate_document_number")
    [primary] = [b for b in _buttons(alert) if b.get("style") == "primary"]
    assert primary["action_id"] == "fix:renumber"
    view = world.preview("approver", alert, "renumber")
    assert "1002-2" in shown(view)
    world.confirm("approver", view)
    posted = wait_for("the new number", lambda: _sales(world, harbor).get("1002-2"))
    assert "Number in Shop: 1002" in posted["PrivateNote"]
    assert posted["TotalAmt"] == 100


def test_a_closed_month_and_a_name_with_a_colon(world: World, harbor: CompanyInWorld) -> None:
    """Stories 24, 33: re-dated with its due date kept; a colon taken out, shown as such."""
    _begin(world, harbor)
    world.in_quickbooks("close_books", harbor, date="2026-10-31")
    sale = shop.invoice("1001", "c1", "W-1", due_date="2026-10-30") | {"date": "2026-10-15"}
    world.intake(harbor, sale, shop.payment("p1", "c1", "1001"))
    alert = world.alert(harbor, "closed_period")
    assert "redate" in str(alert["blocks"])
    world.fix("approver", harbor, "closed_period", "redate")
    posted = _sales(world, harbor)["1001"]
    assert (posted["TxnDate"], posted["DueDate"]) == ("2026-11-01", "2026-10-30")
    assert "Original date 10/15/2026" in posted["PrivateNote"]

    world.intake(harbor, shop.customer("c2", "Acme: West"), shop.invoice("1002", "c2", "W-1"))
    alert = world.alert(harbor, "invalid_characters")
    view = world.preview("operator", alert, "clean")
    assert "a colon" in shown(view)
    world.confirm("operator", view)
    world.alert(harbor, "invalid_characters", "resolved")
    assert _sales(world, harbor)["1002"]["CustomerRef"]["name"] == "Acme - West"


def test_a_sale_posted_a_day_late_is_moved_by_an_approver(
    world: World, harbor: CompanyInWorld
) -> None:
    """Story 56: 23:40 on 10/31 was posted as 11/01 while the company's time zone was wrong."""
    _begin(world, harbor)
    world.command_line("connect", "--name", harbor.name, "--time-zone", "UTC")
    sale = shop.invoice("1001", "c1", "W-1") | {"date": "2026-11-01T03:40:00Z"}
    world.intake(harbor, sale, shop.payment("p1", "c1", "1001"))
    wait_for("the payment", lambda: world.records(harbor, "Payment"))
    assert _sales(world, harbor)["1001"]["TxnDate"] == "2026-11-01"

    world.command_line("connect", "--name", harbor.name, "--time-zone", "America/New_York")
    world.intake(harbor, sale)
    alert = world.alert(harbor, "day_differs")
    assert "October 2026 lacks $100.00 of sales" in shown(alert)
    [primary] = [b for b in _buttons(alert) if b.get("style") == "primary"]
    assert primary["action_id"] == "fix:move_day"
    view = world.preview("approver", alert, "move_day")
    assert "November 2026: -$100.00 of sales" in shown(view)
    assert "what is paid on it keeps its own day" in shown(view)
    before = len(world.writes(harbor))
    world.confirm("approver", view)
    world.alert(harbor, "day_differs", "resolved")
    moved = _sales(world, harbor)["1001"]
    assert (moved["TxnDate"], moved["TotalAmt"], moved["Balance"]) == ("2026-10-31", 100, 0)
    assert len(world.writes(harbor)) == before + 1
    assert world.intake(harbor, sale)["notes"] == []


def _buttons(message: Json) -> list[Json]:
    return [
        element
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]
