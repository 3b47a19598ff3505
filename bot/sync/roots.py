"""The roots in QuickBooks that keep records from being posted: inactive, gone, mapped to either."""

from bot import mirror
from bot.config import Settings
from bot.domain import JsonValue, Payload
from bot.models import Company, Mapping, MirrorRow, Record
from bot.quickbooks.links import deep_link
from bot.sync.causes import Cause
from bot.sync.lookup import Lookup

# What a kind of mapping is called in a sentence.
KIND_WORDS = {
    "sku": "SKU",
    "account": "account",
    "class": "class",
    "location": "location",
    "tax_code": "tax code",
    "term": "payment term",
    "method": "payment method",
    "deposit_to": "deposit account",
    "customer": "customer",
    "vendor": "vendor",
}
_SHOWN = 5


def standing_cause(lookup: Lookup, entity: str, qbo_id: str) -> Cause | None:
    """Return why a QuickBooks record cannot be used, as the mirror knows it; None if it can."""
    row = lookup.rows.get((entity, qbo_id))
    if row is None:
        return None
    if row.deleted:
        return missing_cause(lookup.settings, lookup.company, entity, qbo_id, row.name)
    if row.active:
        return None
    away = lookup.merged.get((entity, qbo_id))
    if away is None:
        return inactive_cause(lookup.settings, lookup.company, row)
    cause = missing_cause(lookup.settings, lookup.company, entity, qbo_id, row.name)
    return Cause(cause.problem, cause.subject, {**cause.facts, **away})


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
    if row.entity == "Account":
        # Another account of its kind may do as well: that is for the account's own problem.
        facts |= {"reason": "inactive", "account_type": str(row.data.get("AccountType") or "")}
        return Cause("account_unusable", f"Account:{row.qbo_id}", facts)
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


def mapping_subject(source: str, what: str, said: str) -> str:
    """Name what a source calls something, such as 'sku:Shop/MUG-9'; used as a hold's subject."""
    return f"{what}:{source}/{said}"


def broken_mapping(
    settings: Settings, company: Company, source: str, found: Mapping, row: MirrorRow | None
) -> Cause:
    """A mapping whose record in QuickBooks cannot be used any more: inactive, merged or deleted."""
    gone = row is None or row.deleted
    name = mirror.full_name(row.entity, row.data) or row.name if row is not None else ""
    facts: Payload = {
        "what": found.what,
        "kind_words": KIND_WORDS[found.what],
        "word": found.said,
        "source_id": found.source_id,
        "entity": found.entity,
        "list": found.entity.lower(),
        "qbo_id": found.qbo_id,
        "name": name,
        "gone": gone,
        "link": deep_link(settings, company, found.entity, found.qbo_id),
    }
    if found.what == "sku":
        facts["sku"] = found.said
    return Cause("mapping_broken", mapping_subject(source, found.what, found.said), facts)


def mapped_id(lookup: Lookup, record: Record, found: Mapping) -> str | Cause:
    """Return the id a mapping stands for, or why it cannot be used."""
    row = lookup.rows.get((found.entity, found.qbo_id))
    if row is None or (row.active and not row.deleted):
        return found.qbo_id  # what the mirror has not seen yet is QuickBooks' to judge
    return broken_mapping(lookup.settings, lookup.company, lookup.source(record), found, row)


def cards(rows: list[MirrorRow]) -> list[JsonValue]:
    """What an alert lists of records that may be meant; five at most."""
    return [
        {
            "qbo_id": row.qbo_id,
            "name": mirror.full_name(row.entity, row.data) or row.name,
            "told": str(row.data.get("AccountType") or row.sku or ""),
            "active": row.active,
        }
        for row in rows[:_SHOWN]
    ]
