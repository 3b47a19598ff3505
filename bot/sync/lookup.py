"""Everything a slice of records refers to, read in a few queries and asked by dictionary."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import bindparam
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.config import Settings
from bot.domain import ENTITY, TIER, JsonValue, Payload, RecordState, RecordType
from bot.mirror import rows as mirror_rows
from bot.mirror.contents import LISTS, PREFERENCES, PREFERENCES_ID
from bot.models import Company, Hold, Link, MappingRule, MirrorRow, Record, Source
from bot.models import Mapping as Mapped
from bot.sync import links, mapping_rules, mappings, merged, short_lists, spoken, suggestions
from bot.sync.causes import Cause
from bot.sync.kinds import kind_of
from bot.sync.numbering import takes_numbers
from bot.sync.reading import references, stored_record
from bot.sync.records import InvoiceLineIn, RecordIn
from bot.sync.spoken import Word
from bot.sync.waking import Ref

Key = tuple[str, str]  # entity, QuickBooks id
T = TypeVar("T")


@dataclass(frozen=True)
class Parent:
    """An outbox record something refers to, what holds it, or why a person set it aside."""

    record_id: int
    state: RecordState
    not_before: datetime | None
    qbo_id: str | None
    causes: tuple[Cause, ...] = ()
    set_aside: str = ""


@dataclass(frozen=True)
class Lookup:
    """What is known about the references of the records at hand.

    `parents` are by external id; `named` by folded name, for what documents may call by it.
    `by_rule`: the words among `mapped` that a rule explains. `methods_matched`: the sources of
    whose payment methods a person has matched some.
    """

    company: Company
    settings: Settings
    now: datetime
    custom_numbers: bool
    sources: Mapping[int, str]
    linked: Mapping[Ref, str]
    parents: Mapping[Ref, Parent]
    rows: Mapping[Key, MirrorRow]
    items_by_sku: Mapping[str, tuple[MirrorRow, ...]]
    sku_parents: Mapping[tuple[int, str], Parent]
    accounts: tuple[MirrorRow, ...] = ()
    names: Mapping[Ref, str] = field(default_factory=dict)
    mapped: Mapping[Word, Mapped] = field(default_factory=dict)
    own: Mapping[Ref, str] = field(default_factory=dict)
    suggested: Mapping[tuple[int, str], tuple[suggestions.Suggestion, ...]] = field(
        default_factory=dict
    )
    lists: Mapping[str, tuple[MirrorRow, ...]] = field(default_factory=dict)
    preferences: Mapping[str, JsonValue] = field(default_factory=dict)
    settings_read_at: datetime | None = None
    rules: Mapping[int, Source] = field(default_factory=dict)
    merged: Mapping[Key, Payload] = field(default_factory=dict)
    named: Mapping[Ref, Parent] = field(default_factory=dict)
    by_rule: Mapping[Word, MappingRule] = field(default_factory=dict)
    methods_matched: frozenset[int] = frozenset()
    known: dict[tuple[str, ...], Any] = field(default_factory=dict, init=False, compare=False)

    def party_of(self, record: Record) -> str:
        """Return the name of the party a document is for, "" for other records."""
        own = kind_of(record)
        kind = own.party or RecordType.CUSTOMER
        ref = (record.source_id, kind, own.party_id(record.payload))
        chosen = self.mapping(record, kind.value, ref[2])
        known = self.linked.get(ref) or (chosen.qbo_id if chosen is not None else "")
        row = self.rows.get((ENTITY[kind], known))
        return row.name if row is not None else self.names.get(ref, "")

    def once(self, key: tuple[str, ...], find: Callable[[], T]) -> T:
        """What is the same for all records of a look, found when the first of them needs it."""
        if key not in self.known:
            self.known[key] = find()
        found: T = self.known[key]
        return found

    def mapping(self, record: Record, what: str, said: str) -> Mapped | None:
        """Return what this word of the record's source stands for, as people said, or a rule."""
        return self.mapped.get((record.source_id, what, mappings.key_of(said, what)))

    def preference(self, group: str, name: str) -> JsonValue:
        """Return one of the company's settings in QuickBooks, None if it is not known."""
        return (self.preferences.get(group) or {}).get(name)

    def source(self, record: Record) -> str:
        """Return the name of a record's source."""
        return self.sources.get(record.source_id, "")


def load_lookup(
    session: Session,
    settings: Settings,
    company: Company,
    records: Collection[Record],
    *,
    now: datetime,
    custom_numbers: bool | None = None,
    models: Mapping[int, RecordIn] | None = None,
) -> Lookup:
    """Read links, parents, mirror rows and accounts for these records (`models`: as read).

    `custom_numbers`: None for what the company's settings in the mirror say.
    """
    if models is None:
        models = {record.id or 0: stored_record(record.payload) for record in records}
    wanted = _wanted(records)
    linked = _linked(session, wanted)
    parents, names = _parents(session, wanted)
    company_id = company.id or 0
    sources = session.exec(_sources(), params={"company_id": company_id}).all()
    mapped, by_rule = _stands_for(session, company_id, records)
    items, sku_parents = _by_sku(session, company_id, models.values())
    preferences, settings_read_at = _company_settings(session, company_id)
    rows = _mirror_rows(session, company_id, linked, mapped.values())
    return Lookup(
        company=company,
        settings=settings,
        now=now,
        custom_numbers=takes_numbers(preferences) if custom_numbers is None else custom_numbers,
        sources={source.id or 0: source.name for source in sources},
        linked=linked,
        parents=parents,
        rows=rows,
        merged=_merged_away(session, settings, company, rows.values()),
        items_by_sku=items,
        sku_parents=sku_parents,
        accounts=short_lists.accounts(session, company_id, models.values()),
        names=names,
        mapped=mapped,
        own=_own_links(session, records),
        suggested=_suggested(session, company, records, models, (items, sku_parents, mapped)),
        lists=short_lists.by_name(session, company_id, models.values()),
        preferences=preferences,
        settings_read_at=settings_read_at,
        rules={source.id or 0: source for source in sources},
        named=_named(session, company_id, records),
        by_rule=by_rule,
        methods_matched=_methods_matched(session, company_id, models.values(), sources),
    )


def _company_settings(session: Session, company_id: int) -> tuple[Payload, datetime | None]:
    """The company's settings in QuickBooks and when they were read; never: none."""
    row = mirror_rows.get(session, company_id, PREFERENCES, PREFERENCES_ID)
    return (row.data, row.read_at) if row is not None else ({}, None)


@cache
def _sources() -> SelectOfScalar[Source]:
    return select(Source).where(col(Source.company_id) == bindparam("company_id"))


def _named(session: Session, company_id: int, records: Iterable[Record]) -> dict[Ref, Parent]:
    """Accounts, classes and locations that are still to be posted, by name: as documents may."""
    wanted = {kind for record in records for kind, _ in kind_of(record).names(record.payload)}
    if not wanted:
        return {}
    asked = {"company_id": company_id, "types": sorted(wanted)}
    rows = session.exec(_unposted_lists(), params=asked).all()
    causes = _causes(session, rows)
    return {
        (row.source_id, row.type, mappings.key_of(row.name)): _parent(row, causes) for row in rows
    }


@cache
def _unposted_lists() -> SelectOfScalar[Record]:
    return (
        select(Record)
        .where(col(Record.company_id) == bindparam("company_id"))
        .where(col(Record.state).in_((RecordState.WAITING, RecordState.HELD)))
        .where(Record.tier == TIER[RecordType.ACCOUNT])
        .where(col(Record.type).in_(bindparam("types", expanding=True)))
    )


def linked_to(session: Session, records: Iterable[Record]) -> dict[Ref, str]:
    """Return the QuickBooks ids of what these records refer to by external id, where linked."""
    return _linked(session, _wanted(records))


def _linked(
    session: Session, wanted: Mapping[tuple[int, RecordType], Collection[str]]
) -> dict[Ref, str]:
    return {
        ref: row.qbo_id for ref, row in links.by_ref(session, Link, ("qbo_id",), wanted).items()
    }


def _sku_lines(model: RecordIn) -> list[InvoiceLineIn]:
    lines = getattr(model, "lines", ()) if kind_of(model).sku_lines else ()
    return [line for line in lines if line.sku]


def _merged_away(
    session: Session, settings: Settings, company: Company, rows: Iterable[MirrorRow]
) -> dict[Key, Payload]:
    """What is known of inactive records that were merged into others.

    One that is told as inactive already stays so: one root, one alert.
    """
    found: dict[Key, Payload] = {}
    for row in rows:
        if row.active or row.deleted or row.entity not in merged.LISTS:
            continue
        away = merged.look(session, row.company_id, row.entity, row.qbo_id)
        told = select(Hold.id).where(Hold.company_id == row.company_id)
        told = told.where(Hold.problem == "inactive_record")
        told = told.where(Hold.subject == f"{row.entity}:{row.qbo_id}")
        if away is not None and session.exec(told).first() is None:
            found[row.entity, row.qbo_id] = merged.told(settings, company, away)
    return found


def _own_links(session: Session, records: Iterable[Record]) -> dict[Ref, str]:
    """Links of list records that are still to be posted: somebody said already what they are."""
    wanted: dict[tuple[int, RecordType], set[str]] = defaultdict(set)
    for record in records:
        if not kind_of(record).is_document:
            wanted[record.source_id, record.type].add(record.external_id)
    return _linked(session, wanted)


_Known = tuple[
    Mapping[str, tuple[MirrorRow, ...]], Mapping[tuple[int, str], Parent], Mapping[Word, Mapped]
]


def _suggested(
    session: Session,
    company: Company,
    records: Iterable[Record],
    models: Mapping[int, RecordIn],
    known: _Known,
) -> dict[tuple[int, str], tuple[suggestions.Suggestion, ...]]:
    """Which items may be meant by the SKUs that nothing explains."""
    items, parents, mapped = known
    found: dict[tuple[int, str], tuple[suggestions.Suggestion, ...]] = {}
    for record in records:
        for line in _sku_lines(models[record.id or 0]):
            key = (record.source_id, line.sku or "")
            active = [row for row in items.get(key[1], ()) if row.active]
            word = (record.source_id, mappings.SKU, mappings.key_of(key[1]))
            if len(active) == 1 or key in parents or word in mapped:
                continue
            if key not in found:
                found[key] = suggestions.suggest(
                    session, company.id or 0, record.source_id, key[1], line
                )
    return found


def _stands_for(
    session: Session, company_id: int, records: Collection[Record]
) -> tuple[dict[Word, Mapped], dict[Word, MappingRule]]:
    """What the records' words stand for, and which of them by a rule."""
    own = spoken.mapped(session, records)
    ruled = mapping_rules.explained(session, company_id, records, own)
    by_rule = {word: rule for word, (rule, _) in ruled.items()}
    return own | {word: stands for word, (_, stands) in ruled.items()}, by_rule


def _methods_matched(
    session: Session, company_id: int, models: Iterable[RecordIn], sources: Iterable[Source]
) -> frozenset[int]:
    if not any(getattr(model, "method", None) for model in models):
        return frozenset()
    own = select(Mapped.source_id).where(Mapped.company_id == company_id)
    matched = set(session.exec(own.where(Mapped.what == mappings.METHOD).distinct()))
    for rule in mapping_rules.standing(session, company_id):
        if rule.what == mappings.METHOD:
            matched |= {one.id or 0 for one in sources if rule.source_id in (None, one.id)}
    return frozenset(matched)


def _wanted(records: Iterable[Record]) -> dict[tuple[int, RecordType], set[str]]:
    wanted: dict[tuple[int, RecordType], set[str]] = defaultdict(set)
    for record in records:
        for kind, external_id in references(record.payload):
            wanted[(record.source_id, kind)].add(external_id)
    return wanted


_PARENT = ("id", "state", "not_before", "qbo_id", "name", "skip_reason")


def _parents(
    session: Session, wanted: Mapping[tuple[int, RecordType], set[str]]
) -> tuple[dict[Ref, Parent], dict[Ref, str]]:
    found = links.by_ref(session, Record, _PARENT, wanted)
    causes = _causes(session, found.values())
    names = {ref: row.name for ref, row in found.items() if row.name}
    return {ref: _parent(row, causes) for ref, row in found.items()}, names


def _parent(row: Any, causes: Mapping[int, tuple[Cause, ...]]) -> Parent:
    """`row`: a record, or these columns of it."""
    record_id = row.id or 0
    why = causes.get(record_id, ())
    return Parent(record_id, row.state, row.not_before, row.qbo_id, why, row.skip_reason)


def _causes(session: Session, records: Iterable[Any]) -> dict[int, tuple[Cause, ...]]:
    """The causes of held parents, as their children copy them: rooted at the first in the chain."""
    held = [row.id for row in records if row.state is RecordState.HELD]
    if not held:
        return {}
    found: dict[int, list[Cause]] = defaultdict(list)
    for hold in session.exec(select(Hold).where(col(Hold.record_id).in_(held)).order_by("id")):
        root = hold.cause_record_id or hold.record_id
        found[hold.record_id].append(Cause(hold.problem, hold.subject, hold.facts, root))
    return {record_id: tuple(causes) for record_id, causes in found.items()}


def _mirror_rows(
    session: Session, company_id: int, linked: Mapping[Ref, str], mapped: Iterable[Mapped]
) -> dict[Key, MirrorRow]:
    others = ((row.entity, row.qbo_id) for row in mapped)
    keys = {*others, *((ENTITY[kind], qbo_id) for (_, kind, _), qbo_id in linked.items())}
    rows = mirror_rows.by_keys(session, company_id, keys)
    return {(row.entity, row.qbo_id): row for row in rows}


def _by_sku(
    session: Session, company_id: int, models: Iterable[RecordIn]
) -> tuple[dict[str, tuple[MirrorRow, ...]], dict[tuple[int, str], Parent]]:
    """Items with the SKUs of these records: those of QuickBooks, those still in the outbox."""
    skus = {line.sku or "" for model in models for line in _sku_lines(model)}
    return _items_by_sku(session, company_id, skus), _sku_parents(session, company_id, skus)


def _items_by_sku(
    session: Session, company_id: int, skus: set[str]
) -> dict[str, tuple[MirrorRow, ...]]:
    found: dict[str, list[MirrorRow]] = defaultdict(list)
    if skus:
        rows = session.exec(
            select(MirrorRow)
            .where(MirrorRow.company_id == company_id)
            .where(MirrorRow.entity == "Item")
            .where(col(MirrorRow.sku).in_(skus))
            .where(col(MirrorRow.deleted).is_(False))
        )
        for row in rows:
            found[row.sku].append(row)
    return {sku: tuple(rows) for sku, rows in found.items()}


def _sku_parents(
    session: Session, company_id: int, skus: set[str]
) -> dict[tuple[int, str], Parent]:
    """Items with these SKUs that are still in the outbox (an item's number is its SKU)."""
    if not skus:
        return {}
    rows = session.exec(
        select(Record)
        .where(Record.company_id == company_id)
        .where(col(Record.state).in_((RecordState.WAITING, RecordState.HELD)))
        .where(Record.tier == 2)
        .where(col(Record.number).in_(skus))
    ).all()
    causes = _causes(session, rows)
    return {(row.source_id, row.number): _parent(row, causes) for row in rows}


def unseen(table: Lookup) -> list[Key]:
    """Return the linked list records the mirror has never seen (documents need not be in it)."""
    keys = [(ENTITY[kind], qbo_id) for (_, kind, _), qbo_id in table.linked.items()]
    keys += [
        (row.entity, row.qbo_id)
        for row in table.mapped.values()
        if row.qbo_id != mappings.NOTHING and row.entity != "TaxCode"
    ]
    lists = [key for key in dict.fromkeys(keys) if key[0] in LISTS]
    return [key for key in lists if key not in table.rows]
