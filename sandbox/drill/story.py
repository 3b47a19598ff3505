"""What a drill story is: a trouble, what must come of it, and how the books show it is right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sandbox.drill.books import Books

Json = dict[str, Any]
# A company of Canada: every line of a document needs a tax code.
CANADA = "canadian"
FAMILIES = ("duplicates", "mapping", "inactive", "characters", "connection", "platform")
# Stories of the connection rightly pause a company's other alerts: they have one of their own.
CONNECTION = "connection"
# Its books are closed and opened again, one story after another.
CLOSED = "closed books"
# Its chart of accounts has neither payables nor receivables, from before the bot is connected.
IMPORTED = "imported"


@dataclass(frozen=True)
class Alert:
    """The one message that must come.

    `kind`: as in the message's metadata. `marker`: a word the message must hold and no other
    story's message does (a name made by `books.names`, a document number); "" in a company of
    one's own: whatever comes there. `documents`: how many the message must count; 0: not asked.
    `press`: it must offer a one-click fix, and pressing it must mend everything. With False the
    fix is guided: nothing is pressed, `Case.by_hand` does what the message advises.
    `typed`: what a person types before submitting, by the beginning of an input's label; only
    for what nobody can know beforehand.
    `button`: the fix to press (`use_existing`) where another than the primary or first is asked.
    `refused`: words of the refusal that pressing it brings at first; then `Case.by_hand` clears
    the way, and with `press` it is pressed once more.
    `again`: nothing may show beforehand what the first press meets; then it is pressed once more.
    """

    kind: str
    marker: str = ""
    documents: int = 0
    press: bool = True
    typed: Mapping[str, str] = field(default_factory=dict)
    button: str = ""
    refused: str = ""
    again: bool = False


@dataclass(frozen=True)
class Case:
    """One story with its names, amounts and dates chosen.

    `before`: records of the shop that must be in QuickBooks before the trouble begins.
    `earlier`: what happened in QuickBooks before, and the bot has seen; no clock runs.
    `inject`: makes the trouble; the clock runs from its start.
    `expect`: the message that must come; None: everything heals in silence.
    `right`: "" when the simulator's books are as they must be in the end, else what is wrong, in
    words. It is asked after green (or again and again when silence is expected), and once more
    at the very end of the drill.
    `by_hand`: for a guided fix, what the person does in QuickBooks.
    `after`: puts the company back (takes faults away, opens the books again).
    `moves`: documents of the books, by number, that rightly have another day for a while or for
    good, and these days.
    `totals`: those that rightly get another total, and that total.
    """

    inject: Callable[[], None]
    right: Callable[[], str]
    expect: Alert | None = None
    before: tuple[Json, ...] = ()
    by_hand: Callable[[], None] | None = None
    after: Callable[[], None] | None = None
    earlier: Callable[[], None] | None = None
    moves: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    totals: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """A labelled trouble of the catalogue.

    `make` sets the scene (what people typed into QuickBooks) and returns the case.
    `company`: "" mixes it with the others; a word gives it, and the stories of the same word, a
    company of their own in which they run one after another.
    `noise`: nothing is wrong; it must stay silent and be posted.
    `kin`: stories of one word are variants of one trouble; the seed leaves some of them out.
    """

    number: int
    family: str
    title: str
    make: Callable[[Books, Random], Case]
    company: str = ""
    noise: bool = False
    kin: str = ""
