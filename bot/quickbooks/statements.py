"""Writes query statements: names checked, values escaped (backslash first, then the quote).

Language: developer.intuit.com, "Data queries". python-quickbooks leaves the backslash alone, so
that a value could end its literal.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from bot.domain import JsonValue
from bot.errors import BadInput

Condition = tuple[str, str, JsonValue]
PAGE = 1000
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z][A-Za-z0-9]*)*")
_OPERATORS = frozenset({"=", "<", ">", "<=", ">=", "LIKE", "IN"})
# Lists that are set inactive instead of deleted; queries hide inactive ones unless asked.
NAME_LISTS = frozenset(
    {
        "Account",
        "Class",
        "Customer",
        "Department",
        "Employee",
        "Item",
        "PaymentMethod",
        "Term",
        "Vendor",
    }
)


def select(
    entity: str,
    where: Sequence[Condition] = (),
    *,
    include_inactive: bool = True,
    start: int = 1,
    size: int = PAGE,
) -> str:
    """A page of records in the order of their Ids. Raises BadInput for a bad name or operator."""
    # SELECT * leaves an item's Sku out.
    fields = "*, Sku" if entity == "Item" else "*"
    conditions = _where(entity, where, include_inactive)
    return (
        f"SELECT {fields} FROM {_word(entity)}{conditions} ORDERBY Id "
        f"STARTPOSITION {start} MAXRESULTS {size}"
    )


def count(entity: str, where: Sequence[Condition] = (), *, include_inactive: bool = True) -> str:
    """How many records there are."""
    return f"SELECT count(*) FROM {_word(entity)}{_where(entity, where, include_inactive)}"


def _where(entity: str, where: Sequence[Condition], include_inactive: bool) -> str:
    parts = [f"{_word(field)} {_operator(op)} {_value(op, value)}" for field, op, value in where]
    asked = any(field == "Active" for field, _, _ in where)
    if include_inactive and entity in NAME_LISTS and not asked:
        parts.append("Active IN (true, false)")
    return f" WHERE {' AND '.join(parts)}" if parts else ""


def _word(word: str) -> str:
    if not _WORD.fullmatch(word):
        msg = f"{word!r} is not a name of QuickBooks' query language"
        raise BadInput(msg)
    return word


def _operator(operator: str) -> str:
    if operator.upper() not in _OPERATORS:
        msg = f"{operator!r} is not an operator of QuickBooks' query language"
        raise BadInput(msg)
    return operator.upper()


def _value(operator: str, value: JsonValue) -> str:
    if operator.upper() == "IN":
        if isinstance(value, str) or not value:
            msg = "IN needs a list with at least one value"
            raise BadInput(msg)
        return f"({', '.join(literal(each) for each in value)})"
    return literal(value)


def literal(value: JsonValue) -> str:
    """One value as the query language writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | datetime):
        text = value.isoformat()
    elif isinstance(value, Decimal):
        text = format(value, "f")
    else:
        text = str(value)
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
