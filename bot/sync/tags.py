"""Classes, locations, tax codes and the currency of a document, as QuickBooks has them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain import ENTITY, SALES_DOCUMENTS, Payload, RecordType
from bot.models import MirrorRow, Record
from bot.sync import mappings, places
from bot.sync.causes import Cause
from bot.sync.kinds import kind_of
from bot.sync.lookup import Lookup
from bot.sync.payloads import Tags
from bot.sync.roots import KIND_WORDS, cards, mapped_id, mapping_subject, standing_cause

_TAXED = frozenset({"tax", "taxable", "yes", "y", "true"})
_FREE = frozenset({"non", "none", "exempt", "non-taxable", "nontaxable", "no", "n", "false"})

# Words that may be external ids of the source's own records.
# "15" is rather a number of days than the id of a term.
_BY_NAME = frozenset({mappings.TERM, mappings.METHOD})
_OWN = {mappings.CLASS: RecordType.CLASS, mappings.LOCATION: RecordType.LOCATION}


class TaggedLine(Protocol):
    """A line that may have a class."""

    @property
    def class_name(self) -> str | None: ...


class Tagged(Protocol):
    """A document that may have a location, and classes and tax codes on its lines."""

    @property
    def location(self) -> str | None: ...

    @property
    def lines(self) -> Sequence[TaggedLine]: ...


@dataclass
class _Told:
    """What is found out, by line position, and the causes of what is unknown."""

    location: str = ""
    header_class: str = ""
    classes: dict[int, str] = field(default_factory=dict)
    tax_codes: dict[int, str] = field(default_factory=dict)
    causes: list[Cause] = field(default_factory=list)

    def take(self, found: str | Cause) -> str:
        """Keep a cause, return an id; what is posted without one has the id ""."""
        if isinstance(found, Cause):
            self.causes.append(found)
            return ""
        return "" if found == mappings.NOTHING else found


def of(lookup: Lookup, record: Record, model: Tagged) -> tuple[Tags, list[Cause]]:
    """Resolve the words of a document; mappings go before names, and nothing is guessed."""
    made = _Told()
    shared = ""
    if model.location:
        entity, found = _location(lookup, record, model.location)
        value = made.take(found)
        made.location, shared = (value, "") if entity == "Department" else ("", value)
    for position, line in enumerate(model.lines):
        own = made.take(_class(lookup, record, line.class_name)) if line.class_name else shared
        if own:
            made.classes[position] = own
    if not kind_of(record).untaxed:
        made.tax_codes = _tax_codes(lookup, record, model, made)
    if record.type in SALES_DOCUMENTS:
        # Only these have a class of their own in QuickBooks.
        _lift_class(lookup, made, len(model.lines))
    return Tags(made.location, made.header_class, made.classes, made.tax_codes), made.causes


def is_us(lookup: Lookup) -> bool:
    """Say whether lines are only taxable or not, as in the United States: codes TAX and NON."""
    codes = {row.qbo_id for row in lookup.lists.get("TaxCode", ())}
    return not codes or "NON" in codes


def currency_cause(lookup: Lookup, record: Record, entity: str, qbo_id: str) -> Cause | None:
    """Return why a document cannot be posted for a party kept in another currency."""
    row = lookup.rows.get((entity, qbo_id))
    theirs = str(((row.data.get("CurrencyRef") if row else None) or {}).get("value") or "")
    if row is None or not theirs or theirs == record.currency:
        return None
    kind = next(kind for kind, name in ENTITY.items() if name == entity)
    external_id = str(record.payload.get(kind.value) or "")
    facts: Payload = {
        "list": entity.lower(),
        "entity": entity,
        "qbo_id": qbo_id,
        "name": row.name,
        "theirs_currency": theirs,
        "ours_currency": record.currency,
        "source_id": record.source_id,
        "refers_to": kind.value,
        "ref": external_id,
        "multicurrency": bool(lookup.preference("CurrencyPrefs", "MultiCurrencyEnabled")),
    }
    subject = f"currency:{lookup.source(record)}/{kind.value}/{external_id}/{record.currency}"
    return Cause("currency_differs", subject, facts)


def _class(lookup: Lookup, record: Record, said: str) -> str | Cause:
    tracks = _tracks_classes(lookup)
    return word(lookup, record, mappings.CLASS, said, ("Class",), off=not tracks)[1]


def _location(lookup: Lookup, record: Record, said: str) -> tuple[str, str | Cause]:
    """A location of QuickBooks or, where the company keeps them so, a class."""
    tracks = {"Department": _tracks_locations, "Class": _tracks_classes}
    tracked = [entity for entity in places.lists(lookup.company) if tracks[entity](lookup)]
    return word(lookup, record, mappings.LOCATION, said, tracked, off=not tracked)


def _tracks_classes(lookup: Lookup) -> bool:
    names = ("ClassTrackingPerTxn", "ClassTrackingPerTxnLine")
    known = [lookup.preference("AccountingInfoPrefs", name) for name in names]
    return any(known) or known == [None, None]


def _tracks_locations(lookup: Lookup) -> bool:
    return lookup.preference("AccountingInfoPrefs", "TrackDepartments") is not False


def word(
    lookup: Lookup, record: Record, what: str, said: str, entities: Sequence[str], *, off: bool
) -> tuple[str, str | Cause]:
    """What a word stands for: the entity and its id, or why that is not known."""
    chosen = lookup.mapping(record, what, said) or lookup.mapping(record, what, mappings.ANY)
    if chosen is not None:
        if chosen.qbo_id == mappings.NOTHING:
            return chosen.entity, mappings.NOTHING
        return chosen.entity, mapped_id(lookup, record, chosen)
    own_kind = None if off else _OWN.get(what)
    own_id = lookup.linked.get((record.source_id, own_kind, said)) if own_kind else None
    if own_id:
        own_entity = mappings.ENTITIES[what]
        return own_entity, standing_cause(lookup, own_entity, own_id) or own_id
    near: list[MirrorRow] = []
    for entity in entities if not off else ():
        rows = _called(lookup.lists.get(entity, ()), said, by_id=what not in _BY_NAME)
        active = [row for row in rows if row.active]
        if len(active) == 1:
            return entity, active[0].qbo_id
        near += rows
    own = entities[0] if entities else mappings.ENTITIES[what]
    key = mappings.ANY if off else said
    facts: Payload = {
        "what": what,
        "kind_words": KIND_WORDS[what],
        "word": key,
        "name": said,
        "source_id": record.source_id,
        "off": off,
        "candidates": cards(near),
    }
    subject = mapping_subject(lookup.source(record), what, key)
    return own, Cause("value_not_mapped", subject, facts)


def _called(rows: Sequence[MirrorRow], said: str, *, by_id: bool) -> list[MirrorRow]:
    """Rows by id, else by full name, else by their own name."""
    key = mappings.key_of(said)
    for name in (_id_of, _full_name, _own_name) if by_id else (_full_name, _own_name):
        found = [row for row in rows if mappings.key_of(name(row)) == key]
        if found:
            return found
    return []


def _id_of(row: MirrorRow) -> str:
    return row.qbo_id


def _full_name(row: MirrorRow) -> str:
    return row.name


def _own_name(row: MirrorRow) -> str:
    return str(row.data.get("Name") or row.name).removesuffix(" (deleted)")


def _lift_class(lookup: Lookup, made: _Told, lines: int) -> None:
    """Where classes are kept per document, one class on all lines stands on the document."""
    per_line = lookup.preference("AccountingInfoPrefs", "ClassTrackingPerTxnLine")
    per_document = lookup.preference("AccountingInfoPrefs", "ClassTrackingPerTxn")
    values = set(made.classes.values())
    if per_document and not per_line and len(values) == 1 and len(made.classes) == lines:
        made.header_class, made.classes = values.pop(), {}


def _tax_codes(lookup: Lookup, record: Record, model: Tagged, made: _Told) -> dict[int, str]:
    """The tax code of each line; in the United States an invoice's lines are TAX or NON."""
    if is_us(lookup):
        if record.type not in SALES_DOCUMENTS:
            return {}
        taxed = getattr(model, "tax_total", 0) != 0
        return {
            position: _us_code(lookup, record, _code(line), made, taxed=taxed)
            for position, line in enumerate(model.lines)
        }
    if lookup.preference("TaxPrefs", "UsingSalesTax") is False:
        return dict.fromkeys(range(len(model.lines)), "")
    return {
        position: made.take(_tax_code(lookup, record, _code(line)))
        for position, line in enumerate(model.lines)
    }


def _code(line: TaggedLine) -> str | None:
    return getattr(line, "tax_code", None)


def _us_code(lookup: Lookup, record: Record, said: str | None, made: _Told, *, taxed: bool) -> str:
    default = "TAX" if taxed else "NON"
    if not said:
        return default
    folded = mappings.key_of(said)
    if folded in _TAXED or folded in _FREE:
        return "TAX" if folded in _TAXED else "NON"
    return made.take(_tax_code(lookup, record, said)) or default


def _tax_code(lookup: Lookup, record: Record, said: str | None) -> str | Cause:
    """A line that names no code needs one all the same where every line has one."""
    if said:
        found = word(lookup, record, mappings.TAX_CODE, said, ("TaxCode",), off=False)[1]
        if isinstance(found, Cause):
            return Cause("tax_code_missing", found.subject, found.facts)
        return found
    chosen = lookup.mapping(record, mappings.TAX_CODE, mappings.ANY)
    if chosen is not None:
        return mapped_id(lookup, record, chosen)
    facts: Payload = {
        "what": mappings.TAX_CODE,
        "kind_words": KIND_WORDS[mappings.TAX_CODE],
        "word": mappings.ANY,
        "name": "",
        "source_id": record.source_id,
        "candidates": cards([row for row in lookup.lists.get("TaxCode", ()) if row.active]),
    }
    subject = mapping_subject(lookup.source(record), mappings.TAX_CODE, mappings.ANY)
    return Cause("tax_code_missing", subject, facts)
