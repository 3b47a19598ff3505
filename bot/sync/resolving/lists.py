"""Records of lists: customers, vendors, items; accounts, classes, locations by name."""

from collections.abc import Sequence

from bot.domain import Payload, RecordType
from bot.models import MirrorRow, Record
from bot.sync import accounts, mappings, payloads, terms
from bot.sync.causes import Held, Posted, own_cause
from bot.sync.kinds import kind_of
from bot.sync.kinds.account import AccountIn
from bot.sync.kinds.class_ import ClassIn
from bot.sync.kinds.customer import CustomerIn
from bot.sync.kinds.employee import EmployeeIn
from bot.sync.kinds.item import ItemIn
from bot.sync.kinds.location import LocationIn
from bot.sync.kinds.vendor import VendorIn
from bot.sync.lookup import Lookup
from bot.sync.resolving.references import Found, Ready, Verdict, pending, reference
from bot.sync.roots import cards, inactive_cause


def party(
    lookup: Lookup, record: Record, model: CustomerIn | VendorIn, setting: payloads.Setting
) -> Verdict:
    """A customer or vendor; a customer may be a part of another one."""
    found = Found()
    parent = ""
    if isinstance(model, CustomerIn) and model.parent:
        parent = reference(lookup, record, found, RecordType.CUSTOMER, model.parent)
    term_id = found.take(terms.term(lookup, record, model.terms))
    ready = Ready(kind_of(record).entity, payloads.party(model, setting, parent, term_id))
    return found.verdict() or ready


def item(lookup: Lookup, record: Record, model: ItemIn, _setting: payloads.Setting) -> Verdict:
    """An item needs the account its sales go to; a category, which may hold it, needs none."""
    found = Found()
    parent = ""
    if model.parent:
        parent = reference(lookup, record, found, RecordType.ITEM, model.parent)
    waits = pending(lookup, record, found)
    if waits is not None:
        return waits
    account_id = ""
    if model.kind != "category":
        account_id = found.take(accounts.income(lookup, record, model.income_account))
    return found.verdict() or Ready("Item", payloads.item(model, account_id, parent))


def account(lookup: Lookup, record: Record, model: AccountIn, setting: payloads.Setting) -> Verdict:
    """An account: the one of this full name, kind and currency, else a new one."""
    found = Found()
    parent = _above(lookup, record, found, model.parent, lookup.accounts)
    verdict = found.verdict()
    if verdict is not None:
        return verdict
    same = [
        row
        for row in _namesakes(lookup.accounts, parent, model.name)
        if row.data.get("AccountType") == model.account_type
        and accounts.currency_of(row, lookup.company) == record.currency
    ]
    return _there(lookup, same) or Ready("Account", payloads.account(model, setting, parent))


def small(
    lookup: Lookup, record: Record, model: ClassIn | LocationIn, _setting: payloads.Setting
) -> Verdict:
    """A class or location: the one of this full name, else a new one."""
    found = Found()
    entity = kind_of(record).entity
    rows = lookup.lists.get(entity, ())
    parent = _above(lookup, record, found, model.parent, rows)
    verdict = found.verdict() or _there(lookup, _namesakes(rows, parent, model.name))
    return verdict or Ready(entity, payloads.small(model, parent))


def employee(
    lookup: Lookup, record: Record, model: EmployeeIn, _setting: payloads.Setting
) -> Verdict:
    """The one active employee of this name, whose address is no other; never made by the bot."""
    rows = lookup.lists.get("Employee", ())
    same = [row for row in rows if mappings.key_of(row.name) == mappings.key_of(model.name)]
    fits = [row for row in same if row.active and _same_address(row, model.email)]
    if len(fits) == 1:
        return Posted("Employee", fits[0].qbo_id, fits[0].data, how="matched")
    facts: Payload = {"name": model.name, "candidates": cards(same)}
    return Held((own_cause("employee_not_found", record, lookup.source(record), facts),))


def _same_address(row: MirrorRow, said: str | None) -> bool:
    theirs = str((row.data.get("PrimaryEmailAddr") or {}).get("Address") or "")
    return not said or not theirs or said.casefold() == theirs.casefold()


def _above(
    lookup: Lookup, record: Record, found: Found, said: str | None, rows: Sequence[MirrorRow]
) -> str:
    """The id of the record it stands below: one of the same source, else one of QuickBooks."""
    if not said:
        return ""
    ref = (record.source_id, record.type, said)
    if ref not in lookup.linked and ref not in lookup.parents:
        active = [row for row in accounts.called(rows, said) if row.active]
        if len(active) == 1:
            return active[0].qbo_id
    return reference(lookup, record, found, record.type, said)


def _namesakes(rows: Sequence[MirrorRow], parent_id: str, name: str) -> list[MirrorRow]:
    """What has this name below the same record."""
    wanted = mappings.key_of(name)
    return [
        row
        for row in rows
        if mappings.key_of(accounts.leaf_name(row)) == wanted
        and str((row.data.get("ParentRef") or {}).get("value") or "") == parent_id
    ]


def _there(lookup: Lookup, rows: Sequence[MirrorRow]) -> Posted | Held | None:
    """The one that is there is the record; an inactive one is told, for a twin is not made."""
    active = [row for row in rows if row.active]
    if len(active) == 1:
        return Posted(active[0].entity, active[0].qbo_id, active[0].data, how="matched")
    if rows and not active:
        return Held((inactive_cause(lookup.settings, lookup.company, rows[0]),))
    return None
