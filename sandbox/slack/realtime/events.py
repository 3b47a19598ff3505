"""The Events API: what happened in the workspace, to an app that subscribed and may see it."""

import asyncio
import time

from sandbox.slack import ids, shapes
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Channel, Message
from sandbox.slack.realtime.deliver import deliver
from sandbox.slack.world import World

RETRY_AFTER = (0.0, 60.0, 300.0)
_REASONS = {"timeout": "http_timeout", "connection_failed": "connection_failed"}
_SCOPES = {
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "app_mention": "app_mentions:read",
    "reaction_added": "reactions:read",
    "file_shared": "files:read",
    "file_created": "files:read",
    "file_deleted": "files:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "channel_archive": "channels:read",
    "channel_unarchive": "channels:read",
    "channel_rename": "channels:read",
    "channel_created": "channels:read",
    "user_change": "users:read",
    "team_join": "users:read",
}


def emit(world: World, subscription: str, event: Json) -> None:
    """Send an event if the app subscribed to it and holds its scope."""
    if subscription not in world.install.bot_events:
        return
    scope = _SCOPES.get(subscription)
    if scope and scope not in world.install.scopes:
        return
    world.spawn(_send(world, _callback(world, event)))


def _callback(world: World, event: Json) -> Json:
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
        "is_ext_shared_channel": False,
        "event_context": f"4-{ids.opaque('')}",
    }


async def _send(world: World, callback: Json) -> None:
    """Deliver with three retries: at once, after a minute, after five."""
    why = ""
    for attempt in range(len(RETRY_AFTER) + 1):
        if attempt:
            await asyncio.sleep(RETRY_AFTER[attempt - 1])
        ack = await deliver(
            world, "events_api", callback, url=world.install.event_url, attempt=attempt, why=why
        )
        if ack.acked or not ack.retry or ack.reason in {"request_url_not_local", "lost"}:
            return
        why = _REASONS.get(ack.reason, "http_error")
        if world.install.socket_mode:
            why = "timeout"


def message_event(world: World, channel: Channel, message: Message, change: str = "") -> None:
    """message.channels / .groups / .im, and app_mention when the bot is named."""
    word = {"channels": "channel", "groups": "group", "im": "im"}[channel.kind]
    shown = shapes.api_message(world, message, metadata=True)
    event: Json = {**shown, "channel": channel.id, "channel_type": word}
    if change:
        event = {
            "type": "message",
            "subtype": change,
            "hidden": True,
            "channel": channel.id,
            "channel_type": word,
            "ts": f"{time.time():.6f}",
        }
        if change == "message_deleted":
            event |= {"deleted_ts": message.ts, "previous_message": shown}
        else:
            event["message"] = shown
    if world.bot_user_id in channel.members:
        emit(world, f"message.{channel.kind}", event)
    mentioned = f"<@{world.bot_user_id}>" in message.text
    if mentioned and not change and not message.by_app:
        emit(world, "app_mention", {**shown, "type": "app_mention", "channel": channel.id})
