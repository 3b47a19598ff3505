"""A door to the QuickBooks simulator for one process, which notes when each write ran."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from time import monotonic
from urllib.parse import urlsplit

# What a network costs, so that two writers would meet if they could.
LATENCY_SECONDS = 0.02
_OWN = frozenset({"connection", "transfer-encoding", "content-length", "server", "date"})


@dataclass(frozen=True)
class Call:
    """One write to a company's books."""

    realm: str
    begun: float
    ended: float


@dataclass
class Door:
    """Where the process finds QuickBooks, and what it wrote."""

    url: str
    calls: list[Call] = field(default_factory=list)


@contextmanager
def open_door(api_url: str) -> Iterator[Door]:
    """Listen on a free port and pass everything on."""
    target = urlsplit(api_url)
    door = Door("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._pass_on()

        def do_POST(self) -> None:
            self._pass_on()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on standard error."""

        def _pass_on(self) -> None:
            begun = monotonic()
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            Event().wait(LATENCY_SECONDS)
            line = http.client.HTTPConnection(str(target.hostname), target.port, timeout=30)
            line.request(self.command, self.path, body or None, dict(self.headers.items()))
            reply = line.getresponse()
            answer = reply.read()
            line.close()
            parts = urlsplit(self.path).path.split("/")
            if self.command == "POST" and parts[-1] != "query":
                realm = parts[parts.index("company") + 1]
                door.calls.append(Call(realm, begun, monotonic()))
            self.send_response(reply.status)
            for name, value in reply.getheaders():
                if name.lower() not in _OWN:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A process that was killed does not hear the answer."""

    server = Server(("127.0.0.1", 0), Handler)
    door.url = f"http://127.0.0.1:{server.server_address[1]}{target.path}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield door
    server.shutdown()
    server.server_close()
    thread.join(10)
