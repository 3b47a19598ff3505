"""Duplicates: one customer under two names, one document twice."""

from collections.abc import Callable
from random import Random

from sandbox.drill.books import Books, Json
from sandbox.drill.story import Alert, Case, Story

FAMILY = "duplicates"
Spelling = Callable[[str, str], tuple[str, str]]


def _double_space(given: str, family: str) -> tuple[str, str]:
    return f"{given} {family}", f"{given}  {family}"


def _case(given: str, family: str) -> tuple[str, str]:
    return f"{given} {family}", f"{given} {family}".upper()


def _initial(given: str, family: str) -> tuple[str, str]:
    return f"{given} {family}", f"{given} M. {family}"


def _initial_less(given: str, family: str) -> tuple[str, str]:
    return f"{given} R. {family}", f"{given} {family}"


def _same_customer(spelling: Spelling) -> Callable[[Books, Random], Case]:
    """QuickBooks has the customer under a slightly different name; the e-mail agrees."""

    def make(books: Books, rng: Random) -> Case:
        given, family = books.names.person(rng)
        theirs, ours = spelling(given, family)
        buyer, goods = books.buyer(rng, ours), books.goods(rng)
        orders = books.orders(rng, buyer, [goods], rng.randint(1, 3))
        known = books.typed_in(
            "Customer", DisplayName=theirs, PrimaryEmailAddr={"Address": buyer["email"]}
        )

        def inject() -> None:
            books.hand_in(buyer, *orders)

        def right() -> str:
            found = books.like("Customer", family)
            if [row["Id"] for row in found] != [known]:
                return f"{len(found)} customers named {family}, not the one that was there"
            return books.posted(*orders) or whose(books, orders, known)

        return Case(inject, right, Alert("duplicate_name", family, len(orders)), (goods,))

    return make


def alone(books: Books, rng: Random) -> Case:
    """The same customer under another spelling, and nothing waits on it yet."""
    given, family = books.names.person(rng)
    theirs, ours = _double_space(given, family)
    buyer = books.buyer(rng, ours)
    mail = {"Address": buyer["email"]}
    books.typed_in("Customer", DisplayName=theirs, PrimaryEmailAddr=mail)
    return Case(lambda: books.hand_in(buyer), str, Alert("duplicate_name", family))


def whose(books: Books, orders: list[Json], customer_id: str) -> str:
    """Say which of these orders do not belong to the customer of this id."""
    buyers = {row["DocNumber"]: row["CustomerRef"]["value"] for row in books.all("Invoice")}
    wrong = [row["number"] for row in orders if buyers.get(row["number"]) != customer_id]
    return f"posted to another customer: {', '.join(wrong)}" if wrong else ""


_KIN = "spelling"
STORIES: tuple[Story, ...] = (
    Story(1, FAMILY, "same customer, a double space", _same_customer(_double_space), kin=_KIN),
    Story(1, FAMILY, "same customer, in capitals", _same_customer(_case), kin=_KIN),
    Story(1, FAMILY, "same customer, an initial more", _same_customer(_initial), kin=_KIN),
    Story(1, FAMILY, "same customer, an initial less", _same_customer(_initial_less), kin=_KIN),
)
