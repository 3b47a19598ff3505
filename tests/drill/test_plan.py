"""What a seed decides: order, places, variants, timing, names, amounts and days."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from sandbox.drill.books import Books
from sandbox.drill.plan import Plan, made_of
from sandbox.drill.stories import ALL_STORIES

Json = dict[str, Any]
_SEEDS = (20261122, 77)


def _order(plan: Plan) -> dict[str, list[str]]:
    return {name: [turn.story.title for turn in turns] for name, turns in plan.lanes.items()}


def _pauses(plan: Plan, name: str) -> list[float]:
    return [turn.pause for turn in plan.lanes[name]]


def test_a_seed_makes_the_same_plan_again() -> None:
    """A drill that failed can be run again."""
    assert made_of(5, frozenset()) == made_of(5, frozenset())


def test_two_seeds_differ_in_order_timing_and_variants() -> None:
    """Nobody can learn the drill by heart."""
    one, other = (made_of(seed, frozenset()) for seed in _SEEDS)

    assert _order(one) != _order(other)
    for name in ("Harbor Street Foods", "Connection Company"):
        assert _order(one)[name] != _order(other)[name]
        assert _pauses(one, name) != _pauses(other, name)
    played = [{story.title for story in plan.stories} for plan in (one, other)]
    assert played[0] - played[1]
    assert played[1] - played[0]


def test_every_number_is_played_whichever_variants_are_left_out() -> None:
    """Variants of one trouble stand for each other; a trouble is never left out."""
    numbers = {story.number for story in ALL_STORIES}
    kin = {story.kin for story in ALL_STORIES}

    for seed in range(20):
        plan = made_of(seed, frozenset())
        assert {story.number for story in plan.stories} == numbers
        assert {story.kin for story in plan.stories} == kin
        assert len(plan.stories) < len(ALL_STORIES)


def test_every_variant_is_played_by_some_seed_and_by_its_number() -> None:
    """None is left out for ever; asked for by number all are played."""
    titles = {story.title for story in ALL_STORIES}

    seen = {story.title for seed in range(20) for story in made_of(seed, frozenset()).stories}
    assert seen == titles
    asked = made_of(3, frozenset({1, 24})).stories
    assert {story.title for story in asked} == {
        story.title for story in ALL_STORIES if story.number in (1, 24)
    }


@dataclass(frozen=True)
class _Said:
    """What the scenes of a seed are made of."""

    names: set[str]
    prices: set[str]
    days: list[str]
    totals: list[str]


def _scenes(books: Books, seed: int) -> _Said:
    """Set every scene of a seed in a company, and keep what the shop hands in before."""
    rows: list[Json] = []
    for turns in made_of(seed, frozenset()).lanes.values():
        for turn in turns:
            rows += turn.story.make(books, Random(turn.seed)).before
    return _Said(
        {row["name"] for row in rows if "name" in row},
        {row["price"] for row in rows if "price" in row},
        [row["date"] for row in rows if "date" in row],
        [row["total"] for row in rows if "total" in row],
    )


def test_two_seeds_differ_in_names_amounts_and_days(company: Callable[[str], Books]) -> None:
    """Every scene is set for both: no name is the same, amounts and days are others."""
    one, other = (_scenes(company(f"Seed {seed}"), seed) for seed in _SEEDS)

    assert len(one.names) > 80
    assert not one.names & other.names
    assert len(one.prices - other.prices) > len(one.prices) / 2
    assert one.totals != other.totals
    assert one.days != other.days
