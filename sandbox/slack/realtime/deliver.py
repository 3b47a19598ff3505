"""Bringing one payload to the app: over a socket, or as a signed request."""

import asyncio
import uuid

from sandbox.slack.faults import ENVELOPE_FAULTS
from sandbox.slack.jsontypes import Json
from sandbox.slack.realtime.signed import Request, send_signed
from sandbox.slack.realtime.sockets import Ack
from sandbox.slack.world import World

ACK_SECONDS = 3.0
_TAKES_PAYLOAD = frozenset({"view_submission", "block_suggestion"})


async def deliver(
    world: World,
    kind: str,
    payload: Json,
    *,
    url: str = "",
    attempt: int = 0,
    why: str = "",
) -> Ack:
    """Deliver and wait for the acknowledgement, at most three seconds.

    `kind` is slash_commands, interactive or events_api. With socket mode on, only sockets are
    used; otherwise `url`, the request address of the manifest.
    """
    request = Request(kind, payload, url, attempt, why)
    if kind == "interactive" and not world.install.interactivity:
        return Ack(False, 0, None, "interactivity_disabled", "")
    fault = world.faults.take(
        ENVELOPE_FAULTS, type=_fault_type(kind, payload), channel=_channel_of(payload)
    )
    if fault and fault.fault == "late_envelope":
        await asyncio.sleep(min(fault.seconds, ACK_SECONDS))
        if fault.seconds >= ACK_SECONDS:
            # The person has given up; the app still hears of it, with a dead trigger_id.
            world.spawn(_later(world, request, fault.seconds - ACK_SECONDS))
            return Ack(False, round(ACK_SECONDS * 1000), None, "timeout", "")
    if fault and fault.fault == "lost_envelope":
        return Ack(False, 0, None, "lost", "")
    copies = 2 if fault and fault.fault == "duplicate_envelope" else 1
    return await _carry(world, request, copies)


async def _later(world: World, request: Request, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await _carry(world, request, 1)


async def _carry(world: World, request: Request, copies: int) -> Ack:
    """By socket or by request, whatever the app is installed for."""
    if not world.install.socket_mode:
        return await _by_request(world, request, copies)
    envelope: Json = {
        "envelope_id": str(uuid.uuid4()),
        "payload": request.payload,
        "type": request.kind,
        "accepts_response_payload": _accepts(request.kind, request.payload),
    }
    if request.kind == "events_api":
        envelope |= {"retry_attempt": request.attempt, "retry_reason": request.why}
    return await world.hub.send(envelope, ACK_SECONDS, copies)


async def _by_request(world: World, request: Request, copies: int) -> Ack:
    if not request.url:
        return Ack(False, 0, None, "no_connection", "")
    ack = await send_signed(world, request, ACK_SECONDS)
    for _ in range(copies - 1):
        await send_signed(world, request, ACK_SECONDS)
    return ack


def _accepts(kind: str, payload: Json) -> bool:
    if kind == "interactive":
        return payload.get("type") in _TAKES_PAYLOAD
    return kind == "slash_commands"


def _fault_type(kind: str, payload: Json) -> str:
    """What a fault's `match.type` is compared with: the interaction's or event's own type."""
    if kind == "events_api":
        return str(payload.get("event", {}).get("type", ""))
    return "command" if kind == "slash_commands" else str(payload.get("type", ""))


def _channel_of(payload: Json) -> str:
    channel = payload.get("channel")
    if isinstance(channel, dict):
        return str(channel.get("id", ""))
    return str(payload.get("channel_id", ""))
