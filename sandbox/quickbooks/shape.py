"""Checks a payload against the entity's fields: unknown names, types, lengths, characters."""

import math
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from sandbox.quickbooks.faults import WRONG_TYPE, fault
from sandbox.quickbooks.model import Body, Entity, Field, Kind, Record
from sandbox.quickbooks.money import LARGEST

ENVELOPE = frozenset({"Id", "SyncToken", "MetaData", "domain", "sparse", "status", "Active"})
EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def clean(entity: Entity, body: Body) -> Body:
    """The fields sent with a value, in their stored form.

    Empty strings, nulls and empty references count as not sent: that is how client libraries
    write a field they know and have no value for. Raises QboFault.
    """
    kept: Body = {}
    for name, value in body.items():
        field = entity.by_name.get(name)
        if field is None:
            if name not in ENVELOPE and name not in entity.known:
                raise unknown_property(entity, name)
            continue
        if field.read_only or value is None or value == "":
            continue
        stored = CLEANERS[field.kind](field, value, field.element or field.name)
        if stored is not None:
            kept[name] = stored
    return kept


def unknown_property(entity: Entity, name: str) -> Exception:
    """2010 in its recorded form, listing what the entity knows."""
    known = [*entity.by_name, *sorted(ENVELOPE - {"Active"}), *entity.known]
    listed = ", ".join(f'"{word}"' for word in known)
    return fault(
        "2010",
        f'Property Name:Unrecognized field "{name}" (class com.intuit.schema.finance.v3.'
        f"{entity.name}), not marked as ignorable ({len(known)} known properties: {listed} "
        "[truncated]])\n specified is unsupported or invalid",
    )


def check_length(text: str, longest: int, element: str) -> None:
    """2050 when `text` is too long; numbers carry the thousands comma QuickBooks writes."""
    if len(text) > longest:
        raise fault(
            "2050",
            "String length specified does not match the supported length. "
            f"Min:0 Max:{longest:,} supported. Supplied length:{len(text):,}",
            element,
        )


def _string(field: Field, value: Any, element: str) -> str | None:
    if isinstance(value, dict | list):
        raise fault("2010", WRONG_TYPE)
    text = value if isinstance(value, str) else _scalar(value)
    text = text.strip(" ") if field.forbidden else text
    if field.longest is not None:
        check_length(text, field.longest, element)
    if field.forbidden and any(char in field.forbidden for char in text):
        raise fault("2040", f"Element contains invalid characters: {text}", element)
    return text or None


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _boolean(_field: Field, value: Any, element: str) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise fault("2230", f"Supplied value:{value}", element)


def _number(_field: Field, value: Any, element: str) -> float | int:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise fault("2010", WRONG_TYPE)
    number = _parsed(value, element) if isinstance(value, str) else value
    if abs(number) > LARGEST:
        raise fault("2110", f"Supplied value:{value}", element)
    return number


def _parsed(text: str, element: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise fault("2080", f"Supplied value:{text}", element)
    return number


def _date(_field: Field, value: Any, element: str) -> str:
    if not isinstance(value, str):
        raise fault("2060", f"Supplied value:{value}", element)
    text = value.strip()[:10]
    if not DAY.match(text):
        raise fault("2060", f"Supplied value:{value}", element)
    try:
        date.fromisoformat(text)
    except ValueError:
        raise fault("2070", f"Supplied value:{value}", element) from None
    return text


def _reference(_field: Field, value: Any, _element: str) -> Body | None:
    if not isinstance(value, dict):
        raise fault("2010", WRONG_TYPE)
    target = value.get("value")
    if target is None or target == "":
        return None
    if isinstance(target, dict | list):
        raise fault("2010", WRONG_TYPE)
    stored = {"value": str(target)}
    if value.get("name"):
        stored["name"] = str(value["name"])
    if value.get("type"):
        stored["type"] = str(value["type"])
    return stored


def _choice(field: Field, value: Any, element: str) -> str:
    if not isinstance(value, str):
        raise fault("2010", WRONG_TYPE)
    if value not in field.choices:
        raise fault("2170", f"Invalid Enumeration : {value}", element)
    return value


def _email(field: Field, value: Any, element: str) -> Body | None:
    if not isinstance(value, dict):
        raise fault("2010", WRONG_TYPE)
    address = value.get("Address")
    if not address:
        return None
    check_length(str(address), field.longest or 100, element)
    # Several addresses may stand in one field, separated by commas or semicolons.
    for part in re.split(r"[,;]", str(address)):
        if not EMAIL.match(part.strip()):
            raise fault(
                "2210",
                "Email Address does not conform to the syntax rules of RFC 822. "
                f"Supplied value:{address}",
                element,
            )
    return {"Address": str(address)}


def _object(field: Field, value: Any, element: str) -> Body | None:
    if not isinstance(value, dict):
        raise fault("2010", WRONG_TYPE)
    return _parts(field, value, element) or None


def _parts(field: Field, value: Body, element: str) -> Body:
    kept: Body = {}
    for part in field.parts:
        given = value.get(part.name)
        if given is None or given == "" or part.read_only:
            continue
        name = part.element or f"{element}.{part.name}"
        stored = CLEANERS[part.kind](part, given, name)
        if stored is not None:
            kept[part.name] = stored
    return kept


def clean_parts(field: Field, value: Any) -> Body:
    """An object by the parts of its field, in its stored form. Raises QboFault."""
    return _object(field, value, field.name) or {}


def _list(field: Field, value: Any, element: str) -> list[Any]:
    if not isinstance(value, list):
        raise fault("2010", WRONG_TYPE)
    if not field.parts:
        return value
    if not all(isinstance(entry, dict) for entry in value):
        raise fault("2010", WRONG_TYPE)
    return [_parts(field, entry, element) for entry in value]


def _any(_field: Field, value: Any, _element: str) -> Any:
    return value


CLEANERS: dict[Kind, Callable[[Field, Any, str], Any]] = {
    Kind.STRING: _string,
    Kind.BOOLEAN: _boolean,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.REFERENCE: _reference,
    Kind.CHOICE: _choice,
    Kind.EMAIL: _email,
    Kind.OBJECT: _object,
    Kind.LIST: _list,
    Kind.ANY: _any,
}


def references(fields: tuple[Field, ...], body: Body) -> Iterator[tuple[Field, Body]]:
    """Every looked-up reference in `body`, also those inside objects and lines."""
    for field in fields:
        value = body.get(field.name)
        if not value:
            continue
        if field.kind is Kind.REFERENCE:
            if field.target:
                yield field, value
        elif field.parts and field.kind is Kind.OBJECT:
            yield from references(field.parts, value)
        elif field.parts and field.kind is Kind.LIST:
            for entry in value:
                yield from references(field.parts, entry)


def display_name(record: Record) -> str:
    """The name as reads show it: inactive list records carry their suffix."""
    rule = record.entity.name_rule
    if rule is None:
        return str(record.body.get("DocNumber", ""))
    shown = "FullyQualifiedName" if rule.shown_path else rule.field
    name = str(record.body.get(shown, ""))
    return name if record.active else f"{name} (deleted)"
