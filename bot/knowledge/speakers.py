"""Who passes an error on: the name of a shop, a tool or a company before what QuickBooks said."""

import re

from bot.knowledge.context import BOOKKEEPING, OTHER_FORM, OTHER_PRODUCT
from bot.knowledge.products import keeps_books, names_other
from bot.knowledge.signs import Signs

# “Shopify order #1044 failed: …”, “Harbor Foods: …”.
_BEFORE = re.compile(r"^\W{0,4}[^:.;{}<>\[\]\n\"]{2,60}:(?!:)\s+(?=\S)")
# The least that must be known of what was said: QuickBooks' own words, and plain words.
_OWN_WORDS, _PLAIN_WORDS = 0.67, 0.55


def passed_on(seen: Signs) -> str:
    """What stands behind the first name; "" where nobody passes anything on.

    Only where that name makes the text another program's: what a shop or a payment service passes
    on may be QuickBooks' all the same. A program with books of its own speaks of those.
    """
    if seen.about not in (OTHER_PRODUCT, OTHER_FORM):
        return ""
    before = _BEFORE.match(seen.text)
    if before is None or keeps_books(before[0].lower()):
        return ""
    rest = seen.text[before.end() :]
    return "" if names_other(rest.lower()) else rest


def is_quickbooks(seen: Signs, rest: Signs, sure: float, *, own_words: bool) -> bool:
    """Say whether the rest outweighs the name: a code or a sentence that QuickBooks alone has.

    A name that no program is known by is mostly a company's or an order's.
    """
    if rest.bare:
        return False  # The number of an order, or anybody's code.
    if own_words and sure >= _OWN_WORDS:
        return True
    return (
        seen.about == OTHER_FORM
        and rest.about >= BOOKKEEPING
        and rest.report
        and sure >= _PLAIN_WORDS
    )
