"""Errors that other tools met in QuickBooks and forwarded: recognised, counted, told once.

A text alone (`bot.forwarded.recognising`, `sorting`, `plainly`) is read without a database; the
names below are loaded when somebody asks for one, which takes a second.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.forwarded.findings import finding, standing
    from bot.forwarded.offers import fixes_of, only_reported
    from bot.forwarded.reading import meant, read_new
    from bot.forwarded.recognising import SURE, Recognised, recognise
    from bot.forwarded.report import Report
    from bot.forwarded.settling import settle_gone
    from bot.forwarded.taking import Taken, known_before, take, take_many

__all__ = [
    "SURE",
    "Recognised",
    "Report",
    "Taken",
    "finding",
    "fixes_of",
    "known_before",
    "meant",
    "only_reported",
    "read_new",
    "recognise",
    "settle_gone",
    "standing",
    "take",
    "take_many",
]
_HOMES = ("recognising", "report", "taking", "offers", "findings", "settling", "reading")


def __getattr__(name: str) -> Any:
    if name in __all__:
        for home in _HOMES:
            found = vars(import_module(f"{__name__}.{home}"))
            if name in found:
                return globals().setdefault(name, found[name])
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
