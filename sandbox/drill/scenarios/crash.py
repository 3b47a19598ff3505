"""Story 45: kill -9 in the middle of a sync, of a press and of a fix; the end is the same."""

from random import Random
from threading import Event
from typing import Any

from sandbox.drill.books import Books
from sandbox.drill.hands import Hands, fix_button
from sandbox.drill.play import Table
from sandbox.drill.scenarios.inactive import Trouble, inactive_customer
from sandbox.drill.story import Alert
from sandbox.drill.world import World

NUMBER = 45
TITLE = "kill -9 in the middle of a sync, a press and a fix …"
_ORDERS = 12
_SECONDS = 60.0
# How long after the beginning of each the process may die.
_SYNC_WITHIN, _PRESS_WITHIN, _FIX_WITHIN = 1.5, 0.4, 1.2
_TRIES = 3


def play(table: Table, world: World, books: Books, rng: Random) -> dict[str, Any]:
    """Kill in a sync, then in a fix; nothing twice, nothing missing, no message left working."""
    wrong = [_in_a_sync(table, world, books, rng)]
    trouble = inactive_customer(table, books, rng, 3)
    _in_a_press(world, rng, trouble)
    wrong.append(_in_a_fix(table, world, books, rng, trouble))
    posts = table.watch.posts(books.channel)
    wrong += [f"left WORKING: {one.text}" for one in posts if one.state == "working"]
    mine = [one for one in posts if one.holds(trouble.buyer["name"])]
    wrong.append("" if len(mine) == 1 else f"{len(mine)} messages instead of one after the crash")
    return {"kills": 3, "wrong": [line for line in wrong if line]}


def _in_a_sync(table: Table, world: World, books: Books, rng: Random) -> str:
    buyer, goods = books.buyer(rng), books.goods(rng)
    orders = books.orders(rng, buyer, [goods], _ORDERS)
    books.hand_in(buyer, goods, *orders)
    Event().wait(rng.uniform(0, _SYNC_WITHIN))
    world.kill_bot()
    world.start_bot()
    table.watch.wait(lambda: not books.posted(*orders) or None, _SECONDS)
    wrong = [books.posted(*orders), *books.twice()]
    return "".join(f"after a kill in a sync: {words}" for words in wrong if words)


def _in_a_press(world: World, rng: Random, trouble: Trouble) -> None:
    """The process dies before its preview is there; what that leaves, the next press finds."""
    button = fix_button(trouble.post)
    user = str(world.slack["users"]["approver2"])
    if button is not None:
        where = {"channel": trouble.post.channel, "ts": trouble.post.ts}
        world.act(user, type="button", action_id=button["action_id"], **where)
    Event().wait(rng.uniform(0, _PRESS_WITHIN))
    world.kill_bot()
    world.start_bot()


def _in_a_fix(table: Table, world: World, books: Books, rng: Random, trouble: Trouble) -> str:
    hands = Hands(world, table.watch, table.patience)
    alert = Alert(trouble.post.kind, str(trouble.buyer["name"]))
    for attempt in range(_TRIES):
        if trouble.now().state == "open":
            pressed = hands.mend(books, trouble.now(), alert)
            if pressed.wrong and attempt == _TRIES - 1:
                return f"after a kill in a fix: {pressed.wrong}"
        if attempt == 0:
            Event().wait(rng.uniform(0, _FIX_WITHIN))
            world.kill_bot()
            world.start_bot()
        if table.watch.wait(lambda: trouble.now().state == "resolved" or None, _SECONDS / _TRIES):
            break
    if trouble.now().state != "resolved":
        return f"after a kill in a fix it did not turn green: {trouble.now().text}"
    wrong = [books.posted(*trouble.orders), *books.twice()]
    return "".join(f"after a kill in a fix: {words}" for words in wrong if words)
