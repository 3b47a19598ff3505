"""Payment terms, payment methods and deposit accounts, by what a source calls them."""

from sqlmodel import Session

from bot import mirror
from bot.models import MirrorRow, Record
from bot.sync import accounts, mapping_rules, mappings, tags
from bot.sync.causes import Cause
from bot.sync.lookup import Lookup


def term(lookup: Lookup, record: Record, said: str | None) -> str | Cause:
    """The id of a payment term, "" where none is said or a person chose none.

    It decides when a document is due, so a word nobody explained holds the record.
    """
    if not said:
        return ""
    found = tags.word(lookup, record, mappings.TERM, said, ("Term",), off=False)[1]
    return "" if found == mappings.NOTHING else found


def method(lookup: Lookup, record: Record, said: str | None) -> str | Cause:
    """The id of a payment method, "" for none.

    It changes no amount and no day, and the memo names it in any case: an unknown one holds a
    record only at a source of which somebody has matched methods already.
    """
    if not said:
        return ""
    found = tags.word(lookup, record, mappings.METHOD, said, ("PaymentMethod",), off=False)[1]
    if isinstance(found, Cause):
        is_unknown = found.problem == "value_not_mapped"
        return "" if is_unknown and record.source_id not in lookup.methods_matched else found
    return "" if found == mappings.NOTHING else found


def deposit_to(
    lookup: Lookup, record: Record, said: str | None, paid_by: str | None = None
) -> str | Cause:
    """The account the money goes to; "" for undeposited funds, which QuickBooks takes by itself.

    Where the record names none, the one that was chosen for its payment method counts, then the
    one for everything of its source.
    """
    for word in (said,) if said else (paid_by, mappings.ANY):
        chosen = lookup.mapping(record, mappings.DEPOSIT_TO, word) if word else None
        if chosen is not None:
            return accounts.as_chosen(lookup, record, chosen, word or "", accounts.MONEY)
    return accounts.named(lookup, record, said, accounts.MONEY) if said else ""


def term_of(session: Session, record: Record) -> MirrorRow | None:
    """The payment term a record names, as far as it is known; for previews and repaired records."""
    said = str(record.payload.get("terms") or "")
    if not said:
        return None
    chosen = mapping_rules.stands_for(
        session, record.company_id, record.source_id, mappings.TERM, said
    )
    if chosen is not None:
        return mirror.get(session, record.company_id, "Term", chosen.qbo_id)
    rows = mirror.in_use(session, record.company_id, "Term")
    found = [row for row in rows if mappings.key_of(row.name) == mappings.key_of(said)]
    return found[0] if len(found) == 1 else None
