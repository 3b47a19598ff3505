"""Look-alikes that are fine: posted without a word. A message about one is a false alarm."""

from datetime import timedelta
from random import Random

from sandbox.drill.books import Books
from sandbox.drill.records import by_sku, invoice, payment
from sandbox.drill.story import Case, Story

FAMILY = "duplicates"


def _near_numbers(books: Books, rng: Random) -> Case:
    """INV-100 and INV-1000, of one customer, for the same amount."""
    buyer, goods = books.buyer(rng), books.goods(rng)
    number = f"INV-{books.names.number(rng)}"
    lines = [(goods["external_id"], rng.randint(1, 9), goods["price"])]
    days = [books.day(rng) for _ in range(2)]
    orders = [
        invoice(one, day, buyer["external_id"], lines)
        for one, day in zip((number, f"{number}0"), days, strict=True)
    ]
    return Case(
        lambda: books.hand_in(*orders), lambda: books.posted(*orders), before=(buyer, goods)
    )


def _father_and_son(books: Books, rng: Random) -> Case:
    """Two people of one family, each with an initial, an e-mail and an address of their own."""
    given, family = books.names.person(rng)
    first, second = rng.sample("BDHJKRTW", 2)
    names = (f"{given} {first}. {family}", f"{given} {second}. {family}")
    buyers, goods = [books.buyer(rng, name) for name in names], books.goods(rng)
    orders = [books.order(rng, buyer, [goods]) for buyer in buyers]

    def right() -> str:
        missing = books.missing(buyers)
        return f"not in QuickBooks: {missing[0]}" if missing else books.posted(*orders)

    return Case(lambda: books.hand_in(*buyers, *orders), right, before=(goods,))


def _branches(books: Books, rng: Random) -> Case:
    """Two branches of one chain, told apart by their numbers."""
    chain, number = books.names.business(rng), rng.randint(2, 60)
    names = (f"{chain} #{number}", f"{chain} #{number + 1}")
    buyers, goods = [books.buyer(rng, name) for name in names], books.goods(rng)
    orders = [books.order(rng, buyer, [goods]) for buyer in buyers]

    def right() -> str:
        missing = books.missing(buyers)
        return f"not in QuickBooks: {missing[0]}" if missing else books.posted(*orders)

    return Case(lambda: books.hand_in(*buyers, *orders), right, before=(goods,))


def _equal_payments(books: Books, rng: Random) -> Case:
    """A customer pays the same amount again and again, each time for another order."""
    buyer, goods = books.buyer(rng), books.goods(rng)
    lines = [(goods["external_id"], rng.randint(1, 9), goods["price"])]
    first = books.today() - timedelta(days=12)
    days = [first + timedelta(days=6 * place) for place in range(3)]
    orders = [
        invoice(f"SUB-{books.names.number(rng)}", day, buyer["external_id"], lines) for day in days
    ]
    paid = [
        payment(f"pay-{order['number']}", day, order)
        for order, day in zip(orders, days, strict=True)
    ]

    def right() -> str:
        return books.posted(*orders) or books.paid(*paid)

    return Case(lambda: books.hand_in(*orders, *paid), right, before=(buyer, goods))


def _credit_applied(books: Books, rng: Random) -> Case:
    """A person applies a credit to an order: QuickBooks keeps that as a payment of $0.00."""
    buyer, goods = books.buyer(rng), books.goods(rng)
    orders = [books.order(rng, buyer, [goods]) for _ in range(2)]

    def apply() -> None:
        who = {"value": books.find("Customer", buyer["name"])["Id"]}
        item = {"value": books.find("Item", goods["name"])["Id"]}
        amount = 1.5
        line = {
            "DetailType": "SalesItemLineDetail",
            "Amount": amount,
            "SalesItemLineDetail": {"ItemRef": item, "Qty": 1, "UnitPrice": amount},
        }
        credit = books.typed_in("CreditMemo", CustomerRef=who, Line=[line])
        first = books.find("Invoice", orders[0]["number"])["Id"]
        links = [
            {"Amount": amount, "LinkedTxn": [{"TxnId": txn, "TxnType": kind}]}
            for txn, kind in ((first, "Invoice"), (credit, "CreditMemo"))
        ]
        books.typed_in("Payment", CustomerRef=who, TotalAmt=0, Line=links)

    def inject() -> None:
        apply()
        books.hand_in(orders[1])

    return Case(inject, lambda: books.posted(*orders), before=(buyer, goods, orders[0]))


def _plain_business(books: Books, rng: Random) -> Case:
    """A day of a shop: new customers, new products, orders, one off the shelf, a payment."""
    buyers, goods = [books.buyer(rng) for _ in range(3)], [books.goods(rng) for _ in range(2)]
    shelf = books.goods(rng)
    books.counted(rng, shelf, shelf["sku"])
    orders = [books.order(rng, buyer, goods) for buyer in buyers]
    orders.append(by_sku(books.order(rng, rng.choice(buyers), [shelf]), shelf["sku"]))
    paid = payment(f"pay-{orders[0]['number']}", books.today(), orders[0])

    def right() -> str:
        return books.posted(*orders) or books.paid(paid)

    return Case(lambda: books.hand_in(*buyers, *goods, *orders, paid), right)


STORIES: tuple[Story, ...] = (
    Story(10, FAMILY, "INV-100 and INV-1000", _near_numbers, noise=True),
    Story(10, FAMILY, "father and son", _father_and_son, noise=True),
    Story(10, FAMILY, "branch #12 and #13", _branches, noise=True),
    Story(10, FAMILY, "recurring equal payments", _equal_payments, noise=True),
    Story(10, FAMILY, "a payment of $0.00 that applies a credit", _credit_applied, noise=True),
    Story(10, FAMILY, "a day of a shop", _plain_business, noise=True),
)
