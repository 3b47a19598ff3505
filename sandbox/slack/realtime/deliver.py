"""Bringing one payload to the app: over a socket, or as a signed request."""

import asyncio
import uuid

from sandbox.slack.faults import ENVELOPE_FAULTS, Fault
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
    if kind == "interactive" and not world.install.interactivity:
        return Ack(False, 0, None, "interactivity_disabled", "")
    fault = world.faults.take(
        ENVELOPE_FAULTS, type=_fault_type(kind, payload), channel=_channel_of(payload)
    )
    if fault and fault.fault == "late_envelope":
        await asyncio.sleep(fault.seconds)
    if fault and fault.fault == "lost_envelope":
        return Ack(False, 0, None, "lost", "")
    if not world.install.socket_mode:
        return await _by_request(Request(kind, payload, url, attempt, why), world, fault)
    envelope: Json = {
        "envelope_id": str(uuid.uuid4()),
        "payload": payload,
        "type": kind,
        "accepts_response_payload": _accepts(kind, payload),
    }
    if kind == "events_api":
        envelope |= {"retry_attempt": attempt, "retry_reason": why}
    copies = 2 if fault and fault.fault == "duplicate_envelope" else 1
    return await world.hub.send(envelope, ACK_SECONDS, copies)


async def _by_request(request: Request, world: World, fault: Fault | None) -> Ack:
    if not request.url:
        return Ack(False, 0, None, "no_connection", "")
    ack = await send_signed(world, request, ACK_SECONDS)
    if fault and fault.fault == "duplicate_envelope":
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
