"""What QuickBooks refuses for the state of its books: stale, closed, inactive, deposited."""

from tests.sandbox.quickbooks.conftest import Books, fault_of, invoice_body, payment_body
from tests.sandbox.quickbooks.refusals import INACTIVE


def test_stale_token(books: Books) -> None:
    """5010 with the recorded words; the newer form ends with the entity."""
    customer = books.read("Customer", "1")
    books.sparse("Customer", customer, Notes="first")
    old = {"Id": "1", "SyncToken": "0", "sparse": True, "Notes": "second"}
    words = (
        "Stale Object Error : You and Craig Carlson were working on this at the same time. "
        "Craig Carlson finished before you did, so your work was not saved."
    )

    assert fault_of(books.post("customer", old))["Detail"] == words
    books.switch(stale_form=2)
    assert fault_of(books.post("customer", old))["Detail"] == f"{words} Entity=Customer"


def test_closed_books(books: Books) -> None:
    """On or before the closing date nothing is posted, changed or removed."""
    inside = books.make("Invoice", invoice_body("1", TxnDate="2026-09-30"))
    books.act("close_books", date="2026-09-30")
    closed = (
        "The account period has closed and the account books cannot be updated through through "
        "the QBO Services API. Please use the QBO website to make these changes."
    )
    removed = {"Id": inside["Id"], "SyncToken": inside["SyncToken"]}
    moved_in = books.make("Invoice", invoice_body("1", TxnDate="2026-10-01"))
    calls = [
        books.post("invoice", invoice_body("1", TxnDate="2026-09-30")),
        books.post("payment", {**payment_body("1", 5), "TxnDate": "2026-09-01"}),
        books.post("invoice", removed, operation="delete"),
        books.post("invoice", removed, operation="void"),
        books.post(
            "invoice",
            {
                "Id": moved_in["Id"],
                "SyncToken": moved_in["SyncToken"],
                "sparse": True,
                "TxnDate": "2026-09-30",
            },
        ),
    ]

    for call in calls:
        fault = fault_of(call)
        assert (fault["code"], fault["Message"], fault["Detail"]) == (
            "6210",
            "Account Period Closed, Cannot Update Through Services API",
            closed,
        )
    preferences = books.get("preferences").json()["Preferences"]
    assert preferences["AccountingInfoPrefs"]["BookCloseDate"] == "2026-09-30"


def test_deleted_twice(books: Books) -> None:
    """A second delete names the kind of document in place of customers."""
    made = books.make("Invoice", invoice_body("1"))
    body = {"Id": made["Id"], "SyncToken": made["SyncToken"]}
    gone = books.post("invoice", body, operation="delete").json()["Invoice"]

    fault = fault_of(books.post("invoice", body, operation="delete"))

    assert gone == {"domain": "QBO", "status": "Deleted", "Id": made["Id"]}
    assert fault["code"] == "610"
    assert "Check the fields with accounts, invoices, items, vendors" in fault["Detail"]
    assert fault_of(books.get(f"invoice/{made['Id']}"))["code"] == "610"


def test_lists_are_never_deleted(books: Books) -> None:
    """Name lists only become inactive."""
    fault = fault_of(books.post("customer", {"Id": "1", "SyncToken": "0"}, operation="delete"))

    assert (fault["code"], fault["Message"]) == ("500", "Unsupported Operation")


def test_inactive_customer_and_item_block_new_documents(books: Books) -> None:
    """610 does not say which reference is inactive; documents that have it keep it."""
    customer = books.make("Customer", {"DisplayName": "Acme"})
    old = books.make("Invoice", invoice_body(customer["Id"], 0))
    books.sparse("Customer", customer, Active=False)
    item = books.make("Item", {"Name": "Gone", "IncomeAccountRef": {"value": "1"}})
    books.sparse("Item", item, Active=False)
    with_item = invoice_body("1")
    with_item["Line"][0]["SalesItemLineDetail"]["ItemRef"]["value"] = item["Id"]

    for call in (
        books.post("invoice", invoice_body(customer["Id"])),
        books.post("invoice", with_item),
        books.post("payment", payment_body(customer["Id"], 1)),
    ):
        fault = fault_of(call)
        assert (fault["code"], fault["element"], fault["Detail"]) == ("610", "", INACTIVE)
    assert books.sparse("Invoice", old, PrivateNote="kept")["PrivateNote"] == "kept"


def test_category_cannot_be_sold(books: Books) -> None:
    """A category is an item, but not one for a document."""
    category = books.make("Item", {"Name": "Garden", "Type": "Category"})
    body = invoice_body("1")
    body["Line"][0]["SalesItemLineDetail"]["ItemRef"]["value"] = category["Id"]

    assert fault_of(books.post("invoice", body))["Detail"] == (
        "Invalid Reference Id : Categories cannot be used in transactions."
    )


def test_levels_below_a_customer_end_at_four(books: Books) -> None:
    """A sixth level is refused."""
    parent = books.make("Customer", {"DisplayName": "L1"})
    for level in range(2, 6):
        body = {"DisplayName": f"L{level}", "Job": True, "ParentRef": {"value": parent["Id"]}}
        parent = books.make("Customer", body)
    assert parent["FullyQualifiedName"] == "L1:L2:L3:L4:L5"
    assert parent["Level"] == 4

    body = {"DisplayName": "L6", "Job": True, "ParentRef": {"value": parent["Id"]}}

    assert fault_of(books.post("customer", body))["code"] == "6180"


def test_customer_with_a_balance_stays_active(books: Books) -> None:
    """The API refuses what the screen would settle by balancing entries."""
    customer = books.make("Customer", {"DisplayName": "Acme"})
    books.make("Invoice", invoice_body(customer["Id"], 10))
    body = {"Id": customer["Id"], "SyncToken": "0", "sparse": True, "Active": False}

    fault = fault_of(books.post("customer", body))

    assert fault["code"] == "6220"
    assert fault["Detail"] == (
        "The entity you are trying to delete has an open balance. : This customer cannot be "
        "deleted because it has a non-zero balance"
    )


def test_system_account_stays_active(books: Books) -> None:
    """Accounts QuickBooks itself needs cannot be made inactive."""
    account = books.query("select * from Account where AccountType = 'Accounts Receivable'")
    record = account["Account"][0]
    body = {"Id": record["Id"], "SyncToken": "0", "sparse": True, "Active": False, "Name": "x"}

    assert fault_of(books.post("account", body))["code"] == "6000"


def test_deposited_payment_is_frozen(books: Books) -> None:
    """6540 on every change, delete and void until it is taken off the deposit."""
    payment = books.make("Payment", payment_body("1", 40))
    books.act("deposit", id=payment["Id"])
    now = books.read("Payment", payment["Id"])
    body = {"Id": now["Id"], "SyncToken": now["SyncToken"], "sparse": True}
    for call in (
        books.post("payment", {**body, "PrivateNote": "x"}),
        books.post("payment", body, operation="delete"),
        books.post("payment", body, operation="update", include="void"),
    ):
        fault = fault_of(call)
        assert (fault["code"], fault["Message"]) == (
            "6540",
            "Deposited Transaction cannot be changed",
        )

    books.act("undeposit", id=payment["Id"])
    now = books.read("Payment", payment["Id"])

    assert books.sparse("Payment", now, PrivateNote="free")["PrivateNote"] == "free"


def test_matched_invoice_is_not_deleted(books: Books) -> None:
    """6480 protects what the bank feed is matched to."""
    payment = books.make("Payment", payment_body("1", 40))
    books.act("match", entity="Payment", id=payment["Id"])
    body = {"Id": payment["Id"], "SyncToken": payment["SyncToken"]}

    assert fault_of(books.post("payment", body, operation="delete"))["code"] == "6480"


def test_ended_subscription_stops_writes_only(books: Books) -> None:
    """6190 on every write; reads go on."""
    books.act("end_subscription")

    fault = fault_of(books.post("customer", {"DisplayName": "New"}))

    assert (fault["code"], fault["Message"]) == ("6190", "Invalid Company Status")
    assert fault["Detail"].startswith("Subscription period has ended or canceled")
    assert books.query("select count(*) from Customer")["totalCount"] == 12
    books.act("renew_subscription")
    assert books.make("Customer", {"DisplayName": "New"})["Active"] is True


def test_item_start_date(books: Books) -> None:
    """6270 for a document dated before the stock of its item begins."""
    pump = books.query("select * from Item where Name = 'Pump'")["Item"][0]
    body = invoice_body("1", TxnDate="2019-12-31")
    body["Line"][0]["SalesItemLineDetail"]["ItemRef"]["value"] = pump["Id"]

    fault = fault_of(books.post("invoice", body))

    assert (fault["code"], fault["Message"]) == ("6270", "InventoryTxnDatedBeforeItemStartDate")


def test_french_company_answers_in_french(books: Books) -> None:
    """Message, detail and transaction type are translated; the code is not."""
    made = books.control.post(
        "/companies", json={"name": "Fleurs", "country": "CA", "language": "fr"}
    ).json()
    books.realm, books.token = made["realm_id"], made["access_token"]
    body = invoice_body("1", DocNumber="1001")
    body["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] = {"value": "2"}

    fault = fault_of(books.post("invoice", body))

    assert fault["Message"] == "Numéro de document en double"
    assert fault["Detail"].endswith("DocNumber=1001 is assigned to TxnType=Facture with TxnId=1")
