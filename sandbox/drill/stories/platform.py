"""The platform itself: stale records, settings, limits."""

from random import Random

from sandbox.drill.books import Books
from sandbox.drill.story import CONNECTION, Alert, Case, Story

FAMILY = "platform"


def _stale(books: Books, rng: Random) -> Case:
    """Somebody saves a customer just before the fix does: read again, changed once, posted."""
    buyer, goods = books.buyer(rng), books.goods(rng)
    orders = books.orders(rng, buyer, [goods], 2)

    def inject() -> None:
        books.deactivate("Customer", buyer["name"])
        books.fault("code:5010", 1, match={"entity": "Customer", "operation": "update"})
        books.hand_in(*orders)

    def right() -> str:
        return books.posted(*orders) or books.unmet()

    marker = buyer["name"].split()[-1]
    alert = Alert("inactive_record", marker, len(orders))
    return Case(inject, right, alert, (buyer, goods), after=books.calm)


STORIES: tuple[Story, ...] = (Story(34, FAMILY, "the record was changed", _stale, CONNECTION),)
