"""Closed books, filed tax, plans, projects, merges, currencies: what a company decides."""

from typing import Any

import httpx
import pytest

from tests.sandbox.quickbooks.conftest import Books, fault_of, invoice_body, payment_body
from tests.sandbox.quickbooks.ledger_reading import account, change, trial_balance, vendor


def refused(books: Books, kind: str, **wanted: Any) -> dict[str, Any]:
    """The answer to something QuickBooks' screen does not let a person do."""
    response = books.control.post("/act", json={"type": kind, "realm": books.realm, **wanted})
    assert response.status_code == 400, response.text
    return response.json()


def exceptions(books: Books) -> dict[str, Any]:
    """The exceptions lists."""
    return books.control.get("/exceptions", params={"realm": books.realm}).json()


def test_work_in_closed_books_is_an_exception(books: Books) -> None:
    """Apps are refused, people are not; what people change is listed with who and what."""
    made = books.make("Invoice", invoice_body("1", 100, TxnDate="2025-10-15", DocNumber="C-1"))
    books.act("close_books", date="2025-10-31")
    late = invoice_body("1", TxnDate="2025-10-31")
    assert fault_of(books.post("invoice", late))["code"] == "6210"
    assert exceptions(books)["closing"] == []

    books.act("edit", entity="Invoice", id=made["Id"], data={"PrivateNote": "x"}, user="Nora")
    new = books.act("create", entity="Invoice", data=late, user="Nora")
    books.act("void", entity="Invoice", id=made["Id"])
    books.act("create", entity="Invoice", data=invoice_body("1", TxnDate="2025-11-01"))
    found = exceptions(books)

    assert found["closing_date"] == "2025-10-31"
    listed = [(one["id"], one["operation"], one["by"]) for one in found["closing"]]
    assert listed == [
        (made["Id"], "Update", "Nora"),
        (new["id"], "Create", "Nora"),
        (made["Id"], "Void", "Craig Carlson"),
    ]
    assert found["closing"][0]["type"] == "Invoice"


def test_closing_date_without_a_password(books: Books) -> None:
    """Whether it stops an app is a switch; with a password it always does."""
    body = invoice_body("1", TxnDate="2025-10-31")
    books.switch(closed_without_password_refuses=False)
    books.act("close_books", date="2025-10-31")
    assert books.post("invoice", body).status_code == 200
    assert exceptions(books)["closing"][0]["by_app"] is True

    books.act("close_books", date="2025-10-31", data={"password": "hush"})
    assert fault_of(books.post("invoice", body))["code"] == "6210"
    assert "hush" not in str(books.read("Preferences", "1"))


def test_saving_in_a_filed_month_is_an_exception(books: Books) -> None:
    """Even an unchanged save of a taxed document of a filed month is listed."""
    made = books.make("Invoice", invoice_body("1", 100, TxnDate="2025-10-15"))
    later = books.make("Invoice", invoice_body("1", 100, TxnDate="2025-11-15"))
    books.act("file_tax", through="2025-10-31")
    books.sparse("Invoice", made, PrivateNote=made.get("PrivateNote", ""))
    books.sparse("Invoice", later, PrivateNote="x")
    books.sparse("Invoice", books.read("Invoice", later["Id"]), TxnDate="2025-10-20")
    found = exceptions(books)["sales_tax"]

    listed = [(one["id"], one["operation"]) for one in found]
    assert listed == [(made["Id"], "Save"), (later["Id"], "Update")]
    assert found[1]["dates"] == ["2025-10-20", "2025-11-15"]


def test_accounts_of_a_plan_are_used_up(books: Books) -> None:
    """The limit counts active accounts; nothing half made; Advanced has none."""
    count = len(books.query("select * from Account maxresults 1000")["Account"])
    books.switch(plan_account_limit=count)
    body = {"Name": "One more", "AccountType": "Expense"}
    fault = fault_of(books.post("account", body))
    assert fault["code"] == "6000"
    assert f"{count} of {count} accounts" in fault["Detail"]
    assert books.query("select * from Account where Name = 'One more'") == {}
    assert "of" in refused(books, "create", entity="Account", data=body)["error"]

    books.switch(plan_limit_code=5030)
    assert fault_of(books.post("account", body))["code"] == "5030"
    insurance = account(books, "Insurance")
    books.act("deactivate", entity="Account", id=insurance)
    books.make("Account", body)
    back = refused(books, "reactivate", entity="Account", id=insurance)
    assert "usage limit" in back["error"]
    books.act("change_plan", data={"plan": "QuickBooks Online Advanced"})
    books.act("reactivate", entity="Account", id=insurance)


def test_classes_and_locations_are_counted_together(books: Books) -> None:
    """40 of both in Plus; a plan without them refuses the first one (5020)."""
    books.switch(plan_class_limit=3)
    books.make("Class", {"Name": "North"})
    books.make("Department", {"Name": "Shop 1"})
    books.make("Class", {"Name": "South"})
    assert fault_of(books.post("department", {"Name": "Shop 2"}))["code"] == "6000"

    books.act("change_plan", data={"plan": "QuickBooks Online Essentials"})
    assert fault_of(books.post("class", {"Name": "West"}))["code"] == "5020"
    books.act("change_plan", data={"plan": "QuickBooks Online Simple Start"})
    bill = {"VendorRef": {"value": vendor(books)}, "Line": []}
    assert fault_of(books.post("bill", bill))["code"] == "5020"


def test_projects_are_made_by_people(books: Books) -> None:
    """An app's IsProject is not kept; a person's project stands below its customer."""
    data = {"DisplayName": "Pond", "ParentRef": {"value": "1"}, "Job": True, "IsProject": True}
    by_app = books.make("Customer", data)
    assert (by_app["Job"], by_app.get("IsProject")) == (True, None)

    made = books.act("create", entity="Customer", data={**data, "DisplayName": "Wall"})["record"]
    assert (made["IsProject"], made["FullyQualifiedName"]) == (True, "Amy's Bird Sanctuary:Wall")
    refused(books, "create", entity="Customer", data={"DisplayName": "X", "IsProject": True})
    assert "projects" in refused(books, "merge", entity="Customer", id="1", into="2")["error"]


def test_sub_customer_becomes_a_customer_of_its_own(books: Books) -> None:
    """A person clears the parent; then the two can be merged."""
    made = books.make("Customer", {"DisplayName": "Pond", "ParentRef": {"value": "1"}, "Job": True})
    assert "sub-customers" in refused(books, "merge", entity="Customer", id="1", into="2")["error"]

    data = {"ParentRef": None, "Job": False}
    free = books.act("edit", entity="Customer", id=made["Id"], data=data)["record"]
    assert (free["FullyQualifiedName"], free["Job"]) == ("Pond", False)
    books.act("merge", entity="Customer", id="1", into="2")


def test_merging_accounts_keeps_the_books(books: Books) -> None:
    """The loser's bookings move to the survivor; the trial balance stays even."""
    one = books.make("Account", {"Name": "Van", "AccountType": "Expense", "AccountSubType": "Auto"})
    two = books.make("Account", {"Name": "Bus", "AccountType": "Expense", "AccountSubType": "Auto"})
    line = {
        "Amount": 30,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": one["Id"]}},
    }
    books.make("Bill", {"VendorRef": {"value": vendor(books)}, "Line": [line]})
    before = trial_balance(books)
    books.act("merge", entity="Account", id=one["Id"], into=two["Id"])

    assert change(trial_balance(books), before) == {"Van": -30, "Bus": 30}


def test_opening_balance_stands_against_equity(books: Books) -> None:
    """Booked once, also after later changes and a merge of the account."""
    before = trial_balance(books)
    body = {
        "Name": "Till",
        "AccountType": "Bank",
        "AccountSubType": "CashOnHand",
        "OpeningBalance": 250,
        "OpeningBalanceDate": "2025-01-01",
    }
    made = books.make("Account", body)
    books.sparse("Account", made, Description="front desk")
    assert change(trial_balance(books), before) == {"Till": 250, "Opening Balance Equity": -250}

    box = books.make("Account", {**body, "Name": "Box", "OpeningBalance": 0})
    books.act("merge", entity="Account", id=made["Id"], into=box["Id"])
    assert books.read("Account", box["Id"])["CurrentBalance"] == 250


def test_deactivated_account_leaves_a_journal(books: Books) -> None:
    """What was on it goes to Opening Balance Equity by a journal entry of today."""
    body = {"Name": "Till", "AccountType": "Bank", "OpeningBalance": 250}
    made = books.make("Account", {**body, "OpeningBalanceDate": "2025-01-01"})
    books.act("deactivate", entity="Account", id=made["Id"])
    journal = books.query("select * from JournalEntry")["JournalEntry"][0]

    assert journal["TotalAmt"] == 250
    assert books.read("Account", made["Id"])["CurrentBalance"] == 0
    books.act("reactivate", entity="Account", id=made["Id"])
    assert books.read("Account", made["Id"])["CurrentBalance"] == 0


def test_merged_customers_keep_totals(books: Books) -> None:
    """A merge moves receivables from one name to the other and changes no account."""
    loser = books.make("Customer", {"DisplayName": "Twin"})["Id"]
    books.make("Invoice", invoice_body(loser, 80))
    before, owed = trial_balance(books), books.read("Customer", "2")["Balance"]
    books.act("merge", entity="Customer", id=loser, into="2")

    assert change(trial_balance(books), before) == {}
    assert books.read("Customer", "2")["Balance"] == owed + 80


def test_foreign_currency_needs_the_setting(books: Books) -> None:
    """2220 while multicurrency is off, for customers, vendors and accounts."""
    euro = {"value": "EUR"}
    for entity, body in (
        ("customer", {"DisplayName": "Dupont"}),
        ("vendor", {"DisplayName": "Dupont"}),
        ("account", {"Name": "Compte", "AccountType": "Bank"}),
    ):
        assert fault_of(books.post(entity, {**body, "CurrencyRef": euro}))["code"] == "2220"

    fault = fault_of(books.post("invoice", invoice_body("1", CurrencyRef=euro)))
    assert (fault["code"], "currency" in fault["Detail"]) == ("6000", True)


@pytest.fixture
def dupont(books: Books) -> str:
    """A customer in euros."""
    books.act("set_preference", data={"CurrencyPrefs.MultiCurrencyEnabled": True})
    body = {"DisplayName": "Dupont", "CurrencyRef": {"value": "EUR"}}
    return books.make("Customer", body)["Id"]


def test_documents_follow_their_customers_currency(books: Books, dupont: str) -> None:
    """Rate, home total and a receivables account of that currency; the other way is refused."""
    made = books.make("Invoice", invoice_body(dupont, 100, ExchangeRate=1.2))
    assert (made["CurrencyRef"]["value"], made["HomeTotalAmt"]) == ("EUR", 120)
    assert books.read("Customer", dupont)["Balance"] == 100
    assert trial_balance(books)["Accounts Receivable (A/R) - EUR"] == 120

    dollars = books.post("invoice", invoice_body(dupont, CurrencyRef={"value": "USD"}))
    assert fault_of(dollars)["Detail"].startswith("Business Validation Error: Transaction currency")
    invoice = invoice_body("1", CurrencyRef={"value": "EUR"})
    assert fault_of(books.post("invoice", invoice))["code"] == "6000"


def test_rate_between_invoice_and_payment(books: Books, dupont: str) -> None:
    """Paid at another rate: nothing stays open, the difference is exchange gain or loss."""
    before = trial_balance(books)
    made = books.make("Invoice", invoice_body(dupont, 100, ExchangeRate=1.2))
    body = payment_body(dupont, 100, **{f"i{made['Id']}": 100})
    books.make("Payment", {**body, "ExchangeRate": 1.25})
    moved = change(trial_balance(books), before)

    assert books.read("Invoice", made["Id"])["Balance"] == 0
    assert moved == {"Undeposited Funds": 125, "Services": -120, "Exchange Gain or Loss": -5}


def test_payables_account_of_another_currency(books: Books) -> None:
    """A vendor in euros takes no payables account in dollars."""
    books.act("set_preference", data={"CurrencyPrefs.MultiCurrencyEnabled": True})
    body = {"DisplayName": "Fournisseur", "CurrencyRef": {"value": "EUR"}}
    made = books.make("Vendor", body)
    line = {
        "Amount": 30,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account(books, "Supplies")}},
    }
    bill = {"VendorRef": {"value": made["Id"]}, "Line": [line]}
    payable = {"value": account(books, "Accounts Payable (A/P)")}
    fault = fault_of(books.post("bill", {**bill, "APAccountRef": payable}))
    assert "same currency as the A/R and A/P accounts" in fault["Detail"]
    assert books.make("Bill", bill)["APAccountRef"]["name"] == "Accounts Payable (A/P) - EUR"
    mixed = refused(books, "merge", entity="Vendor", id=made["Id"], into=vendor(books))
    assert "currencies" in mixed["error"]


def test_own_numbers_off(books: Books) -> None:
    """QuickBooks numbers sales receipts and refunds by itself too; bills keep the vendor's."""
    books.act("set_preference", data={"SalesFormsPrefs.CustomTxnNumbers": False})
    made = books.make("SalesReceipt", {**invoice_body("1"), "DocNumber": "MINE"})
    following = books.make("Invoice", invoice_body("1", DocNumber="MINE"))
    line = {
        "Amount": 30,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account(books, "Supplies")}},
    }
    bill = {"VendorRef": {"value": vendor(books)}, "Line": [line], "DocNumber": "THEIRS"}

    assert int(following["DocNumber"]) == int(made["DocNumber"]) + 1
    assert books.make("Bill", bill)["DocNumber"] == "THEIRS"


def test_requestid_is_forgotten(books: Books) -> None:
    """How long a requestid is remembered is a switch; afterwards it acts again."""
    books.switch(requestid_retention_hours=1)
    body = {"VendorRef": {"value": vendor(books)}, "Line": [_supplies(books)]}
    first = books.make("Bill", body, requestid="r-1")
    assert books.make("Bill", body, requestid="r-1")["Id"] == first["Id"]

    books.control.post("/clock", json={"advance": 3590})
    assert books.make("Bill", body, requestid="r-1")["Id"] == first["Id"]
    books.control.post("/clock", json={"advance": 20})
    fresh = httpx.post(
        httpx.get(books.ready["discovery_url"]).json()["token_endpoint"],
        data={"grant_type": "refresh_token", "refresh_token": books.ready["refresh_token"]},
        auth=(books.ready["client_id"], books.ready["client_secret"]),
    )
    books.token = fresh.json()["access_token"]
    assert books.make("Bill", body, requestid="r-1")["Id"] != first["Id"]


def _supplies(books: Books) -> dict[str, Any]:
    return {
        "Amount": 30,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account(books, "Supplies")}},
    }


@pytest.mark.parametrize(("per_item", "counted"), [(False, 1), (True, 2)])
def test_metering_of_batches(books: Books, per_item: bool, counted: int) -> None:
    """A batch that asks is one read, or by a switch as many as it asks; a report is always one."""
    books.switch(batch_counts_per_item=per_item)
    before = books.control.get("/limits").json()["reads_this_month"]
    items = [{"bId": str(one), "Query": "select * from Bill"} for one in range(2)]
    assert books.post("batch", {"BatchItemRequest": items}).status_code == 200
    assert books.control.get("/limits").json()["reads_this_month"] == before + counted

    books.get("reports/TrialBalance")
    assert books.control.get("/limits").json()["reads_this_month"] == before + counted + 1


def test_pages_show_bills_and_journals(books: Books) -> None:
    """A link to any document opens something a person can read."""
    line = _supplies(books)
    made = books.make("Bill", {"VendorRef": {"value": vendor(books)}, "Line": [line]})
    page = f"{books.ready['page_url'].rstrip('/')}/app/bill"
    shown = books.http.get(page, params={"txnId": made["Id"], "realm": books.realm})

    assert shown.status_code == 200
    assert "Lumber Yard" in shown.text
    assert "Supplies" in shown.text
