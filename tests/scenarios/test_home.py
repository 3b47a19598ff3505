"""The Home tab through the real path: opened, its button pressed, the books mended, drawn anew."""

from typing import Any

from tests.scenarios import shop
from tests.scenarios.world import CompanyInWorld, World, shown
from tests.waiting import wait_for

Json = dict[str, Any]


def _home(world: World, who: str, says: str) -> Json:
    """Wait until the person's Home tab says something."""
    user = world.slack["users"][who]

    def look() -> Json | None:
        view = world.slack_control("GET", f"/home?user={user}")["view"]
        return view if view and says in shown(view) else None

    return wait_for(f"{who}'s Home tab with {says!r}", look, 25)


def _press(world: World, who: str, home: Json, action_id: str) -> None:
    block = next(
        block
        for block in home["blocks"]
        if (block.get("accessory") or {}).get("action_id") == action_id
    )
    pressed = world.act(
        who, type="button", view_id=home["id"], block_id=block["block_id"], action_id=action_id
    )
    assert pressed["acked"], pressed


def test_a_problem_is_mended_from_the_home_tab(world: World, harbor: CompanyInWorld) -> None:
    """The company's button opens the alert's own preview; once green, the tab says so by itself,
    also after the bot was killed."""
    world.intake(harbor, shop.customer("c1", "Jane Doe"), shop.item("W-1", "Mug"))
    customer = wait_for("the customer", lambda: world.records(harbor, "Customer"))[0]
    wait_for("the item", lambda: world.records(harbor, "Item"))
    world.act("operator", type="home")
    _home(world, "operator", "Everything is in QuickBooks")
    world.in_quickbooks("deactivate", harbor, entity="Customer", id=customer["Id"])
    world.intake(harbor, shop.invoice("1001", "c1", "W-1", "120.00"))
    world.alert(harbor, "inactive_record")

    home = _home(world, "operator", "1 invoice, $120.00")
    _press(world, "operator", home, "fix:reactivate")
    preview = world.view("operator", lambda view: bool(view.get("submit")))
    assert "$120.00" in shown(preview)
    world.kill_bot()
    world.start_bot()
    assert world.confirm("operator", preview)["ok"]

    world.alert(harbor, "inactive_record", "resolved")
    after = _home(world, "operator", "Everything is in QuickBooks")
    assert "1 fixed by people" in shown(after)
    assert [row["DocNumber"] for row in world.records(harbor, "Invoice")] == ["1001"]
