"""Why a list record must not simply be created: the question about its twins, as facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from bot import mirror
from bot.config import Settings
from bot.domain import ENTITY, Payload, RecordType
from bot.models import Company, MirrorRow, Record
from bot.quickbooks.links import deep_link
from bot.sync import second_facts
from bot.sync.causes import Cause, subject_of
from bot.sync.new_names import free_name, listed_name
from bot.sync.records import CustomerIn, ItemIn, VendorIn
from bot.sync.twins.finding import holders_elsewhere, likely, likely_items, likely_parties
from bot.sync.twins.model import Listed, Twin, named_twin, ranked, singled_out

_LIST_OF = {"Customer": "customer", "Vendor": "vendor", "Employee": "employee", "Item": "item"}
# So many twins are told with their facts; the rest are counted.
_SHOWN = 5


@dataclass(frozen=True)
class Look:
    """What a look needs to know besides the books."""

    company: Company
    settings: Settings
    source: str


def cause_of(session: Session, look: Look, record: Record, model: Listed) -> Cause | None:
    """Return why a list record must not simply be created; None when nothing is alike."""
    if isinstance(model, ItemIn):
        return item_cause(session, look, record, model)
    return party_cause(session, look, record, model, ENTITY[RecordType(model.type)])


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
    others = holders_elsewhere(session, company_id, party, own_list)
    return _party_hold(session, look, record, party, others, own_list) if others else None


def item_cause(session: Session, look: Look, record: Record, item: ItemIn) -> Cause | None:
    """Return why an item must not simply be created: its SKU or its name is there already."""
    twins = _not_told_apart(record, likely_items(session, look.company.id or 0, item))
    return _item_hold(look, record, item, twins) if twins else None


def holder_cause(
    session: Session,
    look: Look,
    record: Record,
    model: Listed,
    holder: MirrorRow,
    own_list: str,
) -> Cause:
    """Return the question about a holder QuickBooks itself named when it refused our name."""
    twins = likely(session, look.company.id or 0, model) if holder.entity == own_list else []
    if all(twin.row.qbo_id != holder.qbo_id for twin in twins):
        twins = ranked([named_twin(model, holder), *twins])
    if isinstance(model, ItemIn):
        return _item_hold(look, record, model, twins)
    return _party_hold(session, look, record, model, twins, own_list)


def _not_told_apart(record: Record, twins: Iterable[Twin]) -> list[Twin]:
    """Leave out those of which a person said that they are others."""
    return [twin for twin in twins if twin.row.qbo_id not in record.told_apart]


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
