"""Answers a parsed query from a company's records."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from sandbox.quickbooks.clock import parse_moment, stamp
from sandbox.quickbooks.company import Company, Table, fold
from sandbox.quickbooks.faults import QboFault, fault
from sandbox.quickbooks.model import Body, Entity, Field, Kind, Record
from sandbox.quickbooks.query_text import Condition, Query, Value, unexpected

ID = Field("Id", queryable=True)
ACTIVE = Field("Active", Kind.BOOLEAN, queryable=True)
TIMES = {
    "metadata.createtime": Field("MetaData.CreateTime", Kind.ANY, queryable=True),
    "metadata.lastupdatedtime": Field("MetaData.LastUpdatedTime", Kind.ANY, queryable=True),
}
INSIDE = {Kind.EMAIL: "Address", Kind.OBJECT: "FreeFormNumber", Kind.REFERENCE: "value"}

type_of_test = Callable[[Any, Any], bool]
TESTS: dict[str, type_of_test] = {
    "=": lambda left, right: bool(left == right),
    "!=": lambda left, right: bool(left != right),
    "<": lambda left, right: bool(left < right),
    ">": lambda left, right: bool(left > right),
    "<=": lambda left, right: bool(left <= right),
    ">=": lambda left, right: bool(left >= right),
}


def select(company: Company, query: Query) -> tuple[Entity, list[Record], int]:
    """The entity, the page of records, and for a count how many match. Raises QboFault 4001."""
    entity = entity_of(company, query.entity)
    tests = [_test(company, entity, one) for one in query.where if not _always_met(entity, one)]
    order = [(_property(entity, name), down) for name, down in query.order]
    for name in query.fields or ():
        _known(entity, name)
    if _is_plain_page(entity, query):
        rows = in_order_of_id(company.tables[entity.name])
        return entity, _page(rows, query), len(rows)
    shows_inactive = any(condition.prop.lower() == "active" for condition in query.where)
    matching = (
        record
        for record in _candidates(company, entity, query)
        if not record.deleted
        and (shows_inactive or record.active)
        and all(test(record) for test in tests)
    )
    if not order and not query.count and entity.name != "TaxCode":
        # Nothing to sort: what stands behind the page need not be looked at.
        first = query.start - 1
        return entity, list(islice(matching, first, first + query.limit)), 0
    rows = list(matching)
    for field, down in reversed(order):
        rows.sort(key=lambda record, field=field: _sort_key(field, record, company), reverse=down)  # type: ignore[misc]
    if entity.name == "TaxCode":
        return entity, _tax_page(rows, query), len(rows)
    return entity, _page(rows, query), len(rows)


def _is_plain_page(entity: Entity, query: Query) -> bool:
    """Whether everything is asked for, active or not, by Id: how a whole list is read."""
    if entity.name_rule is None or entity.name == "TaxCode" or not query.where:
        return False
    everything = all(_active_or_not(condition) for condition in query.where)
    by_id = [(name.lower(), down) for name, down in query.order] == [("id", False)]
    return everything and (query.count or by_id)


def _always_met(entity: Entity, condition: Condition) -> bool:
    return entity.name_rule is not None and _active_or_not(condition)


def _active_or_not(condition: Condition) -> bool:
    """`Active IN (true, false)`, which every record meets."""
    texts = {value.text.lower() for value in condition.values}
    named = condition.prop.lower() == "active" and condition.operator == "IN"
    return named and texts == {"true", "false"}


def in_order_of_id(table: Table) -> list[Record]:
    """The living records by Id; kept until one comes or goes."""
    if table.by_id is None:
        living = (record for record in table.rows.values() if not record.deleted)
        table.by_id = sorted(living, key=lambda record: int(record.id))
    return table.by_id


def _page(rows: list[Record], query: Query) -> list[Record]:
    first = query.start - 1
    return rows[first : first + query.limit]


def _tax_page(rows: list[Record], query: Query) -> list[Record]:
    """QuickBooks adds its built-in tax codes to every page, beyond MAXRESULTS."""
    built_in = [record for record in rows if not record.id.isdigit()]
    return built_in + _page([record for record in rows if record.id.isdigit()], query)


def entity_of(company: Company, name: str) -> Entity:
    """The entity a query names, in any case; 4001 for an unknown one."""
    folded = name.lower()
    for entity in company.entities.values():
        if entity.name.lower() == folded:
            return entity
    raise fault("4001", f"QueryValidationError: invalid context declaration: {name}")


def project(record_body: Body, fields: tuple[str, ...]) -> Body:
    """Only the fields asked for, as QuickBooks writes a partial record."""
    wanted = {name.lower().partition(".")[0] for name in fields} | {"id"}
    kept = {name: value for name, value in record_body.items() if name.lower() in wanted}
    return {**kept, "domain": "QBO", "sparse": True}


def _candidates(company: Company, entity: Entity, query: Query) -> Iterable[Record]:
    """Use an index when a condition allows it; else the whole table in its default order."""
    table = company.tables[entity.name]
    if entity.rows is not None:
        equal = {c.prop.lower(): c.values[0].text for c in query.where if c.operator == "="}
        return entity.rows(company, equal)
    narrowed: list[Record] | None = None
    for condition in query.where:
        ids = _indexed(company, table, condition)
        if ids is not None and (narrowed is None or len(ids) < len(narrowed)):
            narrowed = [table.rows[record_id] for record_id in ids if record_id in table.rows]
    if narrowed is not None:
        return sorted(narrowed, key=default_order)
    if query.count and not query.order:
        return table.rows.values()
    if table.ordered is None:
        table.ordered = sorted(table.rows.values(), key=default_order)
    return table.ordered


def default_order(record: Record) -> tuple[str, int]:
    """Lists by name, transactions newest first."""
    number = int(record.id) if record.id.isdigit() else 0
    if record.entity.transaction:
        return "", -number
    rule = record.entity.name_rule
    if rule is None:
        return "", number
    name = record.body.get("FullyQualifiedName") or record.body.get(rule.field, "")
    return fold(str(name)), number


def _indexed(company: Company, table: Table, condition: Condition) -> set[str] | None:
    if condition.operator not in ("=", "IN"):
        return None
    prop = condition.prop.lower()
    entity = table.entity
    texts = [value.text for value in condition.values]
    if prop == "id":
        return set(texts)
    if prop == "docnumber" and "DocNumber" in entity.by_name:
        return {one for text in texts for one in table.numbers.get(fold(text), ())}
    rule = entity.name_rule
    if rule is not None and prop in (rule.field.lower(), "fullyqualifiedname"):
        found: set[str] = set()
        for text in texts:
            for name in {text, text.removesuffix(" (deleted)")}:
                keys = company.names[rule.space].get(fold(name), ())
                found |= {key[1] for key in keys if key[0] == entity.name}
        return found
    field = entity.by_name.get("CustomerRef")
    if prop == "customerref" and field is not None and entity.transaction:
        keys = {key for text in texts for key in company.referrers.get(("Customer", text), ())}
        return {key[1] for key in keys if key[0] == entity.name}
    return None


def _property(entity: Entity, name: str) -> Field:
    """The field a query names; 4001 when there is none or it cannot be filtered on."""
    field = _known(entity, name)
    if not field.queryable:
        raise fault("4001", f"QueryValidationError: property '{field.name}' is not queryable")
    return field


def _known(entity: Entity, name: str) -> Field:
    folded = name.lower()
    if folded == "id":
        return ID
    if folded == "active" and entity.name_rule is not None:
        return ACTIVE
    if folded in TIMES:
        return TIMES[folded]
    if folded in ("metadata", "synctoken", "domain", "sparse"):
        return Field(name)
    for field in entity.fields:
        if field.name.lower() == folded:
            return field
    if name in entity.known:
        return Field(name)
    raise fault("4001", f"QueryValidationError: Property {name} not found for Entity {entity.name}")


def _test(company: Company, entity: Entity, condition: Condition) -> Callable[[Record], bool]:
    field = _property(entity, condition.prop)
    operator = condition.operator
    if operator == "!=" and not company.switches.queries_take_not_equal:
        raise unexpected(condition.sign)
    if field is ID and operator not in ("=", "IN"):
        raise fault(
            "4001", f"QueryValidationError: operator {operator} is not supported for property Id"
        )
    if operator == "LIKE":
        pattern = _pattern(condition.values[0])
        return lambda record: _like(pattern, _text(_value_of(field, record, company)))
    convert = _converter(field)
    wanted = [convert(_literal(company, field, value)) for value in condition.values]
    if operator == "IN":
        return lambda record: _convert_safely(convert, field, record, company) in wanted
    compare = TESTS[operator]

    def test(record: Record) -> bool:
        actual = _convert_safely(convert, field, record, company)
        return actual is not None and compare(actual, wanted[0])

    return test


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
    """How literals and stored values of the field become comparable."""

    def number(value: Any) -> float:
        try:
            return float(value)
        except (TypeError, ValueError):
            raise invalid_value(field, str(value)) from None

    def moment(value: Any) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return parse_moment(str(value))
        except ValueError:
            raise invalid_value(field, str(value)) from None

    if field.kind is Kind.NUMBER:
        return number
    if field.name.startswith("MetaData."):
        return moment
    if field.kind is Kind.DATE:
        return lambda value: str(value)[:10]
    return lambda value: fold(_text(value))


def _convert_safely(
    convert: Callable[[Any], Any], field: Field, record: Record, company: Company
) -> Any:
    value = _value_of(field, record, company)
    return None if value is None else convert(value)


def _value_of(field: Field, record: Record, company: Company) -> Any:
    if field is ID:
        return record.id
    if field is ACTIVE:
        return record.active
    if field.name == "MetaData.CreateTime":
        return record.created.replace(microsecond=0)
    if field.name == "MetaData.LastUpdatedTime":
        return record.changed.replace(microsecond=0)
    value = record.body.get(field.name)
    if not record.active and not company.switches.inactive_found_by_base_name:
        value = company.render(record).get(field.name)
    if value is None or field.name.startswith(("Balance", "CurrentBalance")):
        value = company.render(record).get(field.name)
    inside = INSIDE.get(field.kind)
    return value.get(inside) if inside and isinstance(value, dict) else value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return stamp(value)
    return "" if value is None else str(value)


def _pattern(value: Value) -> re.Pattern[str]:
    parts = (re.escape(part) for part in value.text.split("%"))
    return re.compile(".*".join(parts), re.IGNORECASE | re.DOTALL)


def _like(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.fullmatch(text) is not None


def _sort_key(field: Field, record: Record, company: Company) -> tuple[int, Any]:
    value = _value_of(field, record, company)
    if value is None:
        return 0, 0
    if field is ID:
        return 1, int(value) if str(value).isdigit() else 0
    if field.kind is Kind.NUMBER:
        return 1, float(value)
    if field.kind is Kind.BOOLEAN or isinstance(value, bool):
        return 1, int(bool(value))
    if isinstance(value, datetime):
        return 1, value
    return 1, fold(_text(value))
