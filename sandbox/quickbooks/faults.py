"""QuickBooks' faults: codes, exact messages, and the two shapes they travel in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

VALIDATION = "ValidationFault"
SYSTEM = "SystemFault"

# code: (HTTP status, fault type, Message). Wording of the published error-code table and of
# recorded replies.
TABLE: Mapping[str, tuple[int, str, str]] = {
    "100": (401, "AuthenticationFault", "General Authentication Error"),
    "110": (401, "AuthenticationFault", "Authentication OAuth Error"),
    "120": (401, "AuthorizationFault", "Authorization Failure"),
    "130": (401, "AuthenticationFault", "Accessing Wrong Cluster"),
    "140": (403, "AuthorizationFault", "Company Locked Out"),
    "150": (503, SYSTEM, "Company Under Maintenance"),
    "500": (400, VALIDATION, "Unsupported Operation"),
    "600": (400, VALIDATION, "Duplicate Request ID"),
    "610": (400, VALIDATION, "Object Not Found"),
    "620": (400, VALIDATION, "Txn ID Cannot Be Linked"),
    "630": (400, VALIDATION, "Duplicate Object"),
    "700": (400, VALIDATION, "Parent Reference Invalid"),
    "800": (400, VALIDATION, "Cannot delete object"),
    "900": (400, VALIDATION, "Parent cannot be child"),
    "1000": (400, VALIDATION, "Operation failed"),
    "1010": (400, VALIDATION, "Create Failed"),
    "1020": (400, VALIDATION, "Update Failed"),
    "1040": (400, VALIDATION, "Batch size exceeds allowed limit"),
    "1050": (400, VALIDATION, "Invalid Content Type"),
    "2000": (400, VALIDATION, "Invalid or unsupported object name"),
    "2010": (400, VALIDATION, "Request has invalid or unsupported property"),
    "2020": (
        400,
        VALIDATION,
        "Required param missing, need to supply the required value for the API",
    ),
    "2030": (400, VALIDATION, "Invalid ID"),
    "2040": (400, VALIDATION, "Invalid String"),
    "2050": (
        400,
        VALIDATION,
        "String length is either shorter or longer than supported by specification",
    ),
    "2060": (400, VALIDATION, "Invalid Date Format"),
    "2070": (400, VALIDATION, "Invalid Date"),
    "2080": (400, VALIDATION, "Invalid Number Format"),
    "2090": (400, VALIDATION, "Invalid Number"),
    "2100": (400, VALIDATION, "Invalid Decimal Format"),
    "2110": (400, VALIDATION, "Invalid Decimal"),
    "2120": (400, VALIDATION, "Invalid Type"),
    "2130": (400, VALIDATION, "Invalid Request Id Format"),
    "2140": (400, VALIDATION, "Invalid Amount"),
    "2150": (400, VALIDATION, "Invalid Percent"),
    "2160": (400, VALIDATION, "Invalid Quantity"),
    "2170": (400, VALIDATION, "Invalid Enumeration"),
    "2180": (400, VALIDATION, "Invalid String Range"),
    "2190": (400, VALIDATION, "Invalid Date Range"),
    "2200": (400, VALIDATION, "Malformed Website Address Format"),
    "2210": (400, VALIDATION, "Invalid Email Address Format"),
    "2220": (400, VALIDATION, "Invalid Currency Type"),
    "2230": (400, VALIDATION, "Invalid Boolean"),
    "2240": (400, VALIDATION, "Invalid Number Range"),
    "2250": (400, VALIDATION, "Missing lines"),
    "2260": (400, VALIDATION, "MissingPostingType"),
    "2290": (400, VALIDATION, "NegativeAmount"),
    "2300": (400, VALIDATION, "Amount on debits not equal to credits"),
    "2500": (400, VALIDATION, "Invalid Reference Id"),
    "2600": (400, VALIDATION, "Invalid Request Conflict Element in Request"),
    "3000": (400, VALIDATION, "Invalid Custom Field"),
    "4000": (400, VALIDATION, "Error parsing query"),
    "4001": (400, VALIDATION, "Invalid query"),
    "4002": (400, VALIDATION, "The query could not be processed"),
    "5000": (400, VALIDATION, "Deprecated field"),
    "5010": (400, VALIDATION, "Stale Object Error"),
    "5020": (400, VALIDATION, "Permission Denied Error"),
    "5030": (400, VALIDATION, "Feature Not Supported"),
    "6000": (
        400,
        VALIDATION,
        "A business validation error has occurred while processing your request",
    ),
    "6010": (400, VALIDATION, "Invalid Account.AccountType && Account.SubType"),
    "6060": (400, VALIDATION, "Account.OpenBalanceDate must be specified with Account.OpenBalance"),
    "6070": (400, VALIDATION, "Amount calculation incorrect in the request."),
    "6080": (400, VALIDATION, "No Name Provided"),
    "6090": (400, VALIDATION, "Discount Line missing required info"),
    "6100": (400, VALIDATION, "Invalid Line TaxCode in the request"),
    "6110": (400, VALIDATION, "MAS Transaction cannot be updated"),
    "6120": (400, VALIDATION, "MAS Transaction cannot be deleted"),
    "6130": (400, VALIDATION, "Cannot change who customer bills with"),
    "6140": (400, VALIDATION, "Duplicate Document Number Error"),
    "6150": (400, VALIDATION, "ParentRef Required Validation Error"),
    "6160": (400, VALIDATION, "Invalid TaxCodeRef Error"),
    "6170": (400, VALIDATION, "Invalid TxnTaxDetail Error"),
    "6180": (400, VALIDATION, "Sub Level Limit"),
    "6190": (400, VALIDATION, "Invalid Company Status"),
    "6200": (400, VALIDATION, "Account Period Closed Error"),
    "6210": (400, VALIDATION, "Account Period Closed, Cannot Update Through Services API"),
    "6220": (400, VALIDATION, "Delete Entity Has Balance Error"),
    "6230": (400, VALIDATION, "Invalid TaxCodeRef Error"),
    "6240": (400, VALIDATION, "Duplicate Name Exists Error"),
    "6250": (400, VALIDATION, "InvalidSalesCustomer"),
    "6270": (400, VALIDATION, "InventoryTxnDatedBeforeItemStartDate"),
    "6280": (400, VALIDATION, "Delete Customer Has Unbilled Expenses Error"),
    "6310": (400, VALIDATION, "MissingCustomer"),
    "6420": (400, VALIDATION, "Email address is required"),
    "6430": (400, VALIDATION, "Invalid account type used"),
    "6440": (400, VALIDATION, "Transaction Detail Information Required"),
    "6450": (400, VALIDATION, "Attempt to Void Transaction failed"),
    "6470": (400, VALIDATION, "TaxLiabilityAccount or TaxRateError"),
    "6480": (400, VALIDATION, "Matched Transaction Delete Error"),
    "6520": (400, VALIDATION, "Missing Tracked Inventory Item Quantity"),
    "6540": (400, VALIDATION, "Deposited Transaction cannot be changed"),
    "10000": (500, SYSTEM, "An application error has occurred while processing your request"),
    "10100": (400, SYSTEM, "Result Set Big"),
    "10200": (400, SYSTEM, "Company Reset"),
}

INACTIVE = (
    "Something you're trying to use has been made inactive. "
    "Check the fields with accounts, {word}, items, vendors or employees."
)
CLOSED_BOOKS = (
    "The account period has closed and the account books cannot be updated through through the "
    "QBO Services API. Please use the QBO website to make these changes."
)
DEPOSITED = (
    "This transaction has been deposited. If you want to change or delete it, you must edit the "
    "deposit it appears on and remove it first"
)
SUBSCRIPTION = (
    "Subscription period has ended or canceled or there was a billing problem : You can't add "
    "data to QuickBooks Online Plus because your trial or subscription period ended, you canceled "
    "your subscription, or there was a billing problem. To see or change your subscription "
    "status, click 'Your Account' at the upper-right of the screen, and click on Resubscribe link "
    "or contact your administrator."
)
NO_ACCESS = "AuthorizationFailure: -11014-You do not have access to use QuickBooks Online Plus."
MERGED_AWAY = "You cannot modify a list element that has been deleted."
BAD_JSON = (
    "Property Name:failed to parse json object; a property specified is unsupported or invalid"
)
WRONG_TYPE = "Property Name:Can not instanti specified is unsupported or invalid"
ACCOUNT_TYPE = (
    "Invalid account type: You need to select a different type of account for this transaction."
)


@dataclass(frozen=True, slots=True)
class FaultError:
    """One entry of `Fault.Error`; element None leaves the key out, code "" leaves that out."""

    code: str
    message: str
    detail: str
    element: str | None = None

    def as_dict(self) -> dict[str, str]:
        """Wire form."""
        entry = {"Message": self.message, "Detail": self.detail}
        if self.code:
            entry["code"] = self.code
        if self.element is not None:
            entry["element"] = self.element
        return entry


class QboFault(Exception):
    """A request refused by the company API, in its upper-case shape."""

    def __init__(self, errors: tuple[FaultError, ...], kind: str, status: int) -> None:
        super().__init__(errors[0].detail if errors else kind)
        self.errors = errors
        self.kind = kind
        self.status = status

    def body(self) -> dict[str, Any]:
        """The `Fault` value."""
        return {"Error": [error.as_dict() for error in self.errors], "type": self.kind}


def fault(
    code: str, detail: str = "", element: str | None = None, message: str | None = None
) -> QboFault:
    """A fault of the published table by its code. Raises KeyError for a code not in it."""
    status, kind, text = TABLE[code]
    return QboFault((FaultError(code, message or text, detail, element),), kind, status)


def not_found(word: str = "customers") -> QboFault:
    """610 in its long form; `word` names the transactions for an already deleted one."""
    return fault("610", f"Object Not Found : {INACTIVE.format(word=word)}", "")


def business(detail: str) -> QboFault:
    """6000 with its usual prefix."""
    return fault("6000", f"Business Validation Error: {detail}", "")


def missing(field: str) -> QboFault:
    """2020 for a field that has to be there."""
    return fault("2020", f"Required parameter {field} is missing in the request", field)


def closed_books(code: int) -> QboFault:
    """The date is on or before the closing date."""
    return fault(str(code), CLOSED_BOOKS if code == 6210 else "Account Period Closed Error", "")


def has_balance(word: str) -> QboFault:
    """6220, with the detail seen in ruckus/quickbooks-ruby issue 390."""
    return fault(
        "6220",
        "The entity you are trying to delete has an open balance. : "
        f"This {word} cannot be deleted because it has a non-zero balance",
        "",
    )


def gateway_body(
    code: str, message: str, detail: str | None, kind: str, millis: int
) -> dict[str, Any]:
    """The gateway's lower-case envelope (401, 403, 429), as recorded."""
    error = {"message": message, "detail": detail, "code": code, "element": None}
    return {
        "warnings": None,
        "intuitObject": None,
        "fault": {"error": [error], "type": kind},
        "report": None,
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "syncErrorResponse": None,
        "requestId": None,
        "time": millis,
        "status": None,
        "cdcresponse": [],
    }


def xml_body(code: str, message: str, detail: str, kind: str, time: str) -> bytes:
    """The XML form of a fault."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<IntuitResponse time="{time}" xmlns="http://schema.intuit.com/finance/v3">\n'
        f'    <Fault type="{kind}">\n        <Error code="{code}">\n'
        f"            <Message>{escape(message)}</Message>\n"
        f"            <Detail>{escape(detail)}</Detail>\n"
        "        </Error>\n    </Fault>\n</IntuitResponse>\n"
    ).encode()
