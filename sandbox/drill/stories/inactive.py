"""Inactive, missing and incomplete records."""

from random import Random
from threading import Event

from sandbox.drill.books import Books
from sandbox.drill.records import payment
from sandbox.drill.story import Alert, Case, Story

FAMILY = "inactive"
# A parent that comes later than this would rightly be asked about.
_LATER_SECONDS = 2.0


def inactive_customer(books: Books, rng: Random) -> Case:
    """Orders come for a customer who was made inactive."""
    buyer, goods = books.buyer(rng), books.goods(rng)
    orders = books.orders(rng, buyer, [goods], rng.randint(1, 4))

    def inject() -> None:
        books.deactivate("Customer", buyer["name"])
        books.hand_in(*orders)

    def right() -> str:
        return books.posted(*orders) or _active(books, "Customer", buyer["name"])

    marker = buyer["name"].split()[-1]
    return Case(inject, right, Alert("inactive_record", marker, len(orders)), (buyer, goods))


def _inactive_vendor(books: Books, rng: Random) -> Case:
    """Bills come for a vendor who was made inactive."""
    vendor = books.supplier(rng)
    bills = [books.bill(rng, vendor) for _ in range(rng.randint(1, 3))]

    def inject() -> None:
        books.deactivate("Vendor", vendor["name"])
        books.hand_in(*bills)

    def right() -> str:
        return books.posted(*bills) or _active(books, "Vendor", vendor["name"])

    marker = vendor["name"].split()[0]
    return Case(inject, right, Alert("inactive_record", marker, len(bills)), (vendor,))


def inactive_item(books: Books, rng: Random) -> Case:
    """Three orders of different customers have a line with one inactive item."""
    buyers = [books.buyer(rng) for _ in range(3)]
    gone, fine = books.goods(rng), books.goods(rng)
    orders = [books.order(rng, buyer, [gone, fine]) for buyer in buyers]

    def inject() -> None:
        books.deactivate("Item", gone["name"])
        books.hand_in(*orders)

    def right() -> str:
        return books.posted(*orders) or _active(books, "Item", gone["name"])

    marker = gone["name"].split()[0]
    return Case(inject, right, Alert("inactive_record", marker, 3), (*buyers, gone, fine))


def _active(books: Books, entity: str, name: str) -> str:
    found = books.named(entity, name)
    if len(found) != 1:
        return f"{len(found)} records {entity} {name}, not one"
    return "" if found[0]["_active"] else f"{entity} {name} is still inactive"


def _child_first(books: Books, rng: Random) -> Case:
    """A payment arrives before its invoice, the invoice before its customer."""
    buyer, goods = books.buyer(rng), books.goods(rng)
    order = books.order(rng, buyer, [goods])
    paid = payment(f"pay-{order['number']}", books.today(), order)
    pauses = [rng.uniform(0, _LATER_SECONDS) for _ in range(2)]

    def inject() -> None:
        books.hand_in(paid)
        Event().wait(pauses[0])
        books.hand_in(order)
        Event().wait(pauses[1])
        books.hand_in(buyer)

    def right() -> str:
        return books.posted(order) or books.paid(paid)

    return Case(inject, right, before=(goods,))


STORIES: tuple[Story, ...] = (
    Story(18, FAMILY, "orders for an inactive customer", inactive_customer),
    Story(18, FAMILY, "bills for an inactive vendor", _inactive_vendor),
    Story(19, FAMILY, "three orders wait on an inactive item", inactive_item),
    Story(21, FAMILY, "payment before its order before its customer", _child_first),
)
