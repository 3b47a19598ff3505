"""Control totals: what a source says it has of a day, against what is here and in QuickBooks."""

from bot.sync.control.compared import GRACE, Compared, Extra, compare
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
    "keep",
    "parse_total",
]
