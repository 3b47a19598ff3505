"""Answers in XML for callers that ask for it (`Accept: application/xml`), made from the JSON ones.

References become a text with attributes, lists repeat their element, what describes a record
(`domain`, `sparse`, `status`) stands in its attributes. Shapes as recorded in public clients.
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from sandbox.quickbooks.model import Body

NAMESPACE = "http://schema.intuit.com/finance/v3"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
FIRST = ("Id", "SyncToken", "MetaData")
"""What every record begins with."""
ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "BatchItemResponse": ("bId",),
    "ColData": ("value", "id", "href"),
    "Column": (),
    "Fault": ("type",),
    "QueryResponse": ("startPosition", "maxResults", "totalCount"),
    "Row": ("type", "group"),
}
"""Element -> what of it stands in attributes."""


def wants_xml(accepted: bytes) -> bool:
    """Whether a caller takes XML and does not mention JSON; a browser gets JSON."""
    return b"xml" in accepted and b"json" not in accepted and b"html" not in accepted


def in_xml(answer: bytes) -> bytes:
    """A JSON answer of the company API, its gateway or a report as XML."""
    body = json.loads(answer)
    if "Header" in body and "Rows" in body:
        inner = "".join(_children(body))
        return f'{DECLARATION}<Report xmlns="{NAMESPACE}">{inner}</Report>'.encode()
    when = body.pop("time", "")
    if "fault" in body:
        body = {"Fault": _upper(body["fault"])}
    inner = "".join(_children(body))
    return (
        f'{DECLARATION}<IntuitResponse time={quoteattr(str(when))} xmlns="{NAMESPACE}">'
        f"{inner}</IntuitResponse>"
    ).encode()


def _upper(fault: Body) -> Body:
    """The gateway's lower-case fault under the names of the company API."""
    errors = [
        {"Message": one["message"], "Detail": one["detail"], "code": one["code"]}
        for one in fault["error"]
    ]
    return {"Error": errors, "type": fault["type"]}


def _children(body: Body, besides: tuple[str, ...] = ()) -> Iterator[str]:
    names = [name for name in FIRST if name in body]
    names += [name for name in body if name not in FIRST]
    for name in names:
        if name not in besides:
            yield from _elements(name, body[name])


def _elements(name: str, value: Any) -> Iterator[str]:
    if value is None:
        return
    if isinstance(value, list):
        for one in value:
            yield from _elements(name, one)
    elif isinstance(value, dict):
        yield _object(name, value)
    else:
        yield f"<{name}>{escape(_text(value))}</{name}>"


def _object(name: str, value: Body) -> str:
    if name == "Error":
        marks = tuple(mark for mark in ("code", "element") if value.get(mark))
    elif name in ATTRIBUTES:
        marks = ATTRIBUTES[name]
    elif "value" in value:
        # A reference, or a text that JSON wraps.
        marks = tuple(mark for mark in value if mark != "value")
        return f"<{name}{_marks(value, marks)}>{escape(_text(value['value']))}</{name}>"
    else:
        marks = ("domain", "sparse", "status") if "domain" in value else ()
    inner = "".join(_children(value, marks))
    start = f"{name}{_marks(value, marks)}"
    return f"<{start}>{inner}</{name}>" if inner else f"<{start}/>"


def _marks(value: Body, names: tuple[str, ...]) -> str:
    given = ((name, value.get(name)) for name in names)
    return "".join(f" {name}={quoteattr(_text(one))}" for name, one in given if one is not None)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        whole_cents = value == round(value, 2)
        return f"{value:.2f}" if whole_cents else format(Decimal(repr(value)), "f")
    return str(value)
