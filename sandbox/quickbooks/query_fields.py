"""The fields a query names: which there are, what a record has in them, and the tests on them."""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sandbox.quickbooks.clock import parse_moment, stamp
from sandbox.quickbooks.company import Company, fold
from sandbox.quickbooks.faults import QboFault, fault
from sandbox.quickbooks.model import Entity, Field, Kind, Record
from sandbox.quickbooks.query_text import Condition, Value, unexpected

ID = Field("Id", queryable=True)
ACTIVE = Field("Active", Kind.BOOLEAN, queryable=True)
CREATED = Field("MetaData.CreateTime", Kind.ANY, queryable=True)
CHANGED = Field("MetaData.LastUpdatedTime", Kind.ANY, queryable=True)
OF_ALL = {field.name.lower(): field for field in (ID, CREATED, CHANGED)}
"""What every record has, by the name a query may write in any case."""
INSIDE = {Kind.EMAIL: "Address", Kind.OBJECT: "FreeFormNumber", Kind.REFERENCE: "value"}

Test = Callable[[Record], bool]
READERS: Mapping[str, Callable[[Record], Any]] = {
    "Id": operator.attrgetter("id"),
    "Active": operator.attrgetter("active"),
    CREATED.name: lambda record: record.created.replace(microsecond=0),
    CHANGED.name: lambda record: record.changed.replace(microsecond=0),
}
"""What every record has outside its body; times count in whole seconds, as they are shown."""

COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def property_of(entity: Entity, name: str) -> Field:
    """The field a query names; 4001 when there is none or it cannot be filtered on."""
    field = known_field(entity, name)
    if not field.queryable:
        raise fault("4001", f"QueryValidationError: property '{field.name}' is not queryable")
    return field


def known_field(entity: Entity, name: str) -> Field:
    """The field with that name in any case; 4001 when the entity has none."""
    folded = name.lower()
    if folded == "active" and entity.name_rule is not None:
        return ACTIVE
    if folded in OF_ALL:
        return OF_ALL[folded]
    if folded in ("metadata", "synctoken", "domain", "sparse"):
        return Field(name)
    for field in entity.fields:
        if field.name.lower() == folded:
            return field
    if name in entity.known:
        return Field(name)
    raise fault("4001", f"QueryValidationError: Property {name} not found for Entity {entity.name}")


def test_of(company: Company, entity: Entity, condition: Condition) -> Test:
    """Whether a record meets the condition. Raises QboFault 4000 or 4001."""
    field = property_of(entity, condition.prop)
    sign = condition.operator
    if sign == "!=" and not company.switches.queries_take_not_equal:
        raise unexpected(condition.sign)
    if field is ID and sign not in ("=", "IN"):
        raise fault(
            "4001", f"QueryValidationError: operator {sign} is not supported for property Id"
        )
    read = reader_of(company, field)
    if sign == "LIKE":
        pattern = _pattern(condition.values[0])
        return lambda record: pattern.fullmatch(_text(read(record))) is not None
    convert = _converter(field)
    wanted = [convert(_literal(company, field, value)) for value in condition.values]
    return _compared(_comparable(field, read, convert), sign, wanted)


def _comparable(
    field: Field, read: Callable[[Record], Any], convert: Callable[[Any], Any]
) -> Callable[[Record], Any]:
    if field is not ID and field.name in READERS:
        return read

    def value(record: Record) -> Any:
        found = read(record)
        return None if found is None else convert(found)

    return value


def _compared(value_of: Callable[[Record], Any], sign: str, wanted: list[Any]) -> Test:
    """A field without a value meets nothing but a blank literal, which stands for no value."""
    if sign == "IN":
        any_of = frozenset(wanted)
        return lambda record: value_of(record) in any_of
    compare, first = COMPARE[sign], wanted[0]
    if sign == "=" and first == "":
        return lambda record: not value_of(record)
    return lambda record: (value := value_of(record)) is not None and compare(value, first)


def _literal(company: Company, field: Field, value: Value) -> str:
    if value.kind == "today":
        return company.today()
    if field.kind is Kind.BOOLEAN and value.text.lower() not in ("true", "false"):
        raise invalid_value(field, value.text)
    return value.text


def invalid_value(field: Field, text: str) -> QboFault:
    """4001 for a literal of the wrong type."""
    return fault(
        "4001", f"QueryValidationError: value {text} is not valid for property {field.name}"
    )


def _converter(field: Field) -> Callable[[Any], Any]:
    """How literals and stored values of the field become comparable; raises QboFault 4001."""
    plain = _moment if field.name.startswith("MetaData.") else PLAIN.get(field.kind, _folded)

    def convert(value: Any) -> Any:
        try:
            return plain(value)
        except (TypeError, ValueError):
            raise invalid_value(field, str(value)) from None

    return convert


def _moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else parse_moment(str(value))


def _day(value: Any) -> date:
    return date.fromisoformat(str(value)[:10])


def _flag(value: Any) -> bool:
    return value is True or value == "true"


def _folded(value: Any) -> str:
    return fold(_text(value))


PLAIN: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.NUMBER: float,
    Kind.BOOLEAN: _flag,
    Kind.DATE: _day,
}


def reader_of(company: Company, field: Field) -> Callable[[Record], Any]:
    """How to read the field of a record; None where it has no value."""
    known = READERS.get(field.name)
    if known is not None:
        return known
    name, inside = field.name, INSIDE.get(field.kind)
    counted = name.startswith(("Balance", "CurrentBalance"))

    def read(record: Record) -> Any:
        value = None if counted else record.body.get(name)
        marked = not record.active and not company.switches.inactive_found_by_base_name
        if value is None or marked:
            value = company.render(record).get(name)
        return value.get(inside) if inside and isinstance(value, dict) else value

    return read


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return stamp(value)
    return "" if value is None else str(value)


def _pattern(value: Value) -> re.Pattern[str]:
    parts = (re.escape(part) for part in value.text.split("%"))
    return re.compile(".*".join(parts), re.IGNORECASE | re.DOTALL)
