"""Documents: used numbers, sales keyed by hand, closed and filed months, missing fields."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from sandbox.drill.books import Books, Json
from sandbox.drill.records import invoice, payment
from sandbox.drill.story import Alert, Case, Story

DUPLICATES, INACTIVE, CONNECTION = "duplicates", "inactive", "connection"
CLOSED, FILED = "closed books", "filed tax"


def _keyed(books: Books, entity: str, order: Json, buyer: Json, goods: Json, **more: str) -> str:
    """A person enters an order's document by hand; returns its Id."""
    line = {
        "DetailType": "SalesItemLineDetail",
        "Amount": float(order["total"]),
        "SalesItemLineDetail": {
            "ItemRef": {"value": books.find("Item", goods["name"])["Id"]},
            "Qty": float(order["lines"][0]["quantity"]),
            "UnitPrice": float(order["lines"][0]["unit_price"]),
        },
    }
    customer = {"value": books.find("Customer", buyer["name"])["Id"]}
    data = {"CustomerRef": customer, "Line": [line], "TxnDate": order["date"], **more}
    return books.typed_in(entity, **data)


def _of(books: Books, buyer: Json) -> list[Json]:
    """The living invoices of a customer."""
    return [
        row
        for row in books.all("Invoice")
        if not row["_deleted"] and row["CustomerRef"]["name"] == buyer["name"]
    ]


def _under_another_number(books: Books, buyer: Json, order: Json) -> str:
    found = [row for row in _of(books, buyer) if f"{row['TotalAmt']:.2f}" == order["total"]]
    if len(found) != 1:
        return f"{len(found)} invoices of {buyer['name']} for {order['total']}, not one"
    if found[0]["DocNumber"] == order["number"]:
        return f"number {order['number']} was used twice"
    if order["number"] not in str(found[0].get("PrivateNote")):
        return f"the memo does not name {order['number']}"
    return ""


def _number_of_another(entity: str) -> Callable[[Books, Random], Case]:
    """Another customer's document has the number of an order."""

    def make(books: Books, rng: Random) -> Case:
        buyer, other, goods = books.buyer(rng), books.buyer(rng), books.goods(rng)
        order, theirs = books.order(rng, buyer, [goods]), books.order(rng, other, [goods])

        def inject() -> None:
            _keyed(books, entity, theirs, other, goods, DocNumber=order["number"])
            books.hand_in(order)

        return Case(
            inject,
            lambda: _under_another_number(books, buyer, order),
            Alert("duplicate_document_number", order["number"], 1),
            (buyer, other, goods),
        )

    return make


def _keyed_by_hand(kind: str, *, same_number: bool) -> Callable[[Books, Random], Case]:
    """A bookkeeper entered the very sale that the shop hands in."""

    def make(books: Books, rng: Random) -> Case:
        buyer, goods = books.buyer(rng), books.goods(rng)
        order = books.order(rng, buyer, [goods])
        number = order["number"] if same_number else f"HAND-{books.names.number(rng)}"
        entered: list[str] = []

        def inject() -> None:
            entered.append(_keyed(books, "Invoice", order, buyer, goods, DocNumber=number))
            books.hand_in(order)

        def right() -> str:
            found = [row["Id"] for row in _of(books, buyer)]
            return "" if found == entered else f"{len(found)} invoices of {buyer['name']}, not one"

        return Case(inject, right, Alert(kind, order["number"], 1), (buyer, goods))

    return make


def _keyed_look_alike(books: Books, rng: Random) -> Case:
    """INV-100 was keyed by hand, INV-1000 comes from the shop: one customer, one amount."""
    buyer, goods = books.buyer(rng), books.goods(rng)
    number = f"INV-{books.names.number(rng)}"
    order = books.order(rng, buyer, [goods], f"{number}0")

    def inject() -> None:
        _keyed(books, "Invoice", order, buyer, goods, DocNumber=number)
        books.hand_in(order)

    return Case(inject, lambda: books.posted(order), before=(buyer, goods))


def _no_customer(books: Books, rng: Random) -> Case:
    """An order comes without a customer; somebody who knows fills it in."""
    buyer, goods = books.buyer(rng), books.goods(rng)
    order = books.order(rng, buyer, [goods])
    bare = {key: value for key, value in order.items() if key != "customer"}

    def right() -> str:
        whose = [row["DocNumber"] for row in _of(books, buyer)]
        return books.posted(order) or ("" if whose == [order["number"]] else "another customer's")

    typed = {"Customer": buyer["name"]}
    alert = Alert("missing_required_field", order["number"], 1, typed=typed)
    return Case(lambda: books.hand_in(bare), right, alert, (buyer, goods))


def _no_line(books: Books, rng: Random) -> Case:
    """An order comes without a line."""
    buyer, goods = books.buyer(rng), books.goods(rng)
    order = books.order(rng, buyer, [goods])
    alert = Alert("missing_required_field", order["number"], 1, typed={"Item or SKU": goods["sku"]})
    return Case(
        lambda: books.hand_in(order | {"lines": []}),
        lambda: books.posted(order),
        alert,
        (buyer, goods),
    )


def _closing(books: Books) -> date:
    """The last day of last month."""
    return books.today().replace(day=1) - timedelta(days=1)


def _sold(rng: Random, books: Books, buyer: Json, goods: Json, day: date) -> Json:
    lines = [(goods["external_id"], rng.randint(1, 5), goods["price"])]
    return invoice(f"SO-{books.names.number(rng)}", day, buyer["external_id"], lines)


def _sale_in_closed_month(books: Books, rng: Random) -> Case:
    """A late order of the closed month: an approver posts it on the first open day."""
    buyer, goods, closing = books.buyer(rng), books.goods(rng), _closing(books)
    order = _sold(rng, books, buyer, goods, closing - timedelta(days=rng.randint(0, 9)))

    def inject() -> None:
        books.act("close_books", date=closing.isoformat())
        books.hand_in(order)

    def right() -> str:
        [row] = _of(books, buyer) or [{"TxnDate": "never", "PrivateNote": ""}]
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
    buyer, goods, closing = books.buyer(rng), books.goods(rng), _closing(books)
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
    buyer, goods, closing = books.buyer(rng), books.goods(rng), _closing(books)
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


def _late_evening(books: Books, rng: Random) -> Case:
    """An order of 23:40 on the last day of a month, handed over in UTC, stays in its month."""
    buyer, goods, last = books.buyer(rng), books.goods(rng), _closing(books)
    order = _sold(rng, books, buyer, goods, last)
    late = order | {"date": f"{(last + timedelta(days=1)).isoformat()}T03:40:00Z"}

    def right() -> str:
        wrong = books.posted(order)
        days = [row["TxnDate"] for row in _of(books, buyer)]
        return wrong or ("" if days == [order["date"]] else f"dated {days}, not {order['date']}")

    return Case(lambda: books.hand_in(late), right, before=(buyer, goods))


def _filed_month(books: Books, rng: Random) -> Case:
    """An order of a month whose sales tax is filed waits for an approver."""
    buyer, goods, last = books.buyer(rng), books.goods(rng), _closing(books)
    order = _sold(rng, books, buyer, goods, last - timedelta(days=3))

    books.app("connect", "--name", books.name, "--tax-filed-through", last.isoformat())
    return Case(
        lambda: books.hand_in(order),
        lambda: books.posted(order),
        Alert("filed_tax", documents=1),
        (buyer, goods),
    )


STORIES: tuple[Story, ...] = (
    Story(6, DUPLICATES, "number used by another invoice", _number_of_another("Invoice")),
    Story(
        6,
        DUPLICATES,
        "the same document under its number",
        _keyed_by_hand("duplicate_document_number", same_number=True),
    ),
    Story(7, DUPLICATES, "number of a credit memo", _number_of_another("CreditMemo")),
    Story(
        9,
        DUPLICATES,
        "a sale keyed by hand",
        _keyed_by_hand("duplicate_transaction", same_number=False),
    ),
    Story(10, DUPLICATES, "a look-alike keyed by hand", _keyed_look_alike, noise=True),
    Story(23, INACTIVE, "an order without a customer", _no_customer),
    Story(23, INACTIVE, "an order without a line", _no_line),
    Story(33, CONNECTION, "a sale of a closed month", _sale_in_closed_month, CLOSED),
    Story(33, CONNECTION, "a payment of a closed month", _payment_in_closed_month, CLOSED),
    Story(49, CONNECTION, "a payment of a closed sale", _open_payment_of_closed_sale, CLOSED),
    Story(53, "mapping", "a sale of a filed month", _filed_month, FILED),
    Story(56, "platform", "an order of the last evening", _late_evening),
)
