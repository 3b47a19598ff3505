"""Reads a record a source hands over, and says in a person's words what is wrong with it."""

import contextlib
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from bot.domain import JsonValue, Payload, RecordType
from bot.sync.kinds import kind_of
from bot.sync.records import TYPES, BadRow, RecordIn

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})")
# In bits; a longer one is nobody's id, and slow to write.
_LONGEST_NUMBER = 256
_OF_THE_VERSION = {"version", "schema_version"}
_FARTHEST = (
    ("date", timedelta(days=2 * 366), "two years"),
    ("due_date", timedelta(days=10 * 366), "ten years"),
)
_ADAPTER: TypeAdapter[RecordIn] = TypeAdapter(Annotated[RecordIn, Field(discriminator="type")])


class KeyTwice(dict[str, JsonValue]):
    """A JSON object that names a key twice: which of its values is meant, nobody can say."""

    key = ""


def each_key_once(pairs: list[tuple[str, JsonValue]]) -> Payload:
    """Make a JSON object (as `object_pairs_hook`); a key named twice makes a `KeyTwice`."""
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    names = [name for name, _ in pairs]
    twice = KeyTwice(made)
    twice.key = next(name for name in made if names.count(name) > 1)
    return twice


def _keys_twice(data: Any, where: tuple[int | str, ...] = ()) -> Iterator[str]:
    """Name every key that stands twice, with its place, such as 'line 1: amount'."""
    if isinstance(data, KeyTwice):
        yield _where((*where, data.key[:100]))
    parts = data.items() if isinstance(data, dict) else enumerate(data)
    for name, value in parts:
        # Most of a record is neither: it is looked at without a call.
        if isinstance(value, dict | list):
            yield from _keys_twice(value, (*where, name))


def parse_record(
    data: JsonValue, line: int | None = None, time_zone: str = "", today: date | None = None
) -> RecordIn | BadRow:
    """Check one record of a source; what is wrong comes back as a BadRow naming the key.

    With the company's `time_zone` a moment with an offset may stand for a day: it counts on the
    company's day, not on that of UTC (accounting.md rule 14). With its `today` a document that is
    dated years ahead is refused as well.
    """
    if not isinstance(data, Mapping):
        return BadRow(line, "", "is not a record: a JSON object is needed")
    external = data.get("external_id")
    external_id = _as_named(external)
    try:
        twice = list(_keys_twice(data))
    except RecursionError:
        return BadRow(line, external_id, "cannot be read as a record")
    if twice:
        words = "; ".join(f"names {key} twice" for key in twice[:3])
        return BadRow(line, external_id, f"{words}; keep the value that is meant")
    try:
        record = _ADAPTER.validate_python(_on_own_days(data, time_zone) if time_zone else data)
    except ValidationError as error:
        return BadRow(line, external_id, explain(error))
    except (RecursionError, UnicodeError):
        return BadRow(line, external_id, "cannot be read as a record")
    too_far = "" if today is None else too_far_ahead(record, today)
    return BadRow(line, record.external_id, too_far, record.type) if too_far else record


def _as_named(external: JsonValue) -> str:
    """What a record is called when it is refused: its id, also one that is no text."""
    if isinstance(external, int) and not isinstance(external, bool):
        return str(external) if external.bit_length() <= _LONGEST_NUMBER else ""
    return external[:128] if isinstance(external, str) else ""


def too_far_ahead(record: RecordIn, today: date) -> str:
    """Say that a document's day is a slip, being years ahead of the company's today; "" if not.

    Standing orders are dated months ahead; nobody dates a document more than two years ahead, nor
    gives ten years to pay.
    """
    for key, most, words in _FARTHEST:
        day = getattr(record, key, None)
        if day is not None and day > today + most:
            return (
                f"{key.replace('_', ' ')} {day.isoformat()} is more than {words} ahead of today "
                f"({today.isoformat()}); correct it and hand it over again"
            )
    return ""


def _on_own_days(data: Mapping[str, JsonValue], time_zone: str) -> Payload:
    found = dict(data)
    for name in ("date", "due_date", "original_date"):
        if name in found:
            found[name] = own_day(found[name], time_zone)
    return found


def own_day(value: JsonValue, time_zone: str) -> JsonValue:
    """The company's day of a moment with an offset; anything else as it is."""
    if isinstance(value, str) and _MOMENT.fullmatch(value.strip()):
        with contextlib.suppress(ValueError):  # no moment: told as no day, like any other
            moment = datetime.fromisoformat(value.strip())
            return moment.astimezone(ZoneInfo(time_zone)).date().isoformat()
    return value


def stored_record(payload: Payload) -> RecordIn:
    """Read back what `as_payload` stored; raises pydantic's error only if the row was tampered."""
    return _ADAPTER.validate_python(payload)


def as_payload(record: RecordIn) -> Payload:
    """Return the record as plain JSON: absent keys left out, money as text, days as ISO.

    Its version is left out: the same content under a later one is the same content.
    """
    return record.model_dump(mode="json", exclude_none=True, exclude=_OF_THE_VERSION)


def digest_of(payload: Payload) -> str:
    """Return the SHA-256 of the record's canonical JSON: the version of a record."""
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def references(record: RecordIn | Payload) -> tuple[tuple[RecordType, str], ...]:
    """Return what a record refers to by external id, in the order it must exist.

    Takes a stored payload as well, and finds what it can in a damaged one.
    """
    data = record if isinstance(record, Mapping) else as_payload(record)
    return kind_of(data["type"]).references(data) if data.get("type") in TYPES else ()


def unreadable(payload: Payload) -> str:
    """Say what is wrong with a stored payload (of an older version, damaged); "" if nothing."""
    found = parse_record(payload)
    return found.reason if isinstance(found, BadRow) else ""


def explain(error: ValidationError) -> str:
    """Put pydantic's findings into one sentence; values are never repeated but by our own words."""
    return "; ".join(_words(row) for row in error.errors(include_url=False, include_input=False))


def _words(row: ErrorDetails) -> str:
    where = _where(row["loc"])
    kind = row["type"]
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        return f"type must be one of {', '.join(TYPES)}"
    if kind == "extra_forbidden":
        return f"unknown key {where}"
    if kind == "missing":
        return f"{where} is missing"
    if kind == "value_error":
        return f"{where} {row['msg'].removeprefix('Value error, ')}".strip()
    if kind == "string_type":
        return f"{where} must be text, in quotation marks"
    if kind == "string_too_short":
        return f"{where} is empty"
    if kind == "string_too_long":
        return f"{where} is longer than {row['ctx']['max_length']:,} characters"
    if kind == "too_short":
        least = row["ctx"]["min_length"]
        if least > 1:
            return f"{where} has too few; at least {least} are needed"
        return f"{where} is empty; at least one is needed"
    words = row["msg"].removeprefix("Input should be ")
    return f"{where} must be {words}" if words != row["msg"] else f"{where}: {words}"


def _where(loc: Iterable[int | str]) -> str:
    """Write a path such as ('invoice', 'lines', 0, 'amount') as 'line 1: amount'."""
    parts = list(loc)
    if parts and parts[0] in TYPES:
        parts = parts[1:]
    words: list[str] = []
    for part in parts:
        if isinstance(part, int) and words:
            words[-1] = f"{words[-1].removesuffix('s')} {part + 1}:"
        elif not (isinstance(part, str) and part.startswith("function-")):
            words.append(str(part))
    return " ".join(words)
