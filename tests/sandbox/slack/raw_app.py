"""The smallest possible Socket Mode app: a raw WebSocket that shows every frame."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.sandbox.slack.harness import Slack, eventually

Answer = Callable[[dict[str, Any]], Any]
SILENT = object()


class RawApp:
    """Acknowledges every envelope, with the payload `answer` gives (SILENT: not at all)."""

    def __init__(self, ws: ClientConnection) -> None:
        self.ws = ws
        self.frames: list[dict[str, Any]] = []
        self.answer: Answer = lambda _envelope: None
        self.closed = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with suppress(ConnectionClosed):
            for text in self.ws:
                frame = json.loads(text)
                self.frames.append(frame)
                if "envelope_id" in frame:
                    self._acknowledge(frame)
        self.closed = True

    def _acknowledge(self, frame: dict[str, Any]) -> None:
        payload = self.answer(frame)
        if payload is SILENT:
            return
        reply = {"envelope_id": frame["envelope_id"]}
        if payload is not None:
            reply["payload"] = payload
        self.ws.send(json.dumps(reply))

    def envelopes(self, kind: str = "") -> list[dict[str, Any]]:
        """Envelopes so far whose type, or whose payload's type, is `kind`."""
        rows = [frame for frame in self.frames if "envelope_id" in frame]
        return [
            row
            for row in rows
            if kind in {"", row["type"], row["payload"].get("type")}
            or row["payload"].get("event", {}).get("type") == kind
        ]

    def wait_for(self, kind: str) -> dict[str, Any]:
        """The first envelope of a kind, waited for."""
        return eventually(lambda: self.envelopes(kind))[0]

    def stop(self) -> None:
        """Close and wait for the reader."""
        self.ws.close()
        self._thread.join(5)


@contextmanager
def raw_app(slack: Slack) -> Iterator[RawApp]:
    """A connected raw app that has been greeted."""
    url = slack.api("apps.connections.open", slack.app_token).json()["url"]
    with connect(url, proxy=None) as ws:
        app = RawApp(ws)
        try:
            eventually(lambda: app.frames)
            yield app
        finally:
            app.stop()
