"""Documents: used numbers, sales keyed by hand, missing fields."""

from collections.abc import Callable
from random import Random

from sandbox.drill.books import Books, Json
from sandbox.drill.story import Alert, Case, Story

DUPLICATES, INACTIVE = "duplicates", "inactive"
MAILED = "mailed"


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


def of(books: Books, buyer: Json) -> list[Json]:
    """The living invoices of a customer."""
    return [
        row
        for row in books.all("Invoice")
        if not row["_deleted"] and row["CustomerRef"]["name"] == buyer["name"]
    ]


def _under_another_number(books: Books, buyer: Json, order: Json) -> str:
    found = [row for row in of(books, buyer) if f"{row['TotalAmt']:.2f}" == order["total"]]
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
            found = [row["Id"] for row in of(books, buyer)]
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
        whose = [row["DocNumber"] for row in of(books, buyer)]
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


def _no_email(books: Books, rng: Random) -> Case:
    """An order without an e-mail address, from a source whose invoices are e-mailed."""
    books.open_shop(MAILED, "--needs-email")
    buyer, goods = books.buyer(rng), books.goods(rng)
    bare = {key: value for key, value in buyer.items() if key != "email"}
    order = books.order(rng, buyer, [goods])

    def right() -> str:
        [row] = of(books, buyer) or [{}]
        mail = (row.get("BillEmail") or {}).get("Address")
        return books.posted(order) or ("" if mail == buyer["email"] else f"its e-mail is {mail}")

    alert = Alert("missing_required_field", order["number"], 1, typed={"E-mail": buyer["email"]})
    return Case(lambda: books.hand_in(bare, goods, order, shop=MAILED), right, alert)


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
    Story(23, INACTIVE, "an order without an e-mail address", _no_email),
)
