"""Undo: what a fix did is taken back where that is still true, on the same message."""

from tests.command_line import run_here
from tests.scenarios import shop
from tests.scenarios.world import CompanyInWorld, Json, World, shown
from tests.waiting import wait_for


def _jane(world: World, company: CompanyInWorld) -> Json:
    return next(
        row
        for row in world.records(company, "Customer")
        if row["DisplayName"].startswith("Jane Doe")
    )


def _buttons(message: Json) -> list[str]:
    return [
        element["action_id"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def test_a_link_is_taken_back_and_the_trouble_is_here_again(
    world: World, harbor: CompanyInWorld
) -> None:
    """UNDONE says who; the check finds it again on the same message, and it can be fixed again."""
    world.in_quickbooks(
        "create",
        harbor,
        entity="Customer",
        data={"DisplayName": "Jane Doe", "PrimaryEmailAddr": {"Address": "jane@doe.com"}},
    )
    world.intake(harbor, shop.customer("c1", "Jane  Doe", email="jane@doe.com"))
    green = world.fix("operator", harbor, "same_party", "use_existing")
    assert "fix:undo" in _buttons(green)

    world.confirm("operator", world.preview("operator", green, "undo"))
    again = world.alert(harbor, "same_party", "open", 30)

    assert again["ts"] == green["ts"]
    assert "took the fix back" in shown(again)
    fixed = world.fix("approver", harbor, "same_party", "use_existing")
    assert fixed["ts"] == green["ts"]
    world.intake(harbor, shop.item("W-1", "Mug"), shop.invoice("1001", "c1", "W-1", "120.00"))
    wait_for("the invoice", lambda: world.records(harbor, "Invoice"))
    world.press("operator", fixed, "fix:undo")
    refused = world.view("operator", lambda v: "Void or credit" in shown(v))
    assert "$120.00" in shown(refused)
    assert not refused.get("submit")


def test_a_reactivation_is_taken_back_at_balance_zero_only(
    world: World, harbor: CompanyInWorld
) -> None:
    """With an open invoice she stays active; once it is voided she is inactive again."""
    world.intake(harbor, shop.customer("c1", "Jane Doe"), shop.item("W-1", "Mug"))
    wait_for("the customer", lambda: world.records(harbor, "Customer"))
    world.in_quickbooks("deactivate", harbor, entity="Customer", id=_jane(world, harbor)["Id"])
    world.intake(harbor, shop.invoice("1001", "c1", "W-1"))
    green = world.fix("operator", harbor, "inactive_record", "reactivate")
    world.press("operator", green, "fix:undo")
    refused = world.view("operator", lambda v: "stays active" in shown(v))
    assert "while there is a balance ($" in shown(refused)
    assert not refused.get("submit")

    invoice = world.records(harbor, "Invoice")[0]
    world.in_quickbooks("void", harbor, entity="Invoice", id=invoice["Id"])
    view = world.preview("operator", green, "undo")
    assert "inactive again" in shown(view)
    world.confirm("operator", view)
    undone = world.alert(harbor, "inactive_record", "undone", 30)

    assert "UNDONE" in shown(undone)
    assert f"@{world.slack['users']['operator']}" in shown(undone)
    assert "fix:undo" not in _buttons(undone)
    jane = _jane(world, harbor)
    assert jane["Active"] is False
    assert jane["DisplayName"] == "Jane Doe (deleted)"


def _rounded(world: World, company: CompanyInWorld) -> None:
    """Invoice 1001, to which the bot has added a line of $0.03 by the company's rule."""
    world.qb_control("POST", "/switches", automated_tax_ignores_sent=True)
    setting = {"TaxPrefs.PartnerTaxEnabled": True}
    world.in_quickbooks("set_preference", company, data=setting)
    service = shop.item("R-1", "Rounding") | {"kind": "service"}
    world.intake(company, service, shop.item("W-1", "Mug"), shop.customer("c1", "Jane Doe"))

    def chosen() -> bool:
        words = ("--company", company.name, "--item", "Rounding", "--up-to", "0.05")
        try:
            return bool(world.command_line("rounding", *words)["up_to"])
        except AssertionError:  # QuickBooks has it a moment before the bot
            return False

    wait_for("the item for rounding", chosen, 40)
    taxed = {"tax_total": "8.03", "total": "108.03"}
    world.intake(company, shop.invoice("1001", "c1", "W-1") | taxed)


def _total(world: World, company: CompanyInWorld) -> float:
    rows = world.records(company, "Invoice")
    return float(rows[0]["TotalAmt"]) if rows else 0.0


def test_a_line_nobody_pressed_for_is_taken_back_by_its_documents_number(
    world: World, harbor: CompanyInWorld
) -> None:
    """After a kill -9 too: /qb-undo 1001 finds it, an approver takes it out, one message tells."""
    _rounded(world, harbor)
    try:
        wait_for("the line", lambda: _total(world, harbor) == 108.03, 40)
        world.kill_bot()
        world.start_bot()
        export = ("audit", "export", "--env-file", str(world.folder / "env"))
        wait_for("its entry", lambda: "rounding.line" in run_here(*export).stdout, 40)
        assert world.messages(harbor) == []

        named = {"channel": harbor.channel, "command": "/qb-undo", "text": "1001"}
        assert world.act("approver", type="command", **named)["ok"]
        user = world.slack["users"]["approver"]

        def answered() -> Json | None:
            rows = world.slack_control("GET", f"/ephemerals?user={user}")["ephemerals"]
            return next((row for row in rows if "fix:undo" in str(row["blocks"])), None)

        answer = wait_for("the answer", answered, 30)
        view = world.preview("approver", {**answer, "channel": harbor.channel}, "undo")
        assert "rounding line of $0.03" in shown(view)
        world.confirm("approver", view)
        world.alert(harbor, "total_differs", "open", 40)
        assert _total(world, harbor) == 108.00
        assert len(world.messages(harbor)) == 1
    finally:
        world.qb_control("POST", "/switches", automated_tax_ignores_sent=False)
