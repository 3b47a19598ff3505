"""Names that are taken: QuickBooks keeps one set for customers, vendors and employees (6240)."""

from collections.abc import Iterator

from bot.domain import Payload
from bot.mirror import bare
from bot.mirror.names import NAME_LISTS, name_field
from bot.models import MirrorRow
from bot.sync.preflight.model import Certainty, Known, Posting, Trait, Verdict, compared

INACTIVE = "inactive_names_collide"
SPACES = "double_spaces_collide"
_TAKEN = "Duplicate Name Exists Error The name supplied already exists. : Id={0}"
NAMED = (*NAME_LISTS, "Item", "Account", "Class", "Department")


def verdicts(known: Known, posting: Posting) -> Iterator[Verdict]:
    """Whether somebody has the name already; the surest holder is told."""
    if posting.entity not in NAMED:
        return
    name = full_name(known, posting.entity, posting.payload)
    found = [
        verdict
        for row in known.names.get(" ".join(compared(name).split()), ())
        if row.entity in space_of(posting.entity)
        if (verdict := _taken(known, name, row)) is not None
    ]
    yield from sorted(found, key=lambda one: one.certainty is not Certainty.WILL)[:1]


def space_of(entity: str) -> tuple[str, ...]:
    """Among which lists a name has to be unique."""
    return NAME_LISTS if entity in NAME_LISTS else (entity,)


def full_name(known: Known, entity: str, payload: Payload) -> str:
    """The name that has to be free: a party's own, else the one with its parents."""
    own = str(payload.get(name_field(entity)) or "")
    parent = known.row(entity, payload.get("ParentRef")) if entity not in NAME_LISTS else None
    return own if parent is None else f"{_path(parent)}:{own}"


def _path(row: MirrorRow) -> str:
    full = str(row.data.get("FullyQualifiedName") or row.name)
    return ":".join(bare(part) for part in full.split(":"))


def holder_name(row: MirrorRow) -> str:
    """The name a record of QuickBooks keeps others from having."""
    return row.name if row.entity in NAME_LISTS else _path(row)


def _taken(known: Known, name: str, row: MirrorRow) -> Verdict | None:
    theirs = holder_name(row)
    said, rests = _TAKEN.format(row.qbo_id), ((row.entity, row.qbo_id),)
    same = compared(theirs) == compared(name)
    if same and row.active:
        return Verdict(Certainty.WILL, "6240", said, rests_on=rests)
    if not same and not row.active:
        return None
    trait = Trait(INACTIVE if same else SPACES)
    seen = known.traits.get(trait.name)
    if seen == trait.no:
        return None
    sure = Certainty.WILL if seen else Certainty.MAY
    return Verdict(sure, "6240", said, rests_on=rests, trait=trait)
