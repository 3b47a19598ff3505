"""The company-API faults that armed switches stand for."""

from pydantic_core import to_json

from sandbox.quickbooks.clock import reply_time
from sandbox.quickbooks.fault_texts import GATEWAY, Wording, wording
from sandbox.quickbooks.faults import (
    VALIDATION,
    FaultError,
    QboFault,
    fault,
    gateway_body,
    xml_body,
)
from sandbox.quickbooks.french import french
from sandbox.quickbooks.model import Body
from sandbox.quickbooks.switched_faults import Armed
from sandbox.quickbooks.wire import CHALLENGE, JSON, XML, Reply, html_page
from sandbox.quickbooks.world import World


def armed_fault(armed: Armed) -> QboFault:
    """The company-API fault an armed switch stands for."""
    options = armed.options
    if armed.fault == "localised_6140":
        return french(table_fault("6140", {"detail": TAKEN, "element": "DocNumber"}))
    if armed.fault == "two_errors":
        first = fault("2020", "Required parameter Line is missing in the request", "Line")
        second = fault("6240", "The name supplied already exists. : null")
        return QboFault((*first.errors, *second.errors), first.kind, 400)
    if armed.fault == "code_missing":
        return QboFault((FaultError("", "Unknown Error", "No code was given"),), VALIDATION, 400)
    code = str(options.get("code") or armed.fault.removeprefix("code:"))
    if code in ("xml_fault", "fault_in_200"):
        code = "6000"
    return table_fault(code, options)


def table_fault(code: str, options: Body) -> QboFault:
    """A fault of the table, or of an unpublished code, with the texts asked for."""
    known = wording(code, int(options.get("variant", 1)))
    if known is None:
        known = Wording(code, 400, VALIDATION, "Unknown", "")
    usual = DETAILS.get(code) if "variant" not in options else None
    message = str(options.get("message", known.message))
    detail = str(options.get("detail", usual or known.detail or known.message))
    element = options.get("element")
    wanted = FaultError(code, message, detail, None if element is None else str(element))
    return QboFault((wanted,), known.kind, int(options.get("status", known.status)))


def gateway_code(armed: Armed) -> str:
    """The gateway's or plain HTTP code an armed fault stands for, or nothing."""
    code = armed.fault.removeprefix("code:")
    return code if code in GATEWAY or code.startswith("HTTP_") else ""


def gateway_reply(world: World, armed: Armed, code: str) -> Reply:
    """What stands before the company API: its envelope, a page of HTML, or nothing at all."""
    options = armed.options
    known = wording(code, int(options.get("variant", 1)))
    status = int(options.get("status", known.status if known else 400))
    if code.startswith("HTTP_") or known is None:
        return html_page(status) if status not in (401, 403, 429) else Reply(status, b"")
    message = str(options.get("message", known.message))
    detail = str(options.get("detail", known.detail))
    if options.get("format", "json") == "xml":
        when = reply_time(world.clock.now())
        return Reply(status, xml_body(code, message, detail, known.kind, when), XML)
    millis = int(world.clock.now().timestamp() * 1000)
    body = gateway_body(code, message, detail or None, known.kind, millis)
    headers = (CHALLENGE,) if status == 401 else ()
    return Reply(status, to_json(body), JSON, headers)


TAKEN = (
    "Duplicate Document Number Error : You must specify a different number. This number has "
    "already been used. DocNumber=INV-0002 is assigned to TxnType=Invoice with TxnId=2137"
)
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
