"""Who passes an error on: the name of a shop, a tool or a company before what QuickBooks said."""

import re

from bot.knowledge.context import OTHER_FORM, OTHER_PRODUCT
from bot.knowledge.products import keeps_books, names_other
from bot.knowledge.signs import Signs

# “Shopify order #1044 failed: …”, “Harbor Foods: …”.
_BEFORE = re.compile(r"^\W{0,4}[^:.;{}<>\[\]\n\"]{2,60}:(?!:)\s+(?=\S)")
# The least that must be known of what was said.
_OWN_WORDS = 0.67


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


def is_quickbooks(rest: Signs, sure: float) -> bool:
    """Say whether what a code or a sentence of QuickBooks' own says outweighs the name."""
    # A bare number is that of an order, or anybody's code.
    return not rest.bare and sure >= _OWN_WORDS
