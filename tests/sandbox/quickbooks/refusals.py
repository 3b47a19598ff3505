"""What the company API refuses: entity, payload, code, element and exact detail."""

from typing import Any

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
    # amounts nobody can book
    ("invoice", invoice(line(Amount=1e30)), "2110", "Line.Amount", "Supplied value:1e+30"),
    ("invoice", invoice(line(Amount="1e30")), "2110", "Line.Amount", "Supplied value:1e30"),
    (
        "invoice",
        invoice(line(detail={"UnitPrice": 1e30, "Qty": 1})),
        "2110",
        "Line.SalesItemLineDetail.UnitPrice",
        "Supplied value:1e+30",
    ),
    (
        "invoice",
        invoice(line(Amount=-(10**400))),
        "2110",
        "Line.Amount",
        f"Supplied value:{-(10**400)}",
    ),
    (
        "invoice",
        invoice(line(Amount=6e10), line(Amount=6e10)),
        "2140",
        "TotalAmt",
        "Supplied value:120000000000.0",
    ),
    (
        "payment",
        {"CustomerRef": {"value": "1"}, "TotalAmt": 1e30},
        "2110",
        "TotalAmt",
        "Supplied value:1e+30",
    ),
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
