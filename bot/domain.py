"""The words of the house as values: roles, kinds, states, findings. No I/O, no framework."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any

# A recursive JSON type cannot be indexed without a cast at each level; the shapes are checked
# where they enter (pydantic at the intake, the field tables at the adapter).
JsonValue = Any
Payload = dict[str, JsonValue]


class Role(IntEnum):
    """What a person may do at one company, smallest first."""

    NONE = 0
    VIEWER = 1
    OPERATOR = 2
    APPROVER = 3
    ADMIN = 4

    @property
    def words(self) -> str:
        """The role with its article, for sentences: 'an approver'."""
        article = "an" if self.name[0] in "AO" else "a"
        return f"{article} {self.name.lower()}"


class Risk(StrEnum):
    """How far a fix reaches (design.md section 10)."""

    READ = "read"
    SYNC = "sync"
    LISTS = "lists"
    BOOKS = "books"
    BEYOND_UNDO = "beyond_undo"


class RetryClass(StrEnum):
    """How the caller of QuickBooks goes on after a fault."""

    TRANSIENT = "transient"
    THROTTLED = "throttled"
    AUTH = "auth"
    STALE = "stale"
    NEEDS_PERSON = "needs_person"


class Family(StrEnum):
    """The five families of trouble, and the platform's own."""

    DUPLICATES = "duplicates"
    MAPPING = "mapping"
    INACTIVE = "inactive"
    CHARACTERS = "characters"
    CONNECTION = "connection"
    PLATFORM = "platform"


class Severity(StrEnum):
    """How loud an incident is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


KINDS_BY_FAMILY: Mapping[Family, tuple[str, ...]] = {
    Family.DUPLICATES: ("duplicate_name", "duplicate_document_number", "duplicate_transaction"),
    Family.MAPPING: ("missing_mapping", "account_mismatch", "missing_account", "tax_currency"),
    Family.INACTIVE: ("inactive_record", "missing_record", "missing_required_field"),
    Family.CHARACTERS: ("invalid_characters", "too_long"),
    Family.CONNECTION: (
        "token_expired",
        "permission",
        "throttled",
        "network",
        "server_error",
        "company_suspended",
        "closed_period",
    ),
    Family.PLATFORM: (
        "stale_object",
        "validation_other",
        "unsupported",
        "query_syntax",
        "unknown",
        "sync_stalled",
        "drift",
        "missing_documents",
        "locked",
        "filed_tax",
        "clearing_gap",
        "read_budget",
    ),
}
# Kinds that speak about the company or the way to it, never about one record.
KINDS_OF_THE_COMPANY = frozenset(KINDS_BY_FAMILY[Family.CONNECTION]) - {"closed_period"}


class RecordType(StrEnum):
    """What a source can hand over."""

    ACCOUNT = "account"
    CLASS = "class"
    LOCATION = "location"
    EMPLOYEE = "employee"
    CUSTOMER = "customer"
    VENDOR = "vendor"
    ITEM = "item"
    INVOICE = "invoice"
    SALES_RECEIPT = "sales_receipt"
    CREDIT_MEMO = "credit_memo"
    REFUND = "refund"
    BILL = "bill"
    VENDOR_CREDIT = "vendor_credit"
    EXPENSE = "expense"
    JOURNAL_ENTRY = "journal_entry"
    PAYMENT = "payment"
    BILL_PAYMENT = "bill_payment"
    DEPOSIT = "deposit"

    @property
    def words(self) -> str:
        """The type as people write it: "sales receipt"; the name QuickBooks has for it, too."""
        return "refund receipt" if self is RecordType.REFUND else self.value.replace("_", " ")

    @classmethod
    def called(cls, words: str) -> "RecordType | None":
        """The type people call so, None for none."""
        return next((one for one in cls if words in (one.words, one.value)), None)


# Dependency order of pushing: a record never goes before what it refers to.
TIER: Mapping[RecordType, int] = {
    RecordType.ACCOUNT: 0,
    RecordType.CLASS: 0,
    RecordType.LOCATION: 0,
    RecordType.EMPLOYEE: 1,
    RecordType.CUSTOMER: 1,
    RecordType.VENDOR: 1,
    RecordType.ITEM: 2,
    RecordType.INVOICE: 3,
    RecordType.SALES_RECEIPT: 3,
    RecordType.CREDIT_MEMO: 3,
    RecordType.REFUND: 3,
    RecordType.BILL: 3,
    RecordType.VENDOR_CREDIT: 3,
    RecordType.EXPENSE: 3,
    RecordType.JOURNAL_ENTRY: 3,
    RecordType.PAYMENT: 4,
    RecordType.BILL_PAYMENT: 4,
    RecordType.DEPOSIT: 5,
}
ENTITY: Mapping[RecordType, str] = {
    RecordType.ACCOUNT: "Account",
    RecordType.CLASS: "Class",
    RecordType.LOCATION: "Department",
    RecordType.EMPLOYEE: "Employee",
    RecordType.CUSTOMER: "Customer",
    RecordType.VENDOR: "Vendor",
    RecordType.ITEM: "Item",
    RecordType.INVOICE: "Invoice",
    RecordType.SALES_RECEIPT: "SalesReceipt",
    RecordType.CREDIT_MEMO: "CreditMemo",
    RecordType.REFUND: "RefundReceipt",
    RecordType.BILL: "Bill",
    RecordType.VENDOR_CREDIT: "VendorCredit",
    RecordType.EXPENSE: "Purchase",
    RecordType.JOURNAL_ENTRY: "JournalEntry",
    RecordType.PAYMENT: "Payment",
    RecordType.BILL_PAYMENT: "BillPayment",
    RecordType.DEPOSIT: "Deposit",
}
# What changes a sales-tax return of its month.
SALES_DOCUMENTS = frozenset(
    {
        RecordType.INVOICE,
        RecordType.SALES_RECEIPT,
        RecordType.CREDIT_MEMO,
        RecordType.REFUND,
    }
)
CASH_DOCUMENTS = frozenset({RecordType.PAYMENT})
PURCHASE_DOCUMENTS = frozenset({RecordType.BILL, RecordType.VENDOR_CREDIT, RecordType.EXPENSE})
# Counted, in no sum: what they move stands in another document, or on both sides of the books.
ENTRIES = frozenset({RecordType.BILL_PAYMENT, RecordType.JOURNAL_ENTRY, RecordType.DEPOSIT})
DOCUMENTS = SALES_DOCUMENTS | CASH_DOCUMENTS | PURCHASE_DOCUMENTS | ENTRIES
# Their amounts lower a sum (accounting.md rule 18).
CREDITS = frozenset({RecordType.CREDIT_MEMO, RecordType.REFUND, RecordType.VENDOR_CREDIT})
# The day is the bank's, or that of the money: never changed (accounting.md rule 2).
BANK_DATED = frozenset(
    {
        RecordType.SALES_RECEIPT,
        RecordType.REFUND,
        RecordType.EXPENSE,
        RecordType.PAYMENT,
        RecordType.BILL_PAYMENT,
        RecordType.DEPOSIT,
    }
)


class RecordState(StrEnum):
    """Where an outbox record stands."""

    WAITING = "waiting"
    HELD = "held"
    POSTED = "posted"
    SKIPPED = "skipped"


class IncidentState(StrEnum):
    """The lifecycle of one problem's message."""

    OPEN = "open"
    WORKING = "working"
    PARTLY = "partly"
    RESOLVED = "resolved"


class ConnectionState(StrEnum):
    """The state of a company's permission."""

    NEVER = "never"
    CONNECTED = "connected"
    LOST = "lost"


OTHER_DOCUMENT = "other document"


@dataclass(frozen=True)
class Waiting:
    """Documents that are not posted because of one cause. Sums never mix types or currencies.

    `sales_amount` holds the totals, tax included. `sales_tax` has a currency only where the tax
    of every one of its sales documents is known.
    """

    sales_count: int = 0
    sales_amount: Mapping[str, Decimal] = field(default_factory=dict)
    cash_count: int = 0
    cash_amount: Mapping[str, Decimal] = field(default_factory=dict)
    other_count: int = 0
    purchase_count: int = 0
    purchase_amount: Mapping[str, Decimal] = field(default_factory=dict)
    sales_tax: Mapping[str, Decimal] = field(default_factory=dict)
    # Documents in no sum: bill payments, deposits, journal entries.
    entry_count: int = 0
    # What the sales and the purchases are called: their type where there is one only.
    sales_noun: str = "invoice"
    purchase_noun: str = "bill"
    # The same of the documents in no sum; their amount is known only where they are of one type.
    entry_noun: str = OTHER_DOCUMENT
    entry_amount: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def documents(self) -> int:
        """How many documents (invoices, payments, bills …) wait."""
        return self.sales_count + self.cash_count + self.purchase_count + self.entry_count


@dataclass(frozen=True)
class Finding:
    """What one check saw. A value, not a row.

    `problem` names a file in templates/problems/; `subject` is the stable key of the root record,
    such as 'Customer:58', 'customer:shop/c17' or 'connection'; `facts` are the template's
    variables (JSON values only; money as decimal strings); `record_ids` the outbox rows it holds.
    """

    problem: str
    subject: str
    facts: Mapping[str, JsonValue]
    record_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Scope:
    """What a check is asked to look at: everything, or some subjects only."""

    subjects: frozenset[str] | None = None

    def covers(self, subject: str) -> bool:
        """Say whether `subject` lies within the scope."""
        return self.subjects is None or subject in self.subjects


EVERYTHING = Scope()
