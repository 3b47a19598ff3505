"""Story 44: several people, double presses, a guest, old buttons, a preview that went stale."""

from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

from sandbox.demo.children import DemoError
from sandbox.drill.books import Books
from sandbox.drill.hands import fix_button
from sandbox.drill.play import Table
from sandbox.drill.scenarios.inactive import Trouble, inactive_customer
from sandbox.drill.watch import Json, Post, words_of
from sandbox.drill.world import World

NUMBER = 44
TITLE = "Several people at one button, a guest, and an old message …"
_SECONDS = 20.0


def play(table: Table, world: World, books: Books, rng: Random) -> dict[str, Any]:
    """Everything at one alert: refused for a guest, done once for the others, old buttons dead."""
    trouble = inactive_customer(table, books, rng, 2)
    users = world.slack["users"]
    wrong = [_guest(world, trouble.post, str(users["guest"]), table)]
    one, two = str(users["operator"]), str(users["approver"])
    first = _preview(table, world, one, trouble.post)
    more = books.order(rng, trouble.buyer, [trouble.goods])
    books.hand_in(more)
    counted = table.watch.wait(lambda: trouble.now().counts(3) or None, _SECONDS)
    wrong.append("" if counted else "the alert does not count the order that came later")
    wrong.append(_stale(table, world, one, first, books))
    second = _preview(table, world, two, trouble.post)
    mine = _window(table, world, one)
    with ThreadPoolExecutor(4) as pool:
        for user, view in ((one, mine), (two, second), (one, mine), (two, second)):
            pool.submit(world.act, user, type="submit", view_id=view["id"])
    green = table.watch.wait(lambda: trouble.now().state == "resolved" or None, _SECONDS)
    wrong.append("" if green else f"it did not turn green: {trouble.now().text}")
    wrong.append(books.posted(*trouble.orders, more))
    updates = _updates(books, trouble)
    wrong.append("" if updates == 1 else f"the customer was changed {updates} times")
    wrong.append(_old_button(table, world, books, trouble))
    for user in (one, two):
        _close(world, user)
    return {"presses": 7, "updates": updates, "wrong": [line for line in wrong if line]}


def _guest(world: World, post: Post, guest: str, table: Table) -> str:
    """A guest's press does nothing and says who may."""
    button = fix_button(post)
    assert button is not None
    where = {"channel": post.channel, "ts": post.ts, "action_id": button["action_id"]}
    world.act(guest, type="button", **where)
    url = f"{world.slack['control_url']}/ephemerals"

    def refused() -> bool:
        told = [row["text"] for row in world.http.get(url, user=guest)["ephemerals"]]
        shown = [words_of(row["blocks"]) for row in _views(world, guest)]
        return any("Only " in words for words in (*told, *shown))

    said = table.watch.wait(lambda: refused() or None, _SECONDS)
    _close(world, guest)
    return "" if said else "a guest's press was not refused with a sentence saying who may"


def _preview(table: Table, world: World, user: str, post: Post) -> Json:
    button = fix_button(post)
    assert button is not None
    where = {"channel": post.channel, "ts": post.ts, "action_id": button["action_id"]}
    world.act(user, type="button", **where)
    return _window(table, world, user)


def _window(table: Table, world: World, user: str) -> Json:
    def look() -> Json | None:
        found = [row for row in _views(world, user) if row.get("submit")]
        return found[-1] if found else None

    view = table.watch.wait(look, _SECONDS)
    if view is None:
        raise DemoError("No preview with a button to confirm opened.")
    return view


def _stale(table: Table, world: World, user: str, old: Json, books: Books) -> str:
    """What was previewed is not true any more: the new preview is shown, nothing is written."""
    before = len(books.writes())
    world.act(user, type="submit", view_id=old["id"])

    def look() -> bool:
        now = _views(world, user)
        return any(row.get("submit") and row["hash"] != old["hash"] for row in now)

    shown = table.watch.wait(lambda: look() or None, _SECONDS)
    if not shown:
        return "a stale preview was not replaced by the new one"
    return "" if len(books.writes()) == before else "a stale preview wrote something"


def _old_button(table: Table, world: World, books: Books, trouble: Trouble) -> str:
    """The button somebody still had on the screen, pressed after green: nothing is written."""
    button = fix_button(trouble.post)
    assert button is not None
    before = len(books.writes())
    user = str(world.slack["users"]["approver2"])
    told = world.act(
        user,
        type="button",
        channel=trouble.post.channel,
        ts=trouble.post.ts,
        action_id=button["action_id"],
        value=button.get("value"),
        stale=True,
    )
    table.watch.wait(lambda: any(not row.get("submit") for row in _views(world, user)), 5)
    confirmable = [row for row in _views(world, user) if row.get("submit")]
    for row in confirmable:
        world.act(user, type="submit", view_id=row["id"])
    table.watch.wait(lambda: None, 2)
    _close(world, user)
    if not told.get("acked"):
        return "the press on an old button was not answered"
    return "" if len(books.writes()) == before else "the old button wrote something"


def _updates(books: Books, trouble: Trouble) -> int:
    found = books.find("Customer", trouble.buyer["name"])
    return sum(
        1
        for row in books.writes()
        if row["operation"] == "update" and row["entity"] == "Customer" and row["id"] == found["Id"]
    )


def _views(world: World, user: str) -> list[Json]:
    rows = world.http.get(f"{world.slack['control_url']}/views", user=user)["views"]
    return [row for row in rows if row["type"] == "modal"]


def _close(world: World, user: str) -> None:
    for row in reversed(_views(world, user)):
        world.act(user, type="close", view_id=row["id"], all=True)
