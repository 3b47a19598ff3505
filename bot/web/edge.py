"""What surrounds every request: security headers, and the border where errors end."""

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


class Edge:
    """Adds the headers; an error nobody expected ends here, as a log line."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", _NO_CONTENT)
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        except Exception:  # marked border: the answer was one sentence (guard.answer_sorry)
            log.exception("web request crashed", method=scope["method"], path=_route(scope))


def _route(scope: Scope) -> str:
    """The route's pattern: a path itself may hold a reconnect secret."""
    return str(getattr(scope.get("route"), "path", "unknown"))
