"""Looks before it creates: a likely twin in QuickBooks holds the record and asks a person.

Names are shared by customers, vendors and employees. Whether QuickBooks would refuse a name that
differs in blanks, or that an inactive record has, is open; so the look comes first, and a refusal
(6240) leads to the same questions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from bot import mirror
from bot.config import Settings
from bot.domain import ENTITY, Payload, RecordType
from bot.mirror import Likeness, fold, similar
from bot.mirror.names import NAME_LISTS, near_keys
from bot.models import Adoption, Company, MirrorRow, Record
from bot.quickbooks.links import deep_link
from bot.sync import merged, second_facts
from bot.sync.already import stamped_rows
from bot.sync.causes import Cause, subject_of
from bot.sync.documents import linked_ids
from bot.sync.finding_back import agrees
from bot.sync.new_names import free_name, listed_name
from bot.sync.payloads import stamp
from bot.sync.records import CustomerIn, ItemIn, VendorIn
from bot.sync.stamps import RESTORED

_LIST_OF = {"Customer": "customer", "Vendor": "vendor", "Employee": "employee", "Item": "item"}
# So many twins are told with their facts; the rest are counted.
_SHOWN = 5
# At most this many values are named in one query.
_AT_ONCE = 500


@dataclass(frozen=True)
class Look:
    """What a look needs to know besides the books."""

    company: Company
    settings: Settings
    source: str


@dataclass(frozen=True)
class Twin:
    """A record of QuickBooks whose name is alike, and the second facts both sides agree in.

    `took_over`: the name of the merged-away twin it took over, "" if there is none. `gone`: it
    was merged away itself, and which record is left is not known.
    """

    row: MirrorRow
    likeness: Likeness
    agree: tuple[str, ...]
    took_over: str = ""
    gone: bool = False


@dataclass(frozen=True)
class Fresh:
    """A list record that is about to be created, as what."""

    record: Record
    model: CustomerIn | VendorIn | ItemIn
    source: str
    payload: Payload


def party_cause(
    session: Session, look: Look, record: Record, party: CustomerIn | VendorIn, own_list: str
) -> Cause | None:
    """Return why a customer or vendor must not simply be created; None when nothing is alike.

    On the other name lists only an active holder of the very same name stands in the way.
    """
    company_id = look.company.id or 0
    twins = _not_told_apart(record, likely_parties(session, company_id, party, own_list))
    if twins:
        return _party_hold(session, look, record, party, twins, own_list)
    others = _holders_elsewhere(session, company_id, party, own_list)
    return _party_hold(session, look, record, party, others, own_list) if others else None


def likely_parties(
    session: Session, company_id: int, party: CustomerIn | VendorIn, own_list: str
) -> list[Twin]:
    """Return the likely twins on a record's own list, best first.

    A name alike is a twin unless second facts speak against it; the very same name always is,
    because creating it would fail or make a silent double.
    """
    mine = second_facts.ours(party)
    twins: list[Twin] = []
    for row, likeness in mirror.candidates(session, company_id, party.name, (own_list,)):
        theirs = second_facts.theirs(row)
        twin = Twin(row, likeness, tuple(second_facts.agreeing(mine, theirs)))
        against = second_facts.contradicting(mine, theirs)
        if twin.agree or not against or second_facts.same_written(party.name, row.name):
            twins.append(twin)
    return _ranked(_without_merged(session, company_id, twins, mine))


def _holders_elsewhere(
    session: Session, company_id: int, party: CustomerIn | VendorIn, own_list: str
) -> list[Twin]:
    mine = second_facts.ours(party)
    lists = [name for name in NAME_LISTS if name != own_list]
    return _ranked(
        Twin(row, likeness, tuple(second_facts.agreeing(mine, second_facts.theirs(row))))
        for row, likeness in mirror.candidates(session, company_id, party.name, lists)
        if row.active and second_facts.same_written(party.name, row.name)
    )


def item_cause(session: Session, look: Look, record: Record, item: ItemIn) -> Cause | None:
    """Return why an item must not simply be created: its SKU or its name is there already."""
    twins = _not_told_apart(record, likely_items(session, look.company.id or 0, item))
    return _item_hold(look, record, item, twins) if twins else None


def likely_items(session: Session, company_id: int, item: ItemIn) -> list[Twin]:
    """Return the items with this SKU or, unless the SKUs differ, this name; best first."""
    twins = [
        Twin(row, similar(item.name, row.name) or Likeness(0.5, "the names differ"), ("SKU",))
        for row in (mirror.by_sku(session, company_id, item.sku) if item.sku else [])
    ]
    for row in mirror.by_folded(session, company_id, fold(item.name), ("Item",)):
        other_sku = bool(item.sku and row.sku and item.sku != row.sku)
        likeness = similar(item.name, row.name)
        if likeness is None or any(twin.row.qbo_id == row.qbo_id for twin in twins):
            continue
        if not other_sku or second_facts.same_written(item.name, row.name):
            twins.append(Twin(row, likeness, ()))
    return _ranked(_without_merged(session, company_id, twins, None))


def likely(session: Session, company_id: int, model: CustomerIn | VendorIn | ItemIn) -> list[Twin]:
    """Return the likely twins of any record that is looked for before it is created."""
    if isinstance(model, ItemIn):
        return likely_items(session, company_id, model)
    return likely_parties(session, company_id, model, ENTITY[RecordType(model.type)])


def cause_of(
    session: Session, look: Look, record: Record, model: CustomerIn | VendorIn | ItemIn
) -> Cause | None:
    """Return why a list record must not simply be created; None when nothing is alike."""
    if isinstance(model, ItemIn):
        return item_cause(session, look, record, model)
    return party_cause(session, look, record, model, ENTITY[RecordType(model.type)])


def still_likely(
    session: Session, company_id: int, model: CustomerIn | VendorIn | ItemIn, theirs: Payload
) -> list[Twin]:
    """Look again: what is likely now, and `theirs`, which a cause names, if it is still there."""
    found = likely(session, company_id, model)
    named = mirror.get(session, company_id, str(theirs["entity"]), str(theirs["qbo_id"]))
    if named is None or named.deleted or any(twin.row.qbo_id == named.qbo_id for twin in found):
        return found
    away = merged.look(session, company_id, named.entity, named.qbo_id)
    if away is None or named.active:
        return [*found, named_twin(model, named)]
    if away.into is None:
        return [*found, replace(named_twin(model, named), gone=True)]
    return found


def _not_told_apart(record: Record, twins: Iterable[Twin]) -> list[Twin]:
    """Leave out those of which a person said that they are others."""
    return [twin for twin in twins if twin.row.qbo_id not in record.told_apart]


def holder_cause(
    session: Session,
    look: Look,
    record: Record,
    model: CustomerIn | VendorIn | ItemIn,
    holder: MirrorRow,
    own_list: str,
) -> Cause:
    """Return the question about a holder QuickBooks itself named when it refused our name."""
    twins = likely(session, look.company.id or 0, model) if holder.entity == own_list else []
    if all(twin.row.qbo_id != holder.qbo_id for twin in twins):
        twins = _ranked([named_twin(model, holder), *twins])
    if isinstance(model, ItemIn):
        return _item_hold(look, record, model, twins)
    return _party_hold(session, look, record, model, twins, own_list)


def named_twin(model: CustomerIn | VendorIn | ItemIn, row: MirrorRow) -> Twin:
    """Compare a record with one of QuickBooks that is a twin for another reason than its name."""
    likeness = similar(model.name, row.name) or Likeness(0.5, "the names differ")
    if isinstance(model, ItemIn):
        return Twin(row, likeness, ("SKU",) if model.sku and model.sku == row.sku else ())
    agree = second_facts.agreeing(second_facts.ours(model), second_facts.theirs(row))
    return Twin(row, likeness, tuple(agree))


def likeness_keys(model: CustomerIn | VendorIn | ItemIn) -> frozenset[str]:
    """Return what a record shares with its twins; two that share one are not created at once."""
    family = "item" if isinstance(model, ItemIn) else "party"
    keys = {f"{family}:folded:{fold(model.name)}"}
    if isinstance(model, ItemIn):
        return frozenset(keys | ({f"sku:{model.sku}"} if model.sku else set()))
    return frozenset(keys | {f"party:near:{key}" for key in near_keys(model.name)})


def _without_merged(
    session: Session, company_id: int, twins: list[Twin], mine: second_facts.Facts | None
) -> list[Twin]:
    """Put the record that is left in the place of one that was merged away, where it is known."""
    kept: dict[str, Twin] = {}
    for twin in twins:
        found = None
        if not twin.row.active:
            found = merged.look(session, company_id, twin.row.entity, twin.row.qbo_id)
        if found is not None and found.into is not None:
            twin = _survivor(twin, found.into, mine)
        elif found is not None:
            twin = replace(twin, gone=True)
        earlier = kept.get(twin.row.qbo_id)
        if earlier is None:
            kept[twin.row.qbo_id] = twin
        elif twin.took_over and not earlier.took_over:
            kept[twin.row.qbo_id] = replace(earlier, took_over=twin.took_over)
        elif earlier.took_over:
            kept[twin.row.qbo_id] = replace(twin, took_over=earlier.took_over)
    return list(kept.values())


def _survivor(twin: Twin, into: MirrorRow, mine: second_facts.Facts | None) -> Twin:
    agree = () if mine is None else second_facts.agreeing(mine, second_facts.theirs(into))
    return Twin(into, twin.likeness, tuple(agree), took_over=twin.row.name)


def _ranked(twins: Iterable[Twin]) -> list[Twin]:
    """Those a second fact supports, then the likest, then the active ones; merged ones last."""
    return sorted(
        twins,
        key=lambda twin: (
            twin.gone,
            not (twin.agree and twin.row.active),
            -len(twin.agree),
            -twin.likeness.score,
            not twin.row.active,
        ),
    )


def singled_out(twins: Sequence[Twin]) -> Twin | None:
    """Return the only twin that a second fact supports, None when none or several are.

    An inactive one counts only where no active one agrees: it may have been merged away.
    """
    agreeing = [twin for twin in twins if twin.agree]
    agreeing = [twin for twin in agreeing if twin.row.active] or agreeing
    return agreeing[0] if len(agreeing) == 1 and not agreeing[0].gone else None


def _party_hold(
    session: Session,
    look: Look,
    record: Record,
    party: CustomerIn | VendorIn,
    twins: Sequence[Twin],
    own_list: str,
) -> Cause:
    same_list = twins[0].row.entity == own_list
    company_id, own_id = look.company.id or 0, record.external_id
    facts: Payload = {
        "list": _LIST_OF[own_list],
        "ours": second_facts.ours(party).shown(),
        "record_id": record.id,
        "external_id": record.external_id,
        "proposed": free_name(session, company_id, party.name, look.source, own_id)
        if same_list
        else listed_name(session, company_id, party.name, record.type.value, own_id),
        **told(look, twins),
    }
    problem = "same_party" if same_list else "name_on_other_list"
    return Cause(problem, subject_of(record.type, look.source, record.external_id), facts)


def _item_hold(look: Look, record: Record, item: ItemIn, twins: Sequence[Twin]) -> Cause:
    facts: Payload = {
        "list": "item",
        "ours": second_facts.item_ours(item),
        "record_id": record.id,
        "external_id": record.external_id,
        **told(look, twins),
    }
    return Cause("same_item", subject_of(record.type, look.source, record.external_id), facts)


def told(look: Look, twins: Sequence[Twin]) -> Payload:
    """The best twin as `theirs`, all of them (five at most) as `twins`, and how many there are."""
    best = twins[0]
    return {
        "theirs": _card(look, best),
        "agree": list(best.agree),
        "differ": best.likeness.words,
        "likeness": round(best.likeness.score * 100),
        "singled_out": singled_out(twins) is best,
        "twins": [_card(look, twin) for twin in twins[:_SHOWN]],
        "twin_count": len(twins),
    }


def _card(look: Look, twin: Twin) -> Payload:
    row = twin.row
    own = (
        second_facts.item_theirs(row) if row.entity == "Item" else second_facts.theirs(row).shown()
    )
    balance = row.data.get("Balance")
    return {
        **own,
        "name": mirror.full_name(row.entity, row.data) or row.name,
        "list": _LIST_OF[row.entity],
        "qbo_id": row.qbo_id,
        "entity": row.entity,
        "active": row.active,
        "balance": None if balance is None else str(balance),
        "link": deep_link(look.settings, look.company, row.entity, row.qbo_id),
        "agree": list(twin.agree),
        "differ": twin.likeness.words,
        "took_over": twin.took_over,
        "merged": twin.gone,
    }


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
