"""A company with one admin: what takes two of them is said beforehand, never a dead button."""

from tests.scenarios import shop
from tests.scenarios.world import CompanyInWorld, World, shown
from tests.waiting import wait_for


def test_a_merge_with_one_admin_names_what_is_missing(world: World, harbor: CompanyInWorld) -> None:
    """The guide says it before anybody merges; afterwards no window has a button to nowhere."""
    ann = {"PrimaryEmailAddr": {"Address": "ann@lee.com"}}
    world.intake(
        harbor,
        shop.item("W-1", "Mug"),
        shop.customer("c1", "Ann Lee", email="ann@lee.com"),
        shop.invoice("1001", "c1", "W-1"),
    )
    wait_for("the invoice", lambda: world.records(harbor, "Invoice"))
    [gone] = [row for row in world.records(harbor, "Customer") if row["DisplayName"] == "Ann Lee"]
    left = world.in_quickbooks(
        "create", harbor, entity="Customer", data={"DisplayName": "Ann  Lee", **ann}
    )["record"]
    alert = world.alert(harbor, "twice_in_books", seconds=30)

    world.press("operator", alert, "fix:merge_guide")
    guide = world.view("operator", lambda view: "Merge contacts" in shown(view))
    assert "have another person named in the setting ADMINS" in shown(guide)
    world.in_quickbooks("merge", harbor, entity="Customer", id=gone["Id"], into=left["Id"])
    wait_for("the merge", lambda: "is inactive now" in shown(world.messages(harbor)[0]), 30)

    for who in ("operator", "admin"):
        world.press(who, alert, "fix:merge_guide")
        window = world.view(who, lambda view: "Nobody approves alone" in shown(view))
        assert "in the setting ADMINS" in shown(window)
        assert not window.get("submit")
