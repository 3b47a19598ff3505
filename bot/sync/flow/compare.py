"""Which side changed a group of fields since both agreed: the source, QuickBooks, or both. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.sync.flow.fields import Values, same


class Verdict(StrEnum):
    """Who changed a group of fields since both agreed."""

    SAME = "same"
    OURS = "ours"
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True)
class Sides:
    """What the source says, and what QuickBooks shows, at one moment."""

    ours: Values
    theirs: Values


def compare(groups: Mapping[str, str], was: Sides, now: Sides) -> dict[str, Verdict]:
    """Judge each group; `groups` names the group of every field.

    What a source does not say is never a change of it. Where both say the same now, nobody has to
    decide anything, whoever came first.
    """
    found: dict[str, Verdict] = {}
    for name, group in groups.items():
        ours, theirs = moved(name, was, now)
        found[group] = _JOINED[(ours or _by_ours(found, group), theirs or _by_theirs(found, group))]
    return found


def moved(name: str, was: Sides, now: Sides) -> tuple[bool, bool]:
    """Whether the source changed a field to what QuickBooks does not say; and the other way."""
    said, shown = now.ours.get(name), now.theirs.get(name)
    if said is not None and same(said, shown):
        return False, False
    ours = said is not None and not same(said, was.ours.get(name))
    return ours, not same(shown, was.theirs.get(name))


def _by_ours(found: Mapping[str, Verdict], group: str) -> bool:
    return found.get(group) in (Verdict.OURS, Verdict.BOTH)


def _by_theirs(found: Mapping[str, Verdict], group: str) -> bool:
    return found.get(group) in (Verdict.THEIRS, Verdict.BOTH)


_JOINED = {
    (False, False): Verdict.SAME,
    (True, False): Verdict.OURS,
    (False, True): Verdict.THEIRS,
    (True, True): Verdict.BOTH,
}
