"""What surrounds every request: security headers, and one border where no error passes raw."""

import json

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger(__name__)

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_NO_CONTENT = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
SORRY = "Something went wrong on our side. It is in the bot's log; please try again."


class Edge:
    """Adds the headers; turns an unexpected error into one sentence and a log line."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", _NO_CONTENT)
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        except Exception:  # marked border: no error of the web edge passes raw
            log.exception("web request crashed", method=scope["method"], path=_route(scope))
            if not begun:
                await _answer_sorry(guarded)


def _route(scope: Scope) -> str:
    """The route's pattern: a path itself may hold a reconnect secret."""
    return str(getattr(scope.get("route"), "path", "unknown"))


async def _answer_sorry(send: Send) -> None:
    body = json.dumps({"error": SORRY}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": body})
