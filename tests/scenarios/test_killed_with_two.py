"""kill -9 around a fix that takes two people, and around its undo: once, and all of it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.scenarios import shop
from tests.scenarios.world import CompanyInWorld, Json, World, shown
from tests.waiting import wait_for

PROBLEM = "twice_in_books"
# Longer than the bot's own time-out: the kill always comes before the reply.
HANGS_SECONDS = 30


def _ann_twice(world: World, company: CompanyInWorld) -> None:
    """The same Ann Lee under one e-mail, with two open invoices and with one."""
    world.intake(company, shop.item("W-1", "Mug"))
    [item] = wait_for("the item", lambda: _ids(world, company, "Item", "Mug"))
    for name, amounts in (("Ann Lee", (50, 60)), ("Ann  Lee", (120,))):
        data = {"DisplayName": name, "PrimaryEmailAddr": {"Address": "ann@lee.com"}}
        made = world.in_quickbooks("create", company, entity="Customer", data=data)
        for amount in amounts:
            detail = {"ItemRef": {"value": item}, "Qty": 1, "UnitPrice": amount}
            line = {
                "DetailType": "SalesItemLineDetail",
                "Amount": amount,
                "SalesItemLineDetail": detail,
            }
            bill = {"CustomerRef": {"value": made["record"]["Id"]}, "Line": [line]}
            world.in_quickbooks("create", company, entity="Invoice", data=bill)


def _ids(world: World, company: CompanyInWorld, entity: str, name: str) -> list[str]:
    rows = world.records(company, entity)
    return [row["Id"] for row in rows if row.get("Name", row.get("DisplayName")) == name]


def _books(world: World, company: CompanyInWorld) -> Json:
    """Whose each invoice is and what it comes to, and who is active."""
    bills = {
        row["Id"]: (row["CustomerRef"]["value"], row["TotalAmt"])
        for row in world.records(company, "Invoice")
    }
    active = {row["Id"]: row["Active"] for row in world.records(company, "Customer")}
    return {"bills": bills, "active": active}


def _updates(world: World, company: CompanyInWorld) -> Counter[tuple[str, str]]:
    return Counter(
        (str(row["entity"]), str(row["id"]))
        for row in world.writes(company)
        if row["operation"] == "update"
    )


def _restart(world: World) -> None:
    world.kill_bot()
    world.start_bot()


def _ask(world: World, alert: Json, fix: str) -> None:
    """The approver asks the other one."""
    view = world.preview("approver", alert, fix)
    assert view["submit"]["text"].startswith("Ask ")
    submitted = world.confirm("approver", view)
    assert submitted["acked"], submitted


def _reviewed(world: World, company: CompanyInWorld, alert: Json) -> Json:
    """The other one opens the question; a preview that changed since is asked about once more."""

    def question() -> Json | None:
        found = _same(world, company, alert, "Approval asked")
        if found is None:
            user = world.slack["users"]["approver"]
            views = world.slack_control("GET", f"/views?user={user}")["views"]
            for view in views:
                if "Something changed in QuickBooks" in shown(view) and view.get("submit"):
                    world.confirm("approver", view)
        return found

    world.press("approver2", wait_for("the question", question), "ask:review")
    return world.view("approver2", lambda view: "asks you to approve" in shown(view))


def _same(world: World, company: CompanyInWorld, alert: Json, words: str) -> Json | None:
    rows = [row for row in world.messages(company) if row["ts"] == alert["ts"]]
    return next((row for row in rows if words in shown(row)), None)


def _killed_after(world: World, entity: str, view: Json) -> None:
    """Confirm; the bot is killed when this write is done and its reply has not come."""
    since = len(world.qb_control("GET", "/writes?since=0")["writes"])
    match = {"entity": entity, "operation": "update", "method": "POST"}
    world.qb_control(
        "POST", "/faults", fault="timeout_after", times=1, seconds=HANGS_SECONDS, match=match
    )

    def confirm() -> None:
        try:
            world.confirm("approver2", view)
        except httpx.HTTPError:
            return

    def written() -> bool:
        rows = world.qb_control("GET", "/writes?since=0")["writes"][since:]
        return any(row["entity"] == entity for row in rows)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(confirm)
        wait_for(f"the write of the {entity}", written)
        world.kill_bot()
    world.qb_control("DELETE", "/faults")
    world.start_bot()


@pytest.mark.slow
def test_killed_while_two_people_approve_and_while_it_is_taken_back(
    world: World, harbor: CompanyInWorld
) -> None:
    """Killed after the question, after the answer and after each write of two undos."""
    _ann_twice(world, harbor)
    before = _books(world, harbor)
    alert = world.alert(harbor, PROBLEM, seconds=30)

    _ask(world, alert, "consolidate")
    _restart(world)
    view = _reviewed(world, harbor, alert)
    assert _books(world, harbor) == before
    approved = world.confirm("approver2", view)
    assert approved["acked"], approved
    _restart(world)

    green = world.alert(harbor, PROBLEM, "resolved", 40)
    assert green["ts"] == alert["ts"]
    assert set(_updates(world, harbor).values()) == {1}
    assert len({who for who, _ in _books(world, harbor)["bills"].values()}) == 1

    for round_, entity in enumerate(("Customer", "Invoice"), start=1):
        _ask(world, green, "undo")
        _killed_after(world, entity, _reviewed(world, harbor, green))
        again = world.alert(harbor, PROBLEM, "open", 60)

        assert _books(world, harbor) == before
        assert again["ts"] == alert["ts"]
        assert "took the fix back" in shown(again)
        # Each consolidation and each undo wrote once to the same two records.
        assert set(_updates(world, harbor).values()) == {2 * round_}
        if round_ == 1:
            _ask(world, again, "consolidate")
            world.confirm("approver2", _reviewed(world, harbor, again))
            green = world.alert(harbor, PROBLEM, "resolved", 40)
    assert len(world.messages(harbor)) == 1
