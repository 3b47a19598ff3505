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
    """What a source can hand over (later issues add the rest)."""

    ACCOUNT = "account"
    CUSTOMER = "customer"
    VENDOR = "vendor"
    ITEM = "item"
    INVOICE = "invoice"
    BILL = "bill"
    PAYMENT = "payment"


# Dependency order of pushing: a record never goes before what it refers to.
TIER: Mapping[RecordType, int] = {
    RecordType.ACCOUNT: 0,
    RecordType.CUSTOMER: 1,
    RecordType.VENDOR: 1,
    RecordType.ITEM: 2,
    RecordType.INVOICE: 3,
    RecordType.BILL: 3,
    RecordType.PAYMENT: 4,
}
ENTITY: Mapping[RecordType, str] = {
    RecordType.ACCOUNT: "Account",
    RecordType.CUSTOMER: "Customer",
    RecordType.VENDOR: "Vendor",
    RecordType.ITEM: "Item",
    RecordType.INVOICE: "Invoice",
    RecordType.BILL: "Bill",
    RecordType.PAYMENT: "Payment",
}
SALES_DOCUMENTS = frozenset({RecordType.INVOICE})
CASH_DOCUMENTS = frozenset({RecordType.PAYMENT})
PURCHASE_DOCUMENTS = frozenset({RecordType.BILL})
DOCUMENTS = SALES_DOCUMENTS | CASH_DOCUMENTS | PURCHASE_DOCUMENTS


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

    @property
    def documents(self) -> int:
        """How many documents (invoices, payments, bills) wait."""
        return self.sales_count + self.cash_count + self.purchase_count


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
