"""Where the parts of a forwarded error stand in a tool's own JSON: dotted paths, nothing more.

`each` is the path of a list of errors in one body; the other paths then begin at each of them. With
no path for the text, well-known names are tried, then the whole body is the text: what recognises
errors reads JSON too.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.clock import in_utc
from bot.domain import JsonValue
from bot.errors import BadInput
from bot.forwarded import markup
from bot.forwarded.sorting import Left, Told
from bot.forwarded.taking import LONGEST_TEXT, Report
from bot.knowledge.signs import PLATFORMS

NAMES = ("text", "code", "platform", "name", "number", "link", "time", "id", "each")
MOST_ERRORS = 500
_LONGEST_PATH = 200
_LONGEST_VALUE = 500
# A text may tell of several errors.
_LONGEST_DIGEST = 200_000
_KNOWN_TEXTS = (
    "text",
    "message",
    "error_message",
    "errorMessage",
    "error.message",
    "error",
    "description",
    "detail",
)
_PAGE = re.compile(r"<(?:table|tr|ul|ol|li|p|br|div)\b[^<>]*>", re.IGNORECASE)
# Where several errors of one body stand, where nobody says it.
_LISTS = ("errors", "failures", "failed", "results", "records", "rows", "orders", "invoices")
NO_TEXT = "It has no error text."
# Moments as seconds since 1970 lie below this, as milliseconds above.
_SECONDS = 100_000_000_000


class BadFields(BadInput):
    """The fields of a source's errors cannot be used."""


def checked(given: Mapping[str, str]) -> dict[str, str]:
    """The paths as they are kept. Raises BadFields naming what is wrong."""
    for name, path in given.items():
        if name not in NAMES:
            msg = f"There is no field {name!r}; the fields are {', '.join(NAMES)}."
            raise BadFields(msg)
        if not 0 < len(path) <= _LONGEST_PATH or not all(path.split(".")):
            msg = f"The path of {name} must be names with dots between them, such as error.message."
            raise BadFields(msg)
    return dict(given)


def reports(body: JsonValue, fields: Mapping[str, str]) -> Told:
    """Read every error of a body. Raises BadInput when there is none in it, or too many."""
    found = _errors(body, fields)
    if len(found) > MOST_ERRORS:
        msg = f"There are {len(found):,} errors in it; at most {MOST_ERRORS} are taken at once."
        raise BadInput(msg)
    read = [report(one, fields) for one in found]
    if not read or not any(one.text.strip() for one in read):
        where = f" at {fields['text']}" if fields.get("text") else ""
        msg = f"There is no error text in the body{where}."
        raise BadInput(msg)
    empty = tuple(
        Left(_text(one), NO_TEXT)
        for one, said in zip(found, read, strict=True)
        if not said.text.strip()
    )
    return Told(tuple(_keyed([one for one in read if one.text.strip()])), empty)


def _keyed(read: Sequence[Report]) -> Iterator[Report]:
    """Errors of one body that share its id get each its own: they are no second delivery."""
    known: dict[str, str] = {}
    for place, one in enumerate(read):
        shared = one.key != "" and known.setdefault(one.key, one.text) != one.text
        yield replace(one, key=f"{one.key} #{place}") if shared else one


def _errors(body: JsonValue, fields: Mapping[str, str]) -> Sequence[JsonValue]:
    found = at(body, fields["each"]) if "each" in fields else body
    if "each" in fields and not isinstance(found, list):
        msg = f"There is no list at {fields['each']}."
        raise BadInput(msg)
    if isinstance(found, list):
        return found
    return _one_by_one(found) if not {"each", "text"} & fields.keys() else [found]


def _one_by_one(body: JsonValue) -> Sequence[JsonValue]:
    """A body with a list of several errors, once for each of them with all that is beside it."""
    if not isinstance(body, dict):
        return [body]
    for name in _LISTS:
        each = body.get(name)
        if isinstance(each, list) and len(each) > 1 and all(map(_tells, each)):
            beside = {key: value for key, value in body.items() if key not in _KNOWN_TEXTS}
            return [{**beside, name: [one]} for one in each]
    return [body]


def _tells(one: JsonValue) -> bool:
    """Whether an element of a list can be an error by itself."""
    return isinstance(one, dict) or (isinstance(one, str) and len(one.split()) > 1)


def report(one: JsonValue, fields: Mapping[str, str]) -> Report:
    """Read one error; a part that is not there is left out."""

    def said(name: str) -> str:
        path = fields.get(name)
        return _word(at(one, path))[:_LONGEST_VALUE] if path else ""

    path = fields.get("text")
    return Report(
        text=_text(at(one, path)) if path else _likely_text(one),
        key=said("id"),
        code=said("code"),
        platform=where if (where := said("platform").lower()) in PLATFORMS else "",
        named=said("name"),
        number=said("number"),
        link=said("link"),
        said_at=_moment(at(one, fields["time"])) if "time" in fields else None,
    )


def at(value: JsonValue, path: str) -> JsonValue:
    """What stands at a dotted path (a number is a place in a list); None where nothing does."""
    for step in path.split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and len(step) < 9:
            value = value[int(step)] if int(step) < len(value) else None
        else:
            return None
    return value


def _likely_text(one: JsonValue) -> str:
    """The well-known place of the text, else everything there is."""
    if isinstance(one, dict):
        for path in _KNOWN_TEXTS:
            value = at(one, path)
            if isinstance(value, str) and value.strip():
                return _text(value)
    return _text(one)


def _text(value: JsonValue) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        value = value[:_LONGEST_DIGEST]
        return markup.to_text(value) if _PAGE.search(value) else value
    if isinstance(value, list) and len(value) > 1 and all(isinstance(one, str) for one in value):
        # Several texts in one place are the items of a list.
        return "\n".join(f"- {' '.join(one.split())}" for one in value)[:_LONGEST_DIGEST]
    try:
        return json.dumps(value, ensure_ascii=False, default=str)[: 2 * LONGEST_TEXT]
    except RecursionError:
        return ""


def _word(value: JsonValue) -> str:
    return "" if value is None or isinstance(value, dict | list | bool) else str(value).strip()


def _moment(value: JsonValue) -> datetime | None:
    """An ISO moment or seconds or milliseconds since 1970; None for anything else."""
    said = _word(value)
    try:
        if said.replace(".", "", 1).isdecimal():
            number = float(said)
            return datetime.fromtimestamp(number / 1000 if number > _SECONDS else number, UTC)
        moment = datetime.fromisoformat(said)
    except (ValueError, OverflowError, OSError):
        return None
    return in_utc(moment)


def parsed(pairs: Iterable[str]) -> dict[str, str]:
    """Fields as typed on the command line: text=error.message. Raises BadFields."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, sign, path = pair.partition("=")
        if not sign:
            msg = f"{pair!r} is no field; write it as text=error.message."
            raise BadFields(msg)
        found[name.strip()] = path.strip()
    return checked(found)
