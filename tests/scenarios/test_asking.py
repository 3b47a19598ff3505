"""Approval by somebody else: asked, answered once, by a person who may and is not the asker."""

from tests.scenarios import shop
from tests.scenarios.world import CompanyInWorld, Json, World, shown
from tests.waiting import wait_for


def _inactive(world: World, company: CompanyInWorld, *numbers: str) -> Json:
    world.intake(company, shop.customer("c1", "Jane Doe"), shop.item("W-1", "Mug"))
    wait_for(
        "the customer",
        lambda: any(r["DisplayName"] == "Jane Doe" for r in world.records(company, "Customer")),
    )
    jane = next(r for r in world.records(company, "Customer") if r["DisplayName"] == "Jane Doe")
    world.in_quickbooks("deactivate", company, entity="Customer", id=jane["Id"])
    world.intake(company, *(shop.invoice(number, "c1", "W-1") for number in numbers))
    return world.alert(company, "inactive_record")


def _file_tax(world: World, company: CompanyInWorld) -> None:
    world.command_line("connect", "--name", company.name, "--tax-filed-through", "2026-11-15")


def _asked(world: World, alert: Json) -> Json:
    """Dana opens the preview and asks; the alert shows it."""
    view = world.preview("operator", alert, "reactivate")
    assert view["submit"]["text"] == "Ask Priya or Sam"
    world.confirm("operator", view)
    return wait_for(
        "the question on the alert",
        lambda: next(
            (row for row in _alerts(world, alert) if "Approval asked" in shown(row)), None
        ),
    )


def _alerts(world: World, alert: Json) -> list[Json]:
    rows = world.slack_control("GET", f"/messages?channel={alert['channel']}")["messages"]
    return [row for row in rows if row["ts"] == alert["ts"]]


def _thread(world: World, alert: Json) -> list[Json]:
    path = f"/messages?channel={alert['channel']}&thread_ts={alert['ts']}"
    rows = world.slack_control("GET", path)["messages"]
    return [row for row in rows if row["ts"] != alert["ts"] and row.get("thread_ts") == alert["ts"]]


def test_an_operator_asks_and_an_approver_approves(world: World, harbor: CompanyInWorld) -> None:
    """Nothing is written before the answer; the alert says who asked and who approved."""
    alert = _inactive(world, harbor, "1001")
    _file_tax(world, harbor)
    asked = _asked(world, alert)

    assert f"@{world.slack['users']['operator']}" in shown(asked)
    assert "Review and approve…" in shown(asked)
    assert world.records(harbor, "Invoice") == []
    thread = wait_for("the thread", lambda: _thread(world, alert))
    assert len(thread) == 1
    assert f"@{world.slack['users']['approver']}" in shown(thread[0])
    assert f"@{world.slack['users']['approver2']}" in shown(thread[0])
    assert f"@{world.slack['users']['admin']}" not in shown(thread[0])

    world.press("operator", asked, "ask:review")
    told = wait_for("the refusal", lambda: world.ephemerals("operator"))
    assert "Priya" in told[-1]

    world.press("approver", asked, "ask:review")
    view = world.view("approver", lambda v: bool(v.get("submit")))
    assert "asks you to approve" in shown(view)
    assert f"@{world.slack['users']['operator']}" in shown(view)
    world.confirm("approver", view)

    green = world.alert(harbor, "inactive_record", "resolved")
    said = shown(green)
    assert "asked by " in said
    assert "approved by " in said
    assert "Approval asked" not in said
    assert len(world.records(harbor, "Invoice")) == 1


def test_no_with_a_reason_ends_the_question(world: World, harbor: CompanyInWorld) -> None:
    """The reason is on the alert and in the thread; nothing is written, and one may ask again."""
    alert = _inactive(world, harbor, "1001")
    _file_tax(world, harbor)
    asked = _asked(world, alert)
    world.press("approver", asked, "ask:no")
    form = world.view("approver", lambda v: v.get("callback_id") == "ask_decline")
    empty = world.confirm("approver", form, {"ask_reason": "   "})
    assert "why not" in str(empty)
    world.confirm("approver", form, {"ask_reason": "Jane moved away, use Jane D."})

    refused = wait_for(
        "the answer",
        lambda: next((r for r in _alerts(world, alert) if "Jane moved away" in shown(r)), None),
    )
    assert "Approval asked" not in shown(refused)
    wait_for("the thread", lambda: "Jane moved away" in shown(_thread(world, alert)[-1]))
    assert world.records(harbor, "Invoice") == []
    world.act(
        "approver2",
        type="button",
        channel=alert["channel"],
        ts=alert["ts"],
        action_id="ask:review",
        block_id="old",
        value=str(alert["metadata"]["event_payload"]["incident_id"]),
        stale=True,
    )
    gone = world.view("approver2", lambda v: "Nobody asks" in shown(v))
    assert not gone.get("submit")
    # Asked once more, another approver says yes.
    again = _asked(world, alert)
    world.press("approver2", again, "ask:review")
    world.confirm("approver2", world.view("approver2", lambda v: bool(v.get("submit"))))
    world.alert(harbor, "inactive_record", "resolved")


def test_what_is_not_of_the_filed_month_need_not_wait(world: World, harbor: CompanyInWorld) -> None:
    """Dana posts the one outside of it; the other waits under an alert of its own."""
    alert = _inactive(world, harbor, "1001")
    late = shop.invoice("1002", "c1", "W-1") | {"date": "2026-11-20"}
    world.intake(harbor, late)
    wait_for("both", lambda: "2 invoices" in shown(world.alert(harbor, "inactive_record")))
    _file_tax(world, harbor)
    view = world.preview("operator", alert, "reactivate")
    assert view["submit"]["text"] == "Ask Priya or Sam"
    world.act("operator", type="button", view_id=view["id"], action_id="hold_filed")

    part = world.view("operator", lambda v: (v.get("submit") or {}).get("text", "")[:4] == "Post")
    assert part["submit"]["text"] == "Post 1, hold 1"
    assert "1 document of filed months, through 11/15/2026" in shown(part)
    assert "sales tax FILED" not in shown(part)
    world.confirm("operator", part)

    green = world.alert(harbor, "inactive_record", "resolved")
    assert "1 document posted" in shown(green)
    world.alert(harbor, "filed_tax")
    assert [row["DocNumber"] for row in world.records(harbor, "Invoice")] == ["1002"]
