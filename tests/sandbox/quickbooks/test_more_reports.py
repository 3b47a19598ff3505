"""Reports by name, by document and of cash: their sums are those of the other reports."""

from typing import Any

import pytest

from tests.sandbox.quickbooks.conftest import Books, invoice_body, payment_body
from tests.sandbox.quickbooks.ledger_reading import account, expense, group, report, vendor


def section_sums(found: dict[str, Any], place: int) -> dict[str, float]:
    """Title of each section -> the sum below it."""
    rows = found["Rows"].get("Row", [])
    return {
        row["Header"]["ColData"][0]["value"]: float(row["Summary"]["ColData"][place]["value"])
        for row in rows
    }


def lines(found: dict[str, Any]) -> dict[str, list[str]]:
    """First cell of each plain row -> the other cells."""
    rows = [row["ColData"] for row in found["Rows"].get("Row", []) if "ColData" in row]
    return {cells[0]["value"]: [cell["value"] for cell in cells[1:]] for cells in rows}


@pytest.fixture(scope="module")
def traded(garden: Books) -> Books:
    """A sale half paid, a credit, a bill, a transfer and a loan."""
    late = garden.make("Invoice", invoice_body("3", 200, TxnDate="2026-02-01"))
    garden.make("Payment", payment_body("3", 80, **{f"i{late['Id']}": 50}))
    line = expense(account(garden, "Supplies"), 35)
    garden.make("Bill", {"VendorRef": {"value": vendor(garden)}, "Line": [line]})
    ends = {name: {"value": account(garden, name)} for name in ("Checking", "Savings", "Truck")}
    bought = {"FromAccountRef": ends["Checking"], "ToAccountRef": ends["Truck"], "Amount": 900}
    garden.make("Transfer", bought)
    moved = {"FromAccountRef": ends["Checking"], "ToAccountRef": ends["Savings"], "Amount": 10}
    garden.make("Transfer", moved)
    return garden


@pytest.mark.parametrize(
    ("detail", "total"),
    [
        ("CustomerBalanceDetail", "CustomerBalance"),
        ("VendorBalanceDetail", "VendorBalance"),
        ("AgedReceivableDetail", "AgedReceivables"),
        ("AgedPayableDetail", "AgedPayables"),
    ],
)
def test_open_documents_add_up(traded: Books, detail: str, total: str) -> None:
    """The open parts of the documents make what the summary says is owed."""
    found = report(traded, detail)
    place = [one["ColTitle"] for one in found["Columns"]["Column"]].index("Amount")

    summed = round(sum(section_sums(found, place).values()), 2)
    assert summed == float(group(report(traded, total), "GrandTotal")[-1])
    assert summed != 0


def test_open_documents_of_one_customer(traded: Books) -> None:
    """A half-paid invoice stands with its rest, a payment with what is not used of it."""
    found = report(traded, "CustomerBalanceDetail", customer="3")
    rows = found["Rows"]["Row"][0]["Rows"]["Row"]
    amounts = [row["ColData"][4]["value"] for row in rows]

    assert amounts[0] == "150.00"
    assert "-30.00" in amounts


def test_sales_by_customer_and_by_item(traded: Books) -> None:
    """Both tell the income of the period; one by who bought, one by what."""
    asked = {"date_macro": "this calendar year"}
    income = float(group(report(traded, "ProfitAndLoss", **asked), "Income")[-1])
    by_customer = report(traded, "CustomerSales", **asked)
    by_item = report(traded, "ItemSales", **asked)
    net = report(traded, "CustomerIncome", **asked)

    assert float(group(by_customer, "GrandTotal")[-1]) == income
    assert float(group(by_item, "GrandTotal")[1]) == income
    for cells in lines(net).values():
        assert round(float(cells[0]) - float(cells[1]), 2) == float(cells[2])


def test_expenses_by_vendor(traded: Books) -> None:
    """What was spent with a vendor, without what was spent elsewhere."""
    assert ["35.00"] in lines(report(traded, "VendorExpenses")).values()


def test_entries_of_profit_and_loss(traded: Books) -> None:
    """Sections of income and expense alone, with the sums of the profit and loss report."""
    found = report(traded, "ProfitAndLossDetail")
    sums = section_sums(found, 6)

    assert sums["Supplies"] == 35
    assert not {"Checking", "Accounts Receivable (A/R)"} & set(sums)


def test_cash_flow_ends_at_the_banks_balance(traded: Books) -> None:
    """The end is what lies in the banks and on the way there; a truck bought is an investment."""
    found = report(traded, "CashFlow", date_macro="this calendar year-to-date")
    at_banks = traded.query("SELECT * FROM Account WHERE AccountType = 'Bank'")["Account"]
    waiting = traded.query("SELECT * FROM Account WHERE Name = 'Undeposited Funds'")["Account"]
    held = sum(one["CurrentBalance"] for one in (*at_banks, *waiting))

    assert float(group(found, "EndingCash")[-1]) == round(held, 2)
    assert float(group(found, "InvestingActivities")[-1]) == -900


def test_stock_is_worth_its_account(traded: Books) -> None:
    """The value of all items is the balance of the stock account."""
    found = report(traded, "InventoryValuationSummary")
    name = "SELECT * FROM Account WHERE Name = 'Inventory Asset'"

    assert (
        float(group(found, "GrandTotal")[2]) == traded.query(name)["Account"][0]["CurrentBalance"]
    )
    assert lines(found)["Pump"][1] == "25.00"
