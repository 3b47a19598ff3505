"""A wire between one process and PostgreSQL, which can be cut for a while."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, Thread

from sqlalchemy import make_url

_CHUNK = 65_536


class Wire:
    """Listens on a free port; while it is cut, open lines are dead and new ones are refused."""

    def __init__(self, database_url: str) -> None:
        url = make_url(database_url)
        self._server = str(Path(str(url.query["host"])) / ".s.PGSQL.5432")
        self._listening = socket.create_server(("127.0.0.1", 0))
        port = self._listening.getsockname()[1]
        here = url.set(host="127.0.0.1", port=port, query={})
        self.url = here.render_as_string(hide_password=False)
        self._lock = Lock()
        self._lines: list[socket.socket] = []
        self._is_cut = False
        Thread(target=self._listen, daemon=True).start()

    def cut(self) -> int:
        """Cut it; how many lines were open."""
        with self._lock:
            self._is_cut = True
            cut, self._lines = self._lines, []
        for line in cut:
            _end(line)
        return len(cut) // 2

    def mend(self) -> None:
        """Let new lines through again."""
        with self._lock:
            self._is_cut = False

    def close(self) -> None:
        """Cut it for good."""
        _end(self._listening)
        self.cut()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listening.accept()
                self._connect(line)

    def _connect(self, line: socket.socket) -> None:
        with self._lock:
            if self._is_cut:
                _end(line)
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._server)
            self._lines += [line, server]
        for one, other in ((line, server), (server, line)):
            Thread(target=_pass_on, args=(one, other), daemon=True).start()


@contextmanager
def wire_to(database_url: str) -> Iterator[Wire]:
    """A wire that is closed afterwards."""
    made = Wire(database_url)
    yield made
    made.close()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(_CHUNK):
            other.sendall(data)
    _end(one)
    _end(other)


def _end(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()
