"""Stories 11, 12, 14, 15, 16, 20: what a source calls something is found, chosen or created."""

from decimal import Decimal
from typing import Any

import pytest

from tests.scenarios import shop
from tests.scenarios.test_same_customer import _button, _typed, _words
from tests.scenarios.world import CompanyInWorld, Json, World
from tests.waiting import wait_for

pytestmark = pytest.mark.long


def _made(world: World, company: CompanyInWorld, entity: str, **data: Any) -> str:
    answer = world.in_quickbooks("create", company, entity=entity, data=data)
    return str(answer["record"]["Id"])


def _account(world: World, company: CompanyInWorld, name: str, kind: str, above: str = "") -> str:
    more = {"ParentRef": {"value": above}, "SubAccount": True} if above else {}
    return _made(world, company, "Account", Name=name, AccountType=kind, **more)


def _named(world: World, company: CompanyInWorld, entity: str, name: str) -> Json:
    field = "DisplayName" if entity in ("Customer", "Vendor") else "Name"
    return next(row for row in world.records(company, entity) if row[field] == name)


def _sold(number: str, sku: str, text: str = "", amount: str = "12.50") -> Json:
    """An invoice whose line names a SKU only."""
    made = shop.invoice(number, "c1", sku, amount)
    line = {**made["lines"][0], "sku": sku, "description": text or None}
    del line["item"]
    made["lines"] = [{key: value for key, value in line.items() if value is not None}]
    return made


def _items_of(world: World, company: CompanyInWorld, number: str) -> list[str]:
    """The items of a posted invoice's lines."""

    def look() -> list[str] | None:
        for row in world.records(company, "Invoice"):
            if row.get("DocNumber") == number:
                details = (line.get("SalesItemLineDetail") for line in row["Line"])
                return [one["ItemRef"]["value"] for one in details if one]
        return None

    return wait_for(f"invoice {number}", look)


def _gone_green(world: World, company: CompanyInWorld, alert: Json) -> Json:
    def look() -> Json | None:
        for row in world.messages(company):
            state = row["metadata"]["event_payload"]["state"]
            if row["ts"] == alert["ts"] and state == "resolved":
                return row
        return None

    return wait_for("this alert green", look, 30)


def test_a_sku_without_an_item_is_mapped_or_created(world: World, harbor: CompanyInWorld) -> None:
    """Stories 11 and 12: mapped by id where two facts agree, created where nothing is like it.

    After that the item may be renamed and lose its SKU in QuickBooks: the mapping holds.
    """
    income = _account(world, harbor, "Web Sales", "Income")
    mug = _made(
        world,
        harbor,
        "Item",
        Name="Blue Mug",
        Sku="MUG-1",
        Type="NonInventory",
        UnitPrice=12.5,
        IncomeAccountRef={"value": income},
    )
    world.intake(
        harbor,
        shop.customer("c1", "Jane Doe"),
        _sold("1001", "mug 1", "Blue Mug"),
        _sold("1002", "ZX-9"),
    )
    wait_for("both alerts", lambda: len(world.messages(harbor)) == 2)
    first, second = sorted(world.messages(harbor), key=lambda row: "ZX-9" in str(row["blocks"]))

    assert first["metadata"]["event_payload"]["kind"] == "missing_mapping"
    assert "Most likely it is" in _words(first)
    assert _button(first, "fix:map_item").get("style") == "primary"
    view = world.preview("operator", first, "map_item")
    assert "Blue Mug" in _words(view)
    assert "only case and signs differ" in _words(view)
    world.confirm("operator", view)
    green = _gone_green(world, harbor, first)
    assert "1 of 1 in QuickBooks" in _words(green)
    assert _items_of(world, harbor, "1001") == [mug]

    assert _button(second, "fix:create_item").get("style") == "primary"
    view = world.preview("operator", second, "create_item")
    assert "ZX-9" in _words(view)
    world.confirm("operator", view)
    _gone_green(world, harbor, second)
    made = _named(world, harbor, "Item", "ZX-9")
    assert (made["Sku"], made["Type"]) == ("ZX-9", "NonInventory")
    assert _items_of(world, harbor, "1002") == [made["Id"]]

    world.in_quickbooks("edit", harbor, entity="Item", id=mug, data={"Name": "Cup", "Sku": "C-1"})
    world.intake(harbor, _sold("1003", "MUG  1"))
    assert _items_of(world, harbor, "1003") == [mug]
    assert len(world.messages(harbor)) == 2


def test_an_account_that_is_unclear_or_missing(world: World, harbor: CompanyInWorld) -> None:
    """Stories 14 and 15: the full name is chosen; a missing one is created by an approver."""
    for above in ("Shop", "Market"):
        parent = _account(world, harbor, above, "Income")
        _account(world, harbor, "Web", "Income", parent)
    before = len(world.records(harbor, "Account"))
    world.intake(
        harbor,
        shop.customer("c1", "Jane Doe"),
        {**shop.item("W-1", "Mug"), "income_account": "Web"},
        shop.invoice("2001", "c1", "W-1", "20.00"),
        {**shop.item("W-2", "Pan"), "income_account": "Shop:Online"},
        shop.invoice("2002", "c1", "W-2", "30.00"),
    )

    alert = world.alert(harbor, "account_unusable")
    assert alert["metadata"]["event_payload"]["kind"] == "account_mismatch"
    assert "Shop:Web" in _words(alert)
    assert "Market:Web" in _words(alert)
    assert "fix:reactivate" not in str(alert["blocks"])
    view = world.preview("operator", alert, "map_account")
    assert "Market:Web" in str(view["blocks"])
    world.confirm("operator", view)
    _gone_green(world, harbor, alert)
    chosen = _named(world, harbor, "Item", "Mug")["IncomeAccountRef"]["value"]
    webs = [row for row in world.records(harbor, "Account") if row["Name"] == "Web"]
    assert chosen in {row["Id"] for row in webs}

    alert = world.alert(harbor, "no_income_account")
    assert alert["metadata"]["event_payload"]["kind"] == "missing_account"
    assert len(world.records(harbor, "Account")) == before
    view = world.preview("approver", alert, "create_account")
    assert "Shop:Online" in _words(view)
    world.confirm("approver", view)
    _gone_green(world, harbor, alert)
    made = _named(world, harbor, "Account", "Online")
    assert (made["AccountType"], made["FullyQualifiedName"]) == ("Income", "Shop:Online")
    assert _named(world, harbor, "Item", "Pan")["IncomeAccountRef"]["value"] == made["Id"]
    totals = {
        row["DocNumber"]: Decimal(str(row["TotalAmt"])) for row in world.records(harbor, "Invoice")
    }
    assert totals == {"2001": Decimal("20.00"), "2002": Decimal("30.00")}
    assert len(world.messages(harbor)) == 2


def test_a_customer_that_is_gone_or_never_came(world: World, harbor: CompanyInWorld) -> None:
    """Story 20: merged away → the one that is left; never handed over → chosen, and not twice."""
    world.intake(
        harbor,
        shop.customer("c1", "Jane Doe"),
        shop.item("W-1", "Mug"),
        shop.invoice("3000", "c1", "W-1"),
    )
    wait_for("the first invoice", lambda: world.records(harbor, "Invoice"))
    jane = str(_named(world, harbor, "Customer", "Jane Doe")["Id"])
    left = _made(world, harbor, "Customer", DisplayName="Doe Household")
    world.in_quickbooks("merge", harbor, entity="Customer", id=jane, into=left)
    wait_for(
        "the merge in the mirror",
        lambda: world.http.get(f"{world.env['PUBLIC_URL']}/healthz").status_code == 200,
    )
    world.intake(harbor, shop.invoice("3001", "c1", "W-1"), shop.invoice("3002", "c9", "W-1"))

    alert = world.alert(harbor, "missing_record", seconds=30)
    assert "Doe Household" in _words(alert)
    assert _button(alert, "fix:use_another").get("style") == "primary"
    world.confirm("operator", world.preview("operator", alert, "use_another"))
    _gone_green(world, harbor, alert)

    alert = world.alert(harbor, "missing_parent")
    assert alert["metadata"]["event_payload"]["kind"] == "missing_record"
    view = world.preview("operator", alert, "create_missing")
    world.confirm("operator", view, _typed(view, "Ann Lee"))
    last = world.view(
        "operator", lambda v: "Ann Lee" in _words(v) and "not in QuickBooks" in _words(v)
    )
    world.confirm("operator", last)
    _gone_green(world, harbor, alert)
    ann = str(_named(world, harbor, "Customer", "Ann Lee")["Id"])
    world.intake(harbor, shop.customer("c9", "Ann B. Lee"), shop.invoice("3003", "c9", "W-1"))
    wait_for("the next invoice", lambda: len(world.records(harbor, "Invoice")) == 4)

    buyers = {
        row["DocNumber"]: row["CustomerRef"]["value"] for row in world.records(harbor, "Invoice")
    }
    assert buyers == {"3000": left, "3001": left, "3002": ann, "3003": ann}
    names = [row["DisplayName"] for row in world.records(harbor, "Customer")]
    assert "Ann B. Lee" not in names
    assert len(world.messages(harbor)) == 2


def test_an_account_money_is_paid_from_is_chosen(world: World, harbor: CompanyInWorld) -> None:
    """An expense names the bank in its source's own words: a person says which, none is guessed."""
    world.intake(
        harbor,
        {"type": "vendor", "external_id": "v9", "name": "Paper Mill"},
        {
            "type": "expense",
            "external_id": "e9",
            "payment_type": "check",
            "paid_from": "Main Bank",
            "number": "700",
            "date": "2026-11-12",
            "vendor": "v9",
            "lines": [{"account": "Office Expenses", "amount": "42.00"}],
            "total": "42.00",
        },
    )
    alert = world.alert(harbor, "account_not_found")
    assert "Main Bank" in _words(alert)
    view = world.preview("operator", alert, "map_account")
    assert "Checking" in str(view)
    assert "Rent or Lease" not in str(view)
    assert "Mastercard" not in str(view)
    checking = _named(world, harbor, "Account", "Checking")["Id"]
    world.confirm("operator", view, {"choice:which": checking})
    shown = world.view(
        "operator",
        lambda one: bool(one.get("submit")) and "Show the" not in str(one["submit"]),
    )
    assert "Checking" in _words(shown)
    world.confirm("operator", shown)
    _gone_green(world, harbor, alert)
    [expense] = [row for row in world.records(harbor, "Purchase") if row.get("DocNumber") == "700"]
    assert Decimal(str(expense["TotalAmt"])) == Decimal("42.00")
