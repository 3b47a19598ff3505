"""Entities beyond sales and purchases: money moved, hours, orders, templates, tax, currencies."""

import pytest

from tests.sandbox.quickbooks.conftest import Books, fault_of, invoice_body


def account(garden: Books, name: str) -> dict[str, str]:
    """A reference to an account by its name."""
    found = garden.query(f"SELECT * FROM Account WHERE Name = '{name}'")["Account"][0]
    return {"value": found["Id"]}


def balance(garden: Books, name: str) -> float:
    """An account's balance."""
    found = garden.query(f"SELECT * FROM Account WHERE Name = '{name}'")["Account"][0]
    return float(found["CurrentBalance"])


def test_documented_ids(garden: Books) -> None:
    """The company of the API reference shows its records under the reference's Ids."""
    assert garden.read("Item", "10")["Name"] == "Pest Control"
    assert garden.read("Account", "86")["Name"] == "Discounts given"
    assert garden.read("Account", "42")["AccountType"] == "Credit Card"
    assert garden.read("Customer", "1")["DisplayName"] == "Amy's Bird Sanctuary"


def test_transfer_moves_money_and_comes_back_when_deleted(garden: Books) -> None:
    """One account gives what the other gets; both are as before once it is deleted."""
    before = balance(garden, "Checking"), balance(garden, "Savings")
    ends = {
        "FromAccountRef": account(garden, "Checking"),
        "ToAccountRef": account(garden, "Savings"),
    }
    made = garden.make("Transfer", {**ends, "Amount": 120.5})
    moved = balance(garden, "Checking"), balance(garden, "Savings")
    changed = garden.sparse("Transfer", made, Amount=20)
    token = {"Id": changed["Id"], "SyncToken": changed["SyncToken"]}
    gone = garden.make("Transfer", token, operation="delete")

    assert moved == (before[0] - 120.5, before[1] + 120.5)
    assert changed["Amount"] == 20
    assert gone["status"] == "Deleted"
    assert (balance(garden, "Checking"), balance(garden, "Savings")) == before


@pytest.mark.parametrize(
    ("source", "goal", "amount", "code"),
    [
        ("Checking", "Checking", 5, "6000"),
        ("Checking", "Accounts Receivable (A/R)", 5, "6430"),
        ("Checking", "Services", 5, "6430"),
        ("Checking", "Savings", -5, "2290"),
        ("Checking", "Savings", None, "2020"),
    ],
)
def test_transfers_refused(
    garden: Books, source: str, goal: str, amount: float | None, code: str
) -> None:
    """The same account, one that needs a name, profit and loss, and amounts that are none."""
    body = {
        "FromAccountRef": account(garden, source),
        "ToAccountRef": account(garden, goal),
        "Amount": amount,
    }
    assert fault_of(garden.post("transfer", body))["code"] == code


def test_card_payment_has_another_name_in_payloads(garden: Books) -> None:
    """`creditcardpayment` in paths and queries, `CreditCardPaymentTxn` in replies and batches."""
    body = {
        "BankAccountRef": account(garden, "Checking"),
        "CreditCardAccountRef": account(garden, "Visa"),
        "Amount": 40,
    }
    owed = balance(garden, "Visa")
    made = garden.post("creditcardpayment", body).json()["CreditCardPaymentTxn"]
    listed = garden.query("SELECT * FROM CreditCardPayment")["CreditCardPaymentTxn"]
    item = {"bId": "1", "operation": "create", "CreditCardPaymentTxn": body}
    batch = garden.post("batch", {"BatchItemRequest": [item]}).json()["BatchItemResponse"][0]
    wrong = {**body, "BankAccountRef": account(garden, "Visa")}

    assert made["Id"] in {one["Id"] for one in listed}
    assert batch["CreditCardPaymentTxn"]["Amount"] == 40
    assert balance(garden, "Visa") == owed - 80
    assert fault_of(garden.post("creditcardpayment", wrong))["code"] == "6430"


def order_body(garden: Books, **more: object) -> dict[str, object]:
    """The smallest good purchase order."""
    line = {
        "Amount": 30,
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": {"ItemRef": {"value": "11"}, "Qty": 3, "UnitPrice": 10},
    }
    return {
        "VendorRef": {"value": "41"},
        "APAccountRef": account(garden, "Accounts Payable (A/P)"),
        "Line": [line],
        **more,
    }


def test_purchase_order_books_nothing(garden: Books) -> None:
    """An order has a number and a status; neither the vendor's balance nor the stock moves."""
    stock = garden.read("Item", "11")["QtyOnHand"]
    made = garden.make("PurchaseOrder", order_body(garden))
    second = garden.make("PurchaseOrder", order_body(garden))
    closed = garden.sparse("PurchaseOrder", made, POStatus="Closed")
    listed = garden.query("SELECT * FROM PurchaseOrder WHERE POStatus = 'Closed'")

    assert (made["POStatus"], made["TotalAmt"], closed["POStatus"]) == ("Open", 30, "Closed")
    assert made["DocNumber"] != second["DocNumber"]
    assert [one["Id"] for one in listed["PurchaseOrder"]] == [made["Id"]]
    assert garden.read("Vendor", "41")["Balance"] == 0
    assert garden.read("Item", "11")["QtyOnHand"] == stock
    without = garden.post("purchaseorder", order_body(garden, APAccountRef=None))
    assert fault_of(without)["element"] == "APAccountRef"


def test_hours_of_an_employee(garden: Books) -> None:
    """Hours, or a beginning and an end; billable ones need a customer."""
    own = {"NameOf": "Employee", "EmployeeRef": {"value": "55"}}
    made = garden.make("TimeActivity", {**own, "Hours": 2, "Minutes": 30, "CostRate": 50})
    spans = {"StartTime": "2026-01-05T10:00:00-08:00", "EndTime": "2026-01-05T09:00:00-08:00"}
    refused = {
        "2020": own,
        "2240": {**own, "Hours": 1, "Minutes": 75},
        "2190": {**own, **spans},
        "6310": {**own, "Hours": 1, "BillableStatus": "Billable"},
        "2170": {"NameOf": "Robot", "Hours": 1},
    }

    assert (made["EmployeeRef"]["name"], made["BillableStatus"]) == ("Emily Platt", "NotBillable")
    for code, body in refused.items():
        assert fault_of(garden.post("timeactivity", body))["code"] == code
    feed = garden.get("cdc", entities="TimeActivity", changedSince="2020-01-01")
    assert fault_of(feed)["code"] == "2000"


def test_tax_service(garden: Books) -> None:
    """A code with a new rate and a known one, all or nothing, answered without a wrapper."""
    new = {"TaxRateName": "County", "RateValue": "1.5", "TaxAgencyId": 1}
    known = garden.query("SELECT * FROM TaxRate MAXRESULTS 1")["TaxRate"][0]
    body = {"TaxCode": "County and state", "TaxRateDetails": [new, {"TaxRateId": known["Id"]}]}
    made = garden.post("taxservice/taxcode", body).json()
    code = garden.read("TaxCode", made["TaxCodeId"])
    rates = code["SalesTaxRateList"]["TaxRateDetail"]
    refused = [
        ({**new, "RateValue": 101, "TaxRateName": "Too high"}, "2150"),
        ({**new, "TaxAgencyId": 99, "TaxRateName": "Nobody's"}, "2500"),
        (new, "6240"),
        ({"TaxRateId": "999"}, "2500"),
        ({**new, "TaxRateName": ""}, "2020"),
    ]

    assert [one["TaxAgencyId"] for one in made["TaxRateDetails"]] == ["1", "1"]
    assert [one["TaxRateRef"]["value"] for one in rates] == [
        made["TaxRateDetails"][0]["TaxRateId"],
        known["Id"],
    ]
    for number, (detail, wanted) in enumerate(refused):
        body = {"TaxCode": f"Refused {number}", "TaxRateDetails": [detail]}
        assert fault_of(garden.post("taxservice/taxcode", body))["code"] == wanted
    assert garden.query("SELECT * FROM TaxCode WHERE Name LIKE 'Refused%'") == {}


def test_tax_agency(garden: Books) -> None:
    """Added and read, never changed; its name is taken once."""
    made = garden.make("TaxAgency", {"DisplayName": "City of Middlefield"})
    again = garden.post("taxagency", {"DisplayName": "city of middlefield"})
    change = garden.post("taxagency", {**made, "DisplayName": "Other"})

    assert made["TaxTrackedOnSales"] is True
    assert fault_of(again)["code"] == "6240"
    assert fault_of(change)["code"] == "500"


def test_rates_hold_from_their_day_on(garden: Books) -> None:
    """A rate set for a day holds for later days, and for documents of those days."""
    day = {"SourceCurrencyCode": "EUR", "AsOfDate": "2026-03-01", "Rate": 1.5}
    made = garden.make("ExchangeRate", day)
    earlier, later = (
        garden.get("exchangerate", sourcecurrencycode="EUR", asofdate=when).json()["ExchangeRate"]
        for when in ("2026-02-28", "2026-03-05")
    )
    listed = garden.query("SELECT * FROM ExchangeRate WHERE AsOfDate = '2026-03-02'")
    customer = {"DisplayName": "Blumen Berlin", "CurrencyRef": {"value": "EUR"}}
    buyer = garden.make("Customer", customer)["Id"]
    line = invoice_body(buyer, 100)["Line"]
    sold = garden.make(
        "Invoice", {"CustomerRef": {"value": buyer}, "TxnDate": "2026-03-04", "Line": line}
    )

    assert "Id" not in made
    assert (earlier["Rate"], later["Rate"]) == (1.09, 1.5)
    assert {one["SourceCurrencyCode"] for one in listed["ExchangeRate"]} == {"CAD", "EUR"}
    assert sold["ExchangeRate"] == 1.5
    for body in ({**day, "Rate": -1}, {"Rate": 2}):
        assert garden.post("exchangerate", body).status_code == 400
    unknown = garden.get("exchangerate", sourcecurrencycode="XXX")
    assert fault_of(unknown)["code"] == "2220"


def test_currencies(garden: Books) -> None:
    """Added by their code, never the home currency."""
    made = garden.make("CompanyCurrency", {"Code": "gbp"})
    home = garden.post("companycurrency", {"Code": "USD"})

    assert (made["Code"], made["Name"]) == ("GBP", "British Pound Sterling")
    assert fault_of(home)["code"] == "2220"


def test_what_only_people_make(garden: Books) -> None:
    """Customer types and budgets are made on the screen; an app reads them."""
    garden.act("create", entity="CustomerType", data={"Name": "Wholesale"})
    months = [{"BudgetDate": "2026-01-01", "Amount": 500, "AccountRef": {"value": "7"}}]
    plan = {"Name": "2026", "StartDate": "2026-01-01", "EndDate": "2026-12-31"}
    garden.act("create", entity="Budget", data={**plan, "BudgetDetail": months})

    assert garden.query("SELECT * FROM CustomerType")["CustomerType"][0]["Name"] == "Wholesale"
    assert garden.query("SELECT * FROM Budget")["Budget"][0]["BudgetDetail"] == months
    for entity in ("customertype", "budget"):
        assert fault_of(garden.post(entity, {"Name": "By an app"}))["code"] == "500"


def test_not_equal_is_a_switch(garden: Books) -> None:
    """Clients use `!=` with success although the documentation does not list it."""
    statement = "SELECT * FROM Account WHERE AccountType = 'Bank' AND Name != 'Savings'"
    found = garden.query(statement)["Account"]
    garden.switch(queries_take_not_equal=False)
    refused = garden.ask(statement)
    garden.switch(queries_take_not_equal=True)

    assert [one["Name"] for one in found] == ["Checking"]
    assert fault_of(refused)["code"] == "4000"
    assert "line 1, column 59" in fault_of(refused)["Detail"]


@pytest.mark.parametrize("entity", ["PurchaseOrder", "Transfer", "CreditCardPayment"])
def test_people_see_them_on_pages(garden: Books, entity: str) -> None:
    """A list of them, and a page for each, as QuickBooks' own links open it."""
    bodies = {
        "PurchaseOrder": order_body(garden),
        "Transfer": {
            "FromAccountRef": account(garden, "Checking"),
            "ToAccountRef": account(garden, "Savings"),
            "Amount": 7,
        },
        "CreditCardPayment": {
            "BankAccountRef": account(garden, "Checking"),
            "CreditCardAccountRef": account(garden, "Visa"),
            "Amount": 7,
        },
    }
    made = garden.act("create", entity=entity, data=bodies[entity])
    page, realm = garden.ready["page_url"], {"realm": garden.realm}
    listed = garden.http.get(f"{page}list/{entity}", params=realm)
    shown = garden.http.get(f"{page}app/{entity.lower()}", params={**realm, "txnId": made["id"]})

    assert (listed.status_code, shown.status_code) == (200, 200)
    assert f"txnId={made['id']}" in listed.text


def test_a_bill_closes_the_order_it_names(garden: Books) -> None:
    """Billed lines close an order; taking the bill away opens it; it stays with its vendor."""
    line = order_body(garden)["Line"][0]  # type: ignore[index]
    order = garden.make("PurchaseOrder", order_body(garden, Line=[line, line]))

    def bill(*billed: str, vendor: str = "41") -> dict[str, object]:
        links = [{"TxnId": order["Id"], "TxnType": "PurchaseOrder", "TxnLineId": n} for n in billed]
        lines = [{**line, "LinkedTxn": [link]} for link in links]
        return {"VendorRef": {"value": vendor}, "Line": lines}

    first = garden.make("Bill", bill("1"))
    half = garden.read("PurchaseOrder", order["Id"])
    second = garden.make("Bill", bill("2"))
    whole = garden.read("PurchaseOrder", order["Id"])
    token = {"Id": second["Id"], "SyncToken": second["SyncToken"]}
    garden.make("Bill", token, operation="delete")
    again = garden.read("PurchaseOrder", order["Id"])

    assert (half["POStatus"], whole["POStatus"], again["POStatus"]) == ("Open", "Closed", "Open")
    assert [one["TxnId"] for one in again["LinkedTxn"]] == [first["Id"]]
    link = {"TxnId": order["Id"], "TxnType": "PurchaseOrder"}
    assert first["LinkedTxn"] == [link]
    foreign = {"TxnId": "1", "TxnType": "BillPaymentCheck"}
    assert garden.sparse("Bill", first, LinkedTxn=[foreign])["LinkedTxn"] == [link]
    assert fault_of(garden.post("bill", bill("1", vendor="30")))["code"] == "620"
