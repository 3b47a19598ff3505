"""Everything a slice of records refers to, read in a few queries and asked by dictionary."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from bot.config import Settings
from bot.domain import ENTITY, RecordState, RecordType
from bot.models import Company, Hold, MirrorRow, Record, Source
from bot.sync import links
from bot.sync.causes import Cause
from bot.sync.records import InvoiceIn, InvoiceLineIn, ItemIn, RecordIn, references, stored_record

Ref = tuple[int, RecordType, str]  # source id, type, external id
Key = tuple[str, str]  # entity, QuickBooks id


@dataclass(frozen=True)
class Parent:
    """An outbox record something refers to, and what holds it."""

    record_id: int
    state: RecordState
    not_before: datetime | None
    qbo_id: str | None
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True)
class Lookup:
    """What is known about the references of the records at hand."""

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

    def party_of(self, record: Record) -> str:
        """Return the name of the customer a document is for, "" for other records."""
        ref = (record.source_id, RecordType.CUSTOMER, str(record.payload.get("customer") or ""))
        row = self.rows.get(("Customer", self.linked.get(ref, "")))
        return row.name if row is not None else self.names.get(ref, "")

    def source(self, record: Record) -> str:
        """Return the name of a record's source."""
        return self.sources.get(record.source_id, "")


def load_lookup(
    session: Session,
    settings: Settings,
    company: Company,
    records: Collection[Record],
    *,
    custom_numbers: bool,
    now: datetime,
) -> Lookup:
    """Read links, parents, mirror rows and accounts for these records."""
    models = {record.id or 0: stored_record(record.payload) for record in records}
    wanted = _wanted(records)
    linked: dict[Ref, str] = {}
    for (source_id, kind), ids in wanted.items():
        for external_id, row in links.find_many(session, source_id, kind, ids).items():
            linked[(source_id, kind, external_id)] = row.qbo_id
    parents, names = _parents(session, wanted)
    skus = {line.sku for model in models.values() for line in _lines(model) if line.sku}
    company_id = company.id or 0
    sources = session.exec(select(Source).where(Source.company_id == company_id)).all()
    has_items = any(isinstance(model, ItemIn) for model in models.values())
    return Lookup(
        company=company,
        settings=settings,
        now=now,
        custom_numbers=custom_numbers,
        sources={source.id or 0: source.name for source in sources},
        linked=linked,
        parents=parents,
        rows=_mirror_rows(session, company_id, linked),
        items_by_sku=_items_by_sku(session, company_id, skus),
        sku_parents=_sku_parents(session, company_id, skus),
        accounts=_accounts(session, company_id) if has_items else (),
        names=names,
    )


def _lines(model: RecordIn) -> Iterable[InvoiceLineIn]:
    return model.lines if isinstance(model, InvoiceIn) else ()


def _wanted(records: Iterable[Record]) -> dict[tuple[int, RecordType], set[str]]:
    wanted: dict[tuple[int, RecordType], set[str]] = defaultdict(set)
    for record in records:
        for kind, external_id in references(record.payload):
            wanted[(record.source_id, kind)].add(external_id)
    return wanted


def _parents(
    session: Session, wanted: Mapping[tuple[int, RecordType], set[str]]
) -> tuple[dict[Ref, Parent], dict[Ref, str]]:
    found: dict[Ref, Record] = {}
    for (source_id, kind), external_ids in wanted.items():
        rows = session.exec(
            select(Record)
            .where(Record.source_id == source_id)
            .where(Record.type == kind)
            .where(col(Record.external_id).in_(external_ids))
        )
        found.update({(source_id, kind, row.external_id): row for row in rows})
    causes = _causes(session, found.values())
    names = {ref: row.name for ref, row in found.items() if row.name}
    return {ref: _parent(row, causes) for ref, row in found.items()}, names


def _parent(row: Record, causes: Mapping[int, tuple[Cause, ...]]) -> Parent:
    record_id = row.id or 0
    return Parent(record_id, row.state, row.not_before, row.qbo_id, causes.get(record_id, ()))


def _causes(session: Session, records: Iterable[Record]) -> dict[int, tuple[Cause, ...]]:
    """The causes of held parents, as their children copy them: rooted at the first in the chain."""
    held = [row.id for row in records if row.state is RecordState.HELD]
    found: dict[int, list[Cause]] = defaultdict(list)
    for hold in session.exec(select(Hold).where(col(Hold.record_id).in_(held)).order_by("id")):
        root = hold.cause_record_id or hold.record_id
        found[hold.record_id].append(Cause(hold.problem, hold.subject, hold.facts, root))
    return {record_id: tuple(causes) for record_id, causes in found.items()}


def _mirror_rows(
    session: Session, company_id: int, linked: Mapping[Ref, str]
) -> dict[Key, MirrorRow]:
    by_entity: dict[str, set[str]] = defaultdict(set)
    for (_, kind, _), qbo_id in linked.items():
        by_entity[ENTITY[kind]].add(qbo_id)
    rows: dict[Key, MirrorRow] = {}
    for entity, qbo_ids in by_entity.items():
        found = session.exec(
            select(MirrorRow)
            .where(MirrorRow.company_id == company_id)
            .where(MirrorRow.entity == entity)
            .where(col(MirrorRow.qbo_id).in_(qbo_ids))
        )
        rows.update({(entity, row.qbo_id): row for row in found})
    return rows


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


def _accounts(session: Session, company_id: int) -> tuple[MirrorRow, ...]:
    rows = session.exec(
        select(MirrorRow)
        .where(MirrorRow.company_id == company_id)
        .where(MirrorRow.entity == "Account")
        .where(col(MirrorRow.deleted).is_(False))
    )
    return tuple(row for row in rows if _sold(row))


def _sold(row: MirrorRow) -> bool:
    return row.data.get("AccountType") in ("Income", "Other Income")


def unseen(table: Lookup) -> list[Key]:
    """Return the linked list records the mirror has never seen (documents need not be in it)."""
    keys = ((ENTITY[kind], qbo_id) for (_, kind, _), qbo_id in table.linked.items())
    return [key for key in dict.fromkeys(keys) if key[0] != "Invoice" and key not in table.rows]
