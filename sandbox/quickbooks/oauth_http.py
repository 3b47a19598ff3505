"""Intuit's OAuth endpoints: discovery, consent, tokens, revocation, userinfo."""

import base64
import binascii
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.quickbooks.connections import hang_up, stall
from sandbox.quickbooks.consent import consent_page, refusal_page
from sandbox.quickbooks.fault_texts import OAUTH, wording
from sandbox.quickbooks.oauth import (
    ACCESS_SECONDS,
    GRANT_BODIES,
    REFRESH_SECONDS,
    Connection,
    OAuthRefused,
    refused,
)
from sandbox.quickbooks.switched_faults import AFTER, UNANSWERED, Armed, Described
from sandbox.quickbooks.world import World

SCOPES = (
    "com.intuit.quickbooks.accounting",
    "com.intuit.quickbooks.payment",
    "openid",
    "profile",
    "email",
    "phone",
    "address",
)
HARD_EXPIRY_HEADER = "x-include-refresh-token-hard-expires-in"


def routes(world: World) -> list[Route]:
    """The endpoints' routes."""
    endpoints = _Endpoints(world)
    return [
        Route("/.well-known/openid_configuration", endpoints.discovery),
        Route("/.well-known/openid_configuration/", endpoints.discovery),
        Route("/.well-known/openid_sandbox_configuration", endpoints.discovery),
        Route("/.well-known/openid_sandbox_configuration/", endpoints.discovery),
        Route("/connect/oauth2", endpoints.authorize, methods=["GET"]),
        Route("/connect/oauth2", endpoints.decide, methods=["POST"]),
        Route("/oauth2/v1/tokens/bearer", endpoints.token, methods=["POST"]),
        Route("/v2/oauth2/tokens/revoke", endpoints.revoke, methods=["POST"]),
        Route("/v1/openid_connect/userinfo", endpoints.userinfo, methods=["GET"]),
        Route("/op/v1/jwks", endpoints.jwks, methods=["GET"]),
    ]


class _Endpoints:
    """Handlers bound to one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def discovery(self, _request: Request) -> Response:
        """Where everything is."""
        base = self._world.base_url
        return JSONResponse(
            {
                "issuer": f"{base}/op/v1",
                "authorization_endpoint": f"{base}/connect/oauth2",
                "token_endpoint": f"{base}/oauth2/v1/tokens/bearer",
                "userinfo_endpoint": f"{base}/v1/openid_connect/userinfo",
                "revocation_endpoint": f"{base}/v2/oauth2/tokens/revoke",
                "jwks_uri": f"{base}/op/v1/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": ["openid", "email", "profile", "address", "phone"],
                "token_endpoint_auth_methods_supported": [
                    "client_secret_post",
                    "client_secret_basic",
                ],
                "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
            }
        )

    async def authorize(self, request: Request) -> Response:
        """The consent page, or an error page when it cannot be trusted to redirect."""
        world, params = self._world, request.query_params
        problem = _untrusted(world, params)
        if problem:
            return HTMLResponse(refusal_page(problem), status_code=400)
        error = _bad_request(params)
        if error:
            return _back(params, {"error": error})
        if world.switches.auto_consent:
            realm = world.switches.auto_consent_realm or world.default_realm()
            if realm not in world.companies:
                return HTMLResponse(refusal_page(f"No company {realm}."), status_code=400)
            return self._granted(params, realm)
        page = consent_page(
            world.connections.app_name,
            [(c.realm, c.name) for c in world.companies.values()],
            dict(params),
        )
        return HTMLResponse(page)

    async def decide(self, request: Request) -> Response:
        """Connect or Cancel was pressed."""
        form = {key: str(value) for key, value in (await request.form()).items()}
        problem = _untrusted(self._world, form)
        if problem:
            return HTMLResponse(refusal_page(problem), status_code=400)
        if form.get("decision") != "connect":
            return _back(form, {"error": "access_denied"})
        realm = form.get("realm", "")
        if realm not in self._world.companies:
            return HTMLResponse(refusal_page("Choose a company first."), status_code=400)
        return self._granted(form, realm)

    def _granted(self, params: Any, realm: str) -> Response:
        world = self._world
        code = world.connections.issue_code(
            realm,
            params["redirect_uri"],
            params.get("scope", ""),
            world.companies[realm].user,
        )
        return _back(params, {"code": code, "realmId": realm})

    async def token(self, request: Request) -> Response:
        """authorization_code and refresh_token grants."""
        world = self._world
        tid = world.tid()
        try:
            form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
            armed = await self._armed(request, form)
            self._client(request, form)
            connection, access = self._grant(form)
            if armed is not None:
                await _break(request, armed)
            wanted = request.headers.get(HARD_EXPIRY_HEADER, "").lower() == "true"
            reply: Response = JSONResponse(
                _token_body(world, connection, access, hard=wanted),
                headers={"cache-control": "no-cache, no-store"},
            )
        except OAuthRefused as problem:
            reply = JSONResponse(problem.body, status_code=problem.status)
        reply.headers["intuit_tid"] = tid
        world.log_request(
            {
                "method": "POST",
                "path": request.url.path,
                "operation": "token",
                "entity": "",
                "status": reply.status_code,
                "realm": "",
                "requestid": "",
                "intuit_tid": tid,
            }
        )
        return reply

    async def _armed(self, request: Request, form: dict[str, str]) -> Armed | None:
        """A switched fault for token calls; one that strikes after the grant is handed back."""
        known = self._world.connections.by_refresh.get(form.get("refresh_token", ""))
        armed = self._world.faults.take(
            Described(
                realm=known.realm if known else "",
                operation="token",
                method="POST",
                path=request.url.path,
            )
        )
        if armed is None or armed.fault in AFTER:
            return armed
        if armed.fault in UNANSWERED:
            await _break(request, armed)
        if armed.fault == "invalid_grant":
            shape = int(armed.options.get("body", self._world.switches.invalid_grant_body))
            raise OAuthRefused(400, GRANT_BODIES[shape])
        if armed.fault == "invalid_client":
            raise refused("invalid_client", status=int(armed.options.get("status", 401)))
        if armed.fault == "throttled":
            raise refused("temporarily_unavailable", "throttled", 429)
        words = wording(armed.fault.removeprefix("code:"), int(armed.options.get("variant", 1)))
        if words is not None and words.kind == OAUTH:
            raise refused(words.message, words.detail, words.status)
        raise refused("server_error", armed.fault, int(armed.options.get("status", 500)))

    def _client(self, request: Request, form: dict[str, str]) -> None:
        """The app's keys, by Basic header or in the body."""
        given = _basic(request.headers.get("authorization", "")) or (
            form.get("client_id", ""),
            form.get("client_secret", ""),
        )
        mine = (self._world.connections.client_id, self._world.connections.client_secret)
        if given != mine:
            raise refused("invalid_client", status=401)

    def _grant(self, form: dict[str, str]) -> tuple[Connection, str]:
        kind = form.get("grant_type")
        connections = self._world.connections
        if not kind:
            raise refused("invalid_request", "grant_type is missing")
        if kind == "authorization_code":
            code = form.get("code")
            if not code:
                raise refused("invalid_request", "code is missing")
            return connections.exchange(code, form.get("redirect_uri", ""))
        if kind == "refresh_token":
            token = form.get("refresh_token")
            if not token:
                raise refused("invalid_request", "refresh_token is missing")
            return connections.refresh(token, self._world.switches)
        raise refused("unsupported_grant_type")

    async def revoke(self, request: Request) -> Response:
        """End the connection of either of its tokens."""
        world = self._world
        headers = {"intuit_tid": world.tid()}
        raw = (await request.body()).decode("utf-8", "replace")
        try:
            form = json.loads(raw) if raw.lstrip().startswith("{") else dict(parse_qsl(raw))
            self._client(request, form)
        except (ValueError, OAuthRefused) as problem:
            status = problem.status if isinstance(problem, OAuthRefused) else 400
            error = "invalid_client" if status == 401 else "invalid_request"
            return JSONResponse({"error": error}, status_code=status, headers=headers)
        token = form.get("token")
        if not token or not world.connections.revoke(str(token)):
            return JSONResponse({"error": "invalid_request"}, status_code=400, headers=headers)
        return Response(status_code=200, headers=headers)

    async def userinfo(self, request: Request) -> Response:
        """Who consented."""
        world = self._world
        _, _, token = request.headers.get("authorization", "").partition(" ")
        connection = world.connections.check(token.strip())
        headers = {"intuit_tid": world.tid()}
        if connection is None or "openid" not in connection.scope.split():
            headers["www-authenticate"] = 'Bearer realm="Intuit", error="invalid_token"'
            return JSONResponse({"error": "invalid_token"}, status_code=401, headers=headers)
        given, _, family = connection.user.partition(" ")
        address = f"{given}.{family}@example.com".lower()
        return JSONResponse(
            {
                "sub": f"sub-{connection.realm}",
                "givenName": given,
                "familyName": family,
                "email": address,
                "emailVerified": True,
            },
            headers=headers,
        )

    async def jwks(self, _request: Request) -> Response:
        """No id tokens are signed here, so there are no keys."""
        return JSONResponse({"keys": []})


async def _break(request: Request, armed: Armed) -> None:
    """Keep the caller waiting if the fault says so, then cut the connection."""
    await stall(request.scope, armed.fault, armed.options.get("seconds"))
    await hang_up(request.scope)


def _untrusted(world: World, params: Any) -> str:
    """Why the browser must not be sent back, or an empty text."""
    if params.get("client_id") != world.connections.client_id:
        return "The client_id of this request belongs to no app."
    where = urlsplit(params.get("redirect_uri") or "")
    if where.hostname not in ("127.0.0.1", "localhost") or where.scheme not in ("http", "https"):
        return (
            "The redirect_uri query parameter value is invalid. Development apps go to localhost."
        )
    return ""


def _bad_request(params: Any) -> str:
    if params.get("response_type") != "code":
        return "unsupported_response_type"
    wanted = (params.get("scope") or "").split()
    if not wanted or any(scope not in SCOPES for scope in wanted):
        return "invalid_scope"
    return ""


def _back(params: Any, extra: dict[str, str]) -> Response:
    state = params.get("state")
    sent = {**extra, **({"state": state} if state else {})}
    target = params["redirect_uri"]
    joint = "&" if "?" in target else "?"
    return RedirectResponse(f"{target}{joint}{urlencode(sent)}", status_code=302)


def _basic(header: str) -> tuple[str, str] | None:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ("", "")
    name, _, secret = decoded.partition(":")
    return name, secret


def _token_body(world: World, connection: Connection, access: str, *, hard: bool) -> dict[str, Any]:
    body: dict[str, Any] = {
        "token_type": "bearer",
        "access_token": access,
        "refresh_token": connection.refresh_token,
        "expires_in": ACCESS_SECONDS,
        "x_refresh_token_expires_in": REFRESH_SECONDS,
    }
    if hard:
        left = connection.hard_end - world.clock.now()
        body["x_refresh_token_hard_expires_in"] = max(0, int(left.total_seconds()))
    return body
