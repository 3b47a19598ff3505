"""Socket Mode: Slack's envelopes over a WebSocket that this process opens (facts: Slack, 6).

1. `apps.connections.open` gives a one-time address; the connection says `hello`.
2. Every envelope is handed to a pool thread, dispatched through Bolt and acknowledged on the
   connection it came by.
3. A `disconnect` frame means that another connection must be opened: the old one goes on being
   read until Slack closes it, so that no press falls between the two.
4. A lost connection is opened again after a short, growing, jittered wait.
"""

import json
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from http.client import HTTPException
from threading import Event, Lock, Thread

import structlog
from slack_bolt import App, BoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError, SlackClientError
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from bot.clock import Clock
from bot.domain import Payload

log = structlog.get_logger(__name__)

FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 30.0
# Socket Mode was switched off in the app's settings: trying often does not help.
DISABLED_WAIT_SECONDS = 60.0
THREADS = 20
PING_SECONDS = 10.0
STOP_SECONDS = 5.0


class SocketDoor:
    """Keeps one Socket Mode connection open from `start` to `stop`."""

    def __init__(self, app: App, app_token: str, clock: Clock) -> None:
        self._app = app
        self._token = app_token
        self._clock = clock
        self._stopping = Event()
        self._renew = Event()
        self._lock = Lock()
        self._live: set[ClientConnection] = set()
        self._ready: set[ClientConnection] = set()
        self._threads: list[Thread] = []
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="slack-envelope")
        self._keeper = Thread(target=self._keep, name="slack-socket", daemon=True)
        self._wait = FIRST_WAIT_SECONDS
        self.connections = 0
        self.last_envelope_at: datetime | None = None

    def start(self) -> None:
        """Begin to connect, in a thread of its own; never raises."""
        self._renew.set()
        self._keeper.start()

    def stop(self) -> None:
        """Close the connection, let the envelopes under way be answered, end the threads."""
        self._stopping.set()
        self._renew.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            live = list(self._live)
        for connection in live:
            connection.close()
        for thread in [self._keeper, *self._threads]:
            if thread.is_alive():
                thread.join(STOP_SECONDS)

    def is_connected(self) -> bool:
        """Say whether Slack greeted a connection that is still open."""
        with self._lock:
            return bool(self._ready)

    def _keep(self) -> None:
        while not self._stopping.is_set():
            self._renew.wait()
            self._renew.clear()
            while not self._stopping.is_set() and not self._live:
                wait = self._open()
                if wait:
                    self._stopping.wait(wait * random.uniform(0.7, 1.3))

    def _open(self) -> float:
        """Open one connection; gives the seconds to wait before the next try, 0 when it is up."""
        stack = ExitStack()
        try:
            reply = self._app.client.apps_connections_open(app_token=self._token)
            connection = stack.enter_context(
                connect(
                    str(reply["url"]),
                    open_timeout=10,
                    close_timeout=1,
                    ping_interval=PING_SECONDS,
                    ping_timeout=PING_SECONDS * 2,
                    max_size=8 * 1024 * 1024,
                )
            )
        except (OSError, HTTPException, SlackClientError, WebSocketException) as error:
            log.warning("slack socket not opened", reason=_reason(error))
            self._wait = min(self._wait * 2, LONGEST_WAIT_SECONDS)
            return max(self._wait, _retry_after(error))
        with self._lock:
            self._live.add(connection)
        reader = Thread(
            target=self._read, args=(connection, stack), name="slack-reader", daemon=True
        )
        self._threads = [thread for thread in self._threads if thread.is_alive()] + [reader]
        reader.start()
        return 0.0

    def _read(self, connection: ClientConnection, stack: ExitStack) -> None:
        try:
            for frame in connection:
                self._frame(connection, json.loads(frame))
        except (ConnectionClosed, OSError, ValueError, RuntimeError) as error:
            log.info("slack socket ended", reason=_reason(error))
        finally:
            with self._lock:
                self._live.discard(connection)
                self._ready.discard(connection)
                alone = not self._live
            stack.close()
            if alone:
                self._again(FIRST_WAIT_SECONDS)

    def _frame(self, connection: ClientConnection, frame: Payload) -> None:
        kind = frame.get("type")
        if kind == "hello":
            self.connections = int(frame.get("num_connections") or 1)
            self._wait = FIRST_WAIT_SECONDS
            with self._lock:
                self._ready.add(connection)
        elif kind == "disconnect":
            self._leave(connection, str(frame.get("reason") or ""))
        elif frame.get("envelope_id"):
            self.last_envelope_at = self._clock.now()
            if not self._stopping.is_set():
                self._pool.submit(self._dispatch, connection, frame)

    def _leave(self, connection: ClientConnection, reason: str) -> None:
        log.info("slack asks for a new socket", reason=reason)
        with self._lock:
            self._live.discard(connection)
        self._again(DISABLED_WAIT_SECONDS if reason == "link_disabled" else 0.0)

    def _again(self, seconds: float) -> None:
        if seconds:
            self._stopping.wait(seconds)
        self._renew.set()

    def _dispatch(self, connection: ClientConnection, frame: Payload) -> None:
        try:
            request = BoltRequest(
                mode="socket_mode", body=frame.get("payload") or {}, headers=_headers(frame)
            )
            reply: BoltResponse = self._app.dispatch(request)
            if reply.status == 200:
                connection.send(json.dumps(_acknowledgement(frame, reply)))
            else:
                log.warning("envelope not acknowledged", kind=frame.get("type"))
        except ConnectionClosed:
            log.info("slack socket ended before an acknowledgement")
        except Exception:  # marked border: Slack's door outlives any envelope
            log.exception("envelope failed", kind=frame.get("type"))


def _headers(frame: Payload) -> dict[str, str | Sequence[str]]:
    """Give retries the header names of the HTTP mode, as Bolt does."""
    headers: dict[str, str | Sequence[str]] = {}
    if frame.get("retry_attempt") is not None:
        headers["x-slack-retry-num"] = str(frame["retry_attempt"])
    if frame.get("retry_reason") is not None:
        headers["x-slack-retry-reason"] = str(frame["retry_reason"])
    return headers


def _acknowledgement(frame: Payload, reply: BoltResponse) -> Payload:
    found: Payload = {"envelope_id": frame["envelope_id"]}
    if not reply.body:
        return found
    kind = (reply.headers.get("content-type") or [""])[0]
    found["payload"] = (
        json.loads(reply.body) if kind.startswith("application/json") else {"text": reply.body}
    )
    return found


def _retry_after(error: Exception) -> float:
    if not isinstance(error, SlackApiError):
        return 0.0
    headers = getattr(error.response, "headers", {}) or {}
    given = str(headers.get("Retry-After") or "0")
    return float(given) if given.isdecimal() else 0.0


def _reason(error: Exception) -> str:
    """A word for the log; addresses of connections hold tickets and stay out of it."""
    if isinstance(error, SlackApiError):
        return str(error.response.get("error") or type(error).__name__)
    return type(error).__name__
