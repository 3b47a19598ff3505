"""The orders a query can ask for, kept until a write changes them: pages follow each other."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sandbox.quickbooks.company import Company, Table, fold
from sandbox.quickbooks.model import Field, Kind, Record
from sandbox.quickbooks.query_fields import reader_of

Order = Sequence[tuple[Field, bool]]
"""Fields to sort by, the first one first; true sorts downwards."""
KEPT = 8
"""So many orders of one entity are kept at once."""
BY_ID = (("Id", False),)


def in_order_of_id(table: Table) -> list[Record]:
    """The living records by Id; kept until one comes or goes."""
    if table.by_id is None:
        living = (record for record in table.rows.values() if not record.deleted)
        table.by_id = sorted(living, key=lambda record: int(record.id))
    return table.by_id


def in_order(company: Company, table: Table, order: Order) -> list[Record]:
    """All records of an entity in an order; without one in the default order."""
    name = tuple((field.name, down) for field, down in order)
    if name == BY_ID and table.entity.name_rule is not None and table.entity.name != "TaxCode":
        return in_order_of_id(table)
    kept = table.orders.get(name)
    if kept is None:
        if len(table.orders) >= KEPT:
            table.orders.clear()
        usual = in_order(company, table, ()) if name else usual_order(table.rows.values())
        kept = table.orders[name] = sort(company, usual, order)
    return kept


def usual_order(rows: Iterable[Record]) -> list[Record]:
    """Rows in the default order, by which those that are alike stay sorted."""
    return sorted(rows, key=default_order)


def sort(company: Company, rows: Iterable[Record], order: Order) -> list[Record]:
    """Rows in an order; what is alike stays as it was."""
    found = list(rows)
    for field, down in reversed(order):
        found.sort(key=_key_of(company, field), reverse=down)
    return found


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


def _key_of(company: Company, field: Field) -> Callable[[Record], Any]:
    read = reader_of(company, field)
    if field.name.startswith("MetaData."):
        return read

    def key(record: Record) -> tuple[int, Any]:
        """Records without a value come first."""
        value = read(record)
        if value is None:
            return 0, 0
        if field.name == "Id":
            return 1, int(value) if value.isdigit() else 0
        if field.kind is Kind.NUMBER:
            return 1, float(value)
        if isinstance(value, bool):
            return 1, int(value)
        return 1, fold(str(value))

    return key
