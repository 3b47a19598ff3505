"""What people corrected of a record: applied to what is posted, kept beside what the source said.

The source stays the master: when it hands over a new version that says something else at a
corrected place, the correction ends there.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from bot.domain import JsonValue, Payload, RecordState
from bot.errors import BadInput
from bot.models import Record
from bot.sync import holds
from bot.sync.kinds import kind_of
from bot.sync.reading import parse_record
from bot.sync.records import BadRow, RecordIn

# What of a document makes up its amounts.
_MONEY = ("lines", "applies_to", "credits", "tax_total", "total", "amount", "currency")


@dataclass(frozen=True)
class Carried:
    """A new version of a record with the corrections that still stand, and those that ended."""

    payload: Payload
    corrections: Payload
    ended: tuple[str, ...]


def correct(
    session: Session, record: Record, changes: Mapping[str, JsonValue], *, by: str, run_id: int
) -> Payload:
    """Change what will be posted at these paths, such as `name` or `lines.0.item`.

    None takes a value out. The record, and what waited for it, is free to be tried again.
    Returns what stood there before, by path. Raises BadInput when the record would not be
    readable any more (nothing is changed then), or is posted already.
    """
    if record.state is RecordState.POSTED:
        msg = f"{record.type.words} {record.external_id} is posted already; nothing was corrected."
        raise BadInput(msg)
    payload, corrections = copy.deepcopy(record.payload), dict(record.corrections)
    before: Payload = {}
    for path, value in changes.items():
        present = _get(payload, path)
        before[path] = present
        _set(payload, path, value)
        earlier = corrections.pop(path, None)
        was = earlier["was"] if earlier else present
        if was != value:
            corrections[path] = {"was": was, "to": value, "by": by, "run": run_id}
    _store(session, record, payload, corrections)
    return before


def take_back(session: Session, record: Record, run_id: int) -> tuple[str, ...]:
    """Undo what one fix corrected, where it still stands; returns the paths."""
    payload, corrections = copy.deepcopy(record.payload), dict(record.corrections)
    paths = tuple(path for path, row in corrections.items() if row["run"] == run_id)
    for path in paths:
        _set(payload, path, corrections.pop(path)["was"])
    if paths:
        _store(session, record, payload, corrections)
    return paths


def carry_over(record: Record, fresh: Payload) -> Carried:
    """Lay the corrections over a new version: where the source now says something else, it wins."""
    payload, kept = copy.deepcopy(fresh), {}
    ended: list[str] = []
    for path, row in record.corrections.items():
        if _get(payload, path) == row["was"]:
            _set(payload, path, row["to"])
            kept[path] = row
        else:
            ended.append(path)
    if kept and isinstance(parse_record(payload), BadRow):
        # The two do not go together: what the source says now is what counts.
        return Carried(copy.deepcopy(fresh), {}, tuple(record.corrections))
    return Carried(payload, kept, tuple(ended))


def carry_money(record: Record, fresh: Payload) -> Carried:
    """As `carry_over`, but only amounts and lines are of the new version: the rest is posted."""
    payload = {name: value for name, value in said(record).items() if name not in _MONEY}
    payload |= {name: fresh[name] for name in _MONEY if name in fresh}
    carried = carry_over(record, payload)
    if carried.corrections or not record.corrections:
        return carried
    # Amounts that were corrected do not go with the new ones: what else was corrected stays.
    rest = {
        path: row for path, row in record.corrections.items() if path.split(".")[0] not in _MONEY
    }
    for path, row in rest.items():
        _set(payload, path, row["to"])
    return Carried(payload, rest, tuple(path for path in record.corrections if path not in rest))


def said(record: Record) -> Payload:
    """Return the record as its source handed it over, without anybody's corrections."""
    payload = copy.deepcopy(record.payload)
    for path, row in record.corrections.items():
        _set(payload, path, row["was"])
    return payload


def columns(model: RecordIn) -> Payload:
    """Return what the outbox row repeats of its record, but for the party's name of a document."""
    return kind_of(model).columns(model)


def _store(session: Session, record: Record, payload: Payload, corrections: Payload) -> None:
    model = parse_record(payload)
    if isinstance(model, BadRow):
        msg = f"That cannot be posted: {model.reason}."
        raise BadInput(msg)
    record.payload, record.corrections = payload, corrections
    for name, value in columns(model).items():
        setattr(record, name, value)
    record.not_before, record.attempts = None, 0
    session.add(record)
    session.flush()
    holds.release_record(session, record.id or 0)


def _steps(path: str) -> Iterator[str | int]:
    for part in path.split("."):
        yield int(part) if part.isdecimal() else part


def _get(payload: Payload, path: str) -> JsonValue:
    found: JsonValue = payload
    for step in _steps(path):
        if isinstance(step, int):
            found = found[step] if isinstance(found, list) and step < len(found) else None
        else:
            found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _set(payload: Payload, path: str, value: JsonValue) -> None:
    *parents, last = _steps(path)
    place: JsonValue = payload
    for step in parents:
        if isinstance(step, int):
            if not isinstance(place, list) or step >= len(place):
                return
            place = place[step]
        else:
            place = place.setdefault(step, {})
    if isinstance(last, int):
        if isinstance(place, list) and last < len(place):
            place[last] = value
    elif value is None:
        place.pop(last, None)
    else:
        place[last] = value
