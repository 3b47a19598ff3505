"""From what a record refers to by external id to QuickBooks ids: found, a cause, or too early."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain import ENTITY, Payload, RecordState, RecordType
from bot.models import Record
from bot.sync import mappings, suggestions, tags
from bot.sync.causes import Cause, Held, Later, Posted, distinct, subject_of
from bot.sync.kinds import kind_of
from bot.sync.lookup import Lookup, Parent
from bot.sync.records import InvoiceLineIn
from bot.sync.roots import inactive_cause, mapped_id, standing_cause

_SETTLED = (RecordState.POSTED, RecordState.SKIPPED)


@dataclass(frozen=True)
class Ready:
    """What to write."""

    entity: str
    payload: Payload


Verdict = Ready | Held | Later | Posted


@dataclass
class Found:
    """The outcome of resolving several references: ids, causes, or waiting."""

    causes: list[Cause] = field(default_factory=list)
    waits: list[datetime | None] = field(default_factory=list)

    def verdict(self) -> Held | Later | None:
        """What becomes of the record by what was found; None when all of it is there."""
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


def party(lookup: Lookup, record: Record, found: Found, kind: RecordType, external_id: str) -> str:
    """As `reference`, and the document's currency has to be the party's."""
    qbo_id = reference(lookup, record, found, kind, external_id)
    if qbo_id:
        found.take(tags.currency_cause(lookup, record, ENTITY[kind], qbo_id))
    return qbo_id


def reference(
    lookup: Lookup, record: Record, found: Found, kind: RecordType, external_id: str
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
    chosen = lookup.mapping(record, kind.value, external_id)
    if chosen is not None and kind.value in mappings.PARTIES:
        return found.take(mapped_id(lookup, record, chosen))
    if parent is not None and parent.state is not RecordState.SKIPPED:
        _wait_for(found, parent)
        return ""
    patience = timedelta(seconds=lookup.settings.PARENT_WAIT_SECONDS)
    if parent is None and record.received_at + patience > lookup.now:
        found.waits.append(record.received_at + patience)
    else:
        found.causes.append(_missing_parent(lookup, record, kind, external_id, parent))
    return ""


def pending(lookup: Lookup, record: Record, found: Found) -> Held | Later | None:
    """Wait for accounts, classes and locations of the same source that are still to be posted.

    What else is missing of their names is told when they are there. None when none is waited for.
    """
    waited_for = False
    for kind, said in kind_of(record).names(record.payload):
        parent = _still_to_come(lookup, record, kind, said)
        if parent is not None and lookup.mapping(record, kind.value, said) is None:
            _wait_for(found, parent)
            waited_for = True
    return found.verdict() if waited_for else None


def _still_to_come(lookup: Lookup, record: Record, kind: RecordType, said: str) -> Parent | None:
    """The record of the same source that is called so and not posted yet."""
    ref = (record.source_id, kind, said)
    parent = lookup.parents.get(ref)
    if parent is None and ref not in lookup.linked:
        parent = lookup.named.get((record.source_id, kind, mappings.key_of(said)))
    if parent is None or parent.record_id == record.id or parent.state in _SETTLED:
        return None
    return parent


def _wait_for(found: Found, parent: Parent) -> None:
    if parent.state is RecordState.HELD and parent.causes:
        found.causes += parent.causes
    else:
        found.waits.append(parent.not_before)


def line_item(lookup: Lookup, record: Record, found: Found, line: InvoiceLineIn) -> str:
    ref = (record.source_id, RecordType.ITEM, line.item or "")
    if line.item and (line.sku is None or ref in lookup.linked or ref in lookup.parents):
        return reference(lookup, record, found, RecordType.ITEM, line.item)
    return _by_sku(lookup, record, found, line)


def _by_sku(lookup: Lookup, record: Record, found: Found, line: InvoiceLineIn) -> str:
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


def _missing_parent(
    lookup: Lookup, record: Record, kind: RecordType, external_id: str, parent: Parent | None
) -> Cause:
    """It never came, or it came and a person decided that it is not posted."""
    name = lookup.names.get((record.source_id, kind, external_id))
    facts: Payload = {
        "refers_to": kind.words,
        "ref": external_id,
        "source_id": record.source_id,
        "entity": ENTITY[kind],
    }
    if name:
        facts["name"] = name
    if parent is not None:
        facts["set_aside"] = parent.set_aside or "no reason was kept"
    return Cause("missing_parent", subject_of(kind, lookup.source(record), external_id), facts)
