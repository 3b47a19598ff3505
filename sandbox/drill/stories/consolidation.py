"""Two customers that are one and may not be consolidated: refused with the reason, then guided."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from threading import Event

from sandbox.drill.books import SEEN_SECONDS, Books, Json
from sandbox.drill.stories.twins import FAMILY, sold, twice
from sandbox.drill.story import CLOSED, Alert, Case, Story

_KIN = "locked twins"
Enter = Callable[[Books, Random, str, Json], str]


def _paid_at_once(books: Books, rng: Random, buyer: str, goods: Json) -> str:
    return sold(books, rng, buyer, goods, "SalesReceipt")


def _paid(books: Books, rng: Random, buyer: str, goods: Json) -> str:
    """An invoice that is paid; returns the payment's Id."""
    sale = sold(books, rng, buyer, goods)
    amount = next(row["TotalAmt"] for row in books.all("Invoice") if row["Id"] == sale)
    link = [{"TxnId": sale, "TxnType": "Invoice"}]
    line = {"Amount": amount, "LinkedTxn": link}
    whose = {"value": buyer}
    return books.typed_in("Payment", CustomerRef=whose, TotalAmt=amount, Line=[line])


def _deposited(books: Books, rng: Random, buyer: str, goods: Json) -> str:
    """An invoice whose payment was taken to the bank."""
    paid = _paid(books, rng, buyer, goods)
    books.act("deposit", entity="Payment", id=paid)
    return paid


def _reconciled(books: Books, rng: Random, buyer: str, goods: Json) -> str:
    """A sale that was ticked off against the bank's statement."""
    sale = sold(books, rng, buyer, goods, "SalesReceipt")
    books.act("reconcile", entity="SalesReceipt", id=sale)
    return sale


def _in_closed_month(books: Books, rng: Random, buyer: str, goods: Json) -> str:
    """An open invoice of the month that is closed."""
    day = books.last_month_end() - timedelta(days=rng.randint(0, 9))
    return sold(books, rng, buyer, goods, day=day)


def _locked(enter: Enter, refused: str, *, closed: bool = False) -> Callable[[Books, Random], Case]:
    """Both have what may not be touched: nothing moves, and a person merges in QuickBooks."""

    def make(books: Books, rng: Random) -> Case:
        (given, family), goods = books.names.person(rng), books.goods(rng)
        one = twice(books, given, family, f"{family.lower()}@shop.example")
        ids: list[str] = []

        def inject() -> None:
            if closed:
                books.act("close_books")
            for place in (1, 2):
                ids.append(one(place))
                enter(books, rng, ids[-1], goods)
            if closed:
                books.act("close_books", date=books.last_month_end().isoformat())

        def by_hand() -> None:
            books.act("merge", entity="Customer", id=ids[1], into=ids[0])

        def right() -> str:
            rows = [row for entity in _SALES for row in books.all(entity)]
            whose = {row["CustomerRef"]["value"] for row in rows} & set(ids)
            return "" if whose == {ids[0]} else f"the sales of {family} are with {sorted(whose)}"

        def after() -> None:
            if closed:
                books.act("close_books")

        alert = Alert("duplicate_name", family, press=False, button="consolidate", refused=refused)
        return Case(inject, right, alert, (goods,), by_hand, after)

    return make


_SALES = ("Invoice", "SalesReceipt", "Payment")


def _with_a_child(*, project: bool) -> Callable[[Books, Random], Case]:
    """One has a sub-customer or a project: made a regular customer first, then consolidated."""

    def make(books: Books, rng: Random) -> Case:
        (given, family), goods = books.names.person(rng), books.goods(rng)
        one = twice(books, given, family, f"{family.lower()}@shop.example")
        child = books.names.thing(rng)
        ids: list[str] = []
        sales: list[str] = []

        def inject() -> None:
            for place in (1, 2):
                ids.append(one(place))
                sales.append(sold(books, rng, ids[-1], goods))
            above = {"value": rng.choice(ids)}
            ids.append(books.typed_in("Customer", DisplayName=child, ParentRef=above, Job=project))

        def by_hand() -> None:
            books.act("edit", entity="Customer", id=ids[2], data={"ParentRef": None, "Job": False})
            Event().wait(SEEN_SECONDS)

        def right() -> str:
            rows = [row for row in books.all("Invoice") if row["Id"] in sales]
            whose = {row["CustomerRef"]["value"] for row in rows}
            active = {row["Id"] for row in books.all("Customer") if row["_active"]} & set(ids)
            if len(whose) != 1 or active != {*whose, ids[2]}:
                return f"the sales of {family} are with {sorted(whose)}; active: {sorted(active)}"
            return ""

        alert = Alert("duplicate_name", family, button="consolidate", refused=child)
        return Case(inject, right, alert, (goods,), by_hand)

    return make


STORIES: tuple[Story, ...] = (
    Story(5, FAMILY, "two that are one, paid sales", _locked(_paid_at_once, "is paid"), kin=_KIN),
    Story(5, FAMILY, "two that are one, paid invoices", _locked(_paid, "is paid"), kin=_KIN),
    Story(
        5,
        FAMILY,
        "two that are one, payments at the bank",
        _locked(_deposited, "is on a bank deposit"),
        kin=_KIN,
    ),
    Story(
        5,
        FAMILY,
        "two that are one, reconciled sales",
        _locked(_reconciled, "is reconciled"),
        kin=_KIN,
    ),
    Story(
        5,
        FAMILY,
        "two that are one, sales of a closed month",
        _locked(_in_closed_month, "is dated in closed books", closed=True),
        CLOSED,
    ),
    Story(5, FAMILY, "two that are one, with a sub-customer", _with_a_child(project=False)),
    Story(5, FAMILY, "two that are one, with a project", _with_a_child(project=True)),
)
