"""Lets a simulated fault break a client's connection without an answer."""

import asyncio
import socket
import struct
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

DEFAULT_TIMEOUT = 30.0
# Between two bytes of an answer that trickles, and for how long at most, in seconds.
DEFAULT_PAUSE, _LONGEST = 1.0, 600.0
_BEGUN = b"HTTP/1.1 200 OK\r\nX-Wait: "
_OPEN: dict[tuple[str, int], asyncio.Transport] = {}


class ReachableProtocol(H11Protocol):
    """uvicorn's HTTP protocol, with its transport findable by the client's address."""

    def connection_made(self, transport: Any) -> None:
        """Remember the transport."""
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        if peer:
            _OPEN[(peer[0], peer[1])] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the transport."""
        peer = self.transport.get_extra_info("peername")
        if peer:
            _OPEN.pop((peer[0], peer[1]), None)
        super().connection_lost(exc)


async def stall(scope: Scope, fault: str, seconds: float | None) -> None:
    """Keep whoever asked waiting, as the fault says: without a word, or byte by byte."""
    if fault.startswith("timeout"):
        await asyncio.sleep(DEFAULT_TIMEOUT if seconds is None else seconds)
    elif fault.startswith("trickle"):
        await _trickle(scope, seconds or DEFAULT_PAUSE)


async def _trickle(scope: Scope, pause: float) -> None:
    """Begin an answer and send a byte of its head now and then, until nobody listens any more."""
    transport = _OPEN.get(tuple(scope["client"]))
    if transport is None:
        return
    transport.write(_BEGUN)
    for _ in range(int(_LONGEST / pause)):
        await asyncio.sleep(pause)
        if transport.is_closing():
            return
        transport.write(b".")


async def hang_up(scope: Scope) -> None:
    """Reset the connection the request came on."""
    transport = _OPEN.get(tuple(scope["client"]))
    if transport is None:
        return
    sock = transport.get_extra_info("socket")
    if sock is not None:
        # Linger of zero makes the kernel answer with a reset instead of a polite end.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await asyncio.sleep(0)
