"""Reads, updates, replays, change data capture, batch and headers of the company API."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sandbox.quickbooks.conftest import Books, fault_of, invoice_body


def test_every_reply_has_its_headers(books: Books) -> None:
    """intuit_tid is there and new on each reply, good or bad."""
    replies = [books.get("customer/1"), books.get("customer/999"), books.ask("nonsense")]

    tids = {reply.headers["intuit_tid"] for reply in replies}
    assert len(tids) == 3
    assert all(
        reply.headers["content-type"] == "application/json;charset=utf-8" for reply in replies
    )
    logged = books.control.get("/requests").json()["requests"]
    assert tids == {entry["intuit_tid"] for entry in logged}
    assert [entry["status"] for entry in logged] == [200, 400, 400]


def test_new_customer_gets_its_defaults(books: Books) -> None:
    """What QuickBooks fills in by itself."""
    made = books.make(
        "Customer", {"GivenName": "Jane", "FamilyName": "Doe", "BillAddr": {"Line1": "1 Main"}}
    )

    assert made["DisplayName"] == made["PrintOnCheckName"] == made["FullyQualifiedName"]
    assert made["DisplayName"] == "Jane Doe"
    assert (made["Taxable"], made["Job"], made["BillWithParent"]) == (True, False, False)
    assert (made["Balance"], made["BalanceWithJobs"], made["Active"]) == (0, 0, True)
    assert made["CurrencyRef"] == {"value": "USD", "name": "United States Dollar"}
    assert (made["SyncToken"], made["domain"], made["sparse"]) == ("0", "QBO", False)
    assert made["BillAddr"]["Id"]
    assert made["Id"].isdigit()


def test_sparse_leaves_and_full_empties(books: Books) -> None:
    """A full update empties writable fields that are not sent; a sparse one leaves them."""
    made = books.make("Customer", {"DisplayName": "Acme", "Notes": "n", "CompanyName": "Acme Inc"})
    sparse = books.sparse("Customer", made, GivenName="Ann")
    full = books.make(
        "Customer", {"Id": made["Id"], "SyncToken": sparse["SyncToken"], "DisplayName": "Acme"}
    )

    assert (sparse["Notes"], sparse["CompanyName"], sparse["SyncToken"]) == ("n", "Acme Inc", "1")
    assert "Notes" not in full
    assert "CompanyName" not in full
    assert "GivenName" not in full
    assert full["SyncToken"] == "2"


def test_sparse_lines_replace_the_lines(books: Books) -> None:
    """A Line array in a sparse update is the whole array."""
    made = books.make("Invoice", invoice_body("1", 10))
    changed = books.sparse("Invoice", made, Line=invoice_body("1", 25)["Line"])

    assert [line["Amount"] for line in changed["Line"]] == [25, 25]
    assert changed["TotalAmt"] == 25


def test_reading_and_saving_again_is_accepted(books: Books) -> None:
    """A client may echo all it read."""
    for entity, record_id in (("Customer", "1"), ("Item", "3"), ("Invoice", "1"), ("Account", "7")):
        record = books.read(entity, record_id)
        again = books.make(entity, record)
        assert again["Id"] == record_id


def test_inactive_name_is_free_and_reactivation_needs_the_name(books: Books) -> None:
    """`(deleted)` shows on reads; activating without the name keeps the mark."""
    made = books.make("Customer", {"DisplayName": "Acme"})
    gone = books.sparse("Customer", made, Active=False)
    careless = books.sparse("Customer", gone, Active=True)
    gone_again = books.sparse("Customer", careless, Active=False, DisplayName="Acme")
    back = books.sparse("Customer", gone_again, Active=True, DisplayName="Acme")

    assert gone["DisplayName"] == "Acme (deleted)"
    assert careless["DisplayName"] == "Acme (deleted)"
    assert careless["Active"] is True
    assert (back["DisplayName"], back["FullyQualifiedName"]) == ("Acme", "Acme")


def test_name_of_an_inactive_record_by_switch(books: Books) -> None:
    """Free by default, taken with the switch."""
    made = books.make("Customer", {"DisplayName": "Acme"})
    gone = books.sparse("Customer", made, Active=False)
    twin = books.make("Customer", {"DisplayName": "Acme"})
    back = {
        "Id": gone["Id"],
        "SyncToken": gone["SyncToken"],
        "sparse": True,
        "Active": True,
        "DisplayName": "Acme",
    }

    assert fault_of(books.post("customer", back))["code"] == "6240"
    books.sparse("Customer", twin, Active=False)
    books.switch(inactive_names_collide=True)
    assert fault_of(books.post("customer", {"DisplayName": "Acme"}))["code"] == "6240"


def test_inner_double_spaces_by_switch(books: Books) -> None:
    """Different by default, the same with the switch."""
    books.make("Customer", {"DisplayName": "Acme  West"})
    books.make("Customer", {"DisplayName": "Acme West"})
    books.switch(double_spaces_collide=True)

    assert fault_of(books.post("customer", {"DisplayName": "Acme   West"}))["code"] == "6240"


def test_a_new_name_shows_everywhere(books: Books) -> None:
    """References and the paths of sub-customers follow; documents do not count as changed."""
    parent = books.query("select * from Customer where DisplayName = 'Freeman Sporting Goods'")
    child = books.query("select * from Customer where DisplayName = '55 Twin Lane'")["Customer"][0]
    invoice = books.make("Invoice", invoice_body(child["Id"]))

    books.sparse("Customer", parent["Customer"][0], DisplayName="Freeman Sports")

    assert (
        books.read("Customer", child["Id"])["FullyQualifiedName"] == "Freeman Sports:55 Twin Lane"
    )
    again = books.read("Invoice", invoice["Id"])
    assert again["CustomerRef"]["name"] == "Freeman Sports:55 Twin Lane"
    assert again["SyncToken"] == "0"


def test_requestid_replays_without_acting(books: Books) -> None:
    """The same reply to the byte, one record, and a replay in the write log."""
    since = len(books.writes())
    replies = [books.post("customer", {"DisplayName": "Once"}, requestid="job-1") for _ in range(3)]

    assert len({reply.content for reply in replies}) == 1
    assert books.query("select count(*) from Customer")["totalCount"] == 13
    log = books.writes(since)
    assert [entry["replayed"] for entry in log] == [False, True, True]
    assert len({entry["id"] for entry in log}) == 1
    assert {entry["requestid"] for entry in log} == {"job-1"}


def test_requestid_is_per_company(books: Books) -> None:
    """Two companies may use the same id."""
    books.make("Customer", {"DisplayName": "Once"}, requestid="job-1")
    other = books.control.post("/companies", json={"name": "Other", "seed": "empty"}).json()
    books.realm, books.token = other["realm_id"], other["access_token"]

    assert books.make("Customer", {"DisplayName": "Twice"}, requestid="job-1")["Id"] == "1"


def test_requestid_under_racing_calls(books: Books) -> None:
    """Twenty calls at once with one id make one record."""
    with ThreadPoolExecutor(8) as pool:
        replies = list(
            pool.map(
                lambda _: books.post("customer", {"DisplayName": "Raced"}, requestid="r"), range(20)
            )
        )

    assert {reply.json()["Customer"]["Id"] for reply in replies} == {"23"}


def test_faults_replay_by_switch(books: Books) -> None:
    """A fault is replayed for ever by default; with the switch off the cause may be cured."""
    body = {"DisplayName": "Cool Cars"}
    first = books.post("customer", body, requestid="f-1")
    books.switch(faults_replay_on_requestid=False)
    second = books.post("customer", body, requestid="f-2")
    books.sparse("Customer", books.read("Customer", "3"), DisplayName="Cooler Cars")

    assert fault_of(first)["code"] == fault_of(second)["code"] == "6240"
    assert books.post("customer", body, requestid="f-1").content == first.content
    assert books.post("customer", body, requestid="f-2").status_code == 200


def test_requestid_has_a_limit(books: Books) -> None:
    """50 characters; 36 for a batch."""
    good = books.post("customer", {"DisplayName": "A"}, requestid="r" * 50)
    bad = books.post("customer", {"DisplayName": "B"}, requestid="r" * 51)
    batch = books.post("batch", {"BatchItemRequest": []}, requestid="r" * 37)

    assert good.status_code == 200
    assert fault_of(bad)["code"] == fault_of(batch)["code"] == "2130"


def test_changes_bring_records_and_stubs(books: Books) -> None:
    """Full records in the order of change, deleted ones as stubs, an empty block without change."""
    moment = books.control.get("/clock").json()["now"]
    books.control.post("/clock", json={"advance": 2})
    made = books.make("Customer", {"DisplayName": "Fresh"})
    books.control.post("/clock", json={"advance": 2})
    books.sparse("Customer", books.read("Customer", "1"), Notes="touched")
    invoice = books.make("Invoice", invoice_body("2"))
    books.post("invoice", {"Id": invoice["Id"], "SyncToken": "0"}, operation="delete")

    reply = books.get("cdc", entities="Customer,Invoice,Vendor", changedSince=moment).json()

    customers, invoices, vendors = reply["CDCResponse"][0]["QueryResponse"]
    late = [
        row["Id"]
        for row in customers["Customer"]
        if row["SyncToken"] == "1" or row["Id"] == made["Id"]
    ]
    assert late == [made["Id"], "1"]
    stub = next(row for row in invoices["Invoice"] if row["Id"] == invoice["Id"])
    assert (stub["status"], stub["domain"]) == ("Deleted", "QBO")
    assert stub["MetaData"]["LastUpdatedTime"]
    assert "Vendor" in vendors or vendors == {}
    assert reply["time"]


def test_changes_without_change(books: Books) -> None:
    """An entity without change is an empty block."""
    books.control.post("/clock", json={"advance": 60})
    moment = books.control.get("/clock").json()["now"]

    reply = books.get("cdc", entities="Customer", changedSince=moment).json()

    assert reply["CDCResponse"] == [{"QueryResponse": [{}]}]


def test_changes_may_show_late(books: Books) -> None:
    """With the switch the feed has a change, and a query a new record, only after a while."""
    books.control.post("/clock", json={"advance": 120})
    moment = books.control.get("/clock").json()["now"]
    everything = "select * from Customer where Active in (true, false) orderby Id"
    count = len(books.query(everything)["Customer"])
    books.switch(changes_show_after_seconds=60)
    books.control.post("/clock", json={"advance": 2})
    made = books.make("Customer", {"DisplayName": "Fresh"})
    books.sparse("Customer", books.read("Customer", "1"), Notes="touched")

    def shown() -> tuple[list[str], int]:
        """Who is in the feed, and how many a query has."""
        feed = books.get("cdc", entities="Customer", changedSince=moment).json()
        [block] = feed["CDCResponse"][0]["QueryResponse"]
        many = len(books.query(everything)["Customer"])
        return [row["Id"] for row in block.get("Customer", [])], many

    assert books.read("Customer", made["Id"])["DisplayName"] == "Fresh"
    assert books.query("select count(*) from Customer")["totalCount"] == count
    assert shown() == ([], count)
    books.control.post("/clock", json={"advance": 60})
    late, many = shown()
    assert {made["Id"], "1"} == set(late)
    assert many == count + 1


def test_changes_share_a_thousand(books: Books) -> None:
    """1000 objects for the whole reply, the oldest changes first."""
    moment = books.control.get("/clock").json()["now"]
    books.control.post("/clock", json={"advance": 5})
    items = [
        {"bId": str(n), "operation": "create", "Vendor": {"DisplayName": f"V{n:04d}"}}
        for n in range(1020)
    ]
    for start in range(0, 1020, 30):
        books.post("batch", {"BatchItemRequest": items[start : start + 30]})
    books.control.post("/clock", json={"advance": 5})
    books.make("Customer", {"DisplayName": "Too late"})

    reply = books.get("cdc", entities="Customer,Vendor", changedSince=moment).json()

    blocks = reply["CDCResponse"][0]["QueryResponse"]
    rows = [row for block in blocks for key in ("Customer", "Vendor") for row in block.get(key, [])]
    assert len(rows) == 1000
    assert "Too late" not in [row["DisplayName"] for row in rows]


def test_changes_reach_back_thirty_days(books: Books) -> None:
    """What changed earlier is not told."""
    moment = books.control.get("/clock").json()["now"]
    books.control.post("/clock", json={"advance": 31 * 86400})
    token = books.http.post(
        books.http.get(books.ready["discovery_url"]).json()["token_endpoint"],
        data={"grant_type": "refresh_token", "refresh_token": books.ready["refresh_token"]},
        auth=(books.ready["client_id"], books.ready["client_secret"]),
    ).json()
    books.token = token["access_token"]

    reply = books.get("cdc", entities="Customer", changedSince=moment).json()

    assert reply["CDCResponse"] == [{"QueryResponse": [{}]}]


@pytest.mark.parametrize("entity", ["TaxCode", "Nonsense"])
def test_some_entities_have_no_changes(books: Books, entity: str) -> None:
    """Tax codes are not captured; unknown names are refused alike."""
    fault = fault_of(books.get("cdc", entities=entity, changedSince="2026-01-01"))

    assert (fault["code"], fault["Detail"]) == ("2000", f"Object Name: {entity}")


def test_preferences_and_company_info(books: Books) -> None:
    """One record each; both also answer queries."""
    preferences = books.get("preferences").json()["Preferences"]
    info = books.get(f"companyinfo/{books.realm}").json()["CompanyInfo"]

    assert "BookCloseDate" not in preferences["AccountingInfoPrefs"]
    assert preferences["SalesFormsPrefs"]["CustomTxnNumbers"] is True
    assert books.query("select * from Preferences")["Preferences"][0]["Id"] == "1"
    assert (info["CompanyName"], info["Country"]) == ("Sandbox Company US", "US")
    assert books.query("select * from CompanyInfo")["CompanyInfo"][0]["Id"] == "1"


def test_closing_date_is_not_writable(books: Books) -> None:
    """A write of Preferences changes e-mail texts, never the accounting settings."""
    preferences = books.get("preferences").json()["Preferences"]
    preferences["AccountingInfoPrefs"]["BookCloseDate"] = "2026-01-31"
    preferences["SalesFormsPrefs"]["CustomTxnNumbers"] = False
    preferences["EmailMessagesPrefs"]["InvoiceMessage"]["Subject"] = "Hello"

    saved = books.post("preferences", preferences).json()["Preferences"]

    assert "BookCloseDate" not in saved["AccountingInfoPrefs"]
    assert saved["SalesFormsPrefs"]["CustomTxnNumbers"] is True
    assert saved["EmailMessagesPrefs"]["InvoiceMessage"]["Subject"] == "Hello"


def test_sending_marks_the_invoice(books: Books) -> None:
    """Sending needs an address and sets EmailStatus."""
    made = books.make("Invoice", invoice_body("1"))
    refused = books.raw(f"invoice/{made['Id']}/send", b"", "application/octet-stream")
    headers = {"Authorization": f"Bearer {books.token}"}
    sent = books.http.post(
        f"{books.base}/invoice/{made['Id']}/send", params={"sendTo": "a@b.co"}, headers=headers
    )

    assert fault_of(refused)["code"] == "6420"
    assert sent.json()["Invoice"]["EmailStatus"] == "EmailSent"


def test_what_can_be_sent(books: Books) -> None:
    """An order goes to its own address; a bill cannot be sent at all."""
    payable = books.query("select * from Account where AccountType = 'Accounts Payable'")
    vendor = books.query("select * from Vendor maxresults 1")["Vendor"][0]["Id"]
    detail = {"AccountRef": {"value": "1"}}
    kind = "AccountBasedExpenseLineDetail"
    body = {
        "VendorRef": {"value": vendor},
        "APAccountRef": {"value": payable["Account"][0]["Id"]},
        "Line": [{"Amount": 5, "DetailType": kind, kind: detail}],
    }
    order, bill = books.make("PurchaseOrder", body), books.make("Bill", body)
    sent = books.post(f"purchaseorder/{order['Id']}/send", None, sendTo="v@example.com")

    assert sent.json()["PurchaseOrder"]["POEmail"] == {"Address": "v@example.com"}
    assert "BillEmail" not in sent.json()["PurchaseOrder"]
    assert fault_of(books.post(f"bill/{bill['Id']}/send", None, sendTo="v@b.co"))["code"] == "500"


def test_payment_link_is_told_on_request(books: Books) -> None:
    """include=invoiceLink, with online payment on and an address."""
    made = books.make(
        "Invoice",
        invoice_body("1", AllowOnlineACHPayment=True, BillEmail={"Address": "a@b.co"}),
    )

    plain = books.get(f"invoice/{made['Id']}").json()["Invoice"]
    linked = books.get(f"invoice/{made['Id']}", include="invoiceLink").json()["Invoice"]

    assert "InvoiceLink" not in plain
    assert linked["InvoiceLink"].startswith("https://")
