"""Undo after green: the books come back to what they were, or it is refused and nothing happens."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from sandbox.demo.children import DemoError
from sandbox.drill import ledger
from sandbox.drill.books import Books, name_of
from sandbox.drill.hands import Hands, fix_button
from sandbox.drill.ledger_reading import read
from sandbox.drill.play import Table, broken
from sandbox.drill.stories import duplicates, inactive, mapping, twins
from sandbox.drill.story import Alert, Case
from sandbox.drill.watch import Post
from sandbox.drill.world import World

# Of no story: it is played when the whole drill is asked for.
NUMBER = 0
TITLE = "Undo of what was mended …"
COMPANY = "Undo Company"
_SECONDS = 40.0
_LISTS = ("Customer", "Vendor", "Item", "Account")
_BUTTON = "undo"
Lists = dict[tuple[str, str], tuple[str, bool]]


@dataclass(frozen=True)
class _Try:
    """A trouble to mend and undo; `stays`: what was posted with it rightly forbids the undo."""

    title: str
    make: Callable[[Books, Random], Case]
    stays: bool = False


_TRIES = (
    _Try("two customers that were one", twins.two_that_are_one),
    _Try("a link to an existing customer", duplicates.alone),
    _Try("a customer under a name of its own", twins.alone),
    _Try("an item made active", inactive.inactive_item),
    _Try("a SKU that was mapped", mapping.unmapped),
    _Try("a customer made active who owes money now", inactive.inactive_customer, stays=True),
)


def play(table: Table, world: World, books: Books, rng: Random) -> dict[str, Any]:
    """Mend and undo each, one after another; the books are read before, between and after."""
    wrong: list[str] = []
    for one in _TRIES:
        try:
            found = _undone(table, world, books, one, Random(rng.random()))
        except DemoError as error:
            found = [str(error)]
        wrong += [f"undo of {one.title}: {words}" for words in found if words]
    return {"undone": sum(not one.stays for one in _TRIES), "wrong": wrong}


def _undone(table: Table, world: World, books: Books, one: _Try, rng: Random) -> list[str]:
    hands = Hands(world, table.watch, table.patience)
    case = one.make(books, rng)
    alert = case.expect
    assert alert is not None
    books.hand_in(*case.before)
    if not table.watch.wait(lambda: not books.missing(case.before), _SECONDS):
        raise DemoError(f"no scene: not posted: {books.missing(case.before)[:3]}")
    case.inject()
    post = _wait(table, books, alert, "open")
    before, lists = read(books), _lists(books)
    pressed = hands.mend(books, post, alert)
    if pressed.wrong:
        return [pressed.wrong]
    green = _wait(table, books, alert, "resolved")
    mended = read(books)
    if fix_button(green, _BUTTON) is None:
        return ["the green message offers no undo"]
    writes = len(books.writes())
    pressed = hands.take_back(books, green)
    if one.stays:
        said = "" if pressed.wrong else "it was not refused, although documents stand on it"
        return [said, "something was written" if len(books.writes()) != writes else ""]
    if pressed.wrong:
        return [pressed.wrong]
    _wait(table, books, alert, "undone", "open")
    return [*broken(table, books, mended), *_back(books, before, mended, lists)]


def _back(books: Books, before: ledger.Ledger, mended: ledger.Ledger, lists: Lists) -> list[str]:
    """Say what is not as it was: names, active or not, whose the documents are, every total."""
    now = read(books)
    wrong = [
        f"{key[0]} {key[1]} is of {now.papers[key].party}, not of {was.party}"
        for key, was in before.papers.items()
        if key in now.papers and now.papers[key].party != was.party
    ]
    for key, (name, active) in _lists(books).items():
        if lists.get(key, (name, False)) != (name, active):
            wrong.append(f"{key[0]} {name} is {'active' if active else 'inactive'} now")
    # What was posted by the fix stays: only what stood there before must come back to a cent.
    posted = now.papers.keys() != before.papers.keys()
    return wrong + ledger.differences(mended if posted else before, now)


def _lists(books: Books) -> Lists:
    return {
        (entity, row["Id"]): (name_of(entity, row).removesuffix(" (deleted)"), row["_active"])
        for entity in _LISTS
        for row in books.all(entity)
    }


def _wait(table: Table, books: Books, alert: Alert, *states: str) -> Post:
    def look() -> Post | None:
        for one in table.watch.posts(books.channel):
            if one.holds(alert.marker) and one.state in states and one.kind == alert.kind:
                told = alert.documents == 0 or states != ("open",) or one.counts(alert.documents)
                return one if told else None
        return None

    found = table.watch.wait(look, _SECONDS)
    if found is None:
        raise DemoError(f"the alert about {alert.marker} did not become {' or '.join(states)}")
    return found
