"""Scenarios over the stories: a storm, several people at once, crashes, and undo."""

from collections.abc import Callable
from random import Random
from typing import Any

from sandbox.demo.children import DemoError
from sandbox.drill.books import Books
from sandbox.drill.play import Table
from sandbox.drill.scenarios import crash, people, storm, undo
from sandbox.drill.world import SHARED, World

Json = dict[str, Any]
# The storm comes last: it leaves its alerts open, and with many of one kind the rest share one.
_IN_TURN = (("people", people), ("crash", crash), ("undo", undo), ("storm", storm))
_TOLD = ("storm", "people", "crash", "undo")


def play(
    table: Table,
    world: World,
    rng: Random,
    wants: Callable[[int], bool],
    say: Callable[[str], None],
) -> dict[str, Json]:
    """Play those asked for, one after the other; each gives its counts and what was `wrong`."""
    played: dict[str, Json] = {}
    for place, (name, module) in enumerate(_IN_TURN):
        if not wants(module.NUMBER):
            played[name] = {"ran": False, "ok": True, "wrong": []}
            continue
        say(module.TITLE)
        books = _own(world, name) or world.companies[place % _shared(world)]
        try:
            counts = module.play(table, world, books, Random(rng.random()))
        except DemoError as error:
            counts = {"wrong": [str(error)]}
        played[name] = {"ran": True, "ok": not counts["wrong"], **counts}
    return {name: played[name] for name in _TOLD}


def _own(world: World, name: str) -> Books | None:
    """The company that is kept for this scenario."""
    called = undo.COMPANY if name == "undo" else ""
    return next((books for books in world.companies if books.name == called), None)


def _shared(world: World) -> int:
    """The mixed companies come first; the others are kept for their own stories."""
    return sum(1 for books in world.companies if books.name in SHARED)
