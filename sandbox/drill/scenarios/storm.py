"""Story 43: hundreds of failures with three causes: three alerts and one summary, no more."""

from random import Random
from typing import Any

from sandbox.demo.children import DemoError
from sandbox.drill.books import Books
from sandbox.drill.hands import Hands, fix_button
from sandbox.drill.play import Table
from sandbox.drill.story import Alert
from sandbox.drill.watch import Post
from sandbox.drill.world import World

NUMBER = 43
TITLE = "A storm: hundreds of documents, three causes …"
DOCUMENTS = 500
_MOST_MESSAGES = 4
_SCENE_SECONDS = 60.0
_STORM_SECONDS = 60.0
_ROWS = 100


def play(table: Table, world: World, books: Books, rng: Random) -> dict[str, Any]:
    """Make a customer, a product and another product inactive, then hand in orders for them.

    The smallest cause is mended in the middle of it.
    """
    away, gone, other = books.buyer(rng), books.goods(rng), books.goods(rng)
    buyers, fine = [books.buyer(rng) for _ in range(4)], books.goods(rng)
    before = [away, gone, other, fine, *buyers]
    books.hand_in(*before)
    if not table.watch.wait(lambda: not books.missing(before), _SCENE_SECONDS):
        raise DemoError(f"no scene: {books.missing(before)[:3]}")
    books.deactivate("Customer", away["name"])
    books.deactivate("Item", gone["name"])
    books.deactivate("Item", other["name"])
    seen = {one.ts for one in table.watch.posts(books.channel)}
    causes = {away["name"]: (away, fine), gone["name"]: (None, gone), other["name"]: (None, other)}
    shares = _shares(rng)
    orders = [
        books.order(rng, who or rng.choice(buyers), [what])
        for (who, what), count in zip(causes.values(), shares, strict=True)
        for _ in range(count)
    ]
    rng.shuffle(orders)
    for start in range(0, len(orders), _ROWS):
        books.hand_in(*orders[start : start + _ROWS])

    def new() -> list[Post]:
        return [one for one in table.watch.posts(books.channel) if one.ts not in seen]

    wanted = dict(zip(causes, shares, strict=True))
    told = table.watch.wait(lambda: _all_told(new(), wanted), _STORM_SECONDS)
    wrong = [] if told else [_untold(new(), wanted)]
    if len(new()) > _MOST_MESSAGES:
        said = "; ".join(one.text for one in new())
        wrong.append(f"{len(new())} messages; {_MOST_MESSAGES} are the most: {said}")
    early = books.posted(*orders[:1])
    if not early:
        wrong.append("an order was posted although its customer or product is inactive")
    hands = Hands(world, table.watch, table.patience)
    wrong += _mended(table, books, hands, other["name"], new())
    wrong += books.twice()
    return {
        "documents": len(orders),
        "causes": len(causes),
        "messages": len(new()),
        "wrong": wrong,
    }


def _mended(table: Table, books: Books, hands: Hands, name: str, posts: list[Post]) -> list[str]:
    """Press the smallest cause's button; the others go on waiting."""
    post = next((one for one in posts if one.holds(name) and fix_button(one)), None)
    if post is None:
        return [f"no alert about {name} with a button"]
    pressed = hands.mend(books, post, Alert(post.kind, name))
    if pressed.wrong:
        return [pressed.wrong]

    def green() -> bool:
        now = table.watch.posts(books.channel)
        return any(one.ts == post.ts and one.state == "resolved" for one in now)

    if table.watch.wait(lambda: green() or None, _STORM_SECONDS):
        return []
    return [f"the alert about {name} did not turn green"]


def _shares(rng: Random) -> list[int]:
    first = rng.randint(DOCUMENTS // 2, DOCUMENTS * 2 // 3)
    last = rng.randint(10, 30)
    return [first, DOCUMENTS - first - last, last]


def _all_told(posts: list[Post], wanted: dict[str, int]) -> bool:
    return all(
        any(one.holds(name) and one.counts(count) for one in posts)
        for name, count in wanted.items()
    )


def _untold(posts: list[Post], wanted: dict[str, int]) -> str:
    lines = "; ".join(f"{name}: {count}" for name, count in wanted.items())
    said = "; ".join(one.text for one in posts) or "nothing"
    return f"not every cause is told with its documents ({lines}); the channel says: {said}"
