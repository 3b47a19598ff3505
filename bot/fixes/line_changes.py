"""The lines in which two versions of a document differ, as the rows of a preview."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import zip_longest

from sqlmodel import Session

from bot.domain import Payload
from bot.models import Record
from bot.render import money, plural
from bot.sync.flow import sides
from bot.sync.meaning import Line, lines_in_books

MOST = 6
_CENT = Decimal("0.01")
_NONE = "not on it"


def rows(session: Session, record: Record, before: Payload, after: Payload) -> list[Payload]:
    """Name each line that is not the same in both, `before` and `after` as QuickBooks has them.

    "Green tea: 3 × $12.50 → 6 × $12.50", six at most, then how many more; [] where only their
    order or their text differs.
    """
    found = list(_pairs(*(list(lines_in_books(record.type, one)) for one in (before, after))))
    named = [
        {
            "what": sides.named(session, record, what),
            "before": _told(one, record.currency),
            "after": _told(other, record.currency),
        }
        for what, one, other in found[:MOST]
    ]
    more = len(found) - MOST
    if more > 0:
        named.append(
            {"what": f"and {plural(more, 'more line')}", "before": "as now", "after": "changed"}
        )
    return named


def turned(changes: Iterable[Payload]) -> list[Payload]:
    """The same rows, read from the later version to the earlier one."""
    return [
        row
        if row["before"] == "as now"
        else {**row, "before": row["after"], "after": row["before"]}
        for row in changes
    ]


def _pairs(before: list[Line], after: list[Line]) -> Iterator[tuple[str, Line | None, Line | None]]:
    """What is in one of them only, put beside the other's line of the same item or account."""
    left, came = Counter(before) - Counter(after), Counter(after) - Counter(before)
    by_what: dict[str, tuple[list[Line], list[Line]]] = defaultdict(lambda: ([], []))
    for place, lines in enumerate((left, came)):
        for line in lines.elements():
            by_what[line[0]][place].append(line)
    for what, (gone, new) in by_what.items():
        for one, other in zip_longest(gone, new):
            yield what, one, other


def _told(line: Line | None, currency: str) -> str:
    """ "3 × $12.50", "$50.00" for one, "3, $10.00 in all" where the price has no whole cents."""
    if line is None:
        return _NONE
    _, quantity, amount = line
    if quantity in (0, 1):
        return money(amount, currency)
    price = amount / quantity
    if price != price.quantize(_CENT):
        return f"{quantity:f}, {money(amount, currency)} in all"
    return f"{quantity:f} × {money(price, currency)}"
