"""What an alert about a record that is in QuickBooks says instead of money: what was changed."""

from collections.abc import Callable, Mapping

from bot.domain import JsonValue
from bot.incidents.parts import inert
from bot.models import Incident
from bot.render import day, money, not_posted
from bot.sync.causes import AFTER_POSTING, CONTENT_DIFFERS, DAY_DIFFERS, TOTAL_DIFFERS

Facts = Mapping[str, JsonValue]
_ROWS = 2
_VALUE = 24


def is_posted(problem: str) -> bool:
    """Whether what such an alert is about stands in QuickBooks: nothing of it waits."""
    return problem in AFTER_POSTING


def kept(row: Incident) -> str:
    """What an alert is about, in a list: what it keeps from being posted, or what was changed."""
    if not is_posted(row.problem):
        return not_posted(row.facts)
    # A payment may wait for the difference of its invoice (bot.sync.behind).
    waits = not_posted(row.facts) if row.facts.get("documents") else ""
    return " · ".join(one for one in (change(row), waits) if one)


def change(row: Incident) -> str:
    """What differs: "total $25.00 → $20.00", "deleted"; "changed" where no value is known."""
    apart = _APART[row.problem](row.facts) if row.problem in _APART else ""
    if apart:
        return apart
    given = row.facts.get("rows")
    rows = [one for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []
    told = [_row(one) for one in rows[:_ROWS]]
    more = f" and {len(rows) - _ROWS:,} more" if len(rows) > _ROWS else ""
    happened = inert(row.facts.get("happened") or "changed", _VALUE)
    return f"{', '.join(told)}{more}" if told else happened


def _amounts(facts: Facts) -> str:
    currency = str(facts.get("currency") or "USD")
    for books, source, what in (
        ("theirs_total", "ours_total", ""),
        ("their_tax", "our_tax", "sales tax "),
    ):
        theirs, ours = facts.get(books), facts.get(source)
        if theirs and ours and theirs != ours:
            shown = [money(one, currency) for one in (theirs, ours)]
            return f"{what}{shown[0]} in QuickBooks, {shown[1]} in its source"
    return ""


def _days(facts: Facts) -> str:
    posted, said = facts.get("posted_date"), facts.get("source_date")
    return f"{day(posted)} in QuickBooks, {day(said)} in its source" if posted and said else ""


def _content(facts: Facts) -> str:
    if not facts.get("source_party"):
        return "other lines in QuickBooks than in its source"
    posted = inert(facts.get("posted_party") or "nobody", _VALUE)
    return f"for {posted} in QuickBooks, for {inert(facts['source_party'], _VALUE)} in its source"


_APART: Mapping[str, Callable[[Facts], str]] = {
    TOTAL_DIFFERS: _amounts,
    DAY_DIFFERS: _days,
    CONTENT_DIFFERS: _content,
}
# What differs between two sides by what one of them says, not by what somebody changed there.
COMPARED = frozenset(_APART)


def _row(one: Facts) -> str:
    """One value: as it was, or as the source says it where only that one changed."""
    if one.get("what") == "lines":
        return "other lines"
    books = inert(one.get("books") or "nothing", _VALUE)
    if one.get("changed_there"):
        before, after = inert(one.get("was") or "nothing", _VALUE), books
    else:
        before, after = books, f"{inert(one.get('source') or 'nothing', _VALUE)} in its source"
    return f"{inert(one.get('what') or 'value', _VALUE)} {before} → {after}"
