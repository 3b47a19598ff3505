"""A record as its source says it and as QuickBooks shows it, in the words both are compared in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session

from bot import mirror
from bot.domain import DOCUMENTS, ENTITY, JsonValue, Payload
from bot.models import MirrorRow, Record
from bot.render import day, money, shorten
from bot.sync import corrections, meaning, terms
from bot.sync.flow import agreed
from bot.sync.flow.compare import Sides, Verdict, compare, moved
from bot.sync.flow.fields import (
    DATES,
    DELETED,
    STATE,
    VOIDED,
    Field,
    amount,
    fields_of,
    group_of,
    in_books,
    lines_mark,
)
from bot.sync.kinds import kind_of

_MONEY = ("total", "tax", "price")
_LONGEST = 120


@dataclass(frozen=True)
class Compared:
    """Both sides as they were when they agreed and as they are, and who changed which group."""

    was: Sides
    now: Sides
    verdicts: Mapping[str, Verdict]

    def differing(self, record: Record, group: str) -> list[Field]:
        """The fields of a group in which the two sides are apart."""
        fields = (field for field in fields_of(record.type) if field.group == group)
        return [field for field in fields if any(moved(field.name, self.was, self.now))]


def look(
    session: Session,
    record: Record,
    row: MirrorRow,
    fresh: Payload | None,
    waiting: Collection[str] = (),
) -> Compared:
    """Compare a record; `fresh` is what its source says now, None where the outbox has that.

    `waiting`: groups the outbox has as the source says them, and QuickBooks does not have yet.
    """
    wanted = said(session, record, record.payload)
    groups = group_of(record.type)
    ours = {name: value for name, value in wanted.items() if groups[name] not in waiting}
    if fresh is not None:
        wanted = said(session, record, corrections.carry_over(record, fresh).payload)
    base = _one_party(session, record, agreed.values(record))
    theirs = _one_party(session, record, in_books(record.type, row.data, deleted=row.deleted))
    if theirs.get(STATE) in (VOIDED, DELETED):
        # Its amounts are gone with it: that it is gone is the only news.
        theirs = {**base, STATE: theirs[STATE]}
    was, now = Sides(ours, base), Sides(wanted, theirs)
    return Compared(was, now, compare(groups, was, now))


def said(session: Session, record: Record, payload: Payload) -> dict[str, str]:
    """What a source says of the fields that are compared; what it does not say is left out."""
    found = {field.name: _said(session, record, payload, field) for field in fields_of(record.type)}
    return {name: value for name, value in found.items() if value}


def shown(session: Session, record: Record, field: Field, value: str | None) -> str:
    """A value as people read it."""
    if not value and field.name == STATE:
        return "posted" if record.type in DOCUMENTS else "active"
    if not value:
        return "nothing"
    if field.name in _MONEY:
        return money(Decimal(value), record.currency)
    if field.name == "lines":
        return "its lines"
    if field.group == DATES:
        return day(value)
    if field.name == "party":
        return named(session, record, value)
    if field.listed:
        return shorten(named(session, record, f"{field.listed}:{value}"), _LONGEST)
    return shorten(value, _LONGEST)


def _said(session: Session, record: Record, payload: Payload, field: Field) -> str | None:
    kind = kind_of(record.type)
    if field.name == "total":
        return amount(payload.get(kind.amount))
    if field.name == "party":
        return _party_said(session, record, payload)
    if field.listed:
        return terms.said_id(session, record, payload, field.listed)
    if field.name == "lines":
        rows = payload.get(kind.lines) or ()
        return lines_mark(meaning.of_line(session, record, row) for row in rows)
    value: JsonValue = payload
    for part in field.path.split(".") if field.path else ("",):
        value = value.get(part) if isinstance(value, Mapping) else None
    if field.name in _MONEY:
        return amount(value)
    return None if value is None else str(value).strip() or None


def _party_said(session: Session, record: Record, payload: Payload) -> str | None:
    kind = kind_of(record.type).party
    external_id = str(payload.get(kind.value) or "") if kind is not None else ""
    if kind is None or not external_id:
        return None
    found = meaning.of_reference(session, record, kind, external_id)
    return None if found.startswith("said:") else found


def _one_party(session: Session, record: Record, values: dict[str, str]) -> dict[str, str]:
    """Name the party as the source's is named: one that was merged away is the one left."""
    if "party" not in values:
        return values
    entity = ENTITY[meaning.party_of(record.type)]
    document = {f"{entity}Ref": {"value": values["party"].rpartition(":")[2]}}
    return {**values, "party": meaning.party_in_books(session, record, document)}


def named(session: Session, record: Record, value: str) -> str:
    """The name QuickBooks has for what a value such as "Item:5" stands for."""
    entity, _, qbo_id = value.partition(":")
    row = mirror.get(session, record.company_id, entity, qbo_id)
    return (mirror.full_name(entity, row.data) or row.name) if row is not None else value
