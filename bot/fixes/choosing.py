"""Which record of QuickBooks is meant: a person chooses among likely ones, or finds another."""

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
    """Take the person's choice among these rows, or of what is found on the list by typing.

    `rows` are what is alike, the most alike first; without any the list is searched at once.
    `preset` is the id chosen beforehand, "" for none; `never` the id that cannot be meant.
    """
    kind = entity.lower()
    by_id = {row.qbo_id: row for row in rows[:_MOST] if row.qbo_id != never}
    wanted = given.get(WHICH, preset if by_id else OTHER)
    hint = ""
    row: MirrorRow | None = by_id.get(wanted)
    inputs: tuple[Choice, ...] = ()
    if wanted == OTHER:
        row, hint = _found(session, company_id, entity, given.get(NAME, ""), never)
        inputs = (_by_typing(entity, row),)
        hint = hint if by_id or given.get(NAME) else f"No {kind} of QuickBooks is like it. {hint}"
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
            options=(*options, (OTHER, f"Another {kind}…")),
            shown=True,
        )
        inputs = (menu, *inputs)
    return Chosen(row, inputs, "" if row is not None else hint)


def _by_typing(entity: str, row: MirrorRow | None) -> Choice:
    hint = f"Type {_parts(entity)}: the active ones with it are listed."
    return search(NAME, f"Found in the {entity.lower()} list", entity, row, hint=hint)


def _parts(entity: str) -> str:
    return "a part of its name or its SKU" if entity == "Item" else "a part of its name"


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


def search(name: str, label: str, entity: str, row: MirrorRow | None, *, hint: str = "") -> Choice:
    """The input in which a record of a list is found by typing; `row` is what stands in it now."""
    value = f"{entity}:{row.qbo_id}" if row is not None else ""
    options = ((value, _label(row)),) if row is not None else ()
    return Choice(
        name,
        label,
        initial=value,
        hint=hint,
        options=options,
        shown=True,
        kind="search",
        search=(entity,),
    )


def _found(
    session: Session, company_id: int, entity: str, value: str, never: str
) -> tuple[MirrorRow | None, str]:
    """The active record that was found by typing; else what to do."""
    listed, _, qbo_id = value.partition(":")
    row = mirror.get(session, company_id, entity, qbo_id) if listed == entity else None
    if row is None:
        return None, f"Find the {entity.lower()} that is meant by {_parts(entity)}."
    if row.qbo_id == never:
        return None, _itself(row)
    if not row.active or row.deleted:
        return None, gone(row)
    return row, ""


def _itself(row: MirrorRow) -> str:
    """Say that what was chosen is the very record that cannot be used."""
    kind, state = row.entity.lower(), "" if row.active else " It is inactive in QuickBooks."
    return f"{row.name} is the {kind} this alert is about.{state} Choose another {kind}."


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
