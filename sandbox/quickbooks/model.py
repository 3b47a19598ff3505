"""How an entity is declared: its fields, its name and number rules, its own arithmetic."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from sandbox.quickbooks.company import Company

Body: TypeAlias = dict[str, Any]
Key: TypeAlias = tuple[str, str]
"""Entity name and Id: an Id alone is only unique inside its entity."""


class Kind(StrEnum):
    """What a field holds on the wire."""

    STRING = "string"
    BOOLEAN = "boolean"
    NUMBER = "number"
    DATE = "date"
    REFERENCE = "reference"
    CHOICE = "choice"
    EMAIL = "email"
    OBJECT = "object"
    LIST = "list"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: what it takes, what a fault calls it, whether a query may filter on it."""

    name: str
    kind: Kind = Kind.STRING
    longest: int | None = None
    required: bool = False
    read_only: bool = False
    queryable: bool = False
    choices: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    parts: tuple["Field", ...] = ()
    forbidden: str = ""
    element: str = ""
    """The label a 2050 names when it is not the field's own name."""


@dataclass(frozen=True, slots=True)
class NameRule:
    """Which field names a record and among which records the name has to be unique."""

    field: str
    space: str
    word: str
    unique_path: bool = False
    """Only the whole path (`Parent:Child`) has to be unique, not the leaf."""
    shown_path: bool = False
    """References show the whole path."""
    has_path: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """One side of a booking: debits are positive, credits negative."""

    account: str
    day: str
    amount: int
    """Cents of the home currency."""
    own: int
    """Cents of the transaction's currency."""
    name: Key | None = None
    memo: str = ""
    klass: str = ""


def _always(_company: "Company", _body: Body) -> bool:
    """The number is always checked."""
    return True


@dataclass(frozen=True, slots=True)
class NumberRule:
    """Document numbers: whether duplicates are refused and what other entities share them."""

    space: str
    display: str
    owner: str = ""
    """A number is only used twice within one of these, such as one vendor."""
    space_of: Callable[[Body], str] | None = None
    """The space when it depends on the document, as with checks among the purchases."""
    checked: Callable[["Company", Body], bool] = _always
    automatic: bool = False
    """QuickBooks' screen fills in the next number."""


def _nothing(work: "Work") -> None:
    """The entity has no arithmetic of its own."""


def _no_ledger(_company: "Company", _record: "Record") -> Iterable[Entry]:
    """The entity books nothing."""
    return ()


def _no_block(company: "Company", record: "Record") -> None:
    """Nothing stands against the change."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One of QuickBooks' entities; everything the generic engine needs to know about it."""

    name: str
    fields: tuple[Field, ...]
    transaction: bool = False
    singleton: bool = False
    sequence: str = ""
    list_word: str = ""
    plural: str = ""
    operations: frozenset[str] = frozenset({"create", "update", "read", "query"})
    screen_operations: frozenset[str] = frozenset()
    """What only a person on QuickBooks' screen can do as well."""
    name_rule: NameRule | None = None
    number_rule: NumberRule | None = None
    wire_name: str = ""
    """Its name in payloads and replies where that differs from the one in paths and queries."""
    known: tuple[str, ...] = ()
    """Wire names of the entity that the simulator accepts and does not keep."""
    opened: Callable[[Body], Body] | None = None
    """Unwraps a payload whose Id and fields stand one level deeper."""
    shown: Callable[["Company", "Record", Body], Body] | None = None
    """Gives what a read returns its own form."""
    rows: Callable[["Company", Mapping[str, str]], Iterable["Record"]] | None = None
    """Makes the rows of a query that are not stored, from what it sets equal in lower case."""
    complete: Callable[["Work"], None] = _nothing
    prepare: Callable[["Work"], None] = _nothing
    """Runs before references are looked up."""
    ledger: Callable[["Company", "Record"], Iterable[Entry]] = _no_ledger
    """What the record books; debits and credits come to nothing."""
    may_deactivate: Callable[["Company", "Record"], None] = _no_block
    may_change: Callable[["Company", "Record"], None] = _no_block
    committed: Callable[["Company", "Record", Body | None], None] | None = None
    by_name: dict[str, Field] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        """Index the fields once; all transactions count their ids together and are one list."""
        if not self.wire_name:
            object.__setattr__(self, "wire_name", self.name)
        if self.transaction:
            object.__setattr__(self, "sequence", "Transaction")
            object.__setattr__(self, "list_word", "Txns")
        self.by_name.update({entry.name: entry for entry in self.fields})


@dataclass(slots=True)
class Record:
    """A stored record: `body` is the wire form without the parts every record has."""

    entity: Entity
    id: str
    body: Body
    created: datetime
    changed: datetime
    token: int = 0
    active: bool = True
    deleted: bool = False
    merged_into: str = ""
    voided: bool = False
    entries: tuple[Entry, ...] = ()
    """What the record books, as it stands in every report."""
    refs: frozenset[Key] = frozenset()
    notes: dict[str, Any] = field(default_factory=dict)
    """What a person's work in QuickBooks left on it: matched, reconciled, deposited."""
    wire: Body | None = None
    encoded: bytes | None = None

    @property
    def key(self) -> Key:
        """Entity name and Id."""
        return (self.entity.name, self.id)


@dataclass(slots=True)
class Work:
    """One create or update on its way: what an entity's `complete` reads and may change."""

    company: "Company"
    entity: Entity
    body: Body
    before: Record | None
    sent: frozenset[str]
    """Names of the fields the caller really sent with a value."""
    by_person: bool = False
    sparse: bool = False
    """A sparse update: what is not sent stays."""
