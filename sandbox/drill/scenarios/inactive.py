"""The trouble the scenarios work on: an inactive customer with orders waiting."""

from dataclasses import dataclass
from random import Random

from sandbox.demo.children import DemoError
from sandbox.drill.books import Books, Json
from sandbox.drill.play import Table
from sandbox.drill.watch import Post

_SECONDS = 40.0


@dataclass(frozen=True)
class Trouble:
    """An alert with what it is about."""

    table: Table
    buyer: Json
    goods: Json
    orders: list[Json]
    post: Post

    def now(self) -> Post:
        """The message as it is."""
        posts = self.table.watch.posts(self.post.channel)
        return next((one for one in posts if one.ts == self.post.ts), self.post)


def inactive_customer(table: Table, books: Books, rng: Random, orders: int) -> Trouble:
    """Make it and wait for its alert. Raises DemoError when none comes."""
    buyer, goods = books.buyer(rng), books.goods(rng)
    books.hand_in(buyer, goods)
    if not table.watch.wait(lambda: not books.missing([buyer, goods]), _SECONDS):
        raise DemoError("no scene: the customer and the product were not posted")
    books.deactivate("Customer", buyer["name"])
    waiting = books.orders(rng, buyer, [goods], orders)
    books.hand_in(*waiting)

    def look() -> Post | None:
        for one in table.watch.posts(books.channel):
            if one.holds(buyer["name"]) and one.state == "open" and one.counts(orders):
                return one
        return None

    post = table.watch.wait(look, _SECONDS)
    if post is None:
        raise DemoError(f"no alert about {buyer['name']} came")
    return Trouble(table, buyer, goods, waiting, post)
