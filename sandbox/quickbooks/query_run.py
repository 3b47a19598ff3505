"""Answers a parsed query from a company's records."""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import islice

from sandbox.quickbooks.clock import parse_moment
from sandbox.quickbooks.company import Company, Table, fold
from sandbox.quickbooks.faults import fault
from sandbox.quickbooks.model import Entity, Kind, Record
from sandbox.quickbooks.query_fields import CHANGED, READERS, known_field, property_of, test_of
from sandbox.quickbooks.query_order import Order, in_order, in_order_of_id, sort, usual_order
from sandbox.quickbooks.query_text import Condition, Query, unexpected


def select(company: Company, query: Query) -> tuple[Entity, list[Record], int]:
    """The entity, the page of records, and for a count how many match. Raises QboFault 4001."""
    entity = entity_of(company, query.entity)
    tests = [test_of(company, entity, one) for one in query.where if not _always_met(entity, one)]
    if company.switches.changes_show_after_seconds:
        tests.append(lambda record: company.shows(record.created))
    order = [(property_of(entity, name), down) for name, down in query.order]
    _check_fields(company, entity, query)
    if not tests and _is_plain_page(entity, query):
        rows = in_order_of_id(company.tables[entity.name])
        return entity, _page(rows, query), len(rows)
    shows_inactive = any(condition.prop.lower() == "active" for condition in query.where)
    visible = (
        record
        for record in _candidates(company, entity, query, order)
        if not record.deleted and (shows_inactive or record.active)
    )
    matching = (
        (record for record in visible if all(test(record) for test in tests)) if tests else visible
    )
    if query.count:
        return entity, [], sum(1 for _ in matching)
    if entity.name == "TaxCode":
        return entity, _tax_page(list(matching), query), 0
    # What stands behind the page need not be looked at.
    first = query.start - 1
    return entity, list(islice(matching, first, first + query.limit)), 0


def _check_fields(company: Company, entity: Entity, query: Query) -> None:
    """The fields named exist; alone, without `*`, the language has no place for them."""
    if not query.everything and company.switches.query_projection == "refused":
        raise unexpected(query.fields[0])
    for token in query.fields:
        known_field(entity, token.text)


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


def _candidates(company: Company, entity: Entity, query: Query, order: Order) -> Iterable[Record]:
    """In the order asked for; an index is used where a condition allows it."""
    table = company.tables[entity.name]
    if entity.rows is not None:
        equal = {c.prop.lower(): c.values[0].text for c in query.where if c.operator == "="}
        return sort(company, entity.rows(company, equal), order)
    narrowed: list[Record] | None = None
    for condition in query.where:
        ids = _indexed(company, table, condition)
        if ids is not None and (narrowed is None or len(ids) < len(narrowed)):
            narrowed = [table.rows[record_id] for record_id in ids if record_id in table.rows]
    if query.count:
        return table.rows.values() if narrowed is None else narrowed
    if narrowed is None:
        return _from_floor(in_order(company, table, order), query, order)
    return sort(company, usual_order(narrowed), order)


def _from_floor(rows: list[Record], query: Query, order: Order) -> list[Record]:
    """Sorted by the last change and asked from a time on: what lies before is skipped."""
    if list(order) != [(CHANGED, False)]:
        return rows
    floors = [
        parse_moment(condition.values[0].text)
        for condition in query.where
        if condition.prop.lower() == CHANGED.name.lower() and condition.operator in (">", ">=")
    ]
    first = bisect_left(rows, max(floors), key=READERS[CHANGED.name]) if floors else 0
    return rows[first:] if first else rows


def _indexed(company: Company, table: Table, condition: Condition) -> set[str] | None:
    if condition.operator not in ("=", "IN"):
        return None
    prop = condition.prop.lower()
    entity = table.entity
    texts = [value.text for value in condition.values]
    if not all(text.strip() for text in texts):
        return None
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
    for field in entity.fields:
        if field.name.lower() == prop and field.kind is Kind.REFERENCE and field.target:
            wanted = [(target, text) for target in field.target for text in texts]
            keys = {key for one in wanted for key in company.referrers.get(one, ())}
            return {key[1] for key in keys if key[0] == entity.name}
    return None
