"""Days and months: closed books, filed tax, and documents on the wrong day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sandbox.drill.books import Books, Json
from sandbox.drill.records import by_sku, invoice, payment
from sandbox.drill.stories.documents import of
from sandbox.drill.story import CLOSED, Alert, Case, Story

CONNECTION, FILED = "connection", "filed tax"
_CLOSED_WORDS = (
    "The account period has closed and the account books cannot be updated through the QBO "
    "Services API."
)


def _sold(rng: Random, books: Books, buyer: Json, goods: Json, day: date) -> Json:
    lines = [(goods["external_id"], rng.randint(1, 5), goods["price"])]
    return invoice(f"SO-{books.names.number(rng)}", day, buyer["external_id"], lines)


def _sale_in_closed_month(books: Books, rng: Random) -> Case:
    """A late order of the closed month: an approver posts it on the first open day."""
    closing = books.last_month_end()
    return _late(books, rng, closing, closing - timedelta(days=rng.randint(0, 9)))


def _late(books: Books, rng: Random, closing: date, day: date) -> Case:
    """An order of this day is handed in after the books were closed."""
    buyer, goods = books.buyer(rng), books.goods(rng)
    order = _sold(rng, books, buyer, goods, day)

    def inject() -> None:
        books.act("close_books", date=closing.isoformat())
        books.hand_in(order)

    def right() -> str:
        [row] = of(books, buyer) or [{"TxnDate": "never", "PrivateNote": ""}]
        if row["TxnDate"] != (closing + timedelta(days=1)).isoformat():
            return f"posted on {row['TxnDate']}, not on the first open day"
        original = date.fromisoformat(order["date"]).strftime("%m/%d/%Y")
        if original not in str(row["PrivateNote"]):
            return "the memo does not hold the original date"
        return books.posted(order)

    return Case(
        inject,
        right,
        Alert("closed_period", order["number"], 1),
        (buyer, goods),
        after=lambda: _open(books),
    )


def _open(books: Books) -> None:
    books.act("close_books")


def _payment_in_closed_month(books: Books, rng: Random) -> Case:
    """A payment of the closed month is never re-dated: a person enters it, the bot finds it."""
    buyer, goods, closing = books.buyer(rng), books.goods(rng), books.last_month_end()
    order = _sold(rng, books, buyer, goods, closing - timedelta(days=9))
    key = f"pay-{order['number']}"
    paid = payment(key, closing - timedelta(days=2), order, reference=f"R{order['number']}")

    def inject() -> None:
        books.act("close_books", date=closing.isoformat())
        books.hand_in(paid)

    def by_hand() -> None:
        _open(books)
        sale = books.find("Invoice", order["number"])
        link = [{"TxnId": sale["Id"], "TxnType": "Invoice"}]
        amount = float(paid["amount"])
        books.typed_in(
            "Payment",
            CustomerRef={"value": sale["CustomerRef"]["value"]},
            TotalAmt=amount,
            TxnDate=paid["date"],
            Line=[{"Amount": amount, "LinkedTxn": link}],
        )
        books.act("close_books", date=closing.isoformat())

    return Case(
        inject,
        lambda: books.posted(order) or books.paid(paid),
        Alert("closed_period", buyer["name"].split()[-1], 1, press=False),
        (buyer, goods, order),
        by_hand=by_hand,
        after=lambda: _open(books),
    )


def _open_payment_of_closed_sale(books: Books, rng: Random) -> Case:
    """A payment of this month for an invoice of the closed one is posted alone, in silence."""
    buyer, goods, closing = books.buyer(rng), books.goods(rng), books.last_month_end()
    order = _sold(rng, books, buyer, goods, closing - timedelta(days=4))
    paid = payment(f"pay-{order['number']}", books.today(), order)

    def inject() -> None:
        books.act("close_books", date=closing.isoformat())
        books.hand_in(paid)

    return Case(
        inject,
        lambda: books.posted(order) or books.paid(paid),
        before=(buyer, goods, order),
        after=lambda: _open(books),
    )


def _in_utc(books: Books, day: date, rng: Random) -> str:
    """A moment of the last hours of a day of the company, as many shops say it."""
    hour, minute = rng.randint(21, 23), rng.randint(0, 59)
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(books.time_zone))
    return local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _late_evening(books: Books, rng: Random) -> Case:
    """An order of the last evening of a month, handed over in UTC, stays in its month."""
    buyer, goods, last = books.buyer(rng), books.goods(rng), books.last_month_end()
    order = _sold(rng, books, buyer, goods, last)
    late = order | {"date": _in_utc(books, last, rng)}

    def right() -> str:
        wrong = books.posted(order)
        days = [row["TxnDate"] for row in of(books, buyer)]
        return wrong or ("" if days == [order["date"]] else f"dated {days}, not {order['date']}")

    return Case(lambda: books.hand_in(late), right, before=(buyer, goods))


def _filed_month(books: Books, rng: Random) -> Case:
    """An order of a month whose sales tax is filed waits for an approver."""
    buyer, goods, last = books.buyer(rng), books.goods(rng), books.last_month_end()
    order = _sold(rng, books, buyer, goods, last - timedelta(days=3))

    books.app("connect", "--name", books.name, "--tax-filed-through", last.isoformat())
    return Case(
        lambda: books.hand_in(order),
        lambda: books.posted(order),
        Alert("filed_tax", documents=1),
        (buyer, goods),
    )


def _closed_by_another_code(books: Books, rng: Random) -> Case:
    """QuickBooks says 5010, the code of a stale object, of closed books: its words decide.

    The books are closed in the middle of a month; on its first days this is a month that is over,
    and what is closed there is known before anything is sent.
    """
    closing = books.today() - timedelta(days=1)
    case = _late(books, rng, closing, closing)
    is_news = closing > books.last_month_end()

    def inject() -> None:
        if is_news:
            wanted = {"entity": "Invoice", "operation": "create"}
            books.fault("code:5010", 1, match=wanted, detail=_CLOSED_WORDS)
        case.inject()

    def after() -> None:
        books.calm()
        _open(books)

    return replace(case, inject=inject, right=lambda: case.right() or books.unmet(), after=after)


def _posted_on_the_wrong_day(books: Books, rng: Random) -> Case:
    """An order of the last evening was posted a day late; the shop says its own day since.

    What it took off the shelf goes to the other month with it.
    """
    buyer, goods, last = books.buyer(rng), books.goods(rng), books.last_month_end()
    books.counted(rng, goods, goods["sku"])
    late = by_sku(_sold(rng, books, buyer, goods, last + timedelta(days=1)), goods["sku"])
    order = {**late, "date": _in_utc(books, last, rng)}

    def right() -> str:
        days = [row["TxnDate"] for row in of(books, buyer)]
        wrong = "" if days == [last.isoformat()] else f"dated {days}, not {last}"
        return wrong or books.posted(late)

    return Case(
        lambda: books.hand_in(order),
        right,
        Alert("drift", order["number"]),
        (buyer, late),
        moves={order["number"]: (last.isoformat(),)},
    )


STORIES: tuple[Story, ...] = (
    Story(33, CONNECTION, "a sale of a closed month", _sale_in_closed_month, CLOSED),
    Story(33, CONNECTION, "a closed month, told as 5010", _closed_by_another_code, CLOSED),
    Story(33, CONNECTION, "a payment of a closed month", _payment_in_closed_month, CLOSED),
    Story(49, CONNECTION, "a payment of a closed sale", _open_payment_of_closed_sale, CLOSED),
    Story(53, "mapping", "a sale of a filed month", _filed_month, FILED),
    Story(56, "platform", "an order of the last evening", _late_evening),
    Story(56, "platform", "an order posted on the wrong day", _posted_on_the_wrong_day, CLOSED),
)
