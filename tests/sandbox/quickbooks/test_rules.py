"""Every refusal of the company API: payload in, code, element and exact detail out."""

from typing import Any

import pytest

from tests.sandbox.quickbooks.conftest import Books, fault_of, invoice_body, payment_body

INACTIVE = (
    "Object Not Found : Something you're trying to use has been made inactive. Check the fields "
    "with accounts, customers, items, vendors or employees."
)
TOO_LONG = (
    "String length specified does not match the supported length. "
    "Min:0 Max:{most} supported. Supplied length:{given}"
)
TAKEN = (
    "The name supplied already exists. : Another customer, vendor or employee is already using "
    "this name. Please use a different name."
)


def line(**more: Any) -> dict[str, Any]:
    """A sales line with the given parts."""
    detail = {"ItemRef": {"value": "1"}, **more.pop("detail", {})}
    return {
        "Amount": 100,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": detail,
        **more,
    }


def invoice(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An invoice of the given lines for customer 1."""
    return {"CustomerRef": {"value": "1"}, "Line": list(lines) or [line()], **more}


def too_long(most: str, given: str) -> str:
    """The 2050 detail."""
    return TOO_LONG.format(most=most, given=given)


# entity, payload, code, element (None: key absent), detail
RULES: list[tuple[str, Any, str, str | None, str]] = [
    # names
    ("customer", {"DisplayName": "  cool CARS "}, "6240", None, TAKEN),
    ("customer", {"DisplayName": "Hicks Hardware"}, "6240", None, TAKEN),
    ("vendor", {"DisplayName": "Emily Platt"}, "6240", None, TAKEN),
    ("employee", {"GivenName": "Kate", "FamilyName": "Whelan"}, "6240", None, TAKEN),
    (
        "item",
        {"Name": "design", "IncomeAccountRef": {"value": "1"}},
        "6240",
        None,
        "The name supplied already exists. : Another product or service is already using this "
        "name. Please use a different name.",
    ),
    ("customer", {}, "6080", "DisplayName", "No Name Provided"),
    ("vendor", {"CompanyName": "Acme"}, "6080", "DisplayName", "No Name Provided"),
    (
        "customer",
        {"DisplayName": "Acme: West"},
        "2040",
        "DisplayName",
        "Element contains invalid characters: Acme: West",
    ),
    (
        "vendor",
        {"DisplayName": "Acme\tWest"},
        "2040",
        "DisplayName",
        "Element contains invalid characters: Acme\tWest",
    ),
    (
        "customer",
        {"GivenName": "A\nB"},
        "2040",
        "GivenName",
        "Element contains invalid characters: A\nB",
    ),
    (
        "item",
        {"Name": '2" pipe', "IncomeAccountRef": {"value": "1"}},
        "2040",
        "Name",
        'Element contains invalid characters: 2" pipe',
    ),
    (
        "account",
        {"Name": "Cars:Fuel", "AccountType": "Expense"},
        "2040",
        "Name",
        "Element contains invalid characters: Cars:Fuel",
    ),
    # lengths
    ("customer", {"DisplayName": "x" * 501}, "2050", "DisplayName", too_long("500", "501")),
    ("customer", {"DisplayName": "A", "Title": "x" * 17}, "2050", "Title", too_long("16", "17")),
    (
        "customer",
        {"DisplayName": "A", "Notes": "x" * 2001},
        "2050",
        "Notes",
        too_long("2,000", "2,001"),
    ),
    (
        "customer",
        {"DisplayName": "A", "PrimaryPhone": {"FreeFormNumber": "1" * 31}},
        "2050",
        "PrimaryPhone",
        too_long("30", "31"),
    ),
    (
        "employee",
        {"GivenName": "A", "PrimaryPhone": {"FreeFormNumber": "1" * 21}},
        "2050",
        "PrimaryPhone",
        too_long("20", "21"),
    ),
    ("invoice", invoice(DocNumber="N" * 22), "2050", "DocNumber", too_long("21", "22")),
    (
        "invoice",
        invoice(PrivateNote="x" * 4001),
        "2050",
        "PrivateNote",
        too_long("4,000", "4,001"),
    ),
    (
        "invoice",
        invoice(CustomerMemo={"value": "x" * 1001}),
        "2050",
        "Customer Memo",
        too_long("1,000", "1,001"),
    ),
    (
        "invoice",
        invoice(line(Description="x" * 4001)),
        "2050",
        "Line.Description",
        too_long("4,000", "4,001"),
    ),
    (
        "payment",
        {"CustomerRef": {"value": "1"}, "TotalAmt": 1, "PaymentRefNum": "1" * 22},
        "2050",
        "PaymentRefNum",
        too_long("21", "22"),
    ),
    (
        "item",
        {"Name": "x" * 101, "IncomeAccountRef": {"value": "1"}},
        "2050",
        "Name",
        too_long("100", "101"),
    ),
    # shapes
    (
        "customer",
        {"DisplayName": "A", "PrimaryEmailAddr": {"Address": "nobody"}},
        "2210",
        "PrimaryEmailAddr",
        "Email Address does not conform to the syntax rules of RFC 822. Supplied value:nobody",
    ),
    ("invoice", invoice(TxnDate="22/11/2026"), "2060", "TxnDate", "Supplied value:22/11/2026"),
    ("invoice", invoice(TxnDate="2026-02-30"), "2070", "TxnDate", "Supplied value:2026-02-30"),
    ("invoice", invoice(line(Amount="ten")), "2080", "Line.Amount", "Supplied value:ten"),
    (
        "invoice",
        {"CustomerRef": 1, "Line": [line()]},
        "2010",
        None,
        "Property Name:Can not instanti specified is unsupported or invalid",
    ),
    (
        "item",
        {"Name": "A", "Type": "Gadget"},
        "2170",
        "Type",
        "Invalid Enumeration : Gadget",
    ),
    # required
    (
        "invoice",
        {"CustomerRef": {"value": "1"}},
        "2020",
        "Line",
        "Required parameter Line is missing in the request",
    ),
    (
        "invoice",
        {"Line": [line()]},
        "2020",
        "CustomerRef",
        "Required parameter CustomerRef is missing in the request",
    ),
    (
        "item",
        {"Type": "Service", "IncomeAccountRef": {"value": "1"}},
        "2020",
        "Name",
        "Required parameter Name is missing in the request",
    ),
    (
        "item",
        {
            "Name": "Widget",
            "Type": "Inventory",
            "TrackQtyOnHand": True,
            "IncomeAccountRef": {"value": "1"},
        },
        "2020",
        "AssetAccountRef",
        "Required parameter is missing in the request. An inventory assetaccount is required if "
        "you are tracking inventory quantities for this product.",
    ),
    (
        "payment",
        {"CustomerRef": {"value": "1"}},
        "6000",
        "",
        "Business Validation Error: You must set a transaction amount.",
    ),
    ("account", {"Name": "A"}, "6010", "AccountType", "AccountType or AccountSubType is required"),
    (
        "item",
        {"Name": "Widget", "Type": "Inventory", "IncomeAccountRef": {"value": "1"}},
        "6000",
        "",
        "Business Validation Error: When you create an item, if Track quantity on hand is turned "
        "off, the item cannot be of type Inventory.",
    ),
    # references
    (
        "invoice",
        {"CustomerRef": {"value": "975"}, "Line": [line()]},
        "2500",
        "CustomerRef",
        "Invalid Reference Id : Names element id 975 not found",
    ),
    (
        "item",
        {"Name": "A", "IncomeAccountRef": {"value": "700"}},
        "2500",
        "IncomeAccountRef",
        "Invalid Reference Id : Accounts element id 700 not found",
    ),
    (
        "invoice",
        invoice(ClassRef={"value": "5000000000000142240"}),
        "2500",
        "ClassRef",
        "Invalid Reference Id : Klasses element id 5000000000000142240 not found",
    ),
    (
        "invoice",
        invoice(DepartmentRef={"value": "2"}),
        "2500",
        "DepartmentRef",
        "Invalid Reference Id : Depts element id 2 not found",
    ),
    (
        "item",
        {"Name": "A", "IncomeAccountRef": {"value": "7"}},
        "6430",
        "",
        "Invalid account type: You need to select a different type of account for this "
        "transaction.",
    ),
    # amounts
    (
        "invoice",
        invoice(line(Amount=58, detail={"UnitPrice": 19.34, "Qty": 3})),
        "6070",
        "Line.Amount",
        "Amount is not equal to UnitPrice * Qty. Supplied value:58",
    ),
    (
        "invoice",
        invoice(line(detail={"TaxCodeRef": {"value": "2"}})),
        "6100",
        "Line.TaxCodeRef",
        "Invalid Line TaxCode in the request",
    ),
    # numbers and hierarchy
    (
        "invoice",
        invoice(DocNumber="1001"),
        "6140",
        "DocNumber",
        "Duplicate Document Number Error : You must specify a different number. This number has "
        "already been used. DocNumber=1001 is assigned to TxnType=Invoice with TxnId=1",
    ),
    (
        "customer",
        {"DisplayName": "A", "Job": True},
        "6150",
        "ParentRef",
        "ParentRef Required Validation Error",
    ),
    # unknown records
    ("customer", {"Id": "4711", "SyncToken": "0", "DisplayName": "A"}, "610", "", INACTIVE),
    (
        "customer",
        {"Id": "1.5", "SyncToken": "0"},
        "2030",
        "Id",
        "Id should be a valid number. Supplied value:1.5",
    ),
    (
        "customer",
        {"Id": "1", "DisplayName": "A"},
        "2020",
        "SyncToken",
        "Required parameter SyncToken is missing in the request",
    ),
]


@pytest.mark.parametrize(
    ("entity", "payload", "code", "element", "detail"),
    RULES,
    ids=[f"{row[2]}-{row[0]}-{index}" for index, row in enumerate(RULES)],
)
def test_refusal(
    books: Books, entity: str, payload: Any, code: str, element: str | None, detail: str
) -> None:
    """A payload that breaks a rule gets the rule's code, element and exact words."""
    fault = fault_of(books.post(entity, payload))

    assert (fault["code"], fault.get("element"), fault["Detail"]) == (code, element, detail)
    assert fault["status"] == 400
    assert fault["type"] == "ValidationFault"


def test_unknown_property(books: Books) -> None:
    """2010 names the field, the class and what the class knows."""
    fault = fault_of(books.post("invoice", {"BadJson": True}))

    assert fault["code"] == "2010"
    assert fault["Message"] == "Request has invalid or unsupported property"
    assert fault["Detail"].startswith(
        'Property Name:Unrecognized field "BadJson" '
        "(class com.intuit.schema.finance.v3.Invoice), not marked as ignorable ("
    )
    assert '"DocNumber"' in fault["Detail"]


@pytest.mark.parametrize("form", [1, 2, 3, 4, 5])
def test_duplicate_name_has_five_forms(books: Books, form: int) -> None:
    """The Detail of 6240 comes in the form the switch chooses."""
    books.switch(duplicate_name_form=form)

    detail = fault_of(books.post("customer", {"DisplayName": "Cool Cars"}))["Detail"]

    assert (
        detail
        == {
            1: TAKEN,
            2: "The name supplied already exists. : null",
            3: "The name supplied already exists. : Id=3",
            4: "The name supplied already exists. : Another $$customer$$ is already using this "
            "name. Please use a different name.",
            5: "The name supplied already exists: Another customer is already using this name. "
            "Please use a different name.",
        }[form]
    )


def test_ampersand_hash_slash_and_quotes_are_good_names(books: Books) -> None:
    """Only colon, tab and line breaks are refused in names."""
    name = 'Müller & Söhne #1 / "Café" 🌱'

    assert books.make("Customer", {"DisplayName": f" {name} "})["DisplayName"] == name


def test_display_name_limit_is_a_switch(books: Books) -> None:
    """100 characters were enforced by some companies, 500 is documented."""
    books.switch(display_name_limit=100)

    fault = fault_of(books.post("customer", {"DisplayName": "x" * 103}))

    assert fault["Detail"] == too_long("100", "103")


def test_document_number_of_21_characters_passes(books: Books) -> None:
    """21 is the last length allowed."""
    assert books.make("Invoice", invoice_body("1", DocNumber="N" * 21))["DocNumber"] == "N" * 21


def test_duplicate_number_can_be_allowed_on_purpose(books: Books) -> None:
    """include=allowduplicatedocnum posts a second document with the number."""
    made = books.make(
        "Invoice", invoice_body("1", DocNumber="1001"), include="allowduplicatedocnum"
    )

    assert made["DocNumber"] == "1001"


def test_credit_memo_and_invoice_share_numbers_by_switch(books: Books) -> None:
    """The holder may be of another type; 6140 names it."""
    memo = books.make("CreditMemo", invoice_body("1", DocNumber="CM-1"))

    fault = fault_of(books.post("invoice", invoice_body("1", DocNumber="CM-1")))

    assert fault["Detail"].endswith(
        f"DocNumber=CM-1 is assigned to TxnType=Credit Memo with TxnId={memo['Id']}"
    )
    books.switch(invoice_and_credit_memo_share_numbers=False)
    assert books.make("Invoice", invoice_body("1", DocNumber="CM-1"))["DocNumber"] == "CM-1"


def test_without_custom_numbers_quickbooks_numbers_itself(books: Books) -> None:
    """With the preference off the number sent is not kept."""
    books.act("set_preference", data={"SalesFormsPrefs.CustomTxnNumbers": False})

    first = books.make("Invoice", invoice_body("1", DocNumber="MINE-1"))
    second = books.make("Invoice", invoice_body("1"))

    assert [first["DocNumber"], second["DocNumber"]] == ["1038", "1039"]


def test_with_custom_numbers_a_missing_number_stays_missing(books: Books) -> None:
    """Nobody numbers for the sender."""
    assert "DocNumber" not in books.make("Invoice", invoice_body("1"))


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


def test_canadian_lines_need_a_tax_code(books: Books) -> None:
    """6000 outside the US when a line has no tax code."""
    made = books.control.post("/companies", json={"name": "Maple", "country": "CA"}).json()
    books.realm, books.token = made["realm_id"], made["access_token"]

    assert fault_of(books.post("invoice", invoice_body("1")))["Detail"] == (
        "Business Validation Error: Make sure all your transactions have a GST/HST rate before "
        "you save."
    )


@pytest.mark.parametrize(
    ("content", "kind", "detail"),
    [
        (
            b"{not json",
            "application/json",
            "Property Name:failed to parse json object; a property specified is unsupported or "
            "invalid",
        ),
        (
            b'{"CustomerRef": {"value": "1"}, "TotalAmt": 1e999}',
            "application/json",
            "Property Name:failed to parse json object; a property specified is unsupported or "
            "invalid",
        ),
        (
            b'{"DisplayName": "M\xfcller"}',
            "application/json",
            "Property Name:Invalid UTF-8 middle byte 0xfc specified is unsupported or invalid",
        ),
    ],
)
def test_unreadable_payload(books: Books, content: bytes, kind: str, detail: str) -> None:
    """2010 for what is not JSON or not UTF-8."""
    fault = fault_of(books.raw("customer", content, kind))

    assert (fault["code"], fault["Detail"]) == ("2010", detail)


def test_xml_is_not_taken(books: Books) -> None:
    """1050 for another content type."""
    assert fault_of(books.raw("customer", b"<Customer/>", "application/xml"))["code"] == "1050"


def test_wrong_path_is_500_with_http_400(books: Books) -> None:
    """The code says 500, the status says 400."""
    fault = fault_of(books.get("customer/1/5"))

    assert (fault["status"], fault["code"]) == (400, "500")
    assert fault["Detail"].startswith(
        f"Operation Could not find resource for relative : /v3/company/{books.realm}/customer/1/5 "
        "of full path: "
    )
