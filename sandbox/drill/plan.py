"""What a seed decides before anything starts: which variants, where, in which order, when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from random import Random

from sandbox.drill import scenarios
from sandbox.drill.stories import ALL_STORIES
from sandbox.drill.story import Story
from sandbox.drill.world import SHARED, company_named

# With more stories than this the mixed ones share two companies.
_ONE_COMPANY = 7
_MOST_PAUSE = 0.8
# Of the variants of one trouble so many are played in a whole drill.
_PLAYED = 2 / 3


@dataclass(frozen=True)
class Turn:
    """One story in its place. `seed`: of its names, amounts and days; `pause`: seconds before."""

    story: Story
    seed: float
    pause: float


@dataclass(frozen=True)
class Plan:
    """The companies, each with its stories in order; `mixed`: where several are open at once."""

    lanes: Mapping[str, Sequence[Turn]]
    mixed: frozenset[str]
    seed_of_scenarios: float

    @property
    def stories(self) -> list[Story]:
        """Everything that is injected."""
        return [turn.story for turns in self.lanes.values() for turn in turns]


def made_of(seed: int, numbers: frozenset[int]) -> Plan:
    """The same seed and numbers make the same plan. `numbers`: empty for the whole drill."""
    rng = Random(seed)
    wanted = [one for one in ALL_STORIES if not numbers or one.number in numbers]
    stories = wanted if numbers else _some_of_each_kin(wanted, rng)
    alone = [one for one in stories if one.company]
    together = [one for one in stories if not one.company]
    shared = SHARED[: 1 if len(together) <= _ONE_COMPANY else 2]
    places: dict[str, list[Story]] = {name: [] for name in shared}
    for place, story in enumerate(rng.sample(together, len(together))):
        places[shared[place % len(shared)]].append(story)
    for story in rng.sample(alone, len(alone)):
        places.setdefault(company_named(story.company), []).append(story)
    if not numbers or scenarios.undo.NUMBER in numbers:
        places[scenarios.undo.COMPANY] = []
    lanes = {
        name: tuple(Turn(one, rng.random(), rng.uniform(0, _MOST_PAUSE)) for one in row)
        for name, row in places.items()
    }
    return Plan(lanes, frozenset(shared), rng.random())


def _some_of_each_kin(stories: Sequence[Story], rng: Random) -> list[Story]:
    """Leave some variants out: which ones is the seed's."""
    left_out: list[Story] = []
    for kin in sorted({one.kin for one in stories} - {""}):
        variants = [one for one in stories if one.kin == kin]
        left_out += rng.sample(variants, len(variants) - ceil(len(variants) * _PLAYED))
    return [one for one in stories if one not in left_out]
