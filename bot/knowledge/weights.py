"""How sure a row makes us, by what it rests on; 0 where it may not speak at all.

A claim of 0.8 or more is earned by a code or by a sentence QuickBooks itself writes.
"""

import re

from bot.knowledge.codes import Code
from bot.knowledge.context import BOOKKEEPING, NOTHING, OTHER_PRODUCT, QUICKBOOKS, TALK
from bot.knowledge.problem import Match
from bot.knowledge.signs import Signs

# How sure a row that agrees makes us, by what it rests on.
_CODE, _LOOSE_CODE, _UNPROVEN_CODE, _UMBRELLA = 0.93, 0.84, 0.4, 0.62
_LEDGER_CODE, _LONG_CODE = 0.66, 4
DOCUMENTED, PHRASE, _UNPROVEN_PHRASE, LITTLE = 0.86, 0.72, 0.6, 0.52
_BOTH, WITH_STATUS = 0.04, 0.02
# Words under a code that stands for many errors tell which: the little ones most of all.
_UNDER_UMBRELLA, _LITTLE_UNDER_UMBRELLA = 0.06, 0.15
# A platform was told of which the text says nothing, while it speaks of the other.
CONTRADICTED = 0.2
# What has numbers of its own for its errors, and is spoken of beside payments and orders.
_APPARATUS = re.compile(
    r"\b(?:card reader|declined|terminal|printer|scanner|machine|device|firmware|router|checkout"
    r"|parcel|locker|shipments?|elevator|game|display(?! ?name))\b"
)
_RELATED = ({"qbo", "oauth"}, {"qbd", "qbwc"})


def _related(platform: str) -> set[str]:
    return next((pair for pair in _RELATED if platform in pair), {platform})


def cost_of(platform: str, where: str, seen: Signs) -> float | None:
    """What it takes off that a row is of this platform; None when it cannot speak for the error.

    A number of QuickBooks Online stands for something else on the Desktop. A platform that was
    told may be wrong: the row's own counts when the text speaks of it, and not of the one told.
    """
    if platform == "any":
        return 0.01
    related, own = _related(platform), _related(where)
    spoken = bool(related & seen.speaks_of)
    contradicted = bool(where and seen.speaks_of and not own & seen.speaks_of)
    if where in related:
        return CONTRADICTED if contradicted else 0.0 if platform == where else 0.005
    if where:
        return 0.06 if spoken and contradicted else None
    if seen.speaks_of:
        return (0.0 if platform in seen.speaks_of else 0.01) if spoken else None
    return 0.02 if "qbo" in related else 0.04


def sure_of(row: Match, code: Code, seen: Signs) -> float:
    """How sure a row makes us whose code is the error's."""
    given = code.at < 0
    if seen.about < TALK and not given:
        return 0.0
    if not (given or seen.named) and _APPARATUS.search(seen.low):
        return 0.0
    unproven = _UNPROVEN_CODE if seen.about > NOTHING else 0.0
    if row.general:
        sure = _UMBRELLA if given or seen.about == QUICKBOOKS else unproven
    elif given or (code.sure and _trusted(seen)):
        sure = _CODE
    elif _trusted(seen):
        sure = _LOOSE_CODE
    elif unproven and len(code.code) >= _LONG_CODE:
        sure = _LEDGER_CODE
    else:
        sure = unproven
    if row.pattern:
        sure = (sure if row.general else max(sure, _LOOSE_CODE)) + _BOTH
    return sure + (WITH_STATUS if row.http else 0.0)


def worth_of(row: Match, seen: Signs, *, umbrella: bool) -> float:
    """How sure the words of a row make us, before they are looked for; 0 when they may not.

    A sentence of QuickBooks' own counts wherever it is quoted. Any other words count only in a
    text about QuickBooks or bookkeeping that reports trouble.
    """
    if seen.about == OTHER_PRODUCT:
        sure = 0.0
    elif row.documented and not row.shared:
        sure = DOCUMENTED if _trusted(seen) or seen.about > NOTHING else PHRASE
    elif row.shared and seen.named:
        sure = DOCUMENTED
    elif not seen.report or seen.about < BOOKKEEPING:
        sure = 0.0
    elif row.general:
        sure = LITTLE if seen.named and seen.trouble else 0.0
    else:
        sure = PHRASE if seen.about == QUICKBOOKS else _UNPROVEN_PHRASE
    if not sure:
        return 0.0
    cost = cost_of(row.platform, seen.given, seen)
    sure -= 0.08 if cost is None else cost
    under = _LITTLE_UNDER_UMBRELLA if row.general else _UNDER_UMBRELLA
    return sure + (under if umbrella else 0.0)


def _trusted(seen: Signs) -> bool:
    """Say whether a code in the text is one of QuickBooks'."""
    return seen.about == QUICKBOOKS or (seen.named and seen.about == TALK)
