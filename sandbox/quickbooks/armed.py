"""The company-API faults that armed switches stand for."""

from sandbox.quickbooks.faults import VALIDATION, FaultError, QboFault, fault
from sandbox.quickbooks.model import Body
from sandbox.quickbooks.rules import localised_duplicate
from sandbox.quickbooks.switched_faults import Armed


def armed_fault(armed: Armed) -> QboFault:
    """The company-API fault an armed switch stands for."""
    options = armed.options
    if armed.fault == "localised_6140":
        return localised_duplicate("INV-0002", "Facture", "2137")
    if armed.fault == "two_errors":
        first = fault("2020", "Required parameter Line is missing in the request", "Line")
        second = fault("6240", "The name supplied already exists. : null")
        return QboFault((*first.errors, *second.errors), first.kind, 400)
    if armed.fault == "code_missing":
        return QboFault((FaultError("", "Unknown Error", "No code was given"),), VALIDATION, 400)
    code = str(options.get("code") or armed.fault.removeprefix("code:"))
    if not code.isdigit():
        code = "6000"
    return table_fault(code, options)


def table_fault(code: str, options: Body) -> QboFault:
    """A fault of the table, or of an unpublished code, with the texts asked for."""
    try:
        made = fault(code)
    except KeyError:
        made = QboFault((FaultError(code, "Unknown", ""),), VALIDATION, 400)
    error = made.errors[0]
    message = str(options.get("message", error.message))
    detail = str(options.get("detail", DETAILS.get(code, error.message)))
    element = options.get("element")
    wanted = FaultError(code, message, detail, None if element is None else str(element))
    return QboFault((wanted,), made.kind, int(options.get("status", made.status)))


DETAILS = {
    "120": "AuthorizationFailure: -11014-You do not have access to use QuickBooks Online Plus.",
    "6000": "Business Validation Error: You can only add or edit one name at a time. "
    "Please try again.",
    "6240": "The name supplied already exists. : null",
    "610": "Object Not Found : Something you're trying to use has been made inactive. Check the "
    "fields with accounts, customers, items, vendors or employees.",
    "5010": "Stale Object Error : You and root were working on this at the same time. root "
    "finished before you did, so your work was not saved.",
    "6210": "The account period has closed and the account books cannot be updated through "
    "through the QBO Services API. Please use the QBO website to make these changes.",
    "6140": "Duplicate Document Number Error : You must specify a different number. This number "
    "has already been used. DocNumber=1001 is assigned to TxnType=Invoice with TxnId=1",
    "5020": "Permission Denied Error : To access this, sign in again or contact an administrator.",
    "10000": "System Failure Error: Could not find resource for relative : ...",
}
