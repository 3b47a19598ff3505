"""Where the parts of a forwarded error stand in a tool's own JSON: dotted paths, nothing more.

`each` is the path of a list of errors in one body; the other paths then begin at each of them. What
no path is given for stands where tools are known to write it (bodies.py).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.clock import in_utc
from bot.domain import JsonValue
from bot.errors import BadInput
from bot.forwarded.bodies import (
    MOST_ERRORS,
    at,
    beside_parts,
    likely_code,
    likely_number,
    likely_text,
    one_by_one,
    text_of,
    word_of,
)
from bot.forwarded.report import Report
from bot.forwarded.sorting import Left, Told
from bot.knowledge.signs import PLATFORMS

NAMES = ("text", "code", "platform", "name", "number", "link", "time", "id", "each")
_LONGEST_PATH = 200
_LONGEST_VALUE = 500
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
        Left(text_of(one), NO_TEXT)
        for one, said in zip(found, read, strict=True)
        if not said.text.strip()
    )
    told = [pair for pair in zip(_apart(found, read), read, strict=True) if pair[1].text.strip()]
    return Told(tuple(_keyed([replace(one, content=said) for said, one in told])), empty)


def _apart(found: Sequence[JsonValue], read: Sequence[Report]) -> Iterator[str]:
    """What tells errors of one body from each other that have the same text; "" for the first."""
    known: dict[Report, str] = {}
    for body, one in zip(found, read, strict=True):
        said = text_of(body)
        yield said if known.setdefault(one, said) != said else ""


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
    return one_by_one(found) if not {"each", "text"} & fields.keys() else [found]


def report(one: JsonValue, fields: Mapping[str, str]) -> Report:
    """Read one error; a part that is not there is left out."""

    def said(name: str) -> str:
        path = fields.get(name)
        return word_of(at(one, path))[:_LONGEST_VALUE] if path else ""

    path = fields.get("text")
    text = text_of(at(one, path)) if path else likely_text(one)
    likely = "" if fields.keys() & {"text", "each", "code"} else likely_code(one)
    return Report(
        text=text,
        key=said("id"),
        code=said("code") or likely,
        likely=bool(likely),
        beside="" if fields.keys() & {"text", "each"} else beside_parts(one, text),
        platform=where if (where := said("platform").lower()) in PLATFORMS else "",
        named=said("name"),
        number=said("number") or ("" if fields.keys() & {"text", "each"} else likely_number(one)),
        link=said("link"),
        said_at=_moment(at(one, fields["time"])) if "time" in fields else None,
    )


def _moment(value: JsonValue) -> datetime | None:
    """An ISO moment or seconds or milliseconds since 1970; None for anything else."""
    said = word_of(value)
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
