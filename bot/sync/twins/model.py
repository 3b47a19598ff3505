"""A twin: a record of QuickBooks whose name is alike, and what both sides agree in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.mirror import Likeness, similar
from bot.models import MirrorRow
from bot.sync import second_facts
from bot.sync.records import CustomerIn, ItemIn, VendorIn

# What is looked for before it is created.
Listed = CustomerIn | VendorIn | ItemIn


@dataclass(frozen=True)
class Twin:
    """A record of QuickBooks whose name is alike, and the second facts both sides agree in.

    `took_over`: the name of the merged-away twin it took over, "" if there is none. `gone`: it
    was merged away itself, and which record is left is not known.
    """

    row: MirrorRow
    likeness: Likeness
    agree: tuple[str, ...]
    took_over: str = ""
    gone: bool = False


def named_twin(model: Listed, row: MirrorRow) -> Twin:
    """Compare a record with one of QuickBooks that is a twin for another reason than its name."""
    likeness = similar(model.name, row.name) or Likeness(0.5, "the names differ")
    if isinstance(model, ItemIn):
        return Twin(row, likeness, ("SKU",) if model.sku and model.sku == row.sku else ())
    agree = second_facts.agreeing(second_facts.ours(model), second_facts.theirs(row))
    return Twin(row, likeness, tuple(agree))


def ranked(twins: Iterable[Twin]) -> list[Twin]:
    """Those a second fact supports, then the likest, then the active ones; merged ones last."""
    return sorted(
        twins,
        key=lambda twin: (
            twin.gone,
            not (twin.agree and twin.row.active),
            -len(twin.agree),
            -twin.likeness.score,
            not twin.row.active,
        ),
    )


def singled_out(twins: Sequence[Twin]) -> Twin | None:
    """Return the only twin that a second fact supports, None when none or several are.

    An inactive one counts only where no active one agrees: it may have been merged away.
    """
    agreeing = [twin for twin in twins if twin.agree]
    agreeing = [twin for twin in agreeing if twin.row.active] or agreeing
    return agreeing[0] if len(agreeing) == 1 and not agreeing[0].gone else None
