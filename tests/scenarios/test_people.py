"""Story 44: two people, two presses, a guest, an old button."""

from concurrent.futures import ThreadPoolExecutor

from tests.scenarios import shop
from tests.scenarios.world import CompanyInWorld, Json, World
from tests.waiting import wait_for


def _alert(world: World, company: CompanyInWorld) -> Json:
    world.intake(company, shop.customer("c1", "Jane Doe"), shop.item("W-1", "Mug"))
    wait_for(
        "the customer",
        lambda: any(r["DisplayName"] == "Jane Doe" for r in world.records(company, "Customer")),
    )
    jane = next(r for r in world.records(company, "Customer") if r["DisplayName"] == "Jane Doe")
    world.in_quickbooks("deactivate", company, entity="Customer", id=jane["Id"])
    world.intake(company, shop.invoice("1001", "c1", "W-1"))
    return world.alert(company, "inactive_record")


def test_two_people_confirm_and_it_acts_once(world: World, harbor: CompanyInWorld) -> None:
    """Both see a preview, both confirm at the same moment: one update, one invoice."""
    alert = _alert(world, harbor)
    views = {who: world.preview(who, alert, "reactivate") for who in ("operator", "approver")}
    with ThreadPoolExecutor(4) as pool:
        for who in ("operator", "approver", "operator", "approver"):
            pool.submit(world.confirm, who, views[who])
    world.alert(harbor, "inactive_record", "resolved")

    writes = world.writes(harbor)
    assert len([w for w in writes if w["operation"] == "update"]) == 1
    assert len([w for w in writes if w["entity"] == "Invoice"]) == 1


def test_a_guest_is_told_who_may(world: World, harbor: CompanyInWorld) -> None:
    """A guest's press opens nothing; a sentence names who may."""
    alert = _alert(world, harbor)
    world.press("guest", alert, "fix:reactivate")

    told = wait_for("the refusal", lambda: world.ephemerals("guest"))

    assert "operator" in told[-1]
    assert "Dana" in told[-1]
    world.alert(harbor, "inactive_record", "open")


def test_an_old_button_answers_politely(world: World, harbor: CompanyInWorld) -> None:
    """A press on a rendering that is gone changes nothing and says what to do."""
    alert = _alert(world, harbor)
    world.fix("operator", harbor, "inactive_record", "reactivate")
    before = len(world.writes(harbor))

    world.act(
        "operator",
        type="button",
        channel=alert["channel"],
        ts=alert["ts"],
        action_id="fix:reactivate",
        block_id="old",
        value=str(alert["metadata"]["event_payload"]["incident_id"]),
        stale=True,
    )
    view = world.view("operator", lambda v: "already fixed" in str(v["blocks"]))

    assert not view.get("submit")
    assert len(world.writes(harbor)) == before


def test_a_lost_reply_to_the_opening_window_is_found_again(
    world: World, harbor: CompanyInWorld
) -> None:
    """Slack opened the window but its answer was lost: the preview comes all the same."""
    alert = _alert(world, harbor)
    world.slack_control(
        "POST", "/faults", fault="reset_after", times=1, match={"method": "views.open"}
    )
    world.press("operator", alert, "fix:reactivate")

    view = world.view("operator", lambda v: bool(v.get("submit")))
    world.confirm("operator", view)
    world.alert(harbor, "inactive_record", "resolved")
    end = world.view("operator", lambda v: "1 of 1" in str(v["blocks"]))
    assert end["title"]["text"] == "Done"
