"""Stories 2 to 5 and 22 through the real path: names that are taken, customers that are one."""

import pytest

from tests.scenarios import shop
from tests.scenarios.test_same_customer import _button, _words
from tests.scenarios.world import CompanyInWorld, Json, World, shown
from tests.waiting import wait_for

pytestmark = pytest.mark.long


def _entered(world: World, company: CompanyInWorld, entity: str, **data: object) -> str:
    made = world.in_quickbooks("create", company, entity=entity, data=data)
    return str(made["record"]["Id"])


def _sold(world: World, company: CompanyInWorld, buyer: str, amount: int, **more: object) -> str:
    """A person enters an open invoice."""
    [goods] = [row for row in world.records(company, "Item") if row.get("Sku") == "W-1"]
    line = {
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": goods["Id"]}},
    }
    return _entered(world, company, "Invoice", CustomerRef={"value": buyer}, Line=[line], **more)


def _customers(world: World, company: CompanyInWorld) -> dict[str, Json]:
    return {row["Id"]: row for row in world.records(company, "Customer")}


def _owed(world: World, company: CompanyInWorld) -> float:
    return sum(float(row["Balance"]) for row in world.records(company, "Invoice"))


def test_a_vendors_name_and_twelve_orders_are_one_alert(
    world: World, harbor: CompanyInWorld
) -> None:
    """Stories 3 and 22: one message with twelve; one press, a name of its own, all posted."""
    vendor = _entered(world, harbor, "Vendor", DisplayName="Paper Mill")
    numbers = [str(3000 + place) for place in range(12)]
    world.intake(
        harbor,
        shop.item("W-1", "Mug"),
        shop.customer("c1", "Paper Mill"),
        *(shop.invoice(number, "c1", "W-1") for number in numbers),
    )
    wait_for("twelve", lambda: "12 invoices" in _words(world.alert(harbor, "name_on_other_list")))
    alert = world.alert(harbor, "name_on_other_list")
    assert len(world.messages(harbor)) == 1
    assert _button(alert, "fix:rename_ours").get("style") == "primary"
    view = world.preview("operator", alert, "rename_ours")
    assert "Paper Mill (Customer)" in str(view["blocks"])
    world.confirm("operator", view)
    world.alert(harbor, "name_on_other_list", "resolved")

    [ours] = world.records(harbor, "Customer")
    assert ours["DisplayName"] == "Paper Mill (Customer)"
    invoices = world.records(harbor, "Invoice")
    assert sorted(row["DocNumber"] for row in invoices) == numbers
    assert {row["CustomerRef"]["value"] for row in invoices} == {ours["Id"]}
    [theirs] = [row for row in world.records(harbor, "Vendor") if row["Id"] == vendor]
    assert theirs["DisplayName"] == "Paper Mill"


@pytest.mark.long
def test_two_that_are_one_are_consolidated_by_two_people(
    world: World, harbor: CompanyInWorld
) -> None:
    """Story 4: Priya asks, Sam approves; receivables stay what they are; a paid one stops undo."""
    world.intake(harbor, shop.item("W-1", "Mug"))
    wait_for("the mug", lambda: [r for r in world.records(harbor, "Item") if r.get("Sku")])
    mail = {"PrimaryEmailAddr": {"Address": "ann@lee.com"}}
    first = _entered(world, harbor, "Customer", DisplayName="Ann  Lee", **mail)
    kept = _sold(world, harbor, first, 50, DocNumber="A-1")
    second = _entered(world, harbor, "Customer", DisplayName="Ann Lee", **mail)
    moved = _sold(world, harbor, second, 120, DocNumber="B-1")
    owed = _owed(world, harbor)

    alert = world.alert(harbor, "twice_in_books")
    assert _button(alert, "fix:consolidate").get("style") is None
    asked = world.preview("approver", alert, "consolidate")
    assert "$120.00" in _words(asked)
    assert "receivables of the two together stay $170.00" in _words(asked)
    world.confirm("approver", asked)
    assert _customers(world, harbor)[second]["Active"]
    _approve(world, harbor)
    world.alert(harbor, "twice_in_books", "resolved")

    whose = {row["Id"]: row["CustomerRef"]["value"] for row in world.records(harbor, "Invoice")}
    assert whose == {kept: first, moved: first}
    assert _owed(world, harbor) == owed
    there = _customers(world, harbor)
    assert (there[first]["Balance"], there[second]["Balance"]) == (170, 0)
    assert not there[second]["Active"]

    # A paid one, and the way back is closed: it is said, and nothing is written.
    linked = [{"Amount": 20, "LinkedTxn": [{"TxnId": moved, "TxnType": "Invoice"}]}]
    buyer = {"value": first}
    _entered(world, harbor, "Payment", CustomerRef=buyer, TotalAmt=20, Line=linked)
    before = len(world.writes(harbor))
    done = world.alert(harbor, "twice_in_books", "resolved")
    world.close_windows("approver")
    pressed = world.press("approver", done, "fix:undo")
    assert pressed["ok"], pressed
    view = world.view("approver", lambda v: "nothing is undone" in _words(v))
    assert "is partly paid since" in _words(view)
    assert len(world.writes(harbor)) == before


def _approve(world: World, company: CompanyInWorld) -> None:
    """Sam reviews what is asked on the alert, and confirms it."""
    asked = wait_for(
        "the question",
        lambda: next((r for r in world.messages(company) if "Approval asked" in shown(r)), None),
    )
    world.press("approver2", asked, "ask:review")
    view = world.view("approver2", lambda v: "asks you to approve" in shown(v))
    assert world.confirm("approver2", view)["ok"]
    # The window tells the end too; it is closed before the next one is opened.
    world.view("approver2", lambda v: not v.get("submit"))
    world.close_windows("approver2")
