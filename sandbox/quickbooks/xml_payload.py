"""Payloads in XML (`Content-Type: application/xml`), taken in as if they were JSON."""

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from sandbox.quickbooks.faults import QboFault, fault
from sandbox.quickbooks.model import Body, Entity, Field, Kind

BAD_XML = "Property Name:failed to parse xml object; a property specified is unsupported or invalid"
BATCH = "IntuitBatchRequest"
REPEATED = frozenset(
    {"AttachableRef", "CustomField", "Line", "LinkedTxn", "NameValue", "Tag", "TaxLine"}
)
"""Lists also where they have one entry."""
FLAGS: Mapping[str, bool] = {"true": True, "false": False}
"""What a text means where no field says more."""
Fields = Mapping[str, Field]


def read_xml(raw: bytes, entities: Mapping[str, Entity]) -> Body:
    """The payload of a record or a batch. Raises QboFault 2010 or 2000."""
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        raise fault("2010", BAD_XML)
    try:
        root = ElementTree.fromstring(raw)
    except (ElementTree.ParseError, ValueError, LookupError):
        raise fault("2010", BAD_XML) from None
    name = _name(root)
    if name == BATCH:
        return {"BatchItemRequest": [_item(one, entities) for one in root]}
    return _record(root, entities)


def _item(element: ElementTree.Element, entities: Mapping[str, Entity]) -> Body:
    item: Body = dict(element.attrib)
    for child in element:
        item[_name(child)] = (
            child.text or "" if _name(child) == "Query" else _record(child, entities)
        )
    return item


def _record(element: ElementTree.Element, entities: Mapping[str, Entity]) -> Body:
    wanted = _name(element)
    for entity in entities.values():
        if entity.wire_name == wanted:
            break
    else:
        raise _unknown(wanted)
    if entity.opened is not None:
        return {_name(child): _record(child, entities) for child in element}
    return {**element.attrib, **_object(element, entity.by_name)}


def _unknown(name: str) -> QboFault:
    return fault("2000", f"Object Name: {name}")


def _object(element: ElementTree.Element, fields: Fields) -> Body:
    body: Body = {}
    for child in element:
        name = _name(child)
        field = fields.get(name)
        value = _value(child, field)
        if name in REPEATED or (field is not None and field.kind is Kind.LIST):
            body.setdefault(name, []).append(value)
        elif name in body:
            old = body[name]
            body[name] = [*old, value] if isinstance(old, list) else [old, value]
        else:
            body[name] = value
    return body


def _value(element: ElementTree.Element, field: Field | None) -> Any:
    """A text, a reference or an object, by the field where one is declared."""
    parts = {part.name: part for part in field.parts} if field is not None else {}
    text = (element.text or "").strip()
    if len(element) == 0:
        is_reference = field is not None and field.kind is Kind.REFERENCE
        if is_reference or list(parts) == ["value"] or (element.attrib and not parts):
            return {"value": text, **element.attrib}
        if field is None or field.kind is Kind.ANY:
            return FLAGS.get(text, text)
        return {} if parts and not text else text
    return _object(element, parts)


def _name(element: ElementTree.Element) -> str:
    """The name without its namespace."""
    return element.tag.rpartition("}")[2]
