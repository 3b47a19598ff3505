"""What can go wrong between the press and green, and what is then true and said."""

import pytest

from tests.scenarios import shop
from tests.scenarios.world import CompanyInWorld, Json, World, shown
from tests.waiting import wait_for


def _inactive(world: World, company: CompanyInWorld, *numbers: str) -> Json:
    """An inactive customer with one invoice per number waiting; the alert."""
    world.intake(company, shop.customer("c1", "Jane Doe"), shop.item("W-1", "Mug"))
    wait_for(
        "the customer",
        lambda: any(r["DisplayName"] == "Jane Doe" for r in world.records(company, "Customer")),
    )
    world.in_quickbooks("deactivate", company, entity="Customer", id=_jane(world, company)["Id"])
    world.intake(company, *(shop.invoice(number, "c1", "W-1") for number in numbers))
    money = f"${len(numbers) * 100:,.2f}"
    wait_for("the money", lambda: money in shown(world.alert(company, "inactive_record")))
    return world.alert(company, "inactive_record")


def _jane(world: World, company: CompanyInWorld) -> Json:
    return next(
        row
        for row in world.records(company, "Customer")
        if row["DisplayName"].startswith("Jane Doe")
    )


def _updates(world: World, company: CompanyInWorld) -> list[Json]:
    return [row for row in world.writes(company) if row["operation"] == "update"]


# The sample of the matrix loses this reply, and presses twice, in every run.
@pytest.mark.long
@pytest.mark.parametrize("fault", ["reset_after", "reset_before", "empty_body", "server_error"])
def test_a_lost_reply_during_the_fix_writes_once(
    world: World, harbor: CompanyInWorld, fault: str
) -> None:
    """The reply to the reactivation is lost: the same requestid settles it; green, one update."""
    alert = _inactive(world, harbor, "1001", "1002")
    view = world.preview("operator", alert, "reactivate")
    world.qb_control(
        "POST", "/faults", fault=fault, times=1, match={"entity": "Customer", "operation": "update"}
    )
    world.confirm("operator", view)

    world.alert(harbor, "inactive_record", "resolved", 30)
    assert len(_updates(world, harbor)) == 1
    assert sorted(r["DocNumber"] for r in world.records(harbor, "Invoice")) == ["1001", "1002"]


def test_a_lost_reply_during_the_replay_posts_once(world: World, harbor: CompanyInWorld) -> None:
    """The reply to a replayed invoice is lost: once in the books all the same, then green."""
    alert = _inactive(world, harbor, "1001", "1002", "1003")
    view = world.preview("operator", alert, "reactivate")
    world.qb_control(
        "POST",
        "/faults",
        fault="reset_after",
        times=2,
        match={"entity": "Invoice", "operation": "create"},
    )
    world.confirm("operator", view)

    green = world.alert(harbor, "inactive_record", "resolved", 40)
    assert "3 of 3" in shown(green)
    numbers = sorted(row["DocNumber"] for row in world.records(harbor, "Invoice"))
    assert numbers == ["1001", "1002", "1003"]


def test_quickbooks_refuses_the_change(world: World, harbor: CompanyInWorld) -> None:
    """A refusal is told with QuickBooks' words; nothing changed, the alert is open as before."""
    alert = _inactive(world, harbor, "1001")
    view = world.preview("operator", alert, "reactivate")
    world.qb_control(
        "POST",
        "/faults",
        fault="code:6000",
        detail="Business Validation Error: Something is wrong with this customer.",
        times=1,
        match={"entity": "Customer", "operation": "update"},
    )
    world.confirm("operator", view)

    told = wait_for(
        "what QuickBooks answered",
        lambda: row if "Nothing was changed" in shown(row := world.messages(harbor)[0]) else None,
    )
    assert told["metadata"]["event_payload"]["state"] == "open"
    assert _jane(world, harbor)["Active"] is False
    green = world.fix("operator", harbor, "inactive_record", "reactivate")
    assert "1 of 1" in shown(green)


def test_a_refused_permission_is_the_connections_trouble(
    world: World, harbor: CompanyInWorld
) -> None:
    """Not let in at the write: nothing is changed, the alert waits for the connection's own."""
    alert = _inactive(world, harbor, "1001")
    view = world.preview("operator", alert, "reactivate")
    world.qb_control(
        "POST",
        "/faults",
        fault="forbidden_3100",
        times=1,
        match={"entity": "Customer", "operation": "update"},
    )
    world.confirm("operator", view)

    world.alert(harbor, "wrong_company")
    wait_for("the pause", lambda: "PAUSED" in shown(world.messages(harbor)[0]))
    assert _jane(world, harbor)["Active"] is False


def test_a_form_of_something_settled_meanwhile_has_no_button(
    world: World, harbor: CompanyInWorld
) -> None:
    """Somebody else was quicker: the window says so, without the old preview or a submit."""
    world.in_quickbooks("create", harbor, entity="Vendor", data={"DisplayName": "Paper Mill"})
    world.intake(harbor, shop.customer("c1", "Paper Mill"))
    alert = world.alert(harbor, "name_on_other_list")
    stale = world.preview("operator", alert, "rename_ours")
    view = world.preview("approver", alert, "rename_ours")
    world.confirm("approver", view)
    world.alert(harbor, "name_on_other_list", "resolved")

    values = {
        block["block_id"]: "Paper Mill of Reno"
        for block in stale["blocks"]
        if block["type"] == "input"
    }
    world.confirm("operator", stale, values)
    window = world.view("operator", lambda v: "already fixed" in shown(v))
    assert not window.get("submit")
    assert [block for block in window["blocks"] if block["type"] == "input"] == []
    assert len(world.records(harbor, "Customer")) == 1


def test_an_edited_customer_means_a_new_preview(world: World, harbor: CompanyInWorld) -> None:
    """Somebody edits the customer between preview and confirm: nothing is written over it."""
    alert = _inactive(world, harbor, "1001")
    view = world.preview("operator", alert, "reactivate")
    jane = _jane(world, harbor)
    world.in_quickbooks(
        "edit", harbor, entity="Customer", id=jane["Id"], data={"Notes": "pays late"}
    )
    before = len(_updates(world, harbor))
    world.confirm("operator", view)

    new = world.view("operator", lambda v: "changed" in shown(v) and bool(v.get("submit")))
    assert len(_updates(world, harbor)) == before
    world.confirm("operator", new)
    world.alert(harbor, "inactive_record", "resolved")
    assert _jane(world, harbor)["Notes"] == "pays late"


def test_a_merged_away_customer_cannot_be_reactivated(world: World, harbor: CompanyInWorld) -> None:
    """QuickBooks refuses for good: the alert says why, nothing is written, it stays open."""
    alert = _inactive(world, harbor, "1001")
    kept = world.in_quickbooks(
        "create", harbor, entity="Customer", data={"DisplayName": "Jane D. Survivor"}
    )["record"]
    jane = _jane(world, harbor)
    world.in_quickbooks("merge", harbor, entity="Customer", id=jane["Id"], into=kept["Id"])
    view = world.preview("operator", alert, "reactivate")
    world.confirm("operator", view)

    told = wait_for(
        "the reason",
        lambda: row if "use that one" in shown(row := world.messages(harbor)[0]) else None,
    )
    assert told["metadata"]["event_payload"]["state"] == "open"
    assert "Nothing was changed" in shown(told)
    assert world.records(harbor, "Invoice") == []
    window = world.view("operator", lambda v: "use that one" in shown(v))
    assert window["title"]["text"] == "Not finished"


def _approved(world: World, alert: Json, fix: str) -> None:
    """Dana asks for it, Priya reviews what she asked and says yes."""
    world.confirm("operator", world.preview("operator", alert, fix))
    asked = wait_for(
        "the question",
        lambda: next(
            (
                row
                for row in world.slack_control("GET", f"/messages?channel={alert['channel']}")[
                    "messages"
                ]
                if row["ts"] == alert["ts"] and "Approval asked" in shown(row)
            ),
            None,
        ),
    )
    world.press("approver", asked, "ask:review")
    world.confirm("approver", world.view("approver", lambda v: "asks you to approve" in shown(v)))


def test_a_filed_month_needs_an_approver_and_somebody_who_asks(
    world: World, harbor: CompanyInWorld
) -> None:
    """The preview says why; an operator may only ask, and no approver does it alone."""
    alert = _inactive(world, harbor, "1001")
    world.command_line("connect", "--name", harbor.name, "--tax-filed-through", "2026-11-15")
    world.press("operator", alert, "fix:reactivate")
    refused = world.view("operator", lambda v: "filed" in shown(v).lower())
    assert refused["submit"]["text"] == "Ask Priya or Sam"
    assert refused["callback_id"] == "fix_ask"
    assert "Priya" in shown(refused)

    alone = world.preview("approver", alert, "reactivate")
    assert alone["submit"]["text"].startswith("Ask Sam")
    assert "a second person has to approve as well" in shown(alone)
    _approved(world, alert, "reactivate")
    world.alert(harbor, "inactive_record", "resolved")
    assert len(world.records(harbor, "Invoice")) == 1


@pytest.mark.long
def test_a_double_press_confirms_once(world: World, harbor: CompanyInWorld) -> None:
    """The same form submitted twice is one fix."""
    alert = _inactive(world, harbor, "1001")
    view = world.preview("operator", alert, "reactivate")
    world.confirm("operator", view)
    world.confirm("operator", view)

    world.alert(harbor, "inactive_record", "resolved")
    assert len(_updates(world, harbor)) == 1
    assert len(world.records(harbor, "Invoice")) == 1


def test_nothing_enters_a_filed_month_unseen(world: World, harbor: CompanyInWorld) -> None:
    """An invoice of a filed month waits with its money until an approver has seen it."""
    world.command_line("connect", "--name", harbor.name, "--tax-filed-through", "2026-10-31")
    october = shop.invoice("1001", "c1", "W-1", "70.00") | {"date": "2026-10-15"}
    world.intake(
        harbor,
        shop.customer("c1", "Jane Doe"),
        shop.item("W-1", "Mug"),
        october,
        shop.invoice("1002", "c1", "W-1"),
    )
    wait_for(
        "November's",
        lambda: [r["DocNumber"] for r in world.records(harbor, "Invoice")] == ["1002"],
    )
    alert = world.alert(harbor, "filed_tax")
    assert "$70.00" in shown(alert)
    assert "October" in shown(alert)

    view = world.preview("operator", alert, "post_filed")
    assert view["submit"]["text"].startswith("Ask ")
    assert "approver" in shown(view)
    _approved(world, alert, "post_filed")
    green = world.alert(harbor, "filed_tax", "resolved")

    assert "1 of 1" in shown(green)
    dates = {row["DocNumber"]: row["TxnDate"] for row in world.records(harbor, "Invoice")}
    assert dates == {"1001": "2026-10-15", "1002": "2026-11-12"}
