"""From a record's external ids to QuickBooks ids: ready to post, held by a cause, or too early."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain import ENTITY, Payload, RecordState, RecordType
from bot.models import Company, Record
from bot.sync import accounts, mappings, payloads, periods, required, suggestions, tags
from bot.sync.causes import Cause, Held, Later, Posted, distinct, subject_of
from bot.sync.lookup import Lookup, Parent
from bot.sync.records import (
    BillIn,
    CustomerIn,
    InvoiceIn,
    InvoiceLineIn,
    ItemIn,
    PaymentIn,
    RecordIn,
    VendorIn,
)
from bot.sync.roots import inactive_cause, mapped_id, missing_cause, standing_cause

__all__ = ["Ready", "inactive_cause", "missing_cause", "resolve", "standing_cause"]


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

    def take(self, answer: str | Cause | None) -> str:
        """Keep a cause; return the id, or "" where there is none."""
        if isinstance(answer, Cause):
            self.causes.append(answer)
        return answer if isinstance(answer, str) else ""


def resolve(lookup: Lookup, record: Record, model: RecordIn) -> Ready | Held | Later | Posted:
    """Decide what to do with a record; all its causes are found at once, not one after another."""
    setting = payloads.Setting(
        lookup.source(record), lookup.company.currency, lookup.custom_numbers
    )
    incomplete = required.cause(record, model, lookup.rules.get(record.source_id))
    if incomplete is not None:
        return Held((incomplete,))
    if isinstance(model, CustomerIn | VendorIn | ItemIn):
        known = lookup.own.get((record.source_id, record.type, record.external_id))
        if known:
            # Somebody said which record of QuickBooks it is before it came: nothing is created.
            return Posted(ENTITY[record.type], known, how="matched")
    if isinstance(model, CustomerIn | VendorIn):
        return Ready(ENTITY[record.type], payloads.party(model, setting))
    if isinstance(model, ItemIn):
        return _item(lookup, record, model)
    found = _Found([], [])
    if isinstance(model, BillIn):
        return _bill(lookup, record, model, found, setting)
    customer_id = _party(lookup, record, found, RecordType.CUSTOMER, model.customer)
    found.take(accounts.ledger_cause(lookup, accounts.RECEIVABLE, record.currency))
    if isinstance(model, InvoiceIn):
        items = {
            position: _line_item(lookup, record, found, line)
            for position, line in enumerate(model.lines)
        }
        told, unknown = tags.of(lookup, record, model)
        found.causes += unknown
        verdict = found.verdict() or _filed(lookup.company, record)
        return verdict or Ready(
            "Invoice", payloads.invoice(model, setting, customer_id, items, told)
        )
    return _payment(lookup, record, model, found, setting, customer_id)


def _bill(
    lookup: Lookup, record: Record, model: BillIn, found: _Found, setting: payloads.Setting
) -> Ready | Held | Later:
    vendor_id = _party(lookup, record, found, RecordType.VENDOR, model.vendor)
    lines = {
        position: found.take(accounts.named(lookup, record, line.account, accounts.LINE))
        for position, line in enumerate(model.lines)
    }
    payable = ""
    if model.payable_account:
        answer = accounts.named(lookup, record, model.payable_account, accounts.PAYABLE)
        payable = found.take(answer)
    else:
        found.take(accounts.ledger_cause(lookup, accounts.PAYABLE, record.currency))
    told, unknown = tags.of(lookup, record, model)
    found.causes += unknown
    ready = Ready("Bill", payloads.bill(model, setting, vendor_id, lines, told, payable))
    return found.verdict() or ready


def _filed(company: Company, record: Record) -> Held | None:
    """Hold a document of a month whose sales tax is filed until an approver lets it in.

    Posting there changes a return that was handed in (accounting.md rule 3).
    """
    limit, day = company.tax_filed_through, record.doc_date
    if limit is None or day is None or record.filed_by:
        return None
    if not periods.changes_filed_return(company, record) or periods.is_closed(company, day):
        # In closed books no approver can let it in: QuickBooks refuses it, with its own alert.
        return None
    facts = {"month": day.replace(day=1).isoformat(), "filed_through": limit.isoformat()}
    return Held((Cause(periods.FILED_TAX, f"filed:{day:%Y-%m}", facts),))


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


def _party(
    lookup: Lookup, record: Record, found: _Found, kind: RecordType, external_id: str
) -> str:
    """As `_reference`, and the document's currency has to be the party's."""
    qbo_id = _reference(lookup, record, found, kind, external_id)
    if qbo_id:
        found.take(tags.currency_cause(lookup, record, ENTITY[kind], qbo_id))
    return qbo_id


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
    """An item by its SKU: what a person said, one active item, or one still in the outbox."""
    sku = line.sku or ""
    chosen = lookup.mapping(record, mappings.SKU, sku)
    if chosen is not None:
        return found.take(mapped_id(lookup, record, chosen))
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
        found.causes.append(_not_mapped(lookup, record, line, sku))
    return ""


def _not_mapped(lookup: Lookup, record: Record, line: InvoiceLineIn, sku: str) -> Cause:
    active = [row for row in lookup.items_by_sku.get(sku, ()) if row.active]
    likely = lookup.suggested.get((record.source_id, sku), ())
    only = suggestions.best(likely)
    facts: Payload = {
        "sku": sku,
        "word": sku,
        "what": mappings.SKU,
        "source_id": record.source_id,
        "description": line.description,
        "price": None if line.unit_price is None else str(line.unit_price),
        "item": line.item,
        "matches": len(active),
        "candidates": [row.name for row in active[:5]],
        "suggestions": [one.card() for one in likely],
        "suggested": only.card() if only is not None else None,
    }
    subject = subject_of(RecordType.ITEM, lookup.source(record), sku)
    return Cause("item_not_mapped", subject, facts)


def _item(lookup: Lookup, record: Record, model: ItemIn) -> Ready | Held:
    account = accounts.income(lookup, record, model.income_account)
    if isinstance(account, Cause):
        return Held((account,))
    return Ready("Item", payloads.item(model, account))


def _missing_parent(lookup: Lookup, record: Record, kind: RecordType, external_id: str) -> Cause:
    name = lookup.names.get((record.source_id, kind, external_id))
    facts: Payload = {
        "refers_to": str(kind),
        "ref": external_id,
        "source_id": record.source_id,
        "entity": ENTITY[kind],
    }
    if name:
        facts["name"] = name
    return Cause("missing_parent", subject_of(kind, lookup.source(record), external_id), facts)
