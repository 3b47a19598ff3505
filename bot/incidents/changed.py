"""What an alert about a record that is in QuickBooks says instead of money: what was changed."""

from collections.abc import Mapping

from bot.domain import JsonValue
from bot.incidents.parts import inert
from bot.models import Incident
from bot.sync.causes import AFTER_POSTING

_ROWS = 2
_VALUE = 24


def is_posted(problem: str) -> bool:
    """Whether what such an alert is about stands in QuickBooks: nothing of it waits."""
    return problem in AFTER_POSTING


def change(row: Incident) -> str:
    """What differs: "total $25.00 → $20.00", "deleted"; "changed" where no value is known."""
    given = row.facts.get("rows")
    rows = [one for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []
    told = [_row(one) for one in rows[:_ROWS]]
    more = f" and {len(rows) - _ROWS:,} more" if len(rows) > _ROWS else ""
    happened = inert(row.facts.get("happened") or "changed", _VALUE)
    return f"{', '.join(told)}{more}" if told else happened


def _row(one: Mapping[str, JsonValue]) -> str:
    """One value: as it was, or as the source says it where only that one changed."""
    books = inert(one.get("books") or "nothing", _VALUE)
    if one.get("changed_there"):
        before, after = inert(one.get("was") or "nothing", _VALUE), books
    else:
        before, after = books, f"{inert(one.get('source') or 'nothing', _VALUE)} in its source"
    return f"{inert(one.get('what') or 'value', _VALUE)} {before} → {after}"
