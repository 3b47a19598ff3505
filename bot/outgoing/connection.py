"""The connection to a callback: only to an address that was checked, and never for longer."""

import ssl
from collections.abc import Iterable
from functools import cache
from time import monotonic
from typing import Any

import httpcore
import httpx

from bot.outgoing.addresses import allowed

TOTAL_SECONDS = 10.0
_KEEPALIVE_SECONDS = 15.0


class Unreachable(httpcore.ConnectError):
    """No connection is made; `words` say why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Guard(httpcore.NetworkBackend):
    """Looks up where a name leads, and connects to what it found and nowhere else.

    Between the look and the connection the name is not looked up again: that is how a name that
    leads to two places in turn would get past a check.
    """

    def __init__(self, *, private: bool) -> None:
        self._private = private
        self._inner = httpcore.SyncBackend()
        self._end = 0.0
        self._plain = False

    def begin(self, *, plain: bool) -> None:
        """Before each request: its time runs from now."""
        self._end = monotonic() + TOTAL_SECONDS
        self._plain = plain

    def left(self) -> float:
        """Seconds left of the request's time. Raises httpcore.ReadTimeout."""
        seconds = self._end - monotonic()
        if seconds <= 0:
            raise httpcore.ReadTimeout
        return seconds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of a host that may be and answers."""
        del timeout
        found, why = allowed(host, port, private=self._private, plain=self._plain)
        failure: httpcore.NetworkError | httpcore.TimeoutException = Unreachable(why)
        for address in found:
            try:
                stream = self._inner.connect_tcp(
                    address, port, self.left(), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Timed(stream, self)
        raise failure


class _Timed(httpcore.NetworkStream):
    """A stream whose every step has what is left of the whole time, however little comes."""

    def __init__(self, inner: httpcore.NetworkStream, guard: Guard) -> None:
        self._inner = inner
        self._guard = guard

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        return self._inner.read(max_bytes, self._guard.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        self._inner.write(buffer, self._guard.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        del timeout
        made = self._inner.start_tls(ssl_context, server_hostname, self._guard.left())
        return _Timed(made, self._guard)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


@cache
def trusted() -> ssl.SSLContext:
    """The certificates that are trusted; SSL_CERT_FILE names others, as everywhere."""
    return httpx.create_ssl_context()


def pool(guard: Guard) -> httpcore.ConnectionPool:
    """One connection that is used again while the other side keeps it open."""
    return httpcore.ConnectionPool(
        ssl_context=trusted(),
        max_connections=1,
        keepalive_expiry=_KEEPALIVE_SECONDS,
        network_backend=guard,
    )
