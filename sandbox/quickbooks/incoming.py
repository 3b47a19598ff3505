"""A request to the company API, taken apart once."""

import gzip
import json
import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from sandbox.quickbooks.faults import BAD_JSON, QboFault, fault
from sandbox.quickbooks.model import Entity
from sandbox.quickbooks.switched_faults import Described
from sandbox.quickbooks.world import World
from sandbox.quickbooks.xml_payload import read_xml

BAD_UTF8 = "Property Name:Invalid UTF-8 middle byte 0x{byte:x} specified is unsupported or invalid"
ALIASES = {"upload": "attachable", "download": "attachable", "taxservice": "taxcode"}
TAKEN_IN = (b"json", b"xml", b"multipart")
SERVICES = {"query", "batch", "cdc", "reports"}


@dataclass(slots=True)
class ApiRequest:
    """Method, realm, path below the realm, parameters, body."""

    method: str
    path: str
    realm: str
    tail: tuple[str, ...]
    params: dict[str, str]
    headers: dict[bytes, bytes]
    raw: bytes
    tid: str
    payload: Any = None
    entity: Entity | None = None
    described: Described = field(default_factory=Described)
    bad_payload: QboFault | None = None
    stop_after: int | None = None
    """A batch is cut off after so many items."""
    touched: str = ""
    """Id of the record a write made or changed."""

    @property
    def operation(self) -> str:
        """create, update, delete, void, query, read, cdc, batch."""
        return self.described.operation


def take_apart(world: World, scope: Any, raw: bytes, tid: str) -> ApiRequest:
    """Read an ASGI scope below `/v3/company/`."""
    path = scope["path"]
    parts = [part for part in path.split("/") if part][2:]
    request = ApiRequest(
        method=scope["method"],
        path=path,
        realm=parts[0] if parts else "",
        tail=tuple(parts[1:]),
        params=dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
        headers=dict(scope["headers"]),
        raw=raw,
        tid=tid,
    )
    _unpack(request)
    resource = request.tail[0].lower() if request.tail else ""
    request.entity = _entity(world, resource)
    if request.method == "POST" and resource != "query":
        _read_payload(request, world.entities)
    request.described = _describe(request, resource)
    return request


def _unpack(request: ApiRequest) -> None:
    """A body that came as gzip."""
    if request.headers.get(b"content-encoding", b"").strip().lower() != b"gzip":
        return
    try:
        request.raw = gzip.decompress(request.raw)
    except (OSError, EOFError, zlib.error):
        request.bad_payload = fault("2010", BAD_JSON)
        request.raw = b""


def _entity(world: World, resource: str) -> Entity | None:
    wanted = ALIASES.get(resource, resource)
    for name, entity in world.entities.items():
        if name.lower() == wanted:
            return entity
    return None


def _read_payload(request: ApiRequest, entities: Mapping[str, Entity]) -> None:
    if not request.raw:
        return
    kind = request.headers.get(b"content-type", b"").lower()
    if kind and not any(known in kind for known in TAKEN_IN):
        request.bad_payload = fault("1050", "Invalid Content Type")
        return
    if b"xml" in kind:
        try:
            request.payload = read_xml(request.raw, entities)
        except QboFault as problem:
            request.bad_payload = problem
        return
    try:
        request.payload = json.loads(request.raw, parse_constant=_no_number, parse_float=_finite)
    except UnicodeDecodeError as problem:
        byte = request.raw[min(problem.start, len(request.raw) - 1)]
        request.bad_payload = fault("2010", BAD_UTF8.format(byte=byte))
    except ValueError:
        request.bad_payload = fault("2010", BAD_JSON)


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _no_number(text: str) -> float:
    msg = f"not a number of JSON: {text}"
    raise ValueError(msg)


def _describe(request: ApiRequest, resource: str) -> Described:
    payload = request.payload if isinstance(request.payload, dict) else {}
    entity = request.entity.name if request.entity else ""
    operation = resource if resource in SERVICES else _operation(request, payload)
    path_id = request.tail[1] if len(request.tail) > 1 else ""
    name = ""
    for key in ("DisplayName", "Name", "DocNumber", "PaymentRefNum"):
        if payload.get(key):
            name = str(payload[key])
            break
    if operation == "query":
        name = statement_of(request)
        entity = _queried(name)
    return Described(
        realm=request.realm,
        entity=entity,
        operation=operation,
        method=request.method,
        path=request.path,
        id=str(payload.get("Id") or path_id),
        name=name,
    )


def _operation(request: ApiRequest, payload: dict[str, Any]) -> str:
    if request.method == "GET":
        return "read"
    asked = request.params.get("operation", "").lower()
    if asked == "void" or "void" in request.params.get("include", "").split(","):
        return "void"
    if asked == "delete":
        return "delete"
    return "update" if payload.get("Id") or asked == "update" else "create"


def statement_of(request: ApiRequest) -> str:
    """The query statement, from the body of a POST or the parameter of a GET."""
    if request.method == "GET":
        return request.params.get("query", "")
    text = request.raw.decode("utf-8", "replace")
    if b"x-www-form-urlencoded" in request.headers.get(b"content-type", b""):
        return unquote_plus(text.removeprefix("query="))
    return text


def _queried(statement: str) -> str:
    words = statement.split()
    for position, word in enumerate(words[:-1]):
        if word.upper() == "FROM":
            return words[position + 1]
    return ""
