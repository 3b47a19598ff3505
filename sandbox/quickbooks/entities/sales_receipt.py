"""SalesReceipt and RefundReceipt: sold and paid, or returned and paid back, at once."""

from collections.abc import Iterable
from dataclasses import replace

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities import sales
from sandbox.quickbooks.entities.fields import SALES_OPERATIONS, TRANSACTION_OPERATIONS
from sandbox.quickbooks.entities.stock import move_stock
from sandbox.quickbooks.faults import missing
from sandbox.quickbooks.ledger import Side
from sandbox.quickbooks.model import Body, Entity, Entry, NumberRule, Record, Work
from sandbox.quickbooks.money import cents
from sandbox.quickbooks.receivables import check_not_deposited
from sandbox.quickbooks.shape import display_name
from sandbox.quickbooks.system_accounts import special

# The customer may be left out: a sale over the counter.
FIELDS = tuple(
    replace(field, required=False) if field.name == "CustomerRef" else field
    for field in sales.FIELDS
    if field.name not in ("SalesTermRef", "DueDate", "Deposit")
)
KNOWN = (
    *sales.KNOWN,
    "SalesTermRef",
    "DueDate",
    "Deposit",
    "CheckPayment",
    "CreditCardPayment",
    "PaymentType",
)


def complete(work: Work) -> None:
    """Totals and where the money goes: undeposited funds when nothing is said."""
    body, company = work.body, work.company
    sales.defaults(body)
    sales.complete(work)
    body["Balance"] = 0
    body.setdefault("LinkedTxn", [])
    if not body.get("DepositToAccountRef"):
        account = company.row("Account", special(company, "undeposited"))
        if account is not None:
            body["DepositToAccountRef"] = {"value": account.id, "name": display_name(account)}


def complete_refund(work: Work) -> None:
    """A refund says which account pays it."""
    if not work.body.get("DepositToAccountRef"):
        raise missing("DepositToAccountRef")
    complete(work)


def _booked(company: Company, record: Record, sign: int) -> Iterable[Entry]:
    body = record.body
    owner = body.get("CustomerRef")
    name = ("Customer", owner["value"]) if owner else None
    account = body["DepositToAccountRef"]["value"]
    total = Side(account, sign * cents(body.get("TotalAmt")), name)
    return sales.booked(company, record, total, sign)


def ledger(company: Company, record: Record) -> Iterable[Entry]:
    """Money in against income."""
    return _booked(company, record, 1)


def refund_ledger(company: Company, record: Record) -> Iterable[Entry]:
    """Money out against income."""
    return _booked(company, record, -1)


def committed(company: Company, record: Record, _before: Body | None) -> None:
    """Stock goes out."""
    move_stock(company, record, sales.sold(company, record, 1))


def refund_committed(company: Company, record: Record, _before: Body | None) -> None:
    """Stock comes back."""
    move_stock(company, record, sales.sold(company, record, -1))


SALES_RECEIPT = Entity(
    name="SalesReceipt",
    fields=FIELDS,
    transaction=True,
    plural="sales receipts",
    operations=SALES_OPERATIONS,
    number_rule=NumberRule("sales", "Sales Receipt", automatic=True),
    known=KNOWN,
    complete=complete,
    ledger=ledger,
    committed=committed,
    may_change=check_not_deposited,
)

REFUND_RECEIPT = Entity(
    name="RefundReceipt",
    fields=FIELDS,
    transaction=True,
    plural="refund receipts",
    operations=TRANSACTION_OPERATIONS,
    screen_operations=frozenset({"void"}),
    number_rule=NumberRule("sales", "Refund", automatic=True),
    known=KNOWN,
    complete=complete_refund,
    ledger=refund_ledger,
    committed=refund_committed,
    may_change=check_not_deposited,
)
