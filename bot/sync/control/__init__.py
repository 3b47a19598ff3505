"""Control totals: what a source says it has of a day, against what is here and in QuickBooks."""

from bot.sync.control.compared import GRACE, Compared, Extra, compare
from bot.sync.control.file import is_named_so, read_totals
from bot.sync.control.said import CHECK, KINDS, MOST_NAMED, TotalIn, keep, parse_total

__all__ = [
    "CHECK",
    "GRACE",
    "KINDS",
    "MOST_NAMED",
    "Compared",
    "Extra",
    "TotalIn",
    "compare",
    "is_named_so",
    "keep",
    "parse_total",
    "read_totals",
]
