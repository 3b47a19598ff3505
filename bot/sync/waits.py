"""Who waits for whom: a record goes when its own parents are posted, whatever else waits."""

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import TypeVar

from sqlalchemy import ColumnElement, bindparam, delete, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, select

from bot.domain import ENTITY, TIER, Payload, RecordState, RecordType
from bot.models import Record, Wait
from bot.sync.causes import Cause, Held, subject_of
from bot.sync.lookup import Lookup
from bot.sync.reading import references
from bot.sync.waking import Ref, wake

# At most this many values are named in one query.
_AT_ONCE = 500
# A chain of references longer than this is followed no further; QuickBooks allows five levels.
_LONGEST_CHAIN = 50
T = TypeVar("T")
_WAITS = SQLModel.metadata.tables["wait"]
_OF_RECORDS = delete(_WAITS).where(_WAITS.c.record_id.in_(bindparam("ids", expanding=True)))


@cache
def is_blocked() -> ColumnElement[bool]:
    """Whether a record (of the outer query) waits for one that itself still waits to be posted."""
    parent = aliased(Record)
    return (
        select(Wait.id)
        .join(
            parent,
            (col(parent.source_id) == col(Wait.source_id))
            & (col(parent.type) == col(Wait.type))
            & (col(parent.external_id) == col(Wait.external_id)),
        )
        .where(col(Wait.record_id) == col(Record.id))
        .where(col(Wait.digest) == col(Record.digest))
        .where(col(parent.state) == RecordState.WAITING)
        .correlate(Record)
        .exists()
    )


def note(session: Session, table: Lookup, record: Record) -> Held | None:
    """Write down which parents a record waits for; Held when in the end it waits for itself.

    Nothing is written for a record that waits for something else than a parent.
    """
    found = _unposted(session, table, record)
    forget(session, [record.id or 0])
    for source_id, kind, external_id in found:
        if TIER[kind] < record.tier:
            continue  # only records of one tier can refer to each other in a circle
        chain = _back_to(session, record, (source_id, kind, external_id))
        if chain:
            return Held((_loop(table, record, chain),))
    session.add_all(
        Wait(
            record_id=record.id or 0,
            source_id=source_id,
            type=kind,
            external_id=external_id,
            digest=record.digest,
        )
        for source_id, kind, external_id in found
    )
    session.flush()
    return None


def wake_children(session: Session, parents: Sequence[Record]) -> None:
    """Let records that wait for one of these go at once, however many they are."""
    wake(session, [(parent.source_id, parent.type, parent.external_id) for parent in parents])


def forget(session: Session, record_ids: Collection[int]) -> None:
    """Drop what is written down of records that no longer wait for anybody."""
    session.flush()
    for part in _parts(sorted(record_ids)):
        session.connection().execute(_OF_RECORDS, {"ids": part})


def behind_others(session: Session, records: Sequence[Record]) -> frozenset[int]:
    """The ids of those of these records that wait for another one."""
    waiting = [record.id for record in records if record.state is RecordState.WAITING]
    found: set[int] = set()
    for part in _parts(waiting):
        found.update(session.exec(select(Wait.record_id).where(col(Wait.record_id).in_(part))))
    return frozenset(found)


def first_layer(records: Sequence[Record]) -> list[Record]:
    """The records that refer to no other of them, in their order.

    Those of the lists that others name by words come before all others. Where records refer to
    each other in a circle it is all of them: whoever looks at them finds the circle.
    """
    among = [record for record in records if record.tier == 0] or list(records)
    here = {ref for record in among for ref in _known_as(record)}
    return [record for record in among if here.isdisjoint(_needs(record))] or among


def _known_as(record: Record) -> Iterator[Ref | tuple[int, str]]:
    """By what others refer to it: its external id, and an item's SKU."""
    yield record.source_id, record.type, record.external_id
    if record.type is RecordType.ITEM and record.number:
        yield record.source_id, record.number


def _needs(record: Record) -> Iterator[Ref | tuple[int, str]]:
    for kind, external_id in references(record.payload):
        yield record.source_id, kind, external_id
    for sku in _skus(record.payload):
        yield record.source_id, sku


def _skus(payload: Payload) -> Iterator[str]:
    lines = payload.get("lines")
    for line in lines if isinstance(lines, list) else ():
        if isinstance(line, dict) and isinstance(line.get("sku"), str):
            yield line["sku"]


def _unposted(session: Session, table: Lookup, record: Record) -> list[Ref]:
    """What a record refers to and QuickBooks does not have yet, as far as the outbox knows."""
    found: list[Ref] = []
    for kind, external_id in references(record.payload):
        ref = (record.source_id, kind, external_id)
        parent = table.parents.get(ref)
        posted = ref in table.linked or (parent is not None and parent.qbo_id)
        if not posted and (parent is None or parent.state is not RecordState.SKIPPED):
            found.append(ref)
    for sku in _skus(record.payload):
        parent = table.sku_parents.get((record.source_id, sku))
        row = session.get(Record, parent.record_id) if parent is not None else None
        if row is not None:
            found.append((row.source_id, row.type, row.external_id))
    return list(dict.fromkeys(found))


def _back_to(session: Session, record: Record, first: Ref) -> list[Record]:
    """The chain of unposted parents that leads from a record back to itself; [] for none."""
    goal = (record.source_id, record.type, record.external_id)
    if first == goal:
        return [record]
    chains: list[list[Record]] = [[row] for row in _waiting(session, [first])]
    seen = {first}
    for _ in range(_LONGEST_CHAIN):
        longer: list[list[Record]] = []
        for chain in chains:
            above = [
                (row.source_id, row.type, row.external_id)
                for row in session.exec(select(Wait).where(Wait.record_id == chain[-1].id))
                if row.digest == chain[-1].digest
            ]
            if goal in above:
                return [*chain, record]
            fresh = [ref for ref in dict.fromkeys(above) if ref not in seen]
            seen.update(fresh)
            longer += [[*chain, row] for row in _waiting(session, fresh)]
        if not longer:
            return []
        chains = longer
    return []


def _waiting(session: Session, refs: Sequence[Ref]) -> list[Record]:
    if not refs:
        return []
    known_as = tuple_(col(Record.source_id), col(Record.type), col(Record.external_id))
    rows = select(Record).where(known_as.in_(refs)).where(Record.state == RecordState.WAITING)
    return list(session.exec(rows))


def _loop(table: Lookup, record: Record, chain: Sequence[Record]) -> Cause:
    """Tell a circle as what it is: nothing in it can be posted first."""
    parent = chain[0]
    facts: Payload = {
        "refers_to": parent.type.words,
        "ref": parent.external_id,
        "source_id": record.source_id,
        "source": table.source(record),
        "entity": ENTITY[parent.type],
        "name": parent.name or parent.external_id,
        "loop": [row.name or row.external_id for row in (record, *chain)],
    }
    subject = subject_of(parent.type, table.source(record), parent.external_id)
    return Cause("missing_parent", subject, facts)


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
