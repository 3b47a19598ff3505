"""The drill's catalogue is complete, and its names are nobody else's."""

import pkgutil
from difflib import SequenceMatcher
from importlib import import_module
from itertools import combinations
from random import Random

import pytest

import sandbox.drill.stories as catalogue
from sandbox.drill.names import Names
from sandbox.drill.stories import ALL_STORIES, numbers_of
from sandbox.drill.story import FAMILIES


def test_every_story_is_registered() -> None:
    """A module of sandbox/drill/stories that defines STORIES stands in ALL_STORIES."""
    found = [
        story
        for module in pkgutil.iter_modules(catalogue.__path__, f"{catalogue.__name__}.")
        for story in import_module(module.name).STORIES
    ]

    assert [story.title for story in found if story not in ALL_STORIES] == []
    assert {story.family for story in ALL_STORIES} <= set(FAMILIES)


def test_two_stories_of_one_number_have_titles_of_their_own() -> None:
    """What went wrong is told by number and title."""
    named = [(story.number, story.title) for story in ALL_STORIES]

    assert len(set(named)) == len(named)


def test_stories_are_chosen_by_number() -> None:
    """`1,18` is two numbers, nothing is all, anything else is one clear sentence."""
    assert numbers_of("1, 18") == {1, 18}
    assert numbers_of("") == frozenset()
    with pytest.raises(ValueError, match="There is no story 999"):
        numbers_of("1,999")


def test_a_seed_makes_the_same_names_and_another_others() -> None:
    """A drill that failed can be run again."""
    first, again, other = ([Names().word(Random(seed)) for _ in range(3)] for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_names_are_unlike_each_other() -> None:
    """No two customers of the drill could rightly be taken for one."""
    names, rng = Names(), Random(5)
    words = [names.word(rng).lower() for _ in range(80)]

    closest = max(SequenceMatcher(None, a, b).ratio() for a, b in combinations(words, 2))
    assert closest <= 0.8
