"""From a record's external ids to QuickBooks ids: ready to post, held by a cause, or too early."""

from bot.models import Record
from bot.sync import mappings, payloads, required
from bot.sync.causes import Cause, Held, Posted
from bot.sync.kinds import kind_of
from bot.sync.lookup import Lookup
from bot.sync.records import RecordIn
from bot.sync.resolving import RESOLVERS, Ready, Verdict
from bot.sync.roots import inactive_cause, mapped_id, missing_cause, standing_cause

__all__ = ["Ready", "inactive_cause", "missing_cause", "resolve", "standing_cause"]


def resolve(lookup: Lookup, record: Record, model: RecordIn) -> Verdict:
    """Decide what to do with a record; all its causes are found at once, not one after another."""
    setting = payloads.Setting(
        lookup.source(record), lookup.company.currency, lookup.custom_numbers
    )
    incomplete = required.cause(record, model, lookup.rules.get(record.source_id))
    if incomplete is not None:
        return Held((incomplete,))
    kind = kind_of(record)
    if not kind.is_document:
        known = lookup.own.get((record.source_id, record.type, record.external_id))
        if known:
            # Somebody said which record of QuickBooks it is before it came: nothing is created.
            return Posted(kind.entity, known, how="matched")
        chosen = lookup.mapping(record, kind.type.value, record.external_id)
        if chosen is not None and kind.type.value in mappings.PARTIES:
            found = mapped_id(lookup, record, chosen)
            if isinstance(found, Cause):
                return Held((found,))
            return Posted(kind.entity, found, how="matched")
    return RESOLVERS[kind.type](lookup, record, model, setting)
