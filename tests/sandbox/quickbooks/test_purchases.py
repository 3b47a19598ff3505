"""Bills, vendor credits, their payments, and purchases: rules, payables, numbers."""

from typing import Any

import pytest

from tests.sandbox.quickbooks.conftest import Books, fault_of
from tests.sandbox.quickbooks.ledger_reading import (
    account,
    bought,
    change,
    expense,
    item,
    trial_balance,
    vendor,
)

PAYABLE, SUPPLIES = "Accounts Payable (A/P)", "Supplies"


def bill_body(books: Books, vendor_id: str, amount: float = 100, **more: Any) -> dict[str, Any]:
    """The smallest good bill."""
    line = expense(account(books, SUPPLIES), amount)
    return {"VendorRef": {"value": vendor_id}, "Line": [line], **more}


def paid_by(books: Books, vendor_id: str, amount: float, **links: float) -> dict[str, Any]:
    """A check; `links` maps `Bill_12` to what of it is paid."""
    lines = []
    for key, part in links.items():
        kind, _, record_id = key.partition("_")
        lines.append({"Amount": part, "LinkedTxn": [{"TxnId": record_id, "TxnType": kind}]})
    return {
        "VendorRef": {"value": vendor_id},
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": {"value": account(books, "Checking")}},
        "TotalAmt": amount,
        "Line": lines,
    }


def test_bill_raises_payables(books: Books) -> None:
    """The vendor's balance and payables grow, the expense too; terms set the due date."""
    before = trial_balance(books)
    net15 = books.query("select * from Term where Name = 'Net 15'")["Term"][0]["Id"]
    yard = vendor(books, TermRef={"value": net15})
    made = books.make("Bill", bill_body(books, yard, 120.5, TxnDate="2026-03-02", DocNumber="B-1"))

    assert (made["TotalAmt"], made["Balance"], made["LinkedTxn"]) == (120.5, 120.5, [])
    assert (made["DueDate"], made["SalesTermRef"]["value"]) == ("2026-03-17", net15)
    assert made["APAccountRef"]["name"] == PAYABLE
    detail = made["Line"][0]["AccountBasedExpenseLineDetail"]
    assert (detail["BillableStatus"], detail["TaxCodeRef"]) == ("NotBillable", {"value": "NON"})
    assert books.read("Vendor", yard)["Balance"] == 120.5
    assert change(trial_balance(books), before) == {PAYABLE: -120.5, SUPPLIES: 120.5}


@pytest.mark.parametrize(
    ("change_line", "more", "code", "element"),
    [
        ({}, {"VendorRef": None}, "2020", "VendorRef"),
        ({}, {"Line": None}, "2020", "Line"),
        ({"AccountRef": None}, {}, "2020", "AccountRef"),
        ({"AccountRef": {"value": "999"}}, {}, "2500", "AccountRef"),
        ({"BillableStatus": "Billable"}, {}, "6310", "CustomerRef"),
        ({"BillableStatus": "HAS_BEEN_BILLED"}, {}, "2170", None),
        ({}, {"DocNumber": "x" * 22}, "2050", "DocNumber"),
        ({}, {"VendorRef": {"value": "1"}}, "2500", "VendorRef"),
    ],
)
def test_bills_that_are_refused(
    books: Books, change_line: dict[str, Any], more: dict[str, Any], code: str, element: str | None
) -> None:
    """What is missing or does not exist is named by its code and element."""
    body = bill_body(books, vendor(books))
    body["Line"][0]["AccountBasedExpenseLineDetail"].update(change_line)
    fault = fault_of(books.post("bill", {**body, **more}))

    assert fault["code"] == code
    assert element is None or fault["element"] == element


def test_wrong_accounts_are_refused(books: Books) -> None:
    """A bill takes a payables account, and no receivables or payables on its lines (6430)."""
    yard = vendor(books)
    body = bill_body(books, yard, APAccountRef={"value": account(books, "Checking")})
    assert fault_of(books.post("bill", body))["code"] == "6430"

    line = expense(account(books, PAYABLE), 5)
    assert (
        fault_of(books.post("bill", {**bill_body(books, yard), "Line": [line]}))["code"] == "6430"
    )


def test_bill_numbers_are_the_vendors(books: Books) -> None:
    """The same number of one vendor is refused; of two vendors only with the switch."""
    yard, other = vendor(books), vendor(books, "Other")
    first = books.make("Bill", bill_body(books, yard, DocNumber="INV-1048"))
    fault = fault_of(books.post("bill", bill_body(books, yard, DocNumber="inv-1048")))
    assert fault["code"] == "6140"
    assert fault["Detail"].endswith(f"is assigned to TxnType=Bill with TxnId={first['Id']}")

    books.make("Bill", bill_body(books, other, DocNumber="INV-1048"))
    books.make("VendorCredit", bill_body(books, yard, DocNumber="INV-1048"))
    books.make("Bill", bill_body(books, yard, DocNumber="1048"))
    books.switch(bill_numbers_per_vendor=False)
    third = vendor(books, "Third")
    assert fault_of(books.post("bill", bill_body(books, third, DocNumber="1048")))["code"] == "6140"
    response = books.post(
        "bill", bill_body(books, third, DocNumber="1048"), include="allowduplicatedocnum"
    )
    assert response.status_code == 200


def test_bill_payment_shows_on_both_sides(books: Books) -> None:
    """The check pays, the bill names it by its pay type; deleting the check opens the bill."""
    before = trial_balance(books)
    yard = vendor(books)
    bill = books.make("Bill", bill_body(books, yard, 100))
    check = books.make("BillPayment", paid_by(books, yard, 60, **{f"Bill_{bill['Id']}": 60}))
    now = books.read("Bill", bill["Id"])

    assert (now["Balance"], books.read("Vendor", yard)["Balance"]) == (40, 40)
    assert now["LinkedTxn"] == [{"TxnId": check["Id"], "TxnType": "BillPaymentCheck"}]
    moved = change(trial_balance(books), before)
    assert moved == {PAYABLE: -40, SUPPLIES: 100, "Checking": -60}

    body = {"Id": check["Id"], "SyncToken": check["SyncToken"]}
    assert books.post("billpayment", body, operation="delete").status_code == 200
    opened = books.read("Bill", bill["Id"])
    assert (opened["Balance"], opened["LinkedTxn"]) == (100, [])


def test_voided_bill_payment(books: Books) -> None:
    """Amount zero, the bill open again; a bill itself is not voided by the API."""
    yard = vendor(books)
    bill = books.make("Bill", bill_body(books, yard, 100))
    check = books.make("BillPayment", paid_by(books, yard, 100, **{f"Bill_{bill['Id']}": 100}))
    body = {"Id": check["Id"], "SyncToken": "0", "sparse": True}
    voided = books.make("BillPayment", body, operation="update", include="void")

    assert (voided["TotalAmt"], voided["PrivateNote"]) == (0, "Voided")
    assert books.read("Bill", bill["Id"])["Balance"] == 100
    response = books.post("bill", {"Id": bill["Id"], "SyncToken": "0"}, operation="void")
    assert fault_of(response)["code"] == "500"


def test_vendor_credit_is_spent(books: Books) -> None:
    """A credit adds to what a payment can spend; what is left of it stays open."""
    yard = vendor(books)
    bill = books.make("Bill", bill_body(books, yard, 100))
    credit = books.make("VendorCredit", bill_body(books, yard, 30))
    assert books.read("Vendor", yard)["Balance"] == 70

    links = {f"Bill_{bill['Id']}": 100, f"VendorCredit_{credit['Id']}": 25}
    books.make("BillPayment", paid_by(books, yard, 75, **links))

    assert books.read("Bill", bill["Id"])["Balance"] == 0
    assert books.read("VendorCredit", credit["Id"])["Balance"] == 5
    assert books.read("Vendor", yard)["Balance"] == -5


@pytest.mark.parametrize(
    ("links", "amount", "code"),
    [
        ({"Bill": 101}, 101, "6000"),
        ({"Bill": 100}, 50, "6000"),
        ({"Invoice": 10}, 10, "620"),
        ({"Gone": 10}, 10, "610"),
        ({}, 10, "2020"),
    ],
)
def test_bill_payments_that_are_refused(
    books: Books, links: dict[str, float], amount: float, code: str
) -> None:
    """Not more than is open or paid, only bills and credits, and at least one."""
    yard = vendor(books)
    bill = books.make("Bill", bill_body(books, yard, 100))
    named = {
        ("Bill_99999" if kind == "Gone" else f"{kind}_{bill['Id']}"): part
        for kind, part in links.items()
    }

    assert (
        fault_of(books.post("billpayment", paid_by(books, yard, amount, **named)))["code"] == code
    )


def test_bill_payment_of_another_vendor(books: Books) -> None:
    """A bill payment has its bill's vendor, and the bill keeps it while it is paid."""
    yard, other = vendor(books), vendor(books, "Other")
    bill = books.make("Bill", bill_body(books, yard, 100))
    wrong = paid_by(books, other, 100, **{f"Bill_{bill['Id']}": 100})
    assert fault_of(books.post("billpayment", wrong))["code"] == "620"

    books.make("BillPayment", paid_by(books, yard, 100, **{f"Bill_{bill['Id']}": 100}))
    now = books.read("Bill", bill["Id"])
    moved = {"Id": now["Id"], "SyncToken": now["SyncToken"], "sparse": True}
    response = books.post("bill", {**moved, "VendorRef": {"value": other}})
    assert fault_of(response)["code"] == "6000"


def purchase_body(books: Books, kind: str = "Cash", **more: Any) -> dict[str, Any]:
    """The smallest good purchase."""
    paid_from = "Mastercard" if kind == "CreditCard" else "Checking"
    return {
        "PaymentType": kind,
        "AccountRef": {"value": account(books, paid_from)},
        "Line": [expense(account(books, SUPPLIES), 40)],
        **more,
    }


def test_purchases_book_against_bank_or_card(books: Books) -> None:
    """An expense, a card charge, and a card credit the other way round."""
    before = trial_balance(books)
    yard = vendor(books)
    made = books.make("Purchase", purchase_body(books, EntityRef={"value": yard, "type": "Vendor"}))
    books.make("Purchase", purchase_body(books, "CreditCard"))
    books.make("Purchase", purchase_body(books, "CreditCard", Credit=True))

    assert made["EntityRef"] == {"value": yard, "name": "Lumber Yard", "type": "Vendor"}
    assert made["TotalAmt"] == 40
    assert books.read("Vendor", yard)["Balance"] == 0
    assert change(trial_balance(books), before) == {"Checking": -40, SUPPLIES: 40}


@pytest.mark.parametrize(
    ("change_body", "code", "element"),
    [
        ({"PaymentType": None}, "2020", "PaymentType"),
        ({"AccountRef": None}, "2020", "AccountRef"),
        ({"PaymentType": "CreditCard"}, "6430", ""),
        ({"PaymentType": "Barter"}, "2170", "PaymentType"),
        ({"Credit": True}, "6000", ""),
    ],
)
def test_purchases_that_are_refused(
    books: Books, change_body: dict[str, Any], code: str, element: str
) -> None:
    """Payment type and account are needed and have to fit together."""
    fault = fault_of(books.post("purchase", {**purchase_body(books), **change_body}))

    assert (fault["code"], fault["element"]) == (code, element)


def test_payment_type_never_changes(books: Books) -> None:
    """A sparse update leaves it; a full one gets the misleading 610."""
    made = books.make("Purchase", purchase_body(books))
    same = books.sparse("Purchase", made, PaymentType="Check", PrivateNote="x")
    assert (same["PaymentType"], same["PrivateNote"]) == ("Cash", "x")

    full = {**purchase_body(books, "Check"), "Id": made["Id"], "SyncToken": same["SyncToken"]}
    fault = fault_of(books.post("purchase", full))
    assert fault["code"] == "610"
    assert fault["Detail"].endswith("has been made inactive")


def test_payee_can_be_re_pointed(books: Books) -> None:
    """EntityRef changes by a sparse update that carries the payment type."""
    first, second = vendor(books), vendor(books, "Second")
    made = books.make("Purchase", purchase_body(books, EntityRef={"value": first}))
    moved = books.sparse(
        "Purchase", made, PaymentType="Cash", EntityRef={"value": second, "type": "Vendor"}
    )

    assert (moved["EntityRef"]["name"], moved["TotalAmt"]) == ("Second", 40)


def test_checks_share_their_numbers(books: Books) -> None:
    """A check number used by a bill payment is taken, when the company warns of it."""
    yard = vendor(books)
    bill = books.make("Bill", bill_body(books, yard, 100))
    paid = paid_by(books, yard, 100, **{f"Bill_{bill['Id']}": 100})
    check = books.make("BillPayment", {**paid, "DocNumber": "501"})
    fault = fault_of(books.post("purchase", purchase_body(books, "Check", DocNumber="501")))
    assert fault["code"] == "6140"
    assert f"TxnType=Bill Payment (Check) with TxnId={check['Id']}" in fault["Detail"]

    books.make("Purchase", purchase_body(books, "Cash", DocNumber="501"))
    expense_fault = fault_of(books.post("purchase", purchase_body(books, DocNumber="501")))
    assert expense_fault["code"] == "6140"


def test_bought_goods_come_into_stock(books: Books) -> None:
    """A bill of 10 pumps at 12.00 adds 10 and 120.00; deleting it takes both back."""
    pump, yard = item(books, "Pump"), vendor(books)
    before, had = trial_balance(books), books.read("Item", pump)["QtyOnHand"]
    body = {"VendorRef": {"value": yard}, "Line": [bought(pump, 10, 12)]}
    bill = books.make("Bill", body)

    assert books.read("Item", pump)["QtyOnHand"] == had + 10
    assert change(trial_balance(books), before) == {PAYABLE: -120, "Inventory Asset": 120}
    gone = {"Id": bill["Id"], "SyncToken": bill["SyncToken"]}
    assert books.post("bill", gone, operation="delete").status_code == 200
    assert books.read("Item", pump)["QtyOnHand"] == had
    assert change(trial_balance(books), before) == {}


def test_inactive_vendor_is_refused(books: Books) -> None:
    """610 for a bill of an inactive vendor, fine again after reactivation."""
    yard = vendor(books)
    books.act("deactivate", entity="Vendor", id=yard)
    assert fault_of(books.post("bill", bill_body(books, yard)))["code"] == "610"

    books.act("reactivate", entity="Vendor", id=yard)
    assert books.post("bill", bill_body(books, yard)).status_code == 200


def test_no_payables_account(books: Books) -> None:
    """Without an active one a bill is refused and nothing is kept; the switch adds one."""
    payable = account(books, PAYABLE)
    yard = vendor(books)
    books.act("deactivate", entity="Account", id=payable)
    fault = fault_of(books.post("bill", bill_body(books, yard)))
    assert fault["code"] == "6000"
    assert "accounts payable" in fault["Detail"]
    assert books.query("select count(*) from Bill") == {"totalCount": 0}

    books.switch(creates_missing_accounts=True)
    made = books.make("Bill", bill_body(books, yard))
    assert made["APAccountRef"]["value"] != payable
    books.act("reactivate", entity="Account", id=payable)
    again = books.make("Bill", bill_body(books, yard))
    assert again["APAccountRef"]["value"] == made["APAccountRef"]["value"]


def test_renamed_payables_account_still_serves(books: Books) -> None:
    """The account is found by its type, whatever it is called."""
    payable = books.read("Account", account(books, PAYABLE))
    books.sparse("Account", payable, Name="What we owe")
    made = books.make("Bill", bill_body(books, vendor(books)))

    assert made["APAccountRef"] == {"value": payable["Id"], "name": "What we owe"}


def test_deactivated_vendor_leaves_a_journal(books: Books) -> None:
    """The screen books the balance against Opening Balance Equity, to be read afterwards."""
    yard = vendor(books)
    books.make("Bill", bill_body(books, yard, 100))
    books.act("deactivate", entity="Vendor", id=yard)
    journal = books.query("select * from JournalEntry")["JournalEntry"][0]

    assert "adjust balance" in journal["PrivateNote"]
    sides = {
        line["JournalEntryLineDetail"]["AccountRef"]["name"]: (
            line["JournalEntryLineDetail"]["PostingType"],
            line["Amount"],
        )
        for line in journal["Line"]
    }
    assert sides == {PAYABLE: ("Debit", 100), "Opening Balance Equity": ("Credit", 100)}
    assert books.read("Vendor", yard)["Balance"] == 0
