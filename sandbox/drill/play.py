"""Plays one story: make the trouble, wait for its message, press, and look into the books."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event
from time import monotonic, time

from sandbox.demo.children import DemoError
from sandbox.drill import ledger
from sandbox.drill.books import SEEN_SECONDS, Books
from sandbox.drill.hands import Hands, Pressed, fix_button
from sandbox.drill.ledger import Ledger
from sandbox.drill.ledger_reading import read
from sandbox.drill.names import folded
from sandbox.drill.stated import unstated
from sandbox.drill.story import Alert, Case, Story
from sandbox.drill.watch import Post, Watch

_LOOK_SECONDS = 0.3
# How long a message may take to count all of its documents: they arrive one after another.
_COUNT_SECONDS = 12.0
# How often the books are read before they are called wrong.
_READS = 6


@dataclass(frozen=True)
class Result:
    """What came of one story. `wrong` holds a sentence for everything that was not as it must be.

    `loud`: it must alert. `seconds`: from the trouble to its first message; `click_seconds`: from
    the last needed press to green.
    """

    story: Story
    company: str
    marker: str = ""
    loud: bool = False
    detected: bool = False
    explained: bool = False
    offered: bool = False
    fixed: bool = False
    verified: bool = False
    healed: bool = False
    seconds: float | None = None
    click_seconds: float | None = None
    messages: tuple[tuple[str, str], ...] = ()
    wrong: tuple[str, ...] = ()

    def bad(self, *sentences: str) -> "Result":
        """The same with what was wrong."""
        return replace(self, wrong=(*self.wrong, *sentences))


@dataclass(frozen=True)
class Scene:
    """A story with its case, in the company where it plays; `pause`: seconds before it begins."""

    story: Story
    books: Books
    case: Case
    pause: float = 0.0


@dataclass(frozen=True)
class Table:
    """What every story is played with."""

    watch: Watch
    hands: Hands
    patience: float


def play(table: Table, scene: Scene) -> Result:
    """Play a story to its end; nothing is raised, everything wrong is told in the result."""
    story, case, books = scene.story, scene.case, scene.books
    marker = case.expect.marker if case.expect else ""
    result = Result(story, books.name, marker, loud=case.expect is not None)
    try:
        books.moves |= case.moves
        books.totals |= case.totals
        if case.earlier is not None:
            case.earlier()
            Event().wait(SEEN_SECONDS)
        before = read(books)
        seen = {(one.channel, one.ts) for one in table.watch.posts(books.channel)}
        began = time()
        case.inject()
        if case.expect is None:
            ended = _silent(table, scene, result, seen)
        else:
            ended = _loud(table, scene, result, seen, began)
        return ended.bad(*broken(table, books, before))
    except DemoError as error:
        return result.bad(str(error))
    finally:
        if case.after is not None:
            case.after()


def broken(table: Table, books: Books, before: Ledger) -> list[str]:
    """Say which invariant of the books does not hold; [] when all do.

    Read again while it is not so: other stories post between two calls.
    """

    def look() -> list[str]:
        now = read(books)
        return [
            *ledger.uneven(now),
            *ledger.moved(before, now, books.moves, books.totals),
            *unstated(books),
        ]

    for _ in range(_READS):
        wrong = look()
        if not wrong:
            return []
        table.watch.wait(lambda: None, _LOOK_SECONDS)
    return wrong


def _silent(table: Table, scene: Scene, result: Result, seen: set[tuple[str, str]]) -> Result:
    """Wait until the books are right; whether a message came is seen at the end as well."""
    wrong = _until_right(table, scene.case.right)
    result = replace(result, healed=not wrong)
    if wrong:
        result = result.bad(f"it did not heal by itself: {wrong}")
    if scene.story.company:
        new = [one for one in table.watch.posts(scene.books.channel) if _key(one) not in seen]
        result = replace(result, messages=tuple(_key(one) for one in new))
        result = result.bad(*(f"it must be silent, but said: {one.text}" for one in new))
    return result


def _until_right(table: Table, right: Callable[[], str]) -> str:
    end = monotonic() + table.patience
    while True:
        wrong = right()
        if not wrong or monotonic() > end:
            return wrong
        table.watch.wait(lambda: None, _LOOK_SECONDS)


def _loud(
    table: Table, scene: Scene, result: Result, seen: set[tuple[str, str]], began: float
) -> Result:
    alert = scene.case.expect
    assert alert is not None

    def mine() -> list[Post]:
        posts = table.watch.posts(scene.books.channel)
        return [
            one
            for one in posts
            if (one.holds(alert.marker) if alert.marker else _key(one) not in seen)
        ]

    first = table.watch.wait(lambda: next(iter(mine()), None), table.patience)
    if first is None:
        return result.bad(f"no alert came within {table.patience:g} s")
    result = replace(result, seconds=max(0.0, first.at - began))
    result = _look_at(table, result, alert, mine)
    ended = _mended(table, scene, result, alert, first)
    posts = mine()
    ended = replace(ended, messages=tuple(_key(one) for one in posts))
    return ended if len(posts) == 1 else ended.bad(f"{len(posts)} messages instead of one")


def _look_at(table: Table, result: Result, alert: Alert, mine: Callable[[], list[Post]]) -> Result:
    """Judge the message itself: the right kind, all its documents, a reason and a way out."""
    ready = table.watch.wait(
        lambda: next((one for one in mine() if _complete(one, alert)), None),
        min(_COUNT_SECONDS, table.patience),
    )
    post = ready or mine()[0]
    if post.kind != alert.kind:
        return result.bad(f"the alert says {post.kind} instead of {alert.kind}: {post.text}")
    result = replace(result, detected=True)
    if ready is None:
        result = result.bad(f"the alert does not count {alert.documents} documents: {post.text}")
    missing = unexplained(post)
    result = replace(result, explained=not missing)
    return result.bad(missing) if missing else result


def _complete(post: Post, alert: Alert) -> bool:
    counted = not alert.documents or post.counts(alert.documents)
    return post.kind == alert.kind and counted


def unexplained(post: Post) -> str:
    """Say what an alert does not explain; "" when it says what, why and what next."""
    if post.state in ("resolved", "working"):
        return ""
    words = post.words
    if "Why" not in words or len(folded(words.partition("Why")[2])) < 30:
        return f"the alert does not say why: {post.text}"
    if "{" in words or "None" in words.split():
        return f"the alert has a hole in its text: {post.text}"
    return ""


def _mended(table: Table, scene: Scene, result: Result, alert: Alert, first: Post) -> Result:
    """Press, or do by hand what the message advises; then green must be true."""
    refused = _by_hand(table, scene, alert, first)
    if refused:
        return result.bad(refused)
    begun = time()
    post, before = _now(table, first), read(scene.books)
    if alert.press:
        if fix_button(post, alert.button) is None:
            return result.bad("the alert offers nothing to press")
        result = replace(result, offered=True)
        pressed = _pressed(table, scene, alert, post)
        if pressed.wrong:
            return result.bad(pressed.wrong)
        result = replace(result, fixed=True)
        begun = pressed.at
    green = table.watch.wait(lambda: _green(table, first), table.patience)
    if green is None:
        return result.bad(f"it did not turn green: {_now(table, first).text}")
    if alert.press:
        result = replace(result, click_seconds=time() - begun)
    wrong = scene.case.right()
    if wrong:
        return result.bad(f"green, but the books are not right: {wrong}")
    if alert.press:
        result = result.bad(*broken(table, scene.books, before))
    return replace(result, verified=alert.press)


def _pressed(table: Table, scene: Scene, alert: Alert, post: Post) -> Pressed:
    """Press, and once more where the first press only brings to light what stands against it."""
    pressed = table.hands.mend(scene.books, post, alert)
    if not alert.again or pressed.wrong:
        return pressed
    told = table.watch.wait(lambda: _settled(table, post), table.patience)
    if told is None or told.state == "resolved":
        return pressed
    return table.hands.mend(scene.books, told, alert)


def _settled(table: Table, before: Post) -> Post | None:
    """The message once a press came to its end: green, or open with other words."""
    now = _now(table, before)
    moved = now.state == "open" and now.words != before.words
    return now if moved or now.state == "resolved" else None


def _by_hand(table: Table, scene: Scene, alert: Alert, first: Post) -> str:
    """Meet the refusal the story expects, then do what it advises; returns what was wrong."""
    if alert.press and not alert.refused:
        return ""
    wrong = ""
    if alert.refused:
        wrong = table.hands.refused(scene.books, _now(table, first), alert)
    if not wrong and scene.case.by_hand is not None:
        scene.case.by_hand()
    return wrong


def _green(table: Table, first: Post) -> Post | None:
    now = _now(table, first)
    return now if now.state == "resolved" else None


def _now(table: Table, first: Post) -> Post:
    posts = table.watch.posts(first.channel)
    return next((one for one in posts if one.ts == first.ts), first)


def _key(post: Post) -> tuple[str, str]:
    return post.channel, post.ts
