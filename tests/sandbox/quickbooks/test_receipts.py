"""Sales receipts, refunds, deposits, estimates, journal entries and stock."""

from typing import Any

import pytest

from tests.sandbox.quickbooks.conftest import Books, fault_of, invoice_body, payment_body
from tests.sandbox.quickbooks.ledger_reading import (
    account,
    change,
    item,
    sold,
    trial_balance,
    vendor,
)

FUNDS, RECEIVABLE = "Undeposited Funds", "Accounts Receivable (A/R)"


def receipt_body(books: Books, amount: float = 50, **more: Any) -> dict[str, Any]:
    """The smallest good sales receipt: no customer needed."""
    return {"Line": [sold(item(books, "Design"), 1, amount)], **more}


def journal_line(account_id: str, side: str, amount: float, **detail: Any) -> dict[str, Any]:
    """One side of a journal entry."""
    return {
        "Amount": amount,
        "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": {
            "PostingType": side,
            "AccountRef": {"value": account_id},
            **detail,
        },
    }


def customer_name(record_id: str) -> dict[str, Any]:
    """The name on a journal line."""
    return {"Entity": {"Type": "Customer", "EntityRef": {"value": record_id}}}


def test_sales_receipt_is_paid_at_once(books: Books) -> None:
    """Undeposited funds against income; balance nothing; its number is a sales number."""
    before = trial_balance(books)
    made = books.make("SalesReceipt", receipt_body(books, DocNumber="SR-1"))

    assert (made["TotalAmt"], made["Balance"]) == (50, 0)
    assert made["DepositToAccountRef"]["name"] == FUNDS
    assert change(trial_balance(books), before) == {FUNDS: 50, "Services": -50}
    fault = fault_of(books.post("invoice", invoice_body("1", DocNumber="SR-1")))
    assert fault["Detail"].endswith(f"TxnType=Sales Receipt with TxnId={made['Id']}")


def test_refund_needs_the_account_that_pays(books: Books) -> None:
    """A refund names its account and books the sale back."""
    assert fault_of(books.post("refundreceipt", receipt_body(books)))["code"] == "2020"

    before = trial_balance(books)
    checking = {"value": account(books, "Checking")}
    made = books.make("RefundReceipt", receipt_body(books, DepositToAccountRef=checking))
    assert made["TotalAmt"] == 50
    assert change(trial_balance(books), before) == {"Checking": -50, "Services": 50}


def test_voided_sales_receipt(books: Books) -> None:
    """operation=update with include=void; refunds are voided by people only."""
    before = trial_balance(books)
    made = books.make("SalesReceipt", receipt_body(books))
    body = {"Id": made["Id"], "SyncToken": "0", "sparse": True}
    voided = books.make("SalesReceipt", body, operation="update", include="void")
    assert (voided["TotalAmt"], voided["PrivateNote"]) == (0, "Voided")

    checking = {"value": account(books, "Checking")}
    refund = books.make("RefundReceipt", receipt_body(books, DepositToAccountRef=checking))
    gone = {"Id": refund["Id"], "SyncToken": "0", "sparse": True}
    response = books.post("refundreceipt", gone, operation="update", include="void")
    assert fault_of(response)["code"] == "500"
    books.act("void", entity="RefundReceipt", id=refund["Id"])
    assert change(trial_balance(books), before) == {}


def test_sale_takes_stock_at_cost(books: Books) -> None:
    """Three pumps: stock less three, their cost to cost of goods; a credit returns it."""
    pump = item(books, "Pump")
    before, had = trial_balance(books), books.read("Item", pump)["QtyOnHand"]
    made = books.make("Invoice", {"CustomerRef": {"value": "1"}, "Line": [sold(pump, 3, 15)]})

    assert books.read("Item", pump)["QtyOnHand"] == had - 3
    moved = {
        RECEIVABLE: 45,
        "Sales of Product Income": -45,
        "Cost of Goods Sold": 30,
        "Inventory Asset": -30,
    }
    assert change(trial_balance(books), before) == moved
    books.make("CreditMemo", {"CustomerRef": {"value": "1"}, "Line": [sold(pump, 3, 15)]})
    assert change(trial_balance(books), before) == {}
    assert books.read("Item", pump)["QtyOnHand"] == had
    body = {"Id": made["Id"], "SyncToken": "0"}
    assert books.post("invoice", body, operation="delete").status_code == 200
    assert books.read("Item", pump)["QtyOnHand"] == had + 3


def test_deposit_takes_payments_to_the_bank(books: Books) -> None:
    """Payments and a fee on one deposit: funds back to nothing, payments frozen, then free."""
    before = trial_balance(books)
    one = books.make("Payment", payment_body("1", 40))
    two = books.make("SalesReceipt", receipt_body(books, 60))
    fee = {
        "Amount": -3,
        "DetailType": "DepositLineDetail",
        "DepositLineDetail": {"AccountRef": {"value": account(books, "Merchant Fees")}},
    }
    lines = [
        {"Amount": 40, "LinkedTxn": [{"TxnId": one["Id"], "TxnType": "Payment"}]},
        {"Amount": 60, "LinkedTxn": [{"TxnId": two["Id"], "TxnType": "SalesReceipt"}]},
        fee,
    ]
    bank = {"value": account(books, "Checking")}
    deposit = books.make("Deposit", {"DepositToAccountRef": bank, "Line": lines})

    assert deposit["TotalAmt"] == 97
    moved = {"Checking": 97, "Merchant Fees": 3, RECEIVABLE: -40, "Services": -60}
    assert change(trial_balance(books), before) == moved
    frozen = books.read("SalesReceipt", two["Id"])
    assert frozen["LinkedTxn"] == [{"TxnId": deposit["Id"], "TxnType": "Deposit"}]
    body = {"Id": two["Id"], "SyncToken": frozen["SyncToken"], "sparse": True, "PrivateNote": "x"}
    assert fault_of(books.post("salesreceipt", body))["code"] == "6540"
    again = books.post("deposit", {"DepositToAccountRef": bank, "Line": lines[:1]})
    assert fault_of(again)["code"] == "620"

    gone = {"Id": deposit["Id"], "SyncToken": deposit["SyncToken"]}
    assert books.post("deposit", gone, operation="delete").status_code == 200
    assert books.read("Payment", one["Id"])["LinkedTxn"] == []


def test_person_makes_a_deposit(books: Books) -> None:
    """act deposit makes a real Deposit; taking one off leaves the other, taking both ends it."""
    ids = [books.make("Payment", payment_body("1", part))["Id"] for part in (40, 25)]
    done = books.act("deposit", ids=ids)
    deposit = books.read("Deposit", done["deposit"])
    assert (deposit["TotalAmt"], deposit["DepositToAccountRef"]["name"]) == (65, "Checking")

    books.act("undeposit", id=ids[0])
    assert books.read("Deposit", deposit["Id"])["TotalAmt"] == 25
    books.act("undeposit", id=ids[1])
    assert books.query("select count(*) from Deposit") == {"totalCount": 0}


def test_deposits_that_are_refused(books: Books) -> None:
    """An account to go to, an account on each line, and payments that wait for the bank."""
    bank = {"value": account(books, "Checking")}
    assert fault_of(books.post("deposit", {"Line": []}))["code"] == "2020"
    bare = {"DepositToAccountRef": bank, "Line": [{"Amount": 5, "DepositLineDetail": {}}]}
    assert fault_of(books.post("deposit", bare))["element"] == "AccountRef"
    direct = books.make("Payment", payment_body("1", 40) | {"DepositToAccountRef": bank})
    link = {"Amount": 40, "LinkedTxn": [{"TxnId": direct["Id"], "TxnType": "Payment"}]}
    response = books.post("deposit", {"DepositToAccountRef": bank, "Line": [link]})
    assert fault_of(response)["code"] == "620"


def test_estimate_books_nothing(books: Books) -> None:
    """Pending, with totals, no balance, and numbers of its own."""
    before = trial_balance(books)
    made = books.make("Estimate", invoice_body("1", 500, DocNumber="1001"))

    assert (made["TotalAmt"], made["TxnStatus"]) == (500, "Pending")
    assert "Balance" not in made
    assert change(trial_balance(books), before) == {}
    assert fault_of(books.post("estimate", invoice_body("1", DocNumber="1001")))["code"] == "6140"
    assert books.sparse("Estimate", made, TxnStatus="Accepted")["TxnStatus"] == "Accepted"


def test_journal_entry_moves_a_customer(books: Books) -> None:
    """Receivables by journal count for the customer; the name comes back with its type."""
    before, owed = trial_balance(books), books.read("Customer", "1")["Balance"]
    line = journal_line(account(books, RECEIVABLE), "Debit", 75, **customer_name("1"))
    other = journal_line(account(books, "Fees Billed"), "Credit", 75)
    made = books.make("JournalEntry", {"Line": [line, other]})

    assert made["TotalAmt"] == 75
    entity = made["Line"][0]["JournalEntryLineDetail"]["Entity"]
    assert (entity["Type"], entity["EntityRef"]["value"]) == ("Customer", "1")
    assert books.read("Customer", "1")["Balance"] == owed + 75
    assert change(trial_balance(books), before) == {RECEIVABLE: 75, "Fees Billed": -75}


def test_journal_entries_that_are_refused(books: Books) -> None:
    """Both sides equal, a side on every line, and a name where payables or receivables stand."""
    supplies, checking = account(books, "Supplies"), account(books, "Checking")
    pair = [journal_line(supplies, "Debit", 10), journal_line(checking, "Credit", 9)]
    assert fault_of(books.post("journalentry", {"Line": pair}))["code"] == "2300"
    pair[1]["Amount"] = 10
    del pair[1]["JournalEntryLineDetail"]["PostingType"]
    assert fault_of(books.post("journalentry", {"Line": pair}))["code"] == "2260"

    owed = [
        journal_line(account(books, RECEIVABLE), "Debit", 10),
        journal_line(checking, "Credit", 10),
    ]
    fault = fault_of(books.post("journalentry", {"Line": owed}))
    assert fault["Detail"].endswith("you must choose a customer in the Name field.")
    payable = account(books, "Accounts Payable (A/P)")
    owed[0]["JournalEntryLineDetail"] |= {"AccountRef": {"value": payable}, **customer_name("1")}
    assert fault_of(books.post("journalentry", {"Line": owed}))["code"] == "6000"
    name = {"Entity": {"Type": "Vendor", "EntityRef": {"value": vendor(books)}}}
    owed[0]["JournalEntryLineDetail"] |= name
    assert books.post("journalentry", {"Line": owed}).status_code == 200


def test_journal_numbers_follow_the_setting(books: Books) -> None:
    """WarnDuplicateJournalNumber decides whether 6140 guards journal numbers."""
    pair = [
        journal_line(account(books, "Supplies"), "Debit", 10),
        journal_line(account(books, "Checking"), "Credit", 10),
    ]
    books.make("JournalEntry", {"Line": pair, "DocNumber": "J-1"})
    books.make("JournalEntry", {"Line": pair, "DocNumber": "J-1"})
    name_value = [{"Name": "WarnDuplicateJournalNumber", "Value": "true"}]
    books.act("set_preference", data={"OtherPrefs.NameValue": name_value})
    fault = fault_of(books.post("journalentry", {"Line": pair, "DocNumber": "J-1"}))

    assert "TxnType=Journal Entry" in fault["Detail"]


def test_deactivated_stock_leaves_an_adjustment(books: Books) -> None:
    """The adjustment to zero is a record of its own, to be read afterwards, and worth its cost."""
    before, pump = trial_balance(books), item(books, "Pump")
    had = books.read("Item", pump)["QtyOnHand"]
    books.act("deactivate", entity="Item", id=pump)
    made = books.query("select * from InventoryAdjustment")["InventoryAdjustment"][0]
    detail = made["Line"][0]["ItemAdjustmentLineDetail"]

    assert (detail["ItemRef"]["value"], detail["QtyDiff"]) == (pump, -had)
    assert "adjust balance" in made["PrivateNote"]
    moved = {"Inventory Asset": -10 * had, "Inventory Shrinkage": 10 * had}
    assert change(trial_balance(books), before) == moved
    books.act("reactivate", entity="Item", id=pump)
    assert books.read("Item", pump)["QtyOnHand"] == 0


def test_stock_is_counted_by_api(books: Books) -> None:
    """An adjustment moves quantity and worth; deleting it takes both back."""
    before, pump = trial_balance(books), item(books, "Pump")
    had = books.read("Item", pump)["QtyOnHand"]
    line = {
        "DetailType": "ItemAdjustmentLineDetail",
        "ItemAdjustmentLineDetail": {"ItemRef": {"value": pump}, "QtyDiff": -5},
    }
    body = {"AdjustAccountRef": {"value": account(books, "Supplies")}, "Line": [line]}
    made = books.make("InventoryAdjustment", body)
    assert books.read("Item", pump)["QtyOnHand"] == had - 5
    assert change(trial_balance(books), before) == {"Inventory Asset": -50, "Supplies": 50}

    gone = {"Id": made["Id"], "SyncToken": "0"}
    response = books.post("inventoryadjustment", gone, operation="delete")
    assert response.status_code == 200
    assert change(trial_balance(books), before) == {}


@pytest.mark.parametrize("entity", ["Bill", "Invoice", "SalesReceipt"])
def test_before_the_inventory_start_date(books: Books, entity: str) -> None:
    """6270 for every document dated before the item's stock began."""
    pump = item(books, "Pump")
    line = sold(pump, 1, 15)
    body: dict[str, Any] = {"CustomerRef": {"value": "1"}, "Line": [line]}
    if entity == "Bill":
        detail = line.pop("SalesItemLineDetail")
        line |= {
            "DetailType": "ItemBasedExpenseLineDetail",
            "ItemBasedExpenseLineDetail": detail,
        }
        body = {"VendorRef": {"value": vendor(books)}, "Line": [line]}

    fault = fault_of(books.post(entity.lower(), {**body, "TxnDate": "2019-12-31"}))
    assert fault["code"] == "6270"
