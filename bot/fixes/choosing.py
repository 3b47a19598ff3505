"""Which record of QuickBooks is meant: a person chooses among likely ones, or names another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from bot import mirror
from bot.domain import Payload, Role
from bot.fixes.model import Choice, Plan
from bot.fixes.preview import Preview
from bot.models import MirrorRow
from bot.render.words import with_told
from bot.services import Services
from bot.sync import second_facts

WHICH = "which"
NAME = "name"
OTHER = "other"
# A menu holds 100 options.
_MOST = 50
_LABEL = 75


@dataclass(frozen=True)
class Chosen:
    """The record a person chose, None while that is open; the form's inputs, and what is asked."""

    row: MirrorRow | None
    inputs: tuple[Choice, ...]
    ask: str = ""


def choose(
    session: Session,
    rows: Sequence[MirrorRow],
    given: Mapping[str, str],
    *,
    company_id: int,
    entity: str,
    preset: str = "",
    never: str = "",
) -> Chosen:
    """Take the person's choice among these rows; one that is named is looked up on the list.

    `preset` is the id chosen beforehand, "" for none; `never` the id that cannot be meant.
    """
    kind = entity.lower()
    by_id = {row.qbo_id: row for row in rows[:_MOST] if row.qbo_id != never}
    wanted = given.get(WHICH, preset if by_id else OTHER)
    hint = ""
    row: MirrorRow | None = by_id.get(wanted)
    inputs: tuple[Choice, ...] = ()
    if wanted == OTHER:
        row, hint = _named(session, company_id, entity, given.get(NAME, ""), never)
        inputs = (
            Choice(
                NAME,
                f"Name of the {kind} in QuickBooks",
                initial=given.get(NAME, ""),
                hint=hint or _spelled(entity),
                max_length=500,
                shown=True,
            ),
        )
    elif row is None:
        wanted = ""
        hint = f"Choose which {kind} of QuickBooks is meant."
    if by_id:
        options = tuple((one.qbo_id, _label(one)) for one in by_id.values())
        menu = Choice(
            WHICH,
            f"Which {kind} of QuickBooks",
            initial=wanted,
            hint="What is most alike is first.",
            options=(*options, (OTHER, f"Another {kind}, by its name…")),
            shown=True,
        )
        inputs = (menu, *inputs)
    return Chosen(row, inputs, "" if row is not None else hint)


def _spelled(entity: str) -> str:
    below = f", such as Parent:Child for a sub-{entity.lower()}" if entity != "Vendor" else ""
    return f"As QuickBooks shows it{below}."


@dataclass(frozen=True)
class Usable:
    """The chosen record as QuickBooks has it just now."""

    row: MirrorRow
    found: Payload

    @property
    def name(self) -> str:
        """Its full name."""
        return mirror.full_name(self.row.entity, self.found) or self.row.name


def usable(
    services: Services, preview: Preview, title: str, chosen: Chosen, told: Payload
) -> Usable | Plan:
    """Read what was chosen; while nothing usable is, return the plan that asks or says why."""
    if chosen.row is None:
        return preview.ask(title, chosen.inputs, Role.OPERATOR, **told, ask=chosen.ask)
    found = read(services, chosen.row)
    return preview.refuse(title, gone(chosen.row)) if found is None else Usable(chosen.row, found)


def read(services: Services, row: MirrorRow) -> Payload | None:
    """Read a chosen record from QuickBooks; None when it cannot be used any more."""
    found = mirror.refresh(services, row.company_id, row.entity, row.qbo_id)
    return found if found is not None and found.get("Active", True) else None


def gone(row: MirrorRow) -> str:
    """Say that what was chosen cannot be used any more."""
    return (
        f"{row.name} was made inactive, merged or deleted in QuickBooks just now. Press the "
        "button again and choose another one."
    )


def _named(
    session: Session, company_id: int, entity: str, name: str, never: str
) -> tuple[MirrorRow | None, str]:
    """Find the one active record of this name; else say what to type."""
    kind = entity.lower()
    wanted = name.strip()
    if not wanted:
        return None, f"Type the name of the {kind} as QuickBooks shows it."
    own = wanted.rsplit(":", 1)[-1]
    found = [
        row
        for row in mirror.by_folded(session, company_id, mirror.fold(own), (entity,))
        if _is_called(row, wanted)
    ]
    active = [row for row in found if row.active and row.qbo_id != never]
    if len(active) == 1:
        return active[0], ""
    if active:
        names = " or ".join(mirror.full_name(entity, row.data) for row in active[:3])
        return None, f"Several are called {wanted}: type the full name, {names}."
    if any(row.qbo_id == never for row in found):
        return None, _itself(next(row for row in found if row.qbo_id == never))
    if found:
        return None, f"The {kind} {wanted} is inactive in QuickBooks. Name an active one."
    return None, f"QuickBooks has no {kind} called {wanted}. Type its name as QuickBooks shows it."


def _itself(row: MirrorRow) -> str:
    """Say that what was typed is the very record that cannot be used."""
    kind, state = row.entity.lower(), "" if row.active else " It is inactive in QuickBooks."
    return f"{row.name} is the {kind} this alert is about.{state} Name another {kind}."


def _is_called(row: MirrorRow, wanted: str) -> bool:
    full = mirror.full_name(row.entity, row.data)
    return any(second_facts.same_written(wanted, name) for name in (row.name, full))


def _label(row: MirrorRow) -> str:
    """A name with what tells it from the others, within what a menu shows."""
    name = mirror.full_name(row.entity, row.data) or row.name
    return with_told(name, told_apart(row), _LABEL)


def told_apart(row: MirrorRow) -> list[str]:
    """What is told of a record beside its name, the most telling first and each short."""
    if row.entity == "Item":
        words: Iterable[str | None] = (f"SKU {row.sku}" if row.sku else "no SKU",)
    else:
        facts = second_facts.theirs(row)
        words = (next((word for word in (facts.email, facts.phone, facts.city) if word), None),)
    state = () if row.active else ("inactive",)
    return [word[:35] for word in (*words, *state) if word]


def card(row: MirrorRow) -> Payload:
    """What a preview lists of a record a person may choose."""
    balance = row.data.get("Balance")
    facts = second_facts.theirs(row)
    words = [facts.email, facts.phone, ", ".join(w for w in (facts.street, facts.city) if w)]
    if row.entity == "Item":
        words = [f"SKU {row.sku}" if row.sku else "no SKU"]
    return {
        "name": mirror.full_name(row.entity, row.data) or row.name,
        "told": [word for word in words if word],
        "active": row.active,
        "balance": None if balance is None else str(balance),
    }
