"""What a person does inside QuickBooks, and what the API shows of it afterwards."""

import pytest

from tests.sandbox.quickbooks.conftest import Books, fault_of, invoice_body, payment_body

GHOST = "Business Validation Error: You cannot modify a list element that has been deleted."


def raw(books: Books, entity: str, record_id: str) -> dict[str, object]:
    """A record as the control API shows it."""
    params = {"realm": books.realm}
    rows = books.control.get(f"/records/{entity}", params=params).json()["records"]
    return next(row for row in rows if row["Id"] == record_id)


def test_create_edit_and_delete_leave_no_write_log(books: Books) -> None:
    """The write log holds what apps wrote; people are not apps."""
    made = books.act("create", entity="Invoice", data=invoice_body("1", 10))
    books.act("edit", entity="Invoice", id=made["id"], data={"PrivateNote": "by hand"})
    seen = books.read("Invoice", made["id"])
    books.act("delete", entity="Invoice", id=made["id"])

    assert (seen["PrivateNote"], seen["SyncToken"]) == ("by hand", "1")
    assert seen["DocNumber"] == "1038"
    assert fault_of(books.get(f"invoice/{made['id']}"))["code"] == "610"
    assert books.writes() == []


def test_a_backup_without_a_record_is_restored(books: Books) -> None:
    """Nobody finds it any more; what documents refer to cannot be lost like that."""
    gone = books.act("create", entity="Customer", data={"DisplayName": "Zoe Lake"})["id"]
    books.act("restore_without", entity="Customer", id=gone)
    refused = books.control.post(
        "/act", json={"type": "restore_without", "entity": "Customer", "id": "2"}
    )

    assert fault_of(books.get(f"customer/{gone}"))["code"] == "610"
    assert books.query("select * from Customer where DisplayName = 'Zoe Lake'") == {}
    assert refused.status_code == 400
    assert "documents refer to it" in refused.json()["error"]


def test_a_report_is_the_same_for_a_test_without_a_permission(books: Books) -> None:
    """Also while the app is removed and faults are armed; an unknown name is one sentence."""
    params = {"realm": books.realm}
    there = books.get("reports/TrialBalance").json()["Rows"]
    books.act("remove_app")

    assert books.get("reports/TrialBalance").status_code == 403
    assert books.control.get("/reports/TrialBalance", params=params).json()["Rows"] == there
    unknown = books.control.get("/reports/Weather", params=params)
    assert unknown.status_code == 400
    assert "unknown report 'Weather'" in unknown.json()["error"]


def test_the_screen_obeys_unique_names(books: Books) -> None:
    """Also a person cannot take a name twice."""
    response = books.control.post(
        "/act", json={"type": "create", "entity": "Vendor", "data": {"DisplayName": "Cool Cars"}}
    )

    assert response.status_code == 400
    assert response.json()["fault"]["Error"][0]["code"] == "6240"


def test_an_edit_names_who_was_faster(books: Books) -> None:
    """5010 tells the person's name."""
    books.act("edit", entity="Customer", id="1", data={"Notes": "x"}, user="Dana Reyes")
    body = {"Id": "1", "SyncToken": "0", "sparse": True, "Notes": "y"}

    assert fault_of(books.post("customer", body))["Detail"].startswith(
        "Stale Object Error : You and Dana Reyes were working on this"
    )


def test_deactivating_with_a_balance_makes_balancing_entries(books: Books) -> None:
    """The screen brings the balance to zero; reactivation does not take that back."""
    acme = books.make("Customer", {"DisplayName": "Acme"})["Id"]
    invoice = books.make("Invoice", invoice_body(acme, 80))
    books.act("deactivate", entity="Customer", id=acme)
    memo = books.query(f"select * from CreditMemo where CustomerRef = '{acme}'")["CreditMemo"][0]

    assert memo["PrivateNote"] == "Created by QB Online to adjust balance for deletion"
    assert (memo["TotalAmt"], memo["RemainingCredit"]) == (80, 0)
    assert books.read("Invoice", invoice["Id"])["Balance"] == 0
    gone = books.read("Customer", acme)
    assert (gone["Active"], gone["Balance"], gone["DisplayName"]) == (False, 0, "Acme (deleted)")

    books.act("reactivate", entity="Customer", id=acme)
    back = books.read("Customer", acme)
    assert (back["Active"], back["DisplayName"], back["Balance"]) == (True, "Acme", 0)


def test_deactivating_a_credit_balance(books: Books) -> None:
    """Unapplied money is balanced by an invoice."""
    acme = books.make("Customer", {"DisplayName": "Acme"})["Id"]
    books.make("Payment", payment_body(acme, 30))
    books.act("deactivate", entity="Customer", id=acme)

    assert books.read("Customer", acme)["Balance"] == 0


def test_deactivating_stock_and_accounts(books: Books) -> None:
    """Stock is adjusted to zero; what was there is remembered."""
    pump = books.query("select * from Item where Name = 'Pump'")["Item"][0]["Id"]
    books.act("deactivate", entity="Item", id=pump)

    assert books.read("Item", pump)["QtyOnHand"] == 0
    assert raw(books, "Item", pump)["_notes"]["stock_adjusted_from"] == 25


def test_merge(books: Books) -> None:
    """Documents and balance move; the loser is a ghost that takes no write."""
    survivor = books.make("Customer", {"DisplayName": "Acme"})["Id"]
    loser = books.make("Customer", {"DisplayName": "Acme Inc"})["Id"]
    invoice = books.make("Invoice", invoice_body(loser, 50))
    books.act("merge", entity="Customer", id=loser, into=survivor)
    moved = books.read("Invoice", invoice["Id"])
    ghost = books.read("Customer", loser)

    assert moved["CustomerRef"] == {"value": survivor, "name": "Acme"}
    assert books.read("Customer", survivor)["Balance"] == 50
    assert (ghost["Active"], ghost["Balance"]) == (False, 0)
    assert ghost["DisplayName"] == "Acme Inc (deleted)"
    revive = {"Id": loser, "SyncToken": ghost["SyncToken"], "sparse": True, "Active": True}
    fault = fault_of(books.post("customer", {**revive, "DisplayName": "Acme Inc"}))
    assert (fault["code"], fault["Detail"]) == ("6000", GHOST)
    assert fault_of(books.post("invoice", invoice_body(loser)))["code"] == "610"
    assert raw(books, "Customer", loser)["_merged_into"] == survivor
    changed = books.query(
        "select * from Customer where Active in (true, false) and DisplayName like 'Acme%'"
    )
    assert len(changed["Customer"]) == 2


@pytest.mark.parametrize(
    ("loser", "into", "word"),
    [
        ("6", "1", "sub-customers"),
        ("1", "6", "sub-customers"),
        ("1", "1", "itself"),
        ("1", "99", "no"),
    ],
)
def test_merges_the_screen_does_not_offer(books: Books, loser: str, into: str, word: str) -> None:
    """Neither side may have sub-customers; both have to exist and differ."""
    response = books.control.post(
        "/act", json={"type": "merge", "entity": "Customer", "id": loser, "into": into}
    )

    assert response.status_code == 400
    assert word in response.json()["error"]


def test_accounts_merge_within_a_detail_type(books: Books) -> None:
    """System accounts and other types are refused; equal ones are merged."""

    def account(name: str, kind: str) -> str:
        body = {"Name": name, "AccountType": "Expense", "AccountSubType": kind}
        return books.make("Account", body)["Id"]

    one, two = account("Fees A", "BankCharges"), account("Fees B", "BankCharges")
    other = account("Fees C", "Insurance")
    bad = books.control.post(
        "/act", json={"type": "merge", "entity": "Account", "id": one, "into": other}
    )
    books.act("merge", entity="Account", id=one, into=two)

    assert bad.status_code == 400
    assert books.read("Account", one)["Active"] is False


def test_void_close_and_file(books: Books) -> None:
    """A person may void in a closed month (with the password) and file tax."""
    invoice = books.make("Invoice", invoice_body("1", 10, TxnDate="2026-01-15"))
    books.act("close_books", date="2026-01-31")
    books.act("void", entity="Invoice", id=invoice["Id"])
    books.act("file_tax", through="2026-09-30")
    books.act("close_books", date=None)

    assert books.read("Invoice", invoice["Id"])["TotalAmt"] == 0
    preferences = books.get("preferences").json()["Preferences"]["AccountingInfoPrefs"]
    assert "BookCloseDate" not in preferences


def test_reconciled_documents_can_still_be_edited(books: Books) -> None:
    """QuickBooks does not protect them: the state is not on the document at all."""
    payment = books.make("Payment", payment_body("1", 40))
    books.act("reconcile", entity="Payment", id=payment["Id"])

    changed = books.sparse("Payment", payment, PrivateNote="edited")

    assert "reconciled" not in str(changed)
    assert raw(books, "Payment", payment["Id"])["_notes"]["reconciled"]


def test_setting_changed(books: Books) -> None:
    """A preference changes as a person changes it, and shows at once."""
    books.act("set_preference", data={"ProductAndServicesPrefs.QuantityOnHand": False})
    body = {
        "Name": "Widget",
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "IncomeAccountRef": {"value": "1"},
    }

    assert fault_of(books.post("item", body))["Detail"] == (
        "Business Validation Error: When you create an item, if Track quantity on hand is turned "
        "off, the item cannot be of type Inventory."
    )


def test_companies_are_apart(books: Books) -> None:
    """Own lists, own numbers, own tokens; `empty` has a chart of accounts and no customers."""
    made = books.control.post(
        "/companies",
        json={"name": "Nord", "country": "GB", "time_zone": "Europe/London", "seed": "empty"},
    ).json()
    listed = books.control.get("/companies").json()["companies"]
    books.realm, books.token = made["realm_id"], made["access_token"]

    assert [one["name"] for one in listed] == ["Sandbox Company US", "Nord"]
    assert listed[1]["home_currency"] == "GBP"
    assert books.query("select * from Customer") == {}
    assert books.make("Customer", {"DisplayName": "First"})["Id"] == "1"
    assert books.query("select count(*) from Account")["totalCount"] > 30


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/", "Sandbox Company US"),
        ("/app/customerdetail?nameId=3", "Cool Cars"),
        ("/app/invoice?txnId=1", "Invoice 1001"),
        ("/app/items?itemId=3", "Design"),
        ("/app/recvpayment?txnId=2", "Payment 2"),
        ("/app/vendordetail?nameId=13", "Bob&#x27;s Burger Joint"),
        ("/list/Customer", "Diego Rodriguez"),
    ],
)
def test_pages(books: Books, path: str, word: str) -> None:
    """Links into QuickBooks open a page with the record."""
    response = books.http.get(f"{books.ready['page_url'].rstrip('/')}{path}")

    assert response.status_code == 200
    assert word in response.text


def test_page_of_nothing(books: Books) -> None:
    """404 in words."""
    base = books.ready["page_url"].rstrip("/")

    assert books.http.get(f"{base}/app/invoice?txnId=999").status_code == 404
    assert books.http.get(f"{base}/app/unknown").status_code == 404
