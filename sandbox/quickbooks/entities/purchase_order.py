"""PurchaseOrder: goods asked for; it books nothing, and a bill that names it closes it."""

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities import purchases
from sandbox.quickbooks.entities.fields import (
    TRANSACTION_OPERATIONS,
    address,
    choice,
    day,
    email,
    memo,
    ref,
    text,
)
from sandbox.quickbooks.faults import missing
from sandbox.quickbooks.model import Body, Entity, NumberRule, Work

LEFT_OUT = ("Balance", "HomeBalance")


def complete(work: Work) -> None:
    """As a bill, with a number of its own and a status instead of what is open."""
    body, company = work.body, work.company
    if not body.get("APAccountRef"):
        raise missing("APAccountRef")
    if not body.get("DocNumber"):
        own = (work.before.body if work.before else {}).get("DocNumber")
        body["DocNumber"] = own or _next(company)
    purchases.complete(work)
    for name in LEFT_OUT:
        body.pop(name, None)
    body.setdefault("POStatus", "Open")
    body.setdefault("EmailStatus", "NotSet")


def _next(company: Company) -> str:
    """Purchase orders count by themselves, from 1001 on."""
    taken = company.tables["PurchaseOrder"].numbers
    number = 1001 + len(taken)
    while taken.get(str(number)):
        number += 1
    return str(number)


def unchecked(company: Company, _body: Body) -> bool:
    """A duplicate is refused only where the company numbers purchase orders itself."""
    return bool(company.preference("VendorAndPurchasesPrefs", "UseCustomTxnNumbers"))


PURCHASE_ORDER = Entity(
    name="PurchaseOrder",
    fields=(
        *(field for field in purchases.FIELDS if field.name not in LEFT_OUT),
        choice("POStatus", "Open", "Closed", queryable=True),
        day("DueDate", queryable=True),
        day("ShipDate"),
        ref("SalesTermRef", "Term"),
        ref("ClassRef", "Class"),
        ref("ShipTo", "Customer"),
        ref("ShipMethodRef"),
        ref("TaxCodeRef"),
        address("ShipAddr"),
        email("POEmail"),
        choice("EmailStatus", "NotSet", "NeedToSend", "EmailSent"),
        text("Memo", 4000),
        memo("VendorMemo", 1000, "Vendor Memo"),
    ),
    transaction=True,
    plural="purchase orders",
    operations=TRANSACTION_OPERATIONS,
    number_rule=NumberRule("purchase orders", "Purchase Order", checked=unchecked, automatic=True),
    known=(
        *(name for name in purchases.KNOWN if name not in ("Memo", "ShipAddr")),
        *LEFT_OUT,
        "DeliveryInfo",
        "ManuallyClosed",
        "PurchaseOrderEx",
        "ReplyEmail",
    ),
    complete=complete,
)
