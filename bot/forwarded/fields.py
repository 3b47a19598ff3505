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
from bot.domain import JsonValue, Payload
from bot.errors import BadInput
from bot.forwarded import markup
from bot.forwarded.report import LONGEST_TEXT, Report
from bot.forwarded.sorting import Left, Told
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
_PAGE = re.compile(r"<(?:html|body|table|tr|ul|ol|li|p|br|div)\b[^<>]*>", re.IGNORECASE)
# Where several errors of one body stand, where nobody says it.
_OF_ERRORS = ("errors", "failures", "failed", "BatchItemResponse", "Error")
_LISTS = (*_OF_ERRORS, "results", "records", "rows", "orders", "invoices")
_DEEPEST = 4
# What a tool calls the record and the document an error is about, and what a text would say.
_KNOWN_PARTS = {
    "customer": "Customer", "customername": "Customer", "client": "Customer",
    "vendor": "Vendor", "vendorname": "Vendor", "supplier": "Vendor", "suppliername": "Vendor",
    "item": "Item", "itemname": "Item", "product": "Item", "productname": "Item", "sku": "SKU",
    "order": "Order", "orderno": "Order", "ordernumber": "Order",
    "invoice": "Invoice", "invoiceno": "Invoice", "invoicenumber": "Invoice",
    "bill": "Bill", "billno": "Bill", "billnumber": "Bill", "payment": "Payment",
    "doc": "Document", "docno": "Document", "docnumber": "Document", "document": "Document",
    "documentnumber": "Document", "number": "Document",
}  # fmt: skip
_KNOWN_CODES = frozenset({"code", "errorcode"})
# Codes of QuickBooks; 200 or 500 is a status of whoever answered.
_CODE = re.compile(r"-?0{0,3}(?:[6-9]\d\d|[1-9]\d{3,4})")
_DOCUMENTS = frozenset({"Order", "Invoice", "Bill", "Payment", "Document"})
_LONGEST_PART = 100
_NO_KEY = re.compile(r"[\W_]+")
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
    told = [pair for pair in zip(_apart(found, read), read, strict=True) if pair[1].text.strip()]
    return Told(tuple(_keyed([replace(one, content=said) for said, one in told])), empty)


def _apart(found: Sequence[JsonValue], read: Sequence[Report]) -> Iterator[str]:
    """What tells errors of one body from each other that have the same text; "" for the first."""
    known: dict[Report, str] = {}
    for body, one in zip(found, read, strict=True):
        said = _text(body)
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
    return _one_by_one(found) if not {"each", "text"} & fields.keys() else [found]


def _one_by_one(body: JsonValue) -> Sequence[JsonValue]:
    """A body with a list of several errors, once for each of them with all that is beside it."""
    return _parts(body, _LISTS, 0) or [body]


def _parts(body: JsonValue, names: Sequence[str], depth: int) -> list[JsonValue]:
    """The body for each error of the first list in it; deeper down only lists of errors count."""
    if not isinstance(body, dict) or depth > _DEEPEST:
        return []
    for name in names:
        each = _each(body.get(name))
        if len(each) > 1 and all(map(_tells, each)):
            return [{**_without_text(body), name: [one]} for one in each]
    for name, inner in body.items():
        if found := _parts(inner, _OF_ERRORS, depth + 1):
            return [{**_without_text(body), name: one} for one in found]
    return []


def _without_text(body: Payload) -> Payload:
    return {key: value for key, value in body.items() if key not in _KNOWN_TEXTS}


def _each(value: JsonValue) -> list[JsonValue]:
    """The elements of a list, or of an object that has what is said of each number."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or not all(any(map(str.isdigit, key)) for key in value):
        return []
    return [
        {"number": key, **(one if isinstance(one, dict) else {"message": one})}
        for key, one in value.items()
    ]


def _tells(one: JsonValue) -> bool:
    """Whether an element of a list can be an error by itself."""
    return isinstance(one, dict) or (isinstance(one, str) and len(one.split()) > 1)


def report(one: JsonValue, fields: Mapping[str, str]) -> Report:
    """Read one error; a part that is not there is left out."""

    def said(name: str) -> str:
        path = fields.get(name)
        return _word(at(one, path))[:_LONGEST_VALUE] if path else ""

    path = fields.get("text")
    text = _text(at(one, path)) if path else _likely_text(one)
    likely = "" if fields.keys() & {"text", "each", "code"} else _likely_code(one)
    return Report(
        text=text,
        key=said("id"),
        code=said("code") or likely,
        likely=bool(likely),
        beside="" if fields.keys() & {"text", "each"} else _beside_parts(one, text),
        platform=where if (where := said("platform").lower()) in PLATFORMS else "",
        named=said("name"),
        number=said("number") or ("" if fields.keys() & {"text", "each"} else _likely_number(one)),
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
    if not isinstance(one, dict):
        return _text(one)
    inner = _inner(one)
    for each in (one, inner):
        if value := _known_text(each):
            return "\n".join((text := _text(value), *_beside({**one, **inner}, text)))
    return _text(one)


def _inner(one: Payload) -> Payload:
    """The one error of a list that a body has."""
    lists = (each for name in _LISTS if len(each := _each(one.get(name))) == 1)
    first = next(lists, [None])[0]
    return first if isinstance(first, dict) else {}


def _known_text(one: Payload) -> str:
    values = (at(one, path) for path in _KNOWN_TEXTS)
    return next((value for value in values if isinstance(value, str) and value.strip()), "")


def _beside(one: Payload, text: str) -> Iterator[str]:
    """What stands beside a text under well-known names, as lines that people would write.

    What is beside several errors is of none of them.
    """
    if "\n" not in text.strip() and ";" not in text:
        yield from _lines_beside(one, text)


def _lines_beside(one: Payload, text: str) -> Iterator[str]:
    for label, value in _known_parts(one):
        if value.casefold() not in text.casefold():
            yield f"{label}: {value}"


def _beside_parts(one: JsonValue, text: str) -> str:
    """The documents beside a line that may be cut at its semicolons: each part is of them.

    Of a name beside it nobody says which part it is of.
    """
    if not isinstance(one, dict) or "\n" in text.strip() or ";" not in text:
        return ""
    inner = _inner(one)
    if not (_known_text(one) or _known_text(inner)):
        return ""
    lines = _lines_beside({**one, **inner}, text)
    return "\n".join(line for line in lines if line.split(":")[0] in _DOCUMENTS)


def _likely_code(one: JsonValue) -> str:
    """A number beside a known text that may be a code of QuickBooks; "" for none."""
    if not isinstance(one, dict):
        return ""
    inner = _inner(one)
    error = one.get("error")
    places = [inner, one, *([error] if isinstance(error, dict) else [])]
    if not any(map(_known_text, places)):
        return ""
    said = (
        _word(value)
        for place in places
        for key, value in place.items()
        if _NO_KEY.sub("", key).casefold() in _KNOWN_CODES
    )
    return next((code for code in said if _CODE.fullmatch(code)), "")


def _known_parts(one: Payload) -> Iterator[tuple[str, str]]:
    for key, value in one.items():
        label = _KNOWN_PARTS.get(_NO_KEY.sub("", key).casefold(), "")
        word = " ".join(_word(at(value, "name") if isinstance(value, dict) else value).split())
        is_one = label not in _DOCUMENTS or any(map(str.isdigit, word))
        if label and word and len(word) <= _LONGEST_PART and is_one:
            yield label, word


def _likely_number(one: JsonValue) -> str:
    """The number of the document where the whole body is the text."""
    if not isinstance(one, dict) or _known_text(one):
        return ""
    if _known_text(_inner(one)):
        return ""
    known = _known_parts({**_inner(one), **one})
    return next((value for label, value in known if label in _DOCUMENTS), "")


def shown(text: str) -> str:
    """A text as a reader sees it: of a page its words, line by line; XML stays as it is."""
    return (markup.to_text(text) if _PAGE.search(text) else text)[:_LONGEST_DIGEST]


def _text(value: JsonValue) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return shown(value)
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
