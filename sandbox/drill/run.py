"""The whole drill: scenes set, troubles injected in seeded order, everything watched and judged."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from threading import Event

from sandbox.demo.children import DemoError
from sandbox.drill import ledger, scenarios
from sandbox.drill.books import Books
from sandbox.drill.hands import Hands
from sandbox.drill.ledger_reading import read
from sandbox.drill.plan import Plan, Turn, made_of
from sandbox.drill.play import Result, Scene, Table, play
from sandbox.drill.score import Sheet
from sandbox.drill.stated import unstated
from sandbox.drill.watch import Post, Watch
from sandbox.drill.world import World, open_world

# Troubles open at once at a company: with more of one kind the bot rightly shows one message.
AT_ONCE = 3
_SCENE_SECONDS = 90.0
# Longer than two rounds of every check, so that a late false alarm is seen.
_SETTLE_SECONDS = 7.0


@dataclass(frozen=True)
class Order:
    """What was asked for. `numbers`: story numbers, empty for all; `patience`: seconds to wait."""

    seed: int
    numbers: frozenset[int] = frozenset()
    patience: float = 45.0

    def wants(self, number: int) -> bool:
        """Whether this number is asked for."""
        return not self.numbers or number in self.numbers


Say = Callable[[str], None]


def run(order: Order, folder: Path, say: Say, done: Callable[[Result], None]) -> Sheet:
    """Run the drill; `say` hears each step, `done` each story's result. Raises DemoError."""
    plan = made_of(order.seed, order.numbers)
    say(f"Starting QuickBooks, Slack and the bot, with {len(plan.lanes)} companies …")
    world = open_world(folder, list(plan.lanes))
    watch = Watch(world.http, str(world.slack["control_url"]))
    watch.start()
    try:
        table = Table(watch, Hands(world, watch, order.patience), order.patience)
        say(f"Injecting {len(plan.stories)} stories, in the order of seed {order.seed} …")
        scenes, results = _play_all(table, world, plan, done)
        say("Waiting whether anything else is said …")
        Event().wait(_SETTLE_SECONDS)
        sheet = _judged(order, watch, scenes, results)
        rng = Random(plan.seed_of_scenarios)
        played = scenarios.play(table, world, rng, order.wants, say)
        return replace(sheet, scenarios=played)
    finally:
        watch.stop()
        world.close()


def _play_all(
    table: Table, world: World, plan: Plan, done: Callable[[Result], None]
) -> tuple[list[Scene], list[Result]]:
    """Every company at once; each story draws from a generator of its own."""
    scenes: list[Scene] = []
    results: list[Result] = []

    def tell(result: Result) -> None:
        results.append(result)
        done(result)

    with ThreadPoolExecutor(len(world.companies)) as pool:
        futures = [
            pool.submit(
                _mixed if books.name in plan.mixed else _in_turn,
                table,
                books,
                plan.lanes[books.name],
                scenes,
                tell,
            )
            for books in world.companies
        ]
        try:
            for future in futures:
                future.result()
        except BaseException:
            # Ctrl-C: whoever waits for a message stops waiting, then the processes are ended.
            table.watch.give_up()
            raise
    return scenes, results


def _mixed(
    table: Table,
    books: Books,
    turns: Sequence[Turn],
    scenes: list[Scene],
    tell: Callable[[Result], None],
) -> None:
    """Set every scene of a company at once, then inject, a few open at a time."""
    made = [scene for turn in turns if (scene := _scene(books, turn, tell)) is not None]
    if not made:
        return
    ready = _set(table, books, made, tell)
    scenes += ready

    def one(scene: Scene) -> None:
        Event().wait(scene.pause)
        tell(play(table, scene))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for future in [pool.submit(one, scene) for scene in ready]:
            future.result()


def _in_turn(
    table: Table,
    books: Books,
    turns: Sequence[Turn],
    scenes: list[Scene],
    tell: Callable[[Result], None],
) -> None:
    """One story after the other, each with its scene set when the one before is over."""
    for turn in turns:
        scene = _scene(books, turn, tell)
        for one in _set(table, books, [scene], tell) if scene else []:
            scenes.append(one)
            Event().wait(one.pause)
            tell(play(table, one))


def _scene(books: Books, turn: Turn, tell: Callable[[Result], None]) -> Scene | None:
    story = turn.story
    try:
        return Scene(story, books, story.make(books, Random(turn.seed)), turn.pause)
    except DemoError as error:
        tell(Result(story, books.name, loud=not story.noise).bad(f"no scene: {error}"))
        return None


def _set(
    table: Table, books: Books, scenes: Sequence[Scene], tell: Callable[[Result], None]
) -> list[Scene]:
    """Hand in what must be posted before, and wait for it; what stays away spoils its story."""
    rows = [row for scene in scenes for row in scene.case.before]
    books.hand_in(*rows)
    table.watch.wait(lambda: not books.missing(rows), _SCENE_SECONDS if rows else 0)
    ready = []
    for scene in scenes:
        missing = books.missing(scene.case.before)
        if missing:
            loud = scene.case.expect is not None
            spoilt = Result(scene.story, books.name, loud=loud)
            tell(spoilt.bad(f"no scene: not posted: {', '.join(missing[:3])}"))
        else:
            ready.append(scene)
    return ready


def _judged(
    order: Order, watch: Watch, scenes: Iterable[Scene], results: Sequence[Result]
) -> Sheet:
    """Look once more at everything: second messages, strays, books that changed again."""
    posts = watch.posts()
    channels = {scene.books.name: scene.books.channel for scene in scenes}
    ended = [_again(one, posts, channels.get(one.company, "")) for one in results]
    owned = {key for one in ended for key in one.messages}
    strays = [one for one in posts if (one.channel, one.ts) not in owned]
    late = [
        f"{one.text}: still says WORKING, long after its story"
        for one in posts
        if one.state == "working"
    ]
    for books in {scene.books.name: scene.books for scene in scenes}.values():
        late += [f"{books.name}: {words}" for words in (*books.twice(), *_uneven(books))]
    played = {(id(one.story), one.company): one for one in ended}
    for scene in scenes:
        before = played.get((id(scene.story), scene.books.name))
        if before is None or before.wrong:
            continue
        with suppress(DemoError):
            wrong = scene.case.right()
            if wrong:
                title = f"Story {scene.story.number} ({scene.story.title})"
                late.append(f"{title}, in the end: {wrong}")
    return Sheet(order.seed, ended, strays, posts, late=late)


def _uneven(books: Books) -> list[str]:
    """What is wrong in a company's books as a whole."""
    try:
        return [*ledger.uneven(read(books)), *unstated(books)]
    except DemoError as error:
        return [str(error)]


def _again(result: Result, posts: Sequence[Post], channel: str) -> Result:
    if not result.marker:
        return result
    found = [one for one in posts if one.channel == channel and one.holds(result.marker)]
    keys = tuple((one.channel, one.ts) for one in found)
    if len(keys) > max(1, len(result.messages)):
        result = result.bad(f"{len(keys)} messages instead of one")
    return replace(result, messages=tuple(dict.fromkeys((*result.messages, *keys))))
