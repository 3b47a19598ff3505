"""Replies as bytes: records, lists, faults in both shapes."""

import gzip
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic_core import to_json

from sandbox.quickbooks.clock import reply_time
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.faults import QboFault, gateway_body, xml_body
from sandbox.quickbooks.model import Record
from sandbox.quickbooks.world import World

JSON = b"application/json;charset=utf-8"
XML = b"application/xml;charset=utf-8"
TEXT = b"text/plain;charset=utf-8"
PDF = b"application/pdf"
HTML = b"text/html;charset=utf-8"
THROTTLED = "message=ThrottleExceeded; errorCode=003001; statusCode=429"
THROTTLED_DETAIL = "The request limit was reached.  Try again later"
NO_REALM = "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403"
EXPIRED = "message=AuthenticationFailed; errorCode=003200; statusCode=401"
CHALLENGE = (b"www-authenticate", b'Bearer realm="Intuit", error="invalid_token"')
PAGES = {
    404: "404 Not Found",
    500: "500 Internal Server Error",
    502: "502 Bad Gateway",
    503: "503 Service Temporarily Unavailable",
    504: "504 Gateway Time-out",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """A finished answer."""

    status: int
    body: bytes
    content_type: bytes = JSON
    headers: tuple[tuple[bytes, bytes], ...] = field(default=())


def packed(reply: Reply, accepted: bytes) -> Reply:
    """The answer as gzip when the caller takes that (`Accept-Encoding`)."""
    if not reply.body or not _takes_gzip(accepted):
        return reply
    marks = ((b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding"))
    body = gzip.compress(reply.body, compresslevel=1, mtime=0)
    return replace(reply, body=body, headers=(*reply.headers, *marks))


def _takes_gzip(accepted: bytes) -> bool:
    for one in accepted.decode("latin-1").lower().split(","):
        coding, _, weight = one.partition(";")
        if coding.strip() in ("gzip", "x-gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def html_page(status: int = 503) -> Reply:
    """A page of a gateway that knows nothing of JSON."""
    title = PAGES.get(status, f"{status} Error")
    text = (
        f"<html><head><title>{title}</title></head><body><center>"
        f"<h1>{title}</h1></center></body></html>\n"
    )
    return Reply(status, text.encode(), HTML)


def encoded(company: Company, record: Record) -> bytes:
    """The record's JSON, kept until the record changes where it has no form of its own."""
    if record.entity.shown is not None:
        return to_json(company.render(record))
    if record.encoded is None or record.wire is None:
        record.encoded = to_json(company.render(record))
    return record.encoded


def record_reply(company: Company, record: Record) -> Reply:
    """`{"Customer": {...}, "time": ...}`; a deleted transaction is a stub."""
    if record.deleted:
        stub = {"domain": "QBO", "status": "Deleted", "Id": record.id}
        return wrapped(company, record.entity.wire_name, to_json(stub))
    return wrapped(company, record.entity.wire_name, encoded(company, record))


def wrapped(company: Company, name: str, body: bytes) -> Reply:
    """One value under its name, with the reply's time."""
    when = reply_time(company.clock.now()).encode()
    return Reply(200, b'{"%s":%s,"time":"%s"}' % (name.encode(), body, when))


def json_reply(world: World, value: dict[str, Any], status: int = 200) -> Reply:
    """Any value, with the reply's time."""
    return Reply(status, to_json({**value, "time": reply_time(world.clock.now())}))


def fault_reply(world: World, problem: QboFault, status: int | None = None) -> Reply:
    """The company API's upper-case shape."""
    body = {"Fault": problem.body(), "time": reply_time(world.clock.now())}
    return Reply(status or problem.status, to_json(body))


def xml_fault_reply(world: World, problem: QboFault, status: int | None = None) -> Reply:
    """The same fault in XML."""
    error = problem.errors[0]
    when = reply_time(world.clock.now())
    body = xml_body(error.code, error.message, error.detail, problem.kind, when)
    return Reply(status or problem.status, body, XML)


def unauthorized(world: World, token: str) -> Reply:
    """401 of the gateway: expired, revoked, or no token at all (3202)."""
    millis = int(world.clock.now().timestamp() * 1000)
    if not token:
        body = gateway_body("3202", "EmptyField", "oauth_token", "AUTHENTICATION", millis)
    else:
        shown = f"Token expired: AB01{token[-40:]}"
        body = gateway_body("3200", EXPIRED, shown, "AUTHENTICATION", millis)
    return Reply(401, to_json(body), JSON, (CHALLENGE,))


def forbidden(world: World) -> Reply:
    """403: the token is good, but not for this company."""
    millis = int(world.clock.now().timestamp() * 1000)
    return Reply(403, to_json(gateway_body("3100", NO_REALM, None, "SERVICE", millis)))


def throttled(world: World, form: str) -> Reply:
    """429 in the form asked for; no Retry-After, as with Intuit."""
    if form == "empty":
        return Reply(429, b"")
    when = world.clock.now()
    if form == "xml":
        body = xml_body("3001", THROTTLED, THROTTLED_DETAIL, "SERVICE", reply_time(when))
        return Reply(429, body, XML)
    millis = int(when.timestamp() * 1000)
    lower = gateway_body("3001", THROTTLED, THROTTLED_DETAIL, "SERVICE", millis)
    return Reply(429, to_json(lower))
