"""From a record's external ids to QuickBooks ids: ready to post, held by a cause, or too early."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.config import Settings
from bot.domain import ENTITY, Payload, RecordState, RecordType
from bot.models import Company, MirrorRow, Record
from bot.quickbooks.links import deep_link
from bot.sync import payloads
from bot.sync.causes import Cause, Held, Later, distinct, subject_of
from bot.sync.lookup import Lookup, Parent
from bot.sync.records import (
    CustomerIn,
    InvoiceIn,
    InvoiceLineIn,
    ItemIn,
    PaymentIn,
    RecordIn,
    VendorIn,
)

_DEFAULT_INCOME = "SalesOfProductIncome"


@dataclass(frozen=True)
class Ready:
    """What to write."""

    entity: str
    payload: Payload


@dataclass
class _Found:
    """The outcome of resolving several references: ids, causes, or waiting."""

    causes: list[Cause]
    waits: list[datetime | None]

    def verdict(self) -> Held | Later | None:
        if self.causes:
            return Held(distinct(self.causes))
        if self.waits:
            moments = [moment for moment in self.waits if moment is not None]
            return Later(max(moments) if len(moments) == len(self.waits) else None)
        return None


def resolve(lookup: Lookup, record: Record, model: RecordIn) -> Ready | Held | Later:
    """Decide what to do with a record; all its causes are found at once, not one after another."""
    setting = payloads.Setting(
        lookup.source(record), lookup.company.currency, lookup.custom_numbers
    )
    if isinstance(model, CustomerIn | VendorIn):
        return Ready(ENTITY[record.type], payloads.party(model, setting))
    if isinstance(model, ItemIn):
        return _item(lookup, model)
    found = _Found([], [])
    customer_id = _reference(lookup, record, found, RecordType.CUSTOMER, model.customer)
    if isinstance(model, InvoiceIn):
        items = {
            position: _line_item(lookup, record, found, line)
            for position, line in enumerate(model.lines)
        }
        verdict = found.verdict() or _filed(lookup.company, record)
        return verdict or Ready("Invoice", payloads.invoice(model, setting, customer_id, items))
    return _payment(lookup, record, model, found, setting, customer_id)


def _filed(company: Company, record: Record) -> Held | None:
    """Hold a sale of a month whose sales tax is filed until an approver lets it in.

    Posting there changes a return that was handed in (accounting.md rule 3).
    """
    limit, day = company.tax_filed_through, record.doc_date
    if limit is None or day is None or day > limit or record.filed_by:
        return None
    facts = {"month": day.replace(day=1).isoformat(), "filed_through": limit.isoformat()}
    return Held((Cause("filed_tax", f"filed:{day:%Y-%m}", facts),))


def _payment(
    lookup: Lookup,
    record: Record,
    model: PaymentIn,
    found: _Found,
    setting: payloads.Setting,
    customer_id: str,
) -> Ready | Held | Later:
    invoices = {
        part.invoice: _reference(lookup, record, found, RecordType.INVOICE, part.invoice)
        for part in model.applies_to
    }
    return found.verdict() or Ready(
        "Payment", payloads.payment(model, setting, customer_id, invoices)
    )


def _reference(
    lookup: Lookup, record: Record, found: _Found, kind: RecordType, external_id: str
) -> str:
    """Return the QuickBooks id of a reference, or "" after noting why there is none."""
    ref = (record.source_id, kind, external_id)
    parent = lookup.parents.get(ref)
    qbo_id = lookup.linked.get(ref) or (parent.qbo_id if parent else None)
    if qbo_id:
        cause = standing_cause(lookup, ENTITY[kind], qbo_id)
        if cause is not None:
            found.causes.append(cause)
        return qbo_id
    if parent is not None and parent.state is not RecordState.SKIPPED:
        _wait_for(found, parent)
        return ""
    patience = timedelta(seconds=lookup.settings.PARENT_WAIT_SECONDS)
    if parent is None and record.received_at + patience > lookup.now:
        found.waits.append(record.received_at + patience)
    else:
        found.causes.append(_missing_parent(lookup, record, kind, external_id))
    return ""


def _wait_for(found: _Found, parent: Parent) -> None:
    if parent.state is RecordState.HELD and parent.causes:
        found.causes += parent.causes
    else:
        found.waits.append(parent.not_before)


def _line_item(lookup: Lookup, record: Record, found: _Found, line: InvoiceLineIn) -> str:
    ref = (record.source_id, RecordType.ITEM, line.item or "")
    if line.item and (line.sku is None or ref in lookup.linked or ref in lookup.parents):
        return _reference(lookup, record, found, RecordType.ITEM, line.item)
    return _by_sku(lookup, record, found, line)


def _by_sku(lookup: Lookup, record: Record, found: _Found, line: InvoiceLineIn) -> str:
    """An item by its SKU: one active item of QuickBooks, or one still in the outbox."""
    sku = line.sku or ""
    rows = lookup.items_by_sku.get(sku, ())
    active = [row for row in rows if row.active]
    if len(active) == 1:
        return active[0].qbo_id
    parent = lookup.sku_parents.get((record.source_id, sku))
    if parent is not None:
        _wait_for(found, parent)
    elif len(rows) == 1:
        found.causes.append(inactive_cause(lookup.settings, lookup.company, rows[0]))
    else:
        facts: Payload = {
            "sku": sku,
            "description": line.description,
            "item": line.item,
            "matches": len(active),
            "candidates": [row.name for row in active[:5]],
        }
        subject = subject_of(RecordType.ITEM, lookup.source(record), sku)
        found.causes.append(Cause("item_not_mapped", subject, facts))
    return ""


def _item(lookup: Lookup, model: ItemIn) -> Ready | Held:
    account = _income_account(lookup, model)
    if isinstance(account, Cause):
        return Held((account,))
    return Ready("Item", payloads.item(model, account))


def _income_account(lookup: Lookup, model: ItemIn) -> str | Cause:
    """The record's own account, else the company's, else the only obvious one; never a guess."""
    if model.income_account:
        return _named_account(lookup, model.income_account)
    if lookup.company.income_account_id:
        chosen = _account(lookup, lookup.company.income_account_id)
        if chosen is not None:
            return (
                chosen.qbo_id
                if chosen.active
                else inactive_cause(lookup.settings, lookup.company, chosen)
            )
    obvious = [
        row
        for row in lookup.accounts
        if row.active
        and row.data.get("AccountType") == "Income"
        and row.data.get("AccountSubType") == _DEFAULT_INCOME
    ]
    if len(obvious) == 1:
        return obvious[0].qbo_id
    return Cause("no_income_account", "income_account", {"name": None})


def _named_account(lookup: Lookup, wanted: str) -> str | Cause:
    by_id = _account(lookup, wanted)
    folded = wanted.strip().casefold()
    full = [row for row in lookup.accounts if _full_name(row).casefold() == folded]
    leaf = [row for row in lookup.accounts if _leaf_name(row).casefold() == folded]
    named = full or leaf
    active = [by_id] if by_id else [row for row in named if row.active]
    if len(active) == 1 and active[0].active:
        return active[0].qbo_id
    inactive = by_id or (named[0] if len(named) == 1 else None)
    if inactive is not None:
        return inactive_cause(lookup.settings, lookup.company, inactive)
    # Two accounts may share a leaf name under different parents: a person says which.
    return Cause("no_income_account", f"income_account:{wanted}", {"name": wanted})


def _account(lookup: Lookup, qbo_id: str) -> MirrorRow | None:
    return next((row for row in lookup.accounts if row.qbo_id == qbo_id), None)


def _full_name(row: MirrorRow) -> str:
    return str(row.data.get("FullyQualifiedName") or row.name).removesuffix(" (deleted)")


def _leaf_name(row: MirrorRow) -> str:
    return str(row.data.get("Name") or row.name).removesuffix(" (deleted)")


def standing_cause(lookup: Lookup, entity: str, qbo_id: str) -> Cause | None:
    """Return why a QuickBooks record cannot be used, as the mirror knows it; None if it can."""
    row = lookup.rows.get((entity, qbo_id))
    if row is None:
        return None
    if row.deleted:
        return missing_cause(lookup.settings, lookup.company, entity, qbo_id, row.name)
    return None if row.active else inactive_cause(lookup.settings, lookup.company, row)


def inactive_cause(settings: Settings, company: Company, row: MirrorRow) -> Cause:
    """One inactive record of QuickBooks, the root of everything that waits for it."""
    balance = row.data.get("Balance", row.data.get("CurrentBalance"))
    facts: Payload = {
        "list": row.entity.lower(),
        "entity": row.entity,
        "qbo_id": row.qbo_id,
        "name": row.name,
        "link": deep_link(settings, company, row.entity, row.qbo_id),
        "balance": None if balance is None else str(balance),
    }
    return Cause("inactive_record", f"{row.entity}:{row.qbo_id}", facts)


def missing_cause(
    settings: Settings, company: Company, entity: str, qbo_id: str, name: str
) -> Cause:
    """One record that is no longer in QuickBooks (deleted, or merged into another)."""
    facts: Payload = {
        "gone": True,
        "list": entity.lower(),
        "entity": entity,
        "qbo_id": qbo_id,
        "name": name or None,
        "link": deep_link(settings, company, entity, qbo_id),
        "code": "",
        "fault_message": "",
        "detail": "",
        "element": "",
        "intuit_tid": "",
        "raw": "",
        "http_status": None,
        "record_type": entity.lower(),
        "number": "",
        "party": name,
        "amount": None,
    }
    return Cause("missing_record", f"{entity}:{qbo_id}", facts)


def _missing_parent(lookup: Lookup, record: Record, kind: RecordType, external_id: str) -> Cause:
    name = lookup.names.get((record.source_id, kind, external_id))
    facts: Payload = {"refers_to": str(kind), "ref": external_id}
    if name:
        facts["name"] = name
    return Cause("missing_parent", subject_of(kind, lookup.source(record), external_id), facts)
