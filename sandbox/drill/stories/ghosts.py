"""Names of customers that were merged away in QuickBooks: the one that is left is used."""

from collections.abc import Callable
from random import Random
from threading import Event

from sandbox.drill.books import SEEN_SECONDS, Books
from sandbox.drill.stories.duplicates import whose
from sandbox.drill.stories.twins import sold
from sandbox.drill.story import Alert, Case, Story

FAMILY = "duplicates"


def _ghost(*, moved: bool) -> Callable[[Books, Random], Case]:
    """The name is a customer's that was merged away.

    `moved`: its invoice was seen to go over, so that the bot knows which one is left; else a
    person has to say it.
    """

    def make(books: Books, rng: Random) -> Case:
        given, family = books.names.person(rng)
        buyer, goods = books.buyer(rng, f"{given}  {family}"), books.goods(rng)
        orders = books.orders(rng, buyer, [goods], rng.randint(1, 3))
        mail = {"Address": buyer["email"]}
        name = books.names.business(rng)
        left = books.typed_in("Customer", DisplayName=name)
        ghost = books.typed_in("Customer", DisplayName=f"{given} {family}", PrimaryEmailAddr=mail)

        def merged() -> None:
            if moved:
                sold(books, rng, ghost, goods)
            Event().wait(SEEN_SECONDS)
            books.act("merge", entity="Customer", id=ghost, into=left)

        def right() -> str:
            found = books.like("Customer", family)
            if [(row["Id"], row["_active"]) for row in found] != [(ghost, False)]:
                return f"{len(found)} customers named {family}, not the one that was merged away"
            return books.posted(*orders) or whose(books, orders, left)

        typed = {} if moved else {"Found in": name}
        alert = Alert("duplicate_name", family, len(orders), typed=typed, again=not moved)
        return Case(lambda: books.hand_in(buyer, *orders), right, alert, (goods,), earlier=merged)

    return make


STORIES: tuple[Story, ...] = (
    Story(2, FAMILY, "the name is a merged customer's", _ghost(moved=True)),
    Story(2, FAMILY, "the name is a merged customer's, and nothing moved", _ghost(moved=False)),
)
