"""Which errors a tool's own JSON tells of, and what each of them says, where nobody says where.

Well-known names are tried, then all there is is the text: what recognises errors reads JSON too.
"""

import json
import re
from collections.abc import Iterator, Sequence

from bot.domain import JsonValue, Payload
from bot.forwarded import markup
from bot.forwarded.report import LONGEST_TEXT

# So many errors of one body are taken at once.
MOST_ERRORS = 500
# A text may tell of several errors.
_LONGEST_DIGEST = 200_000
# A text that is JSON is read as that up to here; before it may stand where it comes from.
_LONGEST_JSON, _LONGEST_LEAD = 1_000_000, 200
_JSON = re.compile(r"[{\[]\s*[{\[\"]")
# Chats fence what is pasted.
_BETWEEN = re.compile(r"[\s,`]*")
# How a list ends that stands alone, in an object, or deeper.
_CLOSINGS = ("]", "]}", "]}}")
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


def texts(text: str) -> list[str]:
    """What each error of a text that is JSON says, with its code; [] where it tells of one.

    Of a list that was cut off the last is what is left of it.
    """
    text = text[:_LONGEST_JSON]
    begins = _JSON.search(text, 0, _LONGEST_LEAD)
    body = text[begins.start() :] if begins else ""
    values = _values(body)
    return _cut_off(body) if values is None else _each_said(values)


def _each_said(values: Sequence[JsonValue]) -> list[str]:
    each = values[0] if len(values) == 1 else list(values)
    errors = each if isinstance(each, list) else one_by_one(each)
    if len(errors) < 2 or not all(map(_tells, errors)):
        return []
    said = [_with_code(likely_text(one), likely_code(one)) for one in errors]
    different = list(dict.fromkeys(said))
    return different if len(different) > 1 else []


def _values(text: str) -> list[JsonValue] | None:
    """The values that a text consists of; None where it is no JSON."""
    found: list[JsonValue] = []
    place = 0
    while place < len(text):
        try:
            value, end = json.JSONDecoder().raw_decode(text, place)
        except (ValueError, RecursionError):
            return None
        found.append(value)
        between = _BETWEEN.match(text, end)
        place = between.end() if between else end
    return found


def _cut_off(body: str) -> list[str]:
    """The errors of a list whose end is missing, and last what is left of the one it ends in."""
    whole, parted, rest = body.rpartition("},")
    for closing in _CLOSINGS if parted else ():
        if said := _each_said(_values(f"{whole}}}{closing}") or []):
            return [*said, *filter(None, [rest.strip()])]
    return []


def _with_code(text: str, code: str) -> str:
    return text if not code or code in text else f"error code {code}: {text}"


def one_by_one(body: JsonValue) -> Sequence[JsonValue]:
    """A body with a list of several errors, once for each of them with all that is beside it."""
    return _parts(body, _LISTS, 0) or [body]


def _parts(body: JsonValue, names: Sequence[str], depth: int) -> list[JsonValue]:
    """The body for each error of the first list in it; deeper down only lists of errors count."""
    if not isinstance(body, dict) or depth > _DEEPEST:
        return []
    for name in names:
        each = _each(body.get(name))
        if _tell_apart(name, each):
            return [{**_without_text(body), name: [one]} for one in each]
    for name, inner in body.items():
        if found := _parts(inner, _OF_ERRORS, depth + 1):
            return [{**_without_text(body), name: one} for one in found]
    return []


def _tell_apart(name: str, each: Sequence[JsonValue]) -> bool:
    """Whether these are errors one by one; of too many of them nothing else is looked at."""
    too_many = name in _OF_ERRORS and len(each) > MOST_ERRORS
    return too_many or (len(each) > 1 and all(map(_tells, each)))


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


def likely_text(one: JsonValue) -> str:
    """The well-known place of the text, else everything there is."""
    if not isinstance(one, dict):
        return text_of(one)
    inner = _inner(one)
    for each in (one, inner):
        if value := _known_text(each):
            return "\n".join((text := text_of(value), *_beside({**one, **inner}, text)))
    return text_of(one)


def _inner(one: Payload) -> Payload:
    """The one error of a list that a body has."""
    lists = (each for name in _LISTS if len(each := _each(one.get(name))) == 1)
    first = next(lists, [None])[0]
    if isinstance(first, str) and _tells(first):
        return {"message": first}
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


def beside_parts(one: JsonValue, text: str) -> str:
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


def likely_code(one: JsonValue) -> str:
    """A number beside a known text that may be a code of QuickBooks; "" for none."""
    if not isinstance(one, dict):
        return ""
    inner = _inner(one)
    error = one.get("error")
    places = [inner, one, *([error] if isinstance(error, dict) else [])]
    if not any(map(_known_text, places)):
        return ""
    said = (
        word_of(value)
        for place in places
        for key, value in place.items()
        if _NO_KEY.sub("", key).casefold() in _KNOWN_CODES
    )
    return next((code for code in said if _CODE.fullmatch(code)), "")


def _known_parts(one: Payload) -> Iterator[tuple[str, str]]:
    for key, value in one.items():
        label = _KNOWN_PARTS.get(_NO_KEY.sub("", key).casefold(), "")
        word = " ".join(word_of(at(value, "name") if isinstance(value, dict) else value).split())
        is_one = label not in _DOCUMENTS or any(map(str.isdigit, word))
        if label and word and len(word) <= _LONGEST_PART and is_one:
            yield label, word


def likely_number(one: JsonValue) -> str:
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


def text_of(value: JsonValue) -> str:
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


def word_of(value: JsonValue) -> str:
    return "" if value is None or isinstance(value, dict | list | bool) else str(value).strip()
