"""uvicorn in a thread of the bot's process."""

import socket
from threading import Thread

import uvicorn
from starlette.types import ASGIApp

from bot.errors import BotError

_BACKLOG = 512
_CLOSE_SECONDS = 3


class WebServer:
    """The web edge while it listens."""

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        """Take the port at once, so that a port in use stops the start with a sentence."""
        self._socket = _listen(host, port)
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=_CLOSE_SECONDS,
        )
        self._server = uvicorn.Server(config)
        self._thread = Thread(
            target=self._server.run, args=([self._socket],), name="web", daemon=True
        )

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the requests under way and close."""
        self._server.should_exit = True
        if self._thread.ident is None:
            self._socket.close()
        else:
            # The thread closes the socket itself: taking it away would break its last requests.
            self._thread.join(_CLOSE_SECONDS + 5)

    @property
    def alive(self) -> bool:
        """Say whether it still serves."""
        return self._thread.is_alive()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio only then switches Nagle's algorithm off.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        msg = f"The web edge cannot listen on {host}:{port}: {error.strerror}. Set WEB_PORT."
        raise BotError(msg) from None
    listening.listen(_BACKLOG)
    return listening
