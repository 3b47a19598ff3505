"""Reads a reply of QuickBooks: fine, or one of the many shapes of a fault."""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.domain import JsonValue
from bot.quickbooks import exact_json
from bot.quickbooks.faults import FaultError, QuickBooksFault
from bot.quickbooks.redaction import redact
from bot.quickbooks.retry_classes import retry_class_of

_GATEWAY_CODE = re.compile(r"errorCode=(\d+)")
_XML_ERROR = re.compile(
    r"<(?:\w+:)?Error\b(?P<attributes>[^>]*)>(?P<body>.*?)</(?:\w+:)?Error>", re.DOTALL
)
_HTML_TITLE = re.compile(r"(?is)<(?:title|h1)[^>]*>(.*?)</(?:title|h1)>")
_REQUEST_TIMEOUT = 408
# "Company Under Maintenance" comes with 503 and is definite: nothing was done.
_MAINTENANCE = "150"
_TAG = re.compile(r"<[^>]+>")
# A fault is short. Of what is no JSON, as a page of some gateway, so many characters are looked at.
_LOOKED_AT = 10_000


@dataclass(frozen=True)
class Reply:
    """A reply as it came; `status_code` and `text` are what python-quickbooks reads."""

    status_code: int
    text: str
    intuit_tid: str = ""


def fault_of(reply: Reply, *, writing: bool, secrets: Iterable[str] = ()) -> QuickBooksFault | None:
    """Return the fault a reply stands for, None when it is a good one.

    Understands the upper-case Fault, the gateway's lower-case fault, both inside a reply with
    HTTP 200 and inside QueryResponse or CDCResponse, XML, HTML, empty and cut-off bodies.
    """
    secrets = tuple(secrets)
    if _surely_good(reply):
        return None
    body = _parsed(reply.text)
    errors = tuple(_redacted(error, secrets) for error in _errors(body, reply.text))
    if isinstance(body, dict) and reply.status_code == 200 and not errors:
        return None
    unreadable = not errors
    if unreadable:
        errors = (_described(reply, body, secrets),)
    return QuickBooksFault(
        errors=errors,
        http_status=reply.status_code,
        intuit_tid=reply.intuit_tid,
        raw=redact(reply.text[:_LOOKED_AT], secrets),
        retry_class=retry_class_of(errors, reply.status_code, readable=not unreadable),
        reply_lost=writing and _outcome_unknown(reply, errors, unreadable=unreadable),
    )


def fault_inside(part: Mapping[str, JsonValue], reply: Reply) -> QuickBooksFault | None:
    """The fault of one item of a batch, whose reply as a whole is a good one; None: no fault."""
    errors = tuple(
        _redacted(error, ()) for fault in _faults_in(part) for error in _json_errors(fault)
    )
    if not errors:
        return None
    return QuickBooksFault(
        errors=errors,
        http_status=reply.status_code,
        intuit_tid=reply.intuit_tid,
        raw=redact(exact_json.dumps(part)),
        retry_class=retry_class_of(errors, reply.status_code),
    )


def _surely_good(reply: Reply) -> bool:
    """The cheap test that spares large good pages a second parsing."""
    text = reply.text
    return (
        reply.status_code == 200
        and text.startswith("{")
        and text.rstrip().endswith("}")
        and '"Fault"' not in text
        and '"fault"' not in text
    )


def _outcome_unknown(reply: Reply, errors: tuple[FaultError, ...], *, unreadable: bool) -> bool:
    """A write is in doubt when the answer is no definite word of QuickBooks itself.

    Whatever stands before QuickBooks may give up waiting (408, 5xx) while the work goes on.
    """
    if any(error.code == "10000" for error in errors):
        return True
    if reply.status_code >= 500 or reply.status_code == _REQUEST_TIMEOUT:
        return not any(error.code == _MAINTENANCE for error in errors)
    return unreadable and reply.status_code < 400


def _parsed(text: str) -> JsonValue:
    try:
        return exact_json.loads(text)
    except (ValueError, RecursionError):
        return None


def _errors(body: JsonValue, text: str) -> Iterator[FaultError]:
    if isinstance(body, dict):
        for fault in _faults_in(body):
            yield from _json_errors(fault)
    elif body is None:
        yield from _xml_errors(text[:_LOOKED_AT])


def _faults_in(body: Mapping[str, JsonValue]) -> Iterator[Mapping[str, JsonValue]]:
    for name in ("Fault", "fault"):
        if isinstance(body.get(name), dict):
            yield body[name]
    for name in ("QueryResponse", "CDCResponse"):
        inside = body.get(name)
        for part in inside if isinstance(inside, list) else [inside]:
            if isinstance(part, dict):
                yield from _faults_in(part)


def _json_errors(fault: Mapping[str, JsonValue]) -> Iterator[FaultError]:
    listed = fault.get("Error", fault.get("error"))
    entries = listed if isinstance(listed, list) else [listed]
    found = [entry for entry in entries if isinstance(entry, dict)]
    if not found:
        # A fault without a single error still is a fault.
        yield FaultError("", _text(fault, "type") or "Fault without a description", "")
    for entry in found:
        message = _text(entry, "Message")
        yield FaultError(
            _code(_text(entry, "code"), message),
            message,
            _text(entry, "Detail"),
            _text(entry, "element"),
        )


def _text(entry: Mapping[str, JsonValue], name: str) -> str:
    value = entry.get(name, entry.get(name.lower(), entry.get(name.capitalize())))
    return "" if value is None else str(value)


def _code(code: str, message: str) -> str:
    """The code without leading zeros; from the gateway's message when the field has none."""
    stated = code.strip()
    if not stated.isdigit():
        inside = _GATEWAY_CODE.search(message)
        stated = inside.group(1) if inside else stated
    return (stated.lstrip("0") or stated) if stated.isdigit() else stated


def _xml_errors(text: str) -> Iterator[FaultError]:
    for match in _XML_ERROR.finditer(text):
        attributes, body = match["attributes"], match["body"]
        message = _xml_part(body, "Message")
        yield FaultError(
            _code(_attribute(attributes, "code"), message),
            message,
            _xml_part(body, "Detail"),
            _attribute(attributes, "element"),
        )


def _attribute(attributes: str, name: str) -> str:
    found = re.search(rf"\b{name}\s*=\s*[\"']([^\"']*)[\"']", attributes)
    return html.unescape(found.group(1)) if found else ""


def _xml_part(body: str, name: str) -> str:
    found = re.search(rf"<(?:\w+:)?{name}\b[^>]*>(.*?)</(?:\w+:)?{name}>", body, re.DOTALL)
    return html.unescape(found.group(1)).strip() if found else ""


def _described(reply: Reply, body: JsonValue, secrets: tuple[str, ...]) -> FaultError:
    """Words for a reply in which QuickBooks itself says nothing."""
    text = reply.text[:_LOOKED_AT].strip()
    if not text:
        return FaultError("", f"Empty reply with HTTP {reply.status_code}", "")
    if body is not None:
        return FaultError("", f"Unexpected reply with HTTP {reply.status_code}", "")
    title = _HTML_TITLE.search(text)
    words = html.unescape(_TAG.sub(" ", title.group(1) if title else text))
    shown = redact(" ".join(words.split())[:200], secrets)
    return FaultError("", f"Reply with HTTP {reply.status_code} that is not QuickBooks'", shown)


def _redacted(error: FaultError, secrets: tuple[str, ...]) -> FaultError:
    return FaultError(
        error.code,
        redact(error.message, secrets),
        redact(error.detail, secrets),
        error.element,
    )
