"""Looks before it creates: a likely twin in QuickBooks holds the record and asks a person.

Names are shared by customers, vendors and employees. Whether QuickBooks would refuse a name that
differs in blanks, or that an inactive record has, is open; so the look comes first, and a refusal
(6240) leads to the same questions.
"""

import re
from dataclasses import dataclass

from sqlmodel import Session

from bot import mirror
from bot.config import Settings
from bot.domain import Payload
from bot.mirror import Likeness, fold, similar
from bot.mirror.names import NAME_LISTS, block_key
from bot.models import Company, MirrorRow, Record, Source
from bot.quickbooks.links import deep_link
from bot.sync import second_facts
from bot.sync.causes import Cause, subject_of
from bot.sync.payloads import stamp
from bot.sync.records import CustomerIn, ItemIn, VendorIn

_LIST_OF = {"Customer": "customer", "Vendor": "vendor", "Employee": "employee", "Item": "item"}
LONGEST_NAME = 100
_FORBIDDEN = re.compile(r'[:\t\r\n"]')


@dataclass(frozen=True)
class Look:
    """What a look needs to know besides the books."""

    company: Company
    settings: Settings
    source: str


@dataclass(frozen=True)
class _Twin:
    row: MirrorRow
    likeness: Likeness
    agree: tuple[str, ...]


def party_cause(
    session: Session, look: Look, record: Record, party: CustomerIn | VendorIn, own_list: str
) -> Cause | None:
    """Return why a customer or vendor must not simply be created; None when nothing is alike.

    On its own list a name alike is a twin unless second facts speak against it; the very same
    name always is, because creating it would fail or make a silent double. On the other lists
    only an active holder of the very same name stands in the way.
    """
    mine = second_facts.ours(party)
    twins: list[_Twin] = []
    others: list[_Twin] = []
    company_id = look.company.id or 0
    for row, likeness in mirror.candidates(session, company_id, party.name, NAME_LISTS):
        theirs = second_facts.theirs(row)
        twin = _Twin(row, likeness, tuple(second_facts.agreeing(mine, theirs)))
        if row.entity != own_list:
            if row.active and second_facts.same_written(party.name, row.name):
                others.append(twin)
            continue
        against = second_facts.contradicting(mine, theirs)
        if twin.agree or not against or second_facts.same_written(party.name, row.name):
            twins.append(twin)
    best = _best(twins)
    if best is not None:
        return _party_hold(session, look, record, party, best, own_list)
    best = _best(others)
    return _party_hold(session, look, record, party, best, own_list) if best else None


def item_cause(session: Session, look: Look, record: Record, item: ItemIn) -> Cause | None:
    """Return why an item must not simply be created: its SKU or its name is there already."""
    company_id = look.company.id or 0
    twins = [
        _Twin(row, similar(item.name, row.name) or Likeness(0.5, "the names differ"), ("SKU",))
        for row in (mirror.by_sku(session, company_id, item.sku) if item.sku else [])
    ]
    for row in mirror.by_folded(session, company_id, fold(item.name), ("Item",)):
        other_sku = bool(item.sku and row.sku and item.sku != row.sku)
        likeness = similar(item.name, row.name)
        if likeness is None or any(twin.row.qbo_id == row.qbo_id for twin in twins):
            continue
        if not other_sku or second_facts.same_written(item.name, row.name):
            twins.append(_Twin(row, likeness, ()))
    best = _best(twins)
    return None if best is None else _item_hold(look, record, item, best)


def holder_cause(
    session: Session,
    look: Look,
    record: Record,
    model: CustomerIn | VendorIn | ItemIn,
    holder: MirrorRow,
    own_list: str,
) -> Cause:
    """Return the question about a holder QuickBooks itself named when it refused our name."""
    likeness = similar(model.name, holder.name) or Likeness(0.5, "the names differ")
    if isinstance(model, ItemIn):
        agree = ("SKU",) if model.sku and model.sku == holder.sku else ()
        return _item_hold(look, record, model, _Twin(holder, likeness, agree))
    facts = second_facts.agreeing(second_facts.ours(model), second_facts.theirs(holder))
    twin = _Twin(holder, likeness, tuple(facts))
    return _party_hold(session, look, record, model, twin, own_list)


def likeness_keys(model: CustomerIn | VendorIn | ItemIn) -> frozenset[str]:
    """Return what a record shares with its twins; two that share one are not created at once."""
    family = "item" if isinstance(model, ItemIn) else "party"
    keys = {f"{family}:folded:{fold(model.name)}"}
    if isinstance(model, ItemIn):
        return frozenset(keys | ({f"sku:{model.sku}"} if model.sku else set()))
    return frozenset({*keys, f"party:near:{block_key(model.name)}"})


def free_name(session: Session, company_id: int, name: str, source: str, external_id: str) -> str:
    """Propose a distinguishing name nobody has, such as 'Jane Doe (Shop 1042)'.

    At most 100 characters, without the characters QuickBooks refuses.
    """
    clean = " ".join(_FORBIDDEN.sub(" ", name).split())
    mark = " ".join(_FORBIDDEN.sub(" ", f"{source} {external_id}").split())[:60]
    for attempt in range(1, 100):
        suffix = f" ({mark})" if attempt == 1 else f" ({mark} {attempt})"
        proposed = clean[: LONGEST_NAME - len(suffix)].rstrip() + suffix
        taken = mirror.by_folded(session, company_id, fold(proposed), NAME_LISTS)
        if not taken:
            return proposed
    return f"{clean[:60].rstrip()} ({mark[:30]} {external_id[-5:]})"


def propose_name(session: Session, record: Record) -> str:
    """Propose a free, distinguishing name for a record of the outbox."""
    source = session.get_one(Source, record.source_id).name
    return free_name(session, record.company_id, record.name, source, record.external_id)


def _best(twins: list[_Twin]) -> _Twin | None:
    """The one a second fact supports, then the likest, then the active one."""
    ranked = sorted(
        twins, key=lambda twin: (-len(twin.agree), -twin.likeness.score, not twin.row.active)
    )
    return ranked[0] if ranked else None


def _party_hold(
    session: Session,
    look: Look,
    record: Record,
    party: CustomerIn | VendorIn,
    twin: _Twin,
    own_list: str,
) -> Cause:
    same_list = twin.row.entity == own_list
    facts: Payload = {
        "list": _LIST_OF[own_list],
        "ours": second_facts.ours(party).shown(),
        "theirs": {
            **second_facts.theirs(twin.row).shown(),
            **_holder(look, twin.row),
            "list": _LIST_OF[twin.row.entity],
        },
        "agree": list(twin.agree),
        "differ": twin.likeness.words,
        "likeness": round(twin.likeness.score * 100),
        "record_id": record.id,
        "external_id": record.external_id,
        "proposed": free_name(
            session, look.company.id or 0, party.name, look.source, record.external_id
        ),
    }
    problem = "same_party" if same_list else "name_on_other_list"
    return Cause(problem, subject_of(record.type, look.source, record.external_id), facts)


def _item_hold(look: Look, record: Record, item: ItemIn, twin: _Twin) -> Cause:
    facts: Payload = {
        "list": "item",
        "ours": second_facts.item_ours(item),
        "theirs": {**second_facts.item_theirs(twin.row), **_holder(look, twin.row), "list": "item"},
        "agree": list(twin.agree),
        "differ": twin.likeness.words,
        "likeness": round(twin.likeness.score * 100),
        "record_id": record.id,
        "external_id": record.external_id,
    }
    return Cause("same_item", subject_of(record.type, look.source, record.external_id), facts)


def _holder(look: Look, row: MirrorRow) -> Payload:
    balance = row.data.get("Balance")
    return {
        "qbo_id": row.qbo_id,
        "entity": row.entity,
        "active": row.active,
        "balance": None if balance is None else str(balance),
        "link": deep_link(look.settings, look.company, row.entity, row.qbo_id),
    }


def own_earlier(
    session: Session, look: Look, record: Record, party: CustomerIn | VendorIn, own_list: str
) -> MirrorRow | None:
    """Return the record with our own stamp: posted before, as ahead of a restored backup."""
    mark = stamp(look.source, record.external_id)
    for row, _ in mirror.candidates(session, look.company.id or 0, party.name, (own_list,)):
        if row.active and mark in str(row.data.get("Notes") or ""):
            return row
    return None
