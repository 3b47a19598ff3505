"""One QuickBooks company in memory: its records, indexes, balances and settings."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.quickbooks.clock import Clock, stamp
from sandbox.quickbooks.model import Body, Entity, Entry, Key, Record
from sandbox.quickbooks.money import wire
from sandbox.quickbooks.shape import references
from sandbox.quickbooks.switches import Switches

CURRENCIES: Mapping[str, str] = {
    "USD": "United States Dollar",
    "CAD": "Canadian Dollar",
    "GBP": "British Pound Sterling",
    "AUD": "Australian Dollar",
    "EUR": "Euro",
}


SIDES: Mapping[str, int] = {"Asset": 1, "Liability": -1, "Equity": -1}
"""Classification -> the sign that makes its usual balance positive."""
LEDGERS = frozenset({("Accounts Receivable", "Customer"), ("Accounts Payable", "Vendor")})


@dataclass(frozen=True, slots=True)
class Remembered:
    """The answer a requestid got: status, reply body, request body, Id of the record, when."""

    status: int
    body: bytes
    asked: bytes
    touched: str
    at: datetime


def _holders_by_name() -> dict[str, set[Key]]:
    return defaultdict(set)


@dataclass(slots=True)
class Table:
    """The records of one entity."""

    entity: Entity
    rows: dict[str, Record] = field(default_factory=dict)
    numbers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    orders: dict[tuple[tuple[str, bool], ...], list[Record]] = field(default_factory=dict)
    """The orders queries asked for, the default one under `()`; a change ends them all."""
    by_id: list[Record] | None = None
    """The living records in the order of their Ids, made again after a change of members."""


@dataclass(slots=True)
class Company:
    """All state of one realm. Used from one event loop only, so every step is atomic."""

    realm: str
    name: str
    country: str
    home_currency: str
    zone: ZoneInfo
    clock: Clock
    entities: Mapping[str, Entity]
    language: str = "en"
    user: str = "Craig Carlson"
    base_url: str = ""
    switches: Switches = field(default_factory=Switches)
    tables: dict[str, Table] = field(default_factory=dict)
    names: dict[str, dict[str, set[Key]]] = field(
        default_factory=lambda: defaultdict(_holders_by_name)
    )
    sequences: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    referrers: dict[Key, set[Key]] = field(default_factory=lambda: defaultdict(set))
    balances: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    children: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    applied: dict[Key, dict[Key, int]] = field(default_factory=lambda: defaultdict(dict))
    """Document -> payment -> cents of the payment applied to it."""
    replies: dict[str, Remembered] = field(default_factory=dict)
    """requestid -> what was answered."""
    announce: Callable[["Company", Record, str, str], None] | None = None
    """Told of every change: record, operation, and the Id merged away if any."""
    subscription_ended: bool = False
    tax_filed_through: str = ""
    templates_done: str = ""
    """The day up to which templates have made their documents."""
    closing_password: bool = False
    acting: str = ""
    """The person at work in QuickBooks; empty while an app writes."""
    closing_exceptions: list[Body] = field(default_factory=list)
    tax_exceptions: list[Body] = field(default_factory=list)
    last_number: int = 1000
    rates: dict[str, dict[str, float]] = field(default_factory=dict)
    """Currency -> day -> the rate set for it, good until the next day that has one."""
    files: dict[str, bytes] = field(default_factory=dict)
    """What was uploaded, by the Id of its Attachable."""
    reserved: dict[Key, int] = field(default_factory=dict)
    """Entity and name -> the Id the record gets; used while a company is set up."""
    unseen: set[Key] = field(default_factory=set)
    """What the batch at work made: its other items do not find it."""
    role_ids: dict[str, str] = field(default_factory=dict)
    """Well-known records by their role: `ar`, `ap`, `undeposited`, `tax_payable`."""

    def __post_init__(self) -> None:
        """Make an empty table per entity."""
        for name, entity in self.entities.items():
            self.tables[name] = Table(entity)

    def row(self, entity: str, record_id: str) -> Record | None:
        """The record, deleted ones too, or None."""
        return self.tables[entity].rows.get(record_id)

    def find(self, key: Key) -> Record | None:
        """The record of a key, or None."""
        table = self.tables.get(key[0])
        return table.rows.get(key[1]) if table else None

    def preference(self, group: str, name: str) -> Any:
        """A value of Preferences, or None."""
        record = self.row("Preferences", "1")
        return record.body.get(group, {}).get(name) if record else None

    def other_preference(self, name: str) -> str:
        """A value of the preferences that QuickBooks keeps as pairs, or nothing."""
        pairs = self.preference("OtherPrefs", "NameValue") or []
        return next((str(pair["Value"]) for pair in pairs if pair["Name"] == name), "")

    def next_id(self, entity: Entity) -> str:
        """The next Id of the entity's sequence."""
        sequence = entity.sequence or entity.name
        self.sequences[sequence] += 1
        return str(self.sequences[sequence])

    def remembered(self, request_id: str) -> Remembered | None:
        """What the requestid was answered, unless that is longer ago than it is kept."""
        known = self.replies.get(request_id)
        hours = self.switches.requestid_retention_hours
        if known is not None and hours and self.clock.now() - known.at > timedelta(hours=hours):
            return None
        return known

    def remember(
        self, request_id: str, status: int, body: bytes, asked: bytes, touched: str
    ) -> None:
        """Keep an answer for the same requestid."""
        self.replies[request_id] = Remembered(status, body, asked, touched, self.clock.now())

    def today(self) -> str:
        """The company's day, ISO."""
        return self.clock.today(self.zone).isoformat()

    def currency(self) -> Body:
        """A reference to the home currency."""
        return {
            "value": self.home_currency,
            "name": CURRENCIES.get(self.home_currency, self.home_currency),
        }

    def put(self, record: Record) -> None:
        """Store a new record."""
        table = self.tables[record.entity.name]
        table.rows[record.id] = record
        table.orders.clear()
        table.by_id = None
        self._index(record)
        touch(record)

    def rewrite(self, record: Record, body: Body) -> None:
        """Give a stored record another body; every index follows."""
        self._unindex(record)
        record.body = body
        self._index(record)
        table = self.tables[record.entity.name]
        table.orders.clear()
        if record.deleted:
            table.by_id = None
        touch(record)

    def changed_now(self, record: Record) -> None:
        """Give a record the time of this change."""
        record.changed = self.clock.now()
        self.tables[record.entity.name].orders.clear()
        touch(record)

    def shows(self, moment: datetime) -> bool:
        """Whether the change feed and queries know by now what happened at a moment."""
        late = timedelta(seconds=self.switches.changes_show_after_seconds)
        return self.clock.now() - moment >= late

    def _index(self, record: Record) -> None:
        if record.deleted:
            return
        rule = record.entity.name_rule
        if rule is not None:
            for folded in {fold(text) for text in name_texts(record)}:
                self.names[rule.space][folded].add(record.key)
        number = record.body.get("DocNumber")
        if number:
            self.tables[record.entity.name].numbers[fold(str(number))].add(record.id)
        record.refs = frozenset(ref_keys(record.entity, record.body))
        for key in record.refs:
            self.referrers[key].add(record.key)
        parent = parent_key(record)
        if parent is not None:
            self.children[parent].add(record.id)

    def _unindex(self, record: Record) -> None:
        rule = record.entity.name_rule
        if rule is not None:
            for bucket in (self.names[rule.space].get(fold(t)) for t in name_texts(record)):
                if bucket is not None:
                    bucket.discard(record.key)
        number = record.body.get("DocNumber")
        if number:
            self.tables[record.entity.name].numbers[fold(str(number))].discard(record.id)
        for key in record.refs:
            self.referrers[key].discard(record.key)
        parent = parent_key(record)
        if parent is not None:
            self.children[parent].discard(record.id)

    def post(self, record: Record) -> None:
        """Replace what the record booked by what it books now; every balance follows."""
        new = () if record.deleted else tuple(record.entity.ledger(self, record))
        moved: dict[Key, int] = defaultdict(int)
        for sign, entries in ((-1, record.entries), (1, new)):
            for entry in entries:
                for key, amount in self._holders(entry):
                    moved[key] += sign * amount
        record.entries = new
        for key, amount in moved.items():
            if amount:
                self._move(key, amount)

    def _holders(self, entry: Entry) -> Iterator[tuple[Key, int]]:
        """Whose balance an entry moves: its account, and the name on a receivable or payable.

        Accounts of profit and loss have no balance of their own in QuickBooks.
        """
        account = self.row("Account", entry.account)
        if account is None:
            return
        side = SIDES.get(str(account.body.get("Classification")), 0)
        if side:
            yield account.key, side * entry.amount
        kind = account.body.get("AccountType")
        if entry.name and (kind, entry.name[0]) in LEDGERS:
            yield entry.name, side * entry.own

    def _move(self, key: Key, amount: int) -> None:
        self.balances[key] += amount
        holder = self.find(key)
        if holder is not None and key[0] != "Account":
            # A new balance counts as an update of the name, without a new SyncToken.
            self.changed_now(holder)
        while holder is not None:
            touch(holder)
            self.tables[holder.entity.name].orders.clear()
            parent = parent_key(holder)
            holder = self.find(parent) if parent else None

    def balance(self, key: Key) -> int:
        """Own balance in cents."""
        return self.balances.get(key, 0)

    def balance_with_children(self, key: Key) -> int:
        """Balance of the record and all below it, in cents."""
        total = self.balance(key)
        for child in self.children.get(key, ()):
            total += self.balance_with_children((key[0], child))
        return total

    def descendants(self, key: Key) -> Iterator[Record]:
        """All records below, nearest first."""
        for child in sorted(self.children.get(key, ()), key=int):
            record = self.row(key[0], child)
            if record is not None:
                yield record
                yield from self.descendants(record.key)

    def render(self, record: Record) -> Body:
        """The record as the API writes it."""
        if record.wire is None or record.entity.shown is not None:
            record.wire = wire_form(self, record)
        return record.wire

    def tell(self, record: Record, operation: str, gone: str = "") -> None:
        """Announce a change to whoever listens."""
        if self.announce is not None:
            self.announce(self, record, operation, gone)

    def live(self, entity: str) -> Iterator[Record]:
        """Records that are not deleted, active or not."""
        return (row for row in self.tables[entity].rows.values() if not row.deleted)


def fold(text: str) -> str:
    """How QuickBooks compares names and numbers: case and outer blanks do not count."""
    return text.strip().casefold()


def name_texts(record: Record) -> tuple[str, ...]:
    """The texts under which a record is found by name."""
    rule = record.entity.name_rule
    if rule is None:
        return ()
    texts = [str(record.body.get(rule.field, ""))]
    full = record.body.get("FullyQualifiedName")
    if full and full != texts[0]:
        texts.append(str(full))
    return tuple(texts)


def parent_key(record: Record) -> Key | None:
    """The record above in a hierarchy."""
    parent = record.body.get("ParentRef")
    return (record.entity.name, parent["value"]) if parent else None


def ref_keys(entity: Entity, body: Body) -> Iterable[Key]:
    """Keys of everything `body` refers to."""
    for declared, ref in references(entity.fields, body):
        yield ref_key(declared.target, ref)


def ref_key(target: tuple[str, ...], ref: Body) -> Key:
    """The key a reference names; several targets are told apart by `type`."""
    kind = ref.get("type", "")
    return (kind if kind in target else target[0], ref["value"])


def touch(record: Record) -> None:
    """Forget the rendered form."""
    record.wire = None
    record.encoded = None


def wire_form(company: Company, record: Record) -> Body:
    """Compose what a read returns."""
    entity = record.entity
    body: Body = dict(record.body)
    if entity.name_rule is not None:
        body["Active"] = record.active
        if not record.active:
            for name in (entity.name_rule.field, "FullyQualifiedName"):
                if body.get(name):
                    body[name] = f"{body[name]} (deleted)"
    _balances(company, record, body)
    body["domain"] = "QBO"
    body["sparse"] = False
    body["Id"] = record.id
    body["SyncToken"] = str(record.token)
    body["MetaData"] = {
        "CreateTime": stamp(record.created),
        "LastUpdatedTime": stamp(record.changed),
    }
    return entity.shown(company, record, body) if entity.shown is not None else body


def _balances(company: Company, record: Record, body: Body) -> None:
    name = record.entity.name
    if name in ("Customer", "Vendor"):
        body["Balance"] = wire(company.balance(record.key))
    if name == "Customer":
        body["BalanceWithJobs"] = wire(company.balance_with_children(record.key))
    if name == "Account":
        body["CurrentBalance"] = wire(company.balance(record.key))
        body["CurrentBalanceWithSubAccounts"] = wire(company.balance_with_children(record.key))


def deleted_stub(record: Record, moment: datetime | None = None) -> Body:
    """What remains of a deleted transaction in the change feed."""
    return {
        "domain": "QBO",
        "status": "Deleted",
        "Id": record.id,
        "MetaData": {"LastUpdatedTime": stamp(moment or record.changed)},
    }
