"""The Events API: what happened in the workspace, to an app that subscribed and may see it."""

import asyncio
import re
import time

from sandbox.slack import ids, shapes
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Channel, Message
from sandbox.slack.realtime.deliver import deliver
from sandbox.slack.world import World

RETRIES = 3
_REASONS = {"timeout": "http_timeout", "connection_failed": "connection_failed"}
# What an app must hold to hear of it, by the beginning of the event's name; {kind} is the word
# of the channel's kind. Nothing listed = no scope.
_SCOPES = (
    ("message.", "{kind}:history"),
    ("app_mention", "app_mentions:read"),
    ("reaction_", "reactions:read"),
    ("pin_", "pins:read"),
    ("file_", "files:read"),
    ("member_", "{kind}:read"),
    ("channel_", "channels:read"),
    ("group_", "groups:read"),
    ("user_", "users:read"),
    ("team_join", "users:read"),
    ("subteam_", "usergroups:read"),
    ("link_shared", "links:read"),
)
_URL = re.compile(r"https?://([^\s/<>|:]+)[^\s<>|]*")


def wanted(world: World, subscription: str, channel: Channel | None = None) -> bool:
    """True when the app subscribed to an event and holds its scope."""
    if subscription not in world.install.bot_events:
        return False
    for start, scope in _SCOPES:
        if subscription.startswith(start):
            kind = channel.kind if channel else "channels"
            return scope.format(kind=kind) in world.install.scopes
    return True


def emit(world: World, subscription: str, event: Json, inside: Channel | None = None) -> None:
    """Send an event to an app that may have it; `inside` = only members of that channel."""
    if not wanted(world, subscription, inside):
        return
    if inside is not None and world.bot_user_id not in inside.members:
        return
    shared = inside is not None and inside.is_ext_shared
    world.spawn(_send(world, _callback(world, event, shared=shared)))


def channel_event(world: World, channel: Channel, what: str, **more: object) -> None:
    """channel_… for public channels, group_… for private ones the app is in."""
    if not channel.is_private:
        name = f"channel_{what}"
        emit(world, name, {"type": name, "channel": channel.id, **more})
        return
    name = f"group_{what}"
    emit(world, name, {"type": name, "channel": channel.id, **more}, channel)


def _callback(world: World, event: Json, *, shared: bool = False) -> Json:
    now = time.time()
    stamped = {"event_ts": f"{now:.6f}", **event}
    return {
        "token": world.verification_token,
        "team_id": world.team_id,
        "context_team_id": world.team_id,
        "context_enterprise_id": None,
        "api_app_id": world.app_id,
        "event": stamped,
        "type": "event_callback",
        "event_id": ids.opaque("Ev"),
        "event_time": int(now),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": world.team_id,
                "user_id": world.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": f"4-{ids.opaque('')}",
    }


async def _send(world: World, callback: Json) -> None:
    """Deliver with three retries: at once, after a minute, after five."""
    why = ""
    for attempt in range(RETRIES + 1):
        if attempt:
            await asyncio.sleep(world.lifetimes[f"event_retry_{attempt}"])
        ack = await deliver(
            world, "events_api", callback, url=world.install.event_url, attempt=attempt, why=why
        )
        if ack.acked or not ack.retry or ack.reason in {"request_url_not_local", "lost"}:
            return
        why = _REASONS.get(ack.reason, "http_error")
        if world.install.socket_mode:
            why = "timeout"


def earlier(world: World, channel: Channel, message: Message) -> Json | None:
    """What a message says before it changes, for an app that will hear of the change."""
    if not wanted(world, f"message.{channel.kind}", channel):
        return None
    return shapes.api_message(world, message, metadata=True)


def message_event(
    world: World,
    channel: Channel,
    message: Message,
    change: str = "",
    before: Json | None = None,
) -> None:
    """message.channels / .groups / .im / .mpim; for a person's words also mentions and links."""
    subscription = f"message.{channel.kind}"
    if wanted(world, subscription, channel):
        event = _change(world, channel, message, change, before) if change else {}
        emit(world, subscription, event or _whole(world, channel, message), channel)
    if change or message.by_app or message.subtype.startswith(("channel_", "group_")):
        return
    if f"<@{world.bot_user_id}>" in message.text and world.bot_user_id in channel.members:
        shown = shapes.api_message(world, message, metadata=True)
        mention = {**shown, "type": "app_mention", "channel": channel.id}
        emit(world, "app_mention", mention, channel)
    _links(world, channel, message)


def _whole(world: World, channel: Channel, message: Message) -> Json:
    shown = shapes.api_message(world, message, metadata=True)
    return {**shown, "channel": channel.id, "channel_type": _word(channel)}


def _word(channel: Channel) -> str:
    return {"channels": "channel", "groups": "group"}.get(channel.kind, channel.kind)


def _change(
    world: World, channel: Channel, message: Message, change: str, before: Json | None
) -> Json:
    event: Json = {
        "type": "message",
        "subtype": change,
        "hidden": True,
        "channel": channel.id,
        "channel_type": _word(channel),
        "ts": f"{time.time():.6f}",
        "previous_message": before,
    }
    if change == "message_deleted":
        return event | {"deleted_ts": message.ts}
    return event | {"message": shapes.api_message(world, message, metadata=True)}


def _links(world: World, channel: Channel, message: Message) -> None:
    """link_shared, for links to the domains the app registered."""
    domains = world.install.unfurl_domains
    found = [
        {"domain": match.group(1), "url": match.group(0)}
        for match in _URL.finditer(message.text if domains else "")
        if any(match.group(1) == d or match.group(1).endswith(f".{d}") for d in domains)
    ]
    if not found:
        return
    event = {
        "type": "link_shared",
        "user": message.user,
        "channel": channel.id,
        "message_ts": message.ts,
        "unfurl_id": f"{channel.id}-{message.ts}-{ids.opaque('')}",
        "source": "conversations_history",
        "links": found,
        "is_bot_user_member": world.bot_user_id in channel.members,
    }
    if message.thread_ts:
        event["thread_ts"] = message.thread_ts
    emit(world, "link_shared", event, channel)
