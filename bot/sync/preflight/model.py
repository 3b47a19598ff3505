"""What preflight says of one posting, and what it knows when it says so."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain import Payload
from bot.models import FormatRule, MirrorRow, Record
from bot.sync.causes import Cause
from bot.sync.lookup import Key, Lookup


class Certainty(StrEnum):
    """How sure it is that QuickBooks refuses: it will, it may, or the bot itself does not post."""

    WILL = "will"
    MAY = "may"
    OURS = "ours"


@dataclass(frozen=True)
class Trait:
    """A behaviour of the company that an answer shows: `yes` if it is refused, `no` if not."""

    name: str
    yes: str = "yes"
    no: str = "no"


@dataclass(frozen=True)
class Verdict:
    """One reason why a posting fails.

    code, text, element: what QuickBooks would answer, so that the same problem explains it.
    rests_on: records of the mirror it rests on; they are read again before anything is held.
    trait: what is learned from the answer. cause: the root where it is not the record itself.
    """

    certainty: Certainty
    code: str
    text: str
    element: str = ""
    rests_on: tuple[Key, ...] = ()
    trait: Trait | None = None
    cause: Cause | None = None


@dataclass(frozen=True)
class Posting:
    """A record that is ready, as it will be written."""

    record: Record
    entity: str
    payload: Payload


@dataclass(frozen=True)
class Known:
    """What the mirror says that the postings at hand have to do with; nothing is asked for.

    names: by how QuickBooks compares them, blanks inside as one; numbers: as it compares them.
    traits: what was learned. formats: the patterns that were set; agreed: the subjects of what
    looks otherwise and is right, as a person said.
    """

    table: Lookup
    names: Mapping[str, Sequence[MirrorRow]] = field(default_factory=dict)
    numbers: Mapping[str, Sequence[MirrorRow]] = field(default_factory=dict)
    rows: Mapping[Key, MirrorRow] = field(default_factory=dict)
    traits: Mapping[str, str] = field(default_factory=dict)
    formats: Sequence[FormatRule] = ()
    agreed: Collection[str] = ()

    def row(self, entity: str, reference: object) -> MirrorRow | None:
        """The row of the mirror a reference of a payload stands for, None if it is not there."""
        value = reference.get("value") if isinstance(reference, Mapping) else None
        return self.rows.get((entity, str(value))) if value else None


def compared(text: str) -> str:
    """A name or number as QuickBooks compares it: case and outer blanks do not count."""
    return text.strip().casefold()
