"""Story 34: somebody saves the very field a fix is writing; it is asked, field by field."""

from concurrent.futures import ThreadPoolExecutor

from tests.scenarios import shop
from tests.scenarios.world import CompanyInWorld, Json, World, shown
from tests.waiting import wait_for

UPDATE = {"entity": "Customer", "operation": "update"}
WHOSE = "choice:whose:DisplayName"


def _her(world: World, company: CompanyInWorld) -> Json:
    rows = world.records(company, "Customer")
    return next(row for row in rows if row["DisplayName"].startswith("Jane"))


def test_whose_name_stands_is_asked_and_done(world: World, harbor: CompanyInWorld) -> None:
    """Renamed while the reactivation was on its way: nobody is overruled, the answer is done."""
    world.intake(harbor, shop.customer("c1", "Jane Doe"), shop.item("W-1", "Mug"))
    wait_for("the customer", lambda: world.records(harbor, "Customer"))
    jane = _her(world, harbor)
    world.in_quickbooks("deactivate", harbor, entity="Customer", id=jane["Id"])
    world.intake(harbor, shop.invoice("1001", "c1", "W-1"))
    alert = world.alert(harbor, "inactive_record")
    view = world.preview("operator", alert, "reactivate")
    world.qb_control("POST", "/faults", fault="timeout_before", times=1, seconds=4, match=UPDATE)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(world.confirm, "operator", view)
        wait_for("the fix", lambda: world.alert(harbor, "inactive_record", "working"))
        data = {"DisplayName": "Jane Roe", "Notes": "pays late"}
        world.in_quickbooks("edit", harbor, entity="Customer", id=jane["Id"], data=data)

    words = "which of the two stands"
    wait_for("both values", lambda: words in shown(world.messages(harbor)[0]), 40)
    [told] = world.messages(harbor)
    assert "“Jane Roe”, we would write “Jane Doe”" in shown(told)
    assert _her(world, harbor)["Active"] is False

    asked = world.preview("operator", told, "reactivate")
    assert "Changed by somebody else too" in shown(asked)
    assert "As in QuickBooks: “Jane Roe”" in shown(asked)
    world.confirm("operator", asked, {WHOSE: "ours"})
    final = world.view("operator", lambda v: "This is what your choice changes" in shown(v))
    assert "“Jane Roe” → “Jane Doe”" in shown(final)
    world.confirm("operator", final)

    green = world.alert(harbor, "inactive_record", "resolved", 40)
    assert "1 of 1" in shown(green)
    now = _her(world, harbor)
    assert (now["DisplayName"], now["Active"], now["Notes"]) == ("Jane Doe", True, "pays late")
