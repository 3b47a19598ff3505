"""The platform itself: stale records, settings, limits."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sandbox.demo.web import wait_until
from sandbox.drill.books import Books
from sandbox.drill.story import CONNECTION, Alert, Case, Story

FAMILY = "platform"
# From here on the day after may be of another month.
_LATE_IN_A_MONTH = 28
_POSTED_SECONDS = 30.0


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


def _never_arrived(books: Books, rng: Random) -> Case:
    """Of a day's orders one never arrives, and nothing fails: it is named, handed in and posted."""
    market = f"market-{books.names.number(rng)}"
    books.open_shop(market)
    buyer, goods = books.buyer(rng), books.goods(rng)
    day = (books.today() - timedelta(days=rng.randint(3, 6))).isoformat()
    orders = [{**one, "date": day} for one in books.orders(rng, buyer, [goods], 3)]
    total = {
        "day": day,
        "type": "invoice",
        "count": len(orders),
        "amount": str(sum(Decimal(one["total"]) for one in orders)),
        "documents": [one["number"] for one in orders],
    }

    def inject() -> None:
        books.hand_in(buyer, goods, *orders[:-1], shop=market)
        books.say_totals(market, total)

    def arrive() -> None:
        # It agrees with its source once it is here; posted it is a moment later.
        books.hand_in(orders[-1], shop=market)
        wait_until(lambda: not books.posted(*orders), _POSTED_SECONDS, "the order is not posted")

    def right() -> str:
        return books.posted(*orders)

    alert = Alert("missing_documents", orders[-1]["number"], press=False)
    return Case(inject, right, alert, by_hand=arrive)


def _changed_there(books: Books, rng: Random) -> Case:
    """Somebody dates a posted order anew in QuickBooks: it goes back to its day."""
    buyer, goods = books.buyer(rng), books.goods(rng)
    order = books.order(rng, buyer, [goods])
    day = date.fromisoformat(order["date"])
    other = day + timedelta(days=1 if day.day < _LATE_IN_A_MONTH else -1)

    def inject() -> None:
        ours = books.find("Invoice", order["number"])["Id"]
        books.act("edit", entity="Invoice", id=ours, data={"TxnDate": other.isoformat()})

    def right() -> str:
        stands = books.find("Invoice", order["number"])["TxnDate"]
        moved = "" if stands == order["date"] else f"dated {stands}, not {order['date']}"
        return books.posted(order) or moved or ", ".join(books.twice())

    alert = Alert("drift", order["number"], button="push_again")
    # Others look at the books meanwhile.
    moves = {order["number"]: (order["date"], other.isoformat())}
    return Case(inject, right, alert, (buyer, goods, order), moves=moves)


STORIES: tuple[Story, ...] = (
    Story(34, FAMILY, "the record was changed", _stale, CONNECTION),
    Story(38, FAMILY, "a posted order was changed in QuickBooks", _changed_there),
    Story(39, FAMILY, "an order of the day never arrived", _never_arrived),
)
