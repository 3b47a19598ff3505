"""One call from request to answer: faults, token, scope, limits, the method, the record of it."""

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox.slack.api.call import Call, require_scope
from sandbox.slack.api.faulty import suffer
from sandbox.slack.api.methods import BY_NAME, DEPRECATED, FOR_PEOPLE
from sandbox.slack.api.record import record
from sandbox.slack.api.registry import Method
from sandbox.slack.api.request import Read, read
from sandbox.slack.errors import SlackError
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Token
from sandbox.slack.world import World


async def handle(world: World, request: Request) -> Response:
    """Answer `/api/<method>`."""
    name = request.path_params["method"]
    found = Read()
    try:
        found = await read(request)
        return await _answer(world, name, found, request)
    except SlackError as error:
        return _refuse(world, name, found, error)


async def _answer(world: World, name: str, found: Read, request: Request) -> Response:
    channel = str(found.args.get("channel") or found.args.get("channel_id") or "")
    fault = world.faults.take(None, method=name, channel=channel)
    if fault is None:
        return await _run(world, name, found)
    if fault.fault.endswith("_before"):
        record(world, name, found.args, fault.fault)
    return await suffer(fault, request, lambda: _try(world, name, found))


async def _try(world: World, name: str, found: Read) -> Response:
    try:
        return await _run(world, name, found)
    except SlackError as error:
        return _refuse(world, name, found, error)


def _refuse(world: World, name: str, found: Read, error: SlackError) -> Response:
    record(world, name, found.args, error.code)
    return _json(world, name, error.body(), error.status, error.headers)


async def _run(world: World, name: str, found: Read) -> Response:
    if name in DEPRECATED:
        raise SlackError("method_deprecated")
    method = BY_NAME.get(name)
    if name in FOR_PEOPLE:
        raise SlackError("not_allowed_token_type" if found.token else "not_authed")
    if method is None:
        # Also the answer for methods Slack has and this sandbox does not; see its page in docs.
        raise SlackError("unknown_method", extra={"req_method": name})
    call = Call(world, name, found.args)
    _authorise(world, method, call, found.token)
    wait = world.limits.method(name, method.tier)
    if wait:
        raise SlackError("ratelimited", status=429, headers={"Retry-After": str(wait)})
    missing = [arg for arg in method.required if not call.given(arg)]
    if missing:
        raise SlackError(
            "invalid_arguments", messages=[f"missing required field: {a}" for a in missing]
        )
    body = {"ok": True, **method.run(call)}
    if found.warning:
        _warn(body, found.warning)
    record(world, name, found.args)
    return _json(world, name, body, 200, {})


def _authorise(world: World, method: Method, call: Call, value: str) -> None:
    """Token present, known, alive, of the right kind, with the right scope; in this order."""
    if method.token == "none":
        return
    if not value:
        raise SlackError("not_authed")
    token = world.tokens.get(value)
    if token is None:
        raise SlackError("invalid_auth")
    if token.revoked:
        raise SlackError(token.refusal)
    if method.token not in {token.kind, "any"}:
        raise SlackError("not_allowed_token_type")
    call.token = token
    if method.scopes:
        require_scope(call, ",".join(method.scopes))


def _warn(body: Json, warning: str) -> None:
    """Add a warning to those the method already gave."""
    metadata = body.setdefault("response_metadata", {})
    metadata.setdefault("warnings", []).append(warning)
    body["warning"] = ",".join(metadata["warnings"])


def _json(world: World, name: str, body: Json, status: int, headers: dict[str, str]) -> Response:
    method = BY_NAME.get(name)
    if status == 500:
        return PlainTextResponse("Internal Server Error", 500)
    scopes = _granted(world, method)
    extra = {"x-slack-req-id": f"{world.call_seq:032x}", "x-oauth-scopes": ",".join(scopes)}
    if method and method.scopes:
        extra["x-accepted-oauth-scopes"] = ",".join(method.scopes)
    return JSONResponse(body, status, {**extra, **headers})


def _granted(world: World, method: Method | None) -> tuple[str, ...]:
    kind = "app" if method and method.token == "app" else "bot"
    tokens: list[Token] = [t for t in world.tokens.values() if t.kind == kind]
    return tokens[0].scopes if tokens else ()
