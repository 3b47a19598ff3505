"""One time-out for a whole reply: for its head as for its body.

Python's own time-out is one for each single read. A server, or a proxy before it, that sends a byte
now and then keeps every read short and never ends: the turn of a sync would hang for ever.
"""

import io
import time
from contextlib import suppress
from http.client import HTTPResponse
from socket import socket
from typing import Any


class _Bytes(io.RawIOBase):
    """What comes in on a connection, all of it within the connection's time-out from now on."""

    def __init__(self, sock: socket) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._usual = sock.gettimeout()
        self._until = None if self._usual is None else time.monotonic() + self._usual

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read what is there. Raises TimeoutError when the whole takes too long."""
        if self._until is not None:
            left = self._until - time.monotonic()
            if left <= 0:
                msg = "the reply comes too slowly"
                raise TimeoutError(msg)
            self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        """Leave the connection as it was: the next request goes over it too."""
        if not self.closed:
            with suppress(OSError):
                self._sock.settimeout(self._usual)
            self._raw.close()
        super().close()


class _Source:
    """What http.client asks of a socket to read a reply from."""

    def __init__(self, sock: socket) -> None:
        self._sock = sock

    def makefile(self, _mode: str) -> io.BufferedReader:
        """The reply's bytes."""
        return io.BufferedReader(_Bytes(self._sock))


class TimedReply(HTTPResponse):
    """A reply that has to be there, whole, within its connection's time-out."""

    def __init__(self, sock: socket, *args: Any, **options: Any) -> None:
        super().__init__(_Source(sock), *args, **options)  # type: ignore[arg-type]  # makefile alone
