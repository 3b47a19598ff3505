"""Errors that other tools met in QuickBooks and forwarded: recognised, counted, told once."""

from bot.forwarded.offers import fixes_of, only_reported
from bot.forwarded.reading import meant, read_new
from bot.forwarded.recognising import SURE, Recognised, recognise
from bot.forwarded.settling import settle_gone
from bot.forwarded.standing import finding, standing
from bot.forwarded.taking import Report, Taken, take, take_many

__all__ = [
    "SURE",
    "Recognised",
    "Report",
    "Taken",
    "finding",
    "fixes_of",
    "meant",
    "only_reported",
    "read_new",
    "recognise",
    "settle_gone",
    "standing",
    "take",
    "take_many",
]
