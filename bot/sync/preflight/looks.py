"""What looks otherwise than a strict pattern of the firm: held until somebody says it is right.

Only what is new: a record of a list that is about to be made, and a SKU that a rule alone explains.
What QuickBooks has, and what a person mapped, is known.
"""

from collections.abc import Iterator, Mapping

from bot.domain import Payload, RecordType
from bot.models import FormatRule, Record
from bot.sync import formats, mappings
from bot.sync.causes import Cause, own_cause, subject_of
from bot.sync.kinds import kind_of
from bot.sync.preflight.model import Certainty, Known, Posting, Verdict


def verdicts(known: Known, posting: Posting) -> Iterator[Verdict]:
    """One for a record of a list, one for each odd SKU of a document."""
    if not any(rule.strict for rule in known.formats):
        return
    made = _of_lines if kind_of(posting.record).is_document else _of_list
    for cause in made(known, posting.record):
        if cause.subject not in known.agreed:
            told = f"Looks otherwise than {cause.facts['pattern']}."
            yield Verdict(Certainty.OURS, "", told, cause=cause)


def _of_list(known: Known, record: Record) -> Iterator[Cause]:
    odd = [
        {"field": field, "called": _CALLED[field], "value": value, "pattern": rule.pattern}
        for field, value in formats.own_values(record)
        if (rule := _differs(known, record, field, value)) is not None
    ]
    if odd:
        yield own_cause(formats.HELD, record, known.table.source(record), {**odd[0], "odd": odd})


def _of_lines(known: Known, record: Record) -> Iterator[Cause]:
    source = known.table.source(record)
    for field, sku in dict.fromkeys(formats.line_skus(record)):
        word = (record.source_id, mappings.SKU, mappings.key_of(sku))
        rule = _differs(known, record, field, sku) if word in known.table.by_rule else None
        if rule is not None:
            one = {"field": field, "called": _CALLED[field], "value": sku, "pattern": rule.pattern}
            facts: Payload = {
                **one,
                "odd": [one],
                "what": mappings.SKU,
                "word": sku,
                "sku": sku,
                "source_id": record.source_id,
                "rule": known.table.by_rule[word].pattern,
            }
            yield Cause(formats.HELD, subject_of(RecordType.ITEM, source, sku), facts)


def _differs(known: Known, record: Record, field: str, value: str) -> FormatRule | None:
    rule = formats.ruling(known.formats, record.source_id, field)
    strict = rule is not None and rule.strict
    return rule if strict and rule is not None and not formats.fits(rule.pattern, value) else None


# What one of a field is called in a sentence.
_CALLED: Mapping[str, str] = {
    formats.SKU: "SKU",
    formats.ITEM_NAME: "name",
    formats.DESCRIPTION: "description",
    formats.CUSTOMER_NAME: "name",
}
