"""Counts what came of the stories, per family, and says whether all is as it must be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from sandbox.drill.play import Result
from sandbox.drill.story import FAMILIES
from sandbox.drill.watch import Post

Json = dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """Everything that was measured. `strays`: messages that belong to no trouble."""

    seed: int
    results: Sequence[Result]
    strays: Sequence[Post] = ()
    posts: Sequence[Post] = ()
    scenarios: Mapping[str, Json] = field(default_factory=dict)
    late: Sequence[str] = ()


def counted(sheet: Sheet) -> Json:
    """The drill's answer to programs."""
    families = {name: _family(sheet, name) for name in FAMILIES}
    return {"seed": sheet.seed, "families": families, "scenarios": dict(sheet.scenarios)}


def _family(sheet: Sheet, name: str) -> Json:
    rows = [one for one in sheet.results if one.story.family == name]
    loud = [one for one in rows if one.loud]
    seconds = [one.seconds for one in loud if one.seconds is not None]
    clicks = [one.click_seconds for one in loud if one.click_seconds is not None]
    owned = {key for one in rows for key in one.messages}
    strays = [one for one in sheet.strays if (one.family if _known(one) else "platform") == name]
    return {
        "injected": len(loud),
        "auto": sum(1 for one in rows if not one.loud and not one.story.noise),
        "detected": sum(one.detected for one in loud),
        "false_alarms": len(strays) + sum(len(one.messages) for one in rows if one not in loud),
        "explained": sum(one.explained for one in loud),
        "offered": sum(one.offered for one in loud),
        "fixed": sum(one.fixed for one in loud),
        "verified": sum(one.verified for one in loud),
        "seconds_median": round(median(seconds), 2) if seconds else 0.0,
        "seconds_max": round(max(seconds), 2) if seconds else 0.0,
        "click_seconds_max": round(max(clicks), 2) if clicks else 0.0,
        "messages": len(owned) + len(strays),
    }


def _known(post: Post) -> bool:
    return post.family in FAMILIES


def wrongs(sheet: Sheet, limit: float, *, whole: bool) -> list[str]:
    """Everything that is not as it must be, in plain words; [] is a passed drill.

    `limit`: what the median to the first message, and every press to green, may take, in seconds.
    `whole`: every story was asked for, so that every family must have had its troubles.
    """
    found = [f"{_title(one)}: {words}" for one in sheet.results for words in one.wrong]
    found += [f"False alarm in a channel: {one.text}" for one in sheet.strays]
    found += sheet.late
    for name, counts in counted(sheet)["families"].items():
        found += _slow(name, counts, limit)
        found += _uneven(name, counts)
        if whole and not counts["injected"] and name != "platform":
            found.append(f"{name}: no trouble of this family was injected")
    for name, row in sheet.scenarios.items():
        found += [f"Scenario {name}: {words}" for words in row.get("wrong", [])]
    return found


def _slow(name: str, counts: Json, limit: float) -> list[str]:
    found = []
    for key, words in (
        ("seconds_median", "from the trouble to its message, in the middle"),
        ("click_seconds_max", "from the last press to green, at most"),
    ):
        if counts[key] >= limit:
            found.append(f"{name}: {counts[key]:g} s {words}; {limit:g} s are allowed")
    return found


def _uneven(name: str, counts: Json) -> list[str]:
    """What the single stories must have told already; a sum that is off is never let pass."""
    pairs = (
        ("injected", "detected"),
        ("detected", "explained"),
        ("offered", "fixed"),
        ("fixed", "verified"),
        ("injected", "messages"),
    )
    return [
        f"{name}: {one} {counts[one]}, {other} {counts[other]}"
        for one, other in pairs
        if counts[one] != counts[other]
    ]


def _title(result: Result) -> str:
    return f"Story {result.story.number} ({result.story.title}) at {result.company}"
