"""Every story of the drill: one tuple per family; a forgotten one fails a house test."""

from sandbox.drill.stories import (
    answers,
    bills,
    characters,
    connection,
    consolidation,
    documents,
    duplicates,
    ghosts,
    inactive,
    mapping,
    money,
    months,
    noise,
    platform,
    reading,
    twins,
    words,
)
from sandbox.drill.story import Story

ALL_STORIES: tuple[Story, ...] = (
    *duplicates.STORIES,
    *twins.STORIES,
    *consolidation.STORIES,
    *ghosts.STORIES,
    *bills.STORIES,
    *mapping.STORIES,
    *words.STORIES,
    *inactive.STORIES,
    *characters.STORIES,
    *connection.STORIES,
    *answers.STORIES,
    *platform.STORIES,
    *reading.STORIES,
    *documents.STORIES,
    *money.STORIES,
    *months.STORIES,
    *noise.STORIES,
)
# Played over the stories by sandbox/drill/scenarios.
SCENARIOS = frozenset({43, 44, 45})


def numbers_of(text: str) -> frozenset[int]:
    """Read `1,18,43`; "" is all. Raises ValueError with one clear sentence."""
    known = {story.number for story in ALL_STORIES} | SCENARIOS
    words = [word.strip() for word in text.split(",") if word.strip()]
    wrong = [word for word in words if not word.isdecimal() or int(word) not in known]
    if wrong:
        there = ", ".join(str(number) for number in sorted(known))
        msg = f"There is no story {', '.join(wrong)} in the drill. There are: {there}."
        raise ValueError(msg)
    return frozenset(int(word) for word in words)
