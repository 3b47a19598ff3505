"""Finds the likely twins of a record in the mirror, best first."""

from dataclasses import replace

from sqlmodel import Session

from bot import mirror
from bot.domain import ENTITY, Payload, RecordType
from bot.mirror import Likeness, fold, similar
from bot.mirror.names import NAME_LISTS
from bot.models import MirrorRow
from bot.sync import merged, second_facts
from bot.sync.records import CustomerIn, ItemIn, VendorIn
from bot.sync.twins.model import Listed, Twin, named_twin, ranked


def likely(session: Session, company_id: int, model: Listed) -> list[Twin]:
    """Return the likely twins of any record that is looked for before it is created."""
    if isinstance(model, ItemIn):
        return likely_items(session, company_id, model)
    return likely_parties(session, company_id, model, ENTITY[RecordType(model.type)])


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
    return ranked(_without_merged(session, company_id, twins, mine))


def holders_elsewhere(
    session: Session, company_id: int, party: CustomerIn | VendorIn, own_list: str
) -> list[Twin]:
    mine = second_facts.ours(party)
    lists = [name for name in NAME_LISTS if name != own_list]
    return ranked(
        Twin(row, likeness, tuple(second_facts.agreeing(mine, second_facts.theirs(row))))
        for row, likeness in mirror.candidates(session, company_id, party.name, lists)
        if row.active and second_facts.same_written(party.name, row.name)
    )


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
    return ranked(_without_merged(session, company_id, twins, None))


def still_likely(session: Session, company_id: int, model: Listed, theirs: Payload) -> list[Twin]:
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
