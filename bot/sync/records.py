"""What a source may hand over: the models of all record types under one roof."""

from dataclasses import dataclass

from bot.sync.kinds import ALL_KINDS
from bot.sync.kinds.account import AccountIn
from bot.sync.kinds.base import AccountLine as BillLineIn
from bot.sync.kinds.base import Address, Sourced
from bot.sync.kinds.bill import BillIn
from bot.sync.kinds.bill_payment import BillPaymentIn
from bot.sync.kinds.class_ import ClassIn
from bot.sync.kinds.credit_memo import CreditMemoIn
from bot.sync.kinds.customer import CustomerIn
from bot.sync.kinds.deposit import DepositIn
from bot.sync.kinds.documents import SaleLine as InvoiceLineIn
from bot.sync.kinds.employee import EmployeeIn
from bot.sync.kinds.expense import ExpenseIn
from bot.sync.kinds.invoice import InvoiceIn
from bot.sync.kinds.item import ItemIn
from bot.sync.kinds.journal_entry import JournalEntryIn
from bot.sync.kinds.location import LocationIn
from bot.sync.kinds.payment import AppliesTo, PaymentIn
from bot.sync.kinds.refund import RefundIn
from bot.sync.kinds.sales_receipt import SalesReceiptIn
from bot.sync.kinds.vendor import VendorIn
from bot.sync.kinds.vendor_credit import VendorCreditIn

__all__ = [
    "TYPES",
    "AccountIn",
    "Address",
    "AppliesTo",
    "BadRow",
    "BillIn",
    "BillLineIn",
    "BillPaymentIn",
    "ClassIn",
    "CreditMemoIn",
    "CustomerIn",
    "DepositIn",
    "EmployeeIn",
    "ExpenseIn",
    "InvoiceIn",
    "InvoiceLineIn",
    "ItemIn",
    "JournalEntryIn",
    "LocationIn",
    "Note",
    "PaymentIn",
    "RecordIn",
    "RefundIn",
    "SalesReceiptIn",
    "Sourced",
    "VendorCreditIn",
    "VendorIn",
]


@dataclass(frozen=True)
class BadRow:
    """Something that was not taken in: where it stands and why, in words.

    `type` is the record's, where it is known: an id alone may be a customer's or an order's.
    """

    line: int | None
    external_id: str
    reason: str
    type: str = ""


@dataclass(frozen=True)
class Note:
    """Something the sender should know about a line that was taken in all the same."""

    line: int | None
    text: str


RecordIn = (
    CustomerIn
    | VendorIn
    | ItemIn
    | AccountIn
    | ClassIn
    | LocationIn
    | EmployeeIn
    | InvoiceIn
    | SalesReceiptIn
    | CreditMemoIn
    | RefundIn
    | PaymentIn
    | BillIn
    | VendorCreditIn
    | BillPaymentIn
    | ExpenseIn
    | JournalEntryIn
    | DepositIn
)
TYPES = tuple(kind.type.value for kind in ALL_KINDS)
