"""Income accounts: a new or reactivated one changes nothing for items that name none."""

from bot.models import Company
from tests.sync.shop import item, vendor

USUAL = "Sales of Product Income"


def account(house, name):
    """The account of this name in the simulator's books."""
    [row] = [row for row in house.shop.books("Account") if row["Name"] == name]
    return row


def sold_on(house, name):
    """The account an item of the simulator's books sells on, by name."""
    [found] = [row for row in house.shop.books("Item") if row["Name"] == name]
    rows = house.shop.books("Account")
    return next(row["Name"] for row in rows if row["Id"] == found["IncomeAccountRef"]["value"])


def named(house, word):
    """An item that names this income account; its alert."""
    house.shop.hand_over(item("i7", "Web Mug", income_account=word))
    house.sync()
    return house.incident("no_income_account")


def kept(house):
    """The company's account for new items."""
    [company] = house.shop.all(Company)
    return company.income_account_id


def test_a_new_account_changes_nothing_for_items_that_name_none(house):
    """What was the only account of its kind is kept, which the preview says; undo lets it go."""
    alert = named(house, "Web Store")
    _, words = house.preview(alert, "create_account")
    assert f"use {USUAL}, the only one of its kind → use {USUAL}, as before" in words
    green = house.mend(alert, "create_account")
    assert green.state == "resolved", house.ending(green)

    assert sold_on(house, "Web Mug") == "Web Store"
    house.shop.hand_over(item("i8", "Plain Mug"))
    house.sync()
    assert sold_on(house, "Plain Mug") == USUAL
    assert [row.state for row in house.incidents()] == ["resolved"]

    assert kept(house) == account(house, USUAL)["Id"]
    prepared, words = house.preview(green, "undo")
    assert "no account is kept for them, as before" in words
    house.confirm(prepared)
    assert kept(house) is None
    assert not account(house, "Web Store (deleted)")["Active"]


def test_an_account_of_another_kind_keeps_nothing(house):
    """Services and fees are no second account for the sales of products."""
    alert = named(house, "Web Store")
    prepared, words = house.preview(alert, "create_account", kind="Income/ServiceFeeIncome")
    assert "as before" not in words
    house.confirm(prepared)
    assert kept(house) is None
    assert sold_on(house, "Web Mug") == "Web Store"


def test_a_reactivated_account_does_not_become_the_default_again(house):
    """Rule 6: the one that is used now stays, for every item that names none."""
    old = house.shop.create(
        "Account", Name="Old Sales", AccountType="Income", AccountSubType="SalesOfProductIncome"
    )
    house.shop.act("deactivate", "Account", old)
    house.shop.hand_over(item("i7", "Web Mug", income_account="Old Sales"))
    house.sync()
    [alert] = house.incidents()
    _, words = house.preview(alert, "reactivate")
    assert f"use {USUAL}, as before" in words
    assert house.mend(alert, "reactivate").state == "resolved"

    house.shop.hand_over(item("i8", "Plain Mug"))
    house.sync()
    assert (sold_on(house, "Web Mug"), sold_on(house, "Plain Mug")) == ("Old Sales", USUAL)


def test_an_account_below_one_that_is_not_there(house):
    """The preview says that the account above is missing, and lets a person choose another."""
    alert = named(house, "Sales:Web Store")
    _, words = house.preview(alert, "create_account")
    assert "Shop puts it below Sales, and QuickBooks has no active account" in words
    assert "at the top of the chart of accounts" in words

    above = account(house, "Services")["Id"]
    prepared, words = house.preview(alert, "create_account", below=above)
    assert "Services:Web Store: not in the chart of accounts" in words
    assert "below Sales, and" not in words
    house.confirm(prepared)
    assert account(house, "Web Store")["FullyQualifiedName"] == "Services:Web Store"
    assert sold_on(house, "Web Mug") == "Web Store"


def test_choosing_for_new_items_begins_with_what_is_likeliest(house):
    """Sales of products before fees, whatever the alphabet says; told as what it is: new items."""
    house.shop.create(
        "Account", Name="Web Sales", AccountType="Income", AccountSubType="SalesOfProductIncome"
    )
    house.shop.hand_over(item("i8", "Plain Mug"))
    house.sync()
    alert = house.incident("no_income_account")
    prepared, words = house.preview(alert, "map_account")
    [menu] = prepared.plan.choices
    labels = [label for _, label in menu.options]
    assert labels[:2] == [f"{USUAL} · Income", "Web Sales · Income"]
    assert labels[-1] == "Discounts given · Income"
    assert "What fits best by name and kind is first." in menu.hint
    assert "say on which account new items of Shop are sold" in words

    house.confirm(house.preview(alert, "map_account", which=account(house, USUAL)["Id"])[0])
    lines = [line["text"] for line in house.again(alert).story["lines"]]
    assert f"{USUAL} is used for new items of Shop from now on ✔" in lines


def test_a_bills_line_is_offered_expenses_first_and_no_bank_or_equity(house):
    """Others can be named, and the preview says what they mean for the register."""
    bill = {
        "type": "bill",
        "external_id": "b1",
        "number": "V-1",
        "date": "2026-11-12",
        "vendor": "v1",
        "lines": [{"account": "Unknown Thing", "amount": "12.00"}],
        "total": "12.00",
    }
    house.shop.create("Account", Name="Till", AccountType="Bank")
    house.shop.hand_over(vendor("v1", "Paper Mill"), bill)
    house.sync()
    alert = house.incident("account_not_found")
    [menu] = house.preview(alert, "map_account")[0].plan.choices
    kinds = [label.rsplit(" · ", 1)[-1] for _, label in menu.options[:-1]]
    assert kinds[0] == "Expense"
    assert not {"Bank", "Credit Card", "Equity", "Accounts Receivable"} & set(kinds)
    assert kinds.index("Income") > max(at for at, kind in enumerate(kinds) if kind == "Expense")

    asked, _ = house.preview(alert, "map_account", which="other")
    assert [choice.name for choice in asked.plan.choices] == ["which", "name"]
    till = f"Account:{account(house, 'Till')['Id']}"
    named, words = house.preview(alert, "map_account", which="other", name=till)
    assert named.plan.steps
    assert "stands in the bank's register" in words
