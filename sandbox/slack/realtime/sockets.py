"""Socket Mode: tickets, connections, envelopes out, acknowledgements in."""

import asyncio
import json
import random
import secrets
import time
from dataclasses import dataclass, field
from typing import Protocol

from sandbox.slack.jsontypes import Json

MAX_CONNECTIONS = 10
TICKET_SECONDS = 30.0
CONNECTION_SECONDS = 18_060


class Wire(Protocol):
    """The part of a WebSocket that is used here."""

    async def send_text(self, data: str) -> None:
        """Send one text frame."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        """Close it."""


@dataclass(frozen=True, slots=True)
class Ack:
    """How an envelope or a request ended."""

    acked: bool
    ms: int
    payload: Json | str | None = None
    reason: str = ""
    envelope_id: str = ""
    retry: bool = True


@dataclass(eq=False, slots=True)
class Connection:
    """One open WebSocket of the app."""

    wire: Wire
    number: int
    host: str
    leaving: bool = False


@dataclass(slots=True)
class SocketHub:
    """The connections of the app; every envelope goes to any one of them."""

    connections: list[Connection] = field(default_factory=list)
    tickets: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    opened: int = 0
    log: list[Json] = field(default_factory=list)

    def new_ticket(self) -> str:
        """A ticket for one connection."""
        ticket = secrets.token_hex(16)
        self.tickets[ticket] = time.monotonic()
        return ticket

    def use_ticket(self, ticket: str) -> bool:
        """True when the ticket was issued lately and not used yet."""
        made = self.tickets.pop(ticket, None)
        return made is not None and time.monotonic() - made < TICKET_SECONDS

    async def join(self, wire: Wire, app_id: str) -> Connection | None:
        """Greet a new connection; None when there are too many already."""
        host = f"applink-{secrets.token_hex(4)}"
        if len(self.connections) >= MAX_CONNECTIONS:
            await _say(wire, _disconnect("too_many_websockets", host))
            return None
        self.opened += 1
        connection = Connection(wire, self.opened, host)
        self.connections.append(connection)
        await _say(
            wire,
            {
                "type": "hello",
                "num_connections": len(self.connections),
                "debug_info": {
                    "host": host,
                    "build_number": 1,
                    "approximate_connection_time": CONNECTION_SECONDS,
                },
                "connection_info": {"app_id": app_id},
            },
        )
        return connection

    def leave(self, connection: Connection) -> None:
        """Forget a closed connection."""
        if connection in self.connections:
            self.connections.remove(connection)

    def receive(self, text: str) -> None:
        """Take an acknowledgement; anything else a client sends is ignored, as Slack does."""
        try:
            frame = json.loads(text)
        except ValueError:
            return
        if not isinstance(frame, dict):
            return
        waiting = self.waiting.get(str(frame.get("envelope_id", "")))
        if waiting and not waiting.done():
            waiting.set_result(frame)

    def pick(self) -> Connection | None:
        """Any connection that is not being closed."""
        ready = [c for c in self.connections if not c.leaving]
        return random.choice(ready) if ready else None

    async def send(self, envelope: Json, timeout: float, copies: int = 1) -> Ack:
        """Deliver an envelope and wait for its acknowledgement, at most `timeout` seconds."""
        envelope_id = str(envelope["envelope_id"])
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self.waiting[envelope_id] = answer
        start = time.monotonic()
        try:
            for _ in range(copies):
                connection = self.pick()
                if connection is None:
                    return Ack(False, 0, None, "no_connection", envelope_id)
                await self._write(connection, envelope)
            frame = await asyncio.wait_for(answer, timeout)
        except TimeoutError:
            return Ack(False, _since(start), None, "timeout", envelope_id)
        finally:
            self.waiting.pop(envelope_id, None)
        return Ack(True, _since(start), frame.get("payload"), "", envelope_id)

    async def _write(self, connection: Connection, envelope: Json) -> None:
        try:
            await _say(connection.wire, envelope)
        except (RuntimeError, OSError):
            # The peer went away between pick and write; the person's wait runs out, as in life.
            self.leave(connection)

    async def disconnect(self, reason: str, close_after: float) -> int:
        """Tell every connection to go; returns how many there were."""
        targets = list(self.connections)
        for connection in targets:
            await self._write(connection, _disconnect(reason, connection.host))
            connection.leaving = reason == "link_disabled"
        if targets:
            await asyncio.sleep(close_after)
        for connection in targets:
            await self._close(connection)
        return len(targets)

    async def drop(self) -> int:
        """Close every connection without a word; returns how many there were."""
        targets = list(self.connections)
        for connection in targets:
            await self._close(connection)
        return len(targets)

    async def _close(self, connection: Connection) -> None:
        self.leave(connection)
        try:
            await connection.wire.close(1001)
        except RuntimeError:
            return


async def _say(wire: Wire, frame: Json) -> None:
    await wire.send_text(json.dumps(frame, ensure_ascii=False))


def _disconnect(reason: str, host: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": host}}


def _since(start: float) -> int:
    return round((time.monotonic() - start) * 1000)
