"""Many new list records at once: which have anything alike, and which were posted before.

Few questions for all; of most nothing is alike.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from bot import mirror
from bot.domain import ENTITY, Payload, RecordType
from bot.mirror import fold
from bot.mirror.names import NAME_LISTS, near_keys
from bot.models import Adoption, MirrorRow, Record
from bot.sync.already.marked import stamped_rows
from bot.sync.documents import linked_ids
from bot.sync.finding_back import agrees
from bot.sync.payloads import stamp
from bot.sync.records import ItemIn
from bot.sync.stamps import RESTORED
from bot.sync.twins.model import Listed

# At most this many values are named in one query.
_AT_ONCE = 500


@dataclass(frozen=True)
class Fresh:
    """A list record that is about to be created, as what."""

    record: Record
    model: Listed
    source: str
    payload: Payload


def likeness_keys(model: Listed) -> frozenset[str]:
    """Return what a record shares with its twins; two that share one are not created at once."""
    family = "item" if isinstance(model, ItemIn) else "party"
    keys = {f"{family}:folded:{fold(model.name)}"}
    if isinstance(model, ItemIn):
        return frozenset(keys | ({f"sku:{model.sku}"} if model.sku else set()))
    return frozenset(keys | {f"party:near:{key}" for key in near_keys(model.name)})


def own_earlier(session: Session, company_id: int, fresh: Sequence[Fresh]) -> dict[int, MirrorRow]:
    """Which of these were posted as this record before, as ahead of a restored backup, by its id.

    Customers and vendors are known by our mark. Items have none: after a restore the one that
    agrees in everything we would write, and that stands for nothing else, is it.
    """
    found: dict[int, MirrorRow] = {}
    items = [one for one in fresh if isinstance(one.model, ItemIn)]
    parties = [one for one in fresh if not isinstance(one.model, ItemIn)]
    marks = {stamp(one.source, one.record.external_id): one for one in parties}
    rows = stamped_rows(
        session, company_id, {mark: ENTITY[one.record.type] for mark, one in marks.items()}
    )
    for mark, row in rows.items():
        if row.active:
            found[marks[mark].record.id or 0] = row
    if items and _was_restored(session, company_id):
        for one in items:
            same = _same_item(session, company_id, one.payload)
            if same is not None:
                found[one.record.id or 0] = same
    return found


def _same_item(session: Session, company_id: int, ready: Payload) -> MirrorRow | None:
    entity = ENTITY[RecordType.ITEM]
    named = mirror.by_folded(session, company_id, fold(str(ready.get("Name") or "")), (entity,))
    alike = [row for row in named if row.active and agrees(row.data, ready)]
    linked = linked_ids(session, company_id, entity, [row.qbo_id for row in alike])
    free = [row for row in alike if row.qbo_id not in linked]
    return free[0] if len(free) == 1 else None


def with_alike(session: Session, company_id: int, fresh: Sequence[Fresh]) -> frozenset[int]:
    """Which of these have anything in QuickBooks by a name, or a SKU, alike: few questions for all.

    Of any other `cause_of` would find nothing.
    """
    items = [one for one in fresh if isinstance(one.model, ItemIn)]
    parties = [one for one in fresh if not isinstance(one.model, ItemIn)]
    near = {one.record.id or 0: near_keys(one.model.name) for one in parties}
    lists, item = NAME_LISTS, (ENTITY[RecordType.ITEM],)
    skus = [
        one.model.sku.strip() for one in fresh if isinstance(one.model, ItemIn) and one.model.sku
    ]
    folded = _known(session, company_id, col(MirrorRow.folded), lists, map(_folded, parties))
    blocks = _known(session, company_id, col(MirrorRow.block_key), lists, chain(*near.values()))
    named = _known(session, company_id, col(MirrorRow.folded), item, map(_folded, items))
    by_sku = _known(session, company_id, col(MirrorRow.sku), item, skus)
    found = {
        one.record.id or 0
        for one in parties
        if _folded(one) in folded or not blocks.isdisjoint(near[one.record.id or 0])
    }
    for one in items:
        sku = one.model.sku if isinstance(one.model, ItemIn) else None
        if _folded(one) in named or (sku or "").strip() in by_sku:
            found.add(one.record.id or 0)
    return frozenset(found)


def _folded(one: Fresh) -> str:
    return fold(one.model.name)


def _known(
    session: Session,
    company_id: int,
    column: Mapped[str],
    entities: Sequence[str],
    wanted: Iterable[str],
) -> frozenset[str]:
    """Which of these values living records of these lists have in a column."""
    values = sorted(set(wanted) - {""})
    found: set[str] = set()
    for start in range(0, len(values), _AT_ONCE):
        rows = session.exec(
            select(column)
            .where(MirrorRow.company_id == company_id, col(MirrorRow.entity).in_(entities))
            .where(column.in_(values[start : start + _AT_ONCE]))
            .where(col(MirrorRow.deleted).is_(False))
        )
        found.update(rows)
    return frozenset(found)


def _was_restored(session: Session, company_id: int) -> bool:
    restored = select(Adoption.id).where(Adoption.company_id == company_id)
    return session.exec(restored.where(Adoption.why == RESTORED)).first() is not None
