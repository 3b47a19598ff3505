"""Ending a connection without an answer, for faults that lose a reply."""

import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
_KEY = "sandbox.transport"
_LINGER_NOT = struct.pack("ii", 1, 0)


class HangUpMiddleware:
    """Makes the connection's transport reachable from a request.

    ASGI has no word for hanging up: uvicorn's protocol object owns the `send` callable.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note the transport and go on."""
        if scope["type"] == "http":
            scope[_KEY] = getattr(getattr(send, "__self__", None), "transport", None)
        await self._app(scope, receive, send)


def hang_up(request: Request, *, reset: bool) -> Response:
    """End the connection now; `reset` does it with a TCP reset. The response goes nowhere."""
    transport = request.scope.get(_KEY)
    if transport is not None:
        if reset:
            wire = transport.get_extra_info("socket")
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        transport.abort()
    return Response(status_code=500)
