"""Payment terms, payment methods and deposit accounts, by what a source calls them."""

from sqlmodel import Session

from bot import mirror
from bot.domain import Payload
from bot.models import Mapping, MirrorRow, Record
from bot.sync import accounts, mapping_rules, mappings, meaning, tags
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
    return _called(session, record, "Term", str(record.payload.get("terms") or ""))


def said_id(session: Session, record: Record, payload: Payload, entity: str) -> str | None:
    """The id of the Term, PaymentMethod or Account (of the money) that a version of a record names.

    None where it names none, or one that is not known.
    """
    method = str(payload.get("method") or "")
    if entity != "Account":
        said = str(payload.get("terms") or "") if entity == "Term" else method
        found = _called(session, record, entity, said)
        return found.qbo_id if found is not None else None
    if payload.get("paid_from"):
        return _account_id(session, record, str(payload["paid_from"]))
    said = str(payload.get("deposit_to") or "")
    for word in (said,) if said else (method, mappings.ANY):
        chosen = _chosen(session, record, mappings.DEPOSIT_TO, word) if word else None
        if chosen is not None:
            return chosen.qbo_id
    return _account_id(session, record, said) if said else None


def _account_id(session: Session, record: Record, said: str) -> str | None:
    kind, _, qbo_id = meaning.of_account(session, record, said).partition(":")
    return qbo_id if kind == "Account" else None


def _chosen(session: Session, record: Record, what: str, said: str) -> Mapping | None:
    return mapping_rules.stands_for(session, record.company_id, record.source_id, what, said)


def _called(session: Session, record: Record, entity: str, said: str) -> MirrorRow | None:
    """The term or method a person chose for a word, else the one of that name."""
    if not said:
        return None
    what = mappings.TERM if entity == "Term" else mappings.METHOD
    chosen = _chosen(session, record, what, said)
    if chosen is not None:
        return mirror.get(session, record.company_id, entity, chosen.qbo_id)
    rows = mirror.in_use(session, record.company_id, entity)
    found = [row for row in rows if mappings.key_of(row.name) == mappings.key_of(said)]
    return found[0] if len(found) == 1 else None
