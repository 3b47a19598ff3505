"""The gateway before the company API: tokens, limits, armed faults, replays, logs."""

import asyncio
from dataclasses import replace
from typing import Any

from starlette.types import Receive, Scope, Send

from sandbox.quickbooks import services
from sandbox.quickbooks.armed import DETAILS, armed_fault, gateway_code, gateway_reply
from sandbox.quickbooks.batch import batch, metered, struck
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.connections import hang_up, stall
from sandbox.quickbooks.faults import NO_ACCESS, QboFault, fault
from sandbox.quickbooks.french import in_language
from sandbox.quickbooks.incoming import ApiRequest, take_apart
from sandbox.quickbooks.switched_faults import AFTER, UNANSWERED, Armed
from sandbox.quickbooks.wire import (
    JSON,
    XML,
    Reply,
    fault_reply,
    forbidden,
    html_page,
    json_reply,
    packed,
    throttled,
    unauthorized,
    xml_fault_reply,
)
from sandbox.quickbooks.world import World
from sandbox.quickbooks.xml_answers import in_xml, wants_xml

READS = frozenset({"read", "query", "cdc", "reports"})


class CompanyApi:
    """ASGI application for everything below `/v3/company/`."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or break the connection when a fault says so."""
        raw = await _body(receive)
        if raw is None:
            return
        world = self._world
        tid = world.tid()
        request = take_apart(world, scope, raw, tid)
        reply, stalls = await self._guarded(request)
        if stalls is not None:
            await stall(scope, stalls.fault, stalls.options.get("seconds"))
        world.log_request(_log_entry(request, reply))
        if reply is None:
            await hang_up(scope)
            return
        await _send(send, _as_asked(request, reply), tid)

    async def _guarded(self, request: ApiRequest) -> tuple[Reply | None, Armed | None]:
        """Tokens, armed faults and limits around the real work; None breaks the connection.

        With it: the fault that keeps the caller waiting before that.
        """
        world = self._world
        refusal, app = _authenticate(world, request)
        if refusal is not None:
            return refusal, None
        armed = world.faults.take(request.described) or struck(world, request)
        if armed is not None and armed.fault in UNANSWERED:
            return None, armed
        if armed is not None and armed.fault not in AFTER:
            return _armed_reply(world, request, armed), None
        moment = world.clock.now().timestamp()
        is_batch, is_mail = request.operation == "batch", request.tail[-1:] == ("send",)
        limits = world.limits
        if not limits.admit(request.realm, app, moment, batch=is_batch, mail=is_mail):
            return throttled(world, world.switches.throttle_format), None
        world.limits.running[request.realm] += 1
        try:
            if world.latency_ms:
                await asyncio.sleep(world.latency_ms / 1000)
            if armed is not None and armed.fault == "reset_mid_batch":
                request.stop_after = int(armed.options.get("after", 1))
            reply = answer(world, request)
        finally:
            world.limits.running[request.realm] -= 1
        return (reply, None) if armed is None else (None, armed)


def answer(world: World, request: ApiRequest) -> Reply:
    """Do what is asked; the same requestid gets the same reply without a second act."""
    company = world.companies[request.realm]
    month = world.clock.now().strftime("%Y-%m")
    is_read = request.operation in READS
    reads = 1 if is_read else metered(company, request) if request.operation == "batch" else 0
    if reads and not world.limits.may_read(month):
        return throttled(world, world.switches.throttle_format)
    reply = (_attempt if is_read else _write_once)(world, company, request)
    if reply.status < 300:
        world.limits.count_reads(month, reads)
    return reply


def _write_once(world: World, company: Company, request: ApiRequest) -> Reply:
    request_id = request.params.get("requestid", "")
    longest = 36 if request.operation == "batch" else 50
    if len(request_id) > longest:
        return fault_reply(world, fault("2130", f"Supplied value:{request_id}", "requestid"))
    known = company.remembered(request_id) if request_id else None
    if known is not None:
        request.touched = known.touched
        if world.switches.requestid_refuses_other_body and known.asked != request.raw:
            return fault_reply(world, fault("600", "Duplicate Request ID"))
        _log_write(world, request, known.status, replayed=True)
        return Reply(known.status, known.body)
    reply = _attempt(world, company, request)
    good = reply.status < 300
    cut_off = request.stop_after is not None
    if request_id and not cut_off and (good or company.switches.faults_replay_on_requestid):
        company.remember(request_id, reply.status, reply.body, request.raw, request.touched)
    return reply


def _attempt(world: World, company: Company, request: ApiRequest) -> Reply:
    try:
        return _route(world, company, request)
    except QboFault as problem:
        if request.operation not in (*READS, "batch"):
            _log_write(world, request, problem.status)
        return fault_reply(world, in_language(company, problem))


def _route(world: World, company: Company, request: ApiRequest) -> Reply:
    operation = request.operation
    if operation == "query":
        return services.query(world, company, request)
    if operation == "cdc":
        return services.changes(world, company, request)
    if operation == "reports":
        return services.run_report(company, request)
    if operation == "batch" and request.method == "POST":
        reply, entries = batch(world, company, request)
        for entry in entries:
            _log(world, request, entry, entry.get("status", 400), replayed=False)
        return reply
    if request.method == "GET":
        return services.read(company, request)
    if request.method != "POST":
        raise services.no_resource(request)
    reply = services.write(world, company, request)
    _log_write(world, request, 200)
    return reply


def _as_asked(request: ApiRequest, reply: Reply) -> Reply:
    """The answer in the form the caller takes: XML, gzip. The tax service knows JSON alone."""
    json_alone = request.tail[:1] == ("taxservice",)
    is_json = reply.content_type == JSON and reply.body
    if is_json and not json_alone and wants_xml(request.headers.get(b"accept", b"")):
        reply = replace(reply, body=in_xml(reply.body), content_type=XML)
    return packed(reply, request.headers.get(b"accept-encoding", b""))


def _authenticate(world: World, request: ApiRequest) -> tuple[Reply | None, str]:
    """401 without a living token, 403 for another company's, 120 for a demoted person."""
    scheme, _, token = request.headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return unauthorized(world, ""), ""
    connection = world.connections.check(token.strip())
    if connection is None:
        return unauthorized(world, token.strip()), ""
    company = world.companies.get(request.realm)
    if company is None or connection.realm != request.realm or connection.removed:
        return forbidden(world), ""
    if connection.demoted:
        return fault_reply(world, fault("120", NO_ACCESS)), ""
    return None, connection.client_id


def _armed_reply(world: World, request: ApiRequest, armed: Armed) -> Reply:
    name, options = armed.fault, armed.options
    gateway = {
        "unauthorized": lambda: unauthorized(world, "switched"),
        "forbidden_3100": lambda: forbidden(world),
        "throttled": lambda: throttled(
            world, str(options.get("format", world.switches.throttle_format))
        ),
        "unavailable_html": lambda: html_page(int(options.get("status", 503))),
        "empty_body": lambda: Reply(int(options.get("status", 200)), b""),
    }
    if name in gateway:
        return gateway[name]()
    code = gateway_code(armed)
    if code:
        return gateway_reply(world, armed, code)
    problem = _server_error() if name == "server_error" else armed_fault(armed)
    problem = in_language(world.companies[request.realm], problem)
    if request.operation not in READS:
        _log_write(world, request, problem.status)
    if name == "xml_fault":
        return xml_fault_reply(world, problem)
    if name == "fault_in_200" and request.operation == "query":
        # The query page documents a fault inside the answer to a query.
        return json_reply(world, {"QueryResponse": {"Fault": problem.body()}})
    return fault_reply(world, problem, 200 if name == "fault_in_200" else None)


def _server_error() -> QboFault:
    return fault("10000", DETAILS["10000"])


def _log_write(world: World, request: ApiRequest, status: int, *, replayed: bool = False) -> None:
    entry = services.write_entry(request.entity, request.payload, request.operation)
    entry["id"] = request.touched or entry["id"]
    _log(world, request, entry, status, replayed=replayed)


def _log(
    world: World, request: ApiRequest, entry: dict[str, Any], status: int, *, replayed: bool
) -> None:
    kept = {name: value for name, value in entry.items() if name not in ("label", "status")}
    world.log_write(
        {
            "time": world.clock.now().isoformat(timespec="milliseconds"),
            "realm": request.realm,
            **kept,
            "requestid": request.params.get("requestid", ""),
            "replayed": replayed,
            "status": status,
            "intuit_tid": request.tid,
        }
    )


def _log_entry(request: ApiRequest, reply: Reply | None) -> dict[str, Any]:
    return {
        "method": request.method,
        "path": request.path,
        "operation": request.operation,
        "entity": request.described.entity,
        "status": reply.status if reply else 0,
        "realm": request.realm,
        "requestid": request.params.get("requestid", ""),
        "intuit_tid": request.tid,
    }


async def _body(receive: Receive) -> bytes | None:
    """Read the whole body; None when the client died on the way: half a request never acts."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _send(send: Send, reply: Reply, tid: str) -> None:
    headers = [
        (b"content-type", reply.content_type),
        (b"content-length", str(len(reply.body)).encode()),
        (b"intuit_tid", tid.encode()),
        (b"cache-control", b"max-age=0, no-cache, no-store, must-revalidate, private"),
        *reply.headers,
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
