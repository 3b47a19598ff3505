"""chat.scheduleMessage and its list.

https://docs.slack.dev/reference/methods/chat.scheduleMessage, the documented bug included: a
message with metadata is taken and never posted.
"""

import asyncio
import time

from sandbox.slack import ids, shapes
from sandbox.slack.api.call import Call, page
from sandbox.slack.api.chat import target_of, thread_of
from sandbox.slack.api.content import Content, read_content
from sandbox.slack.errors import SlackError
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Scheduled
from sandbox.slack.posting import post_message
from sandbox.slack.world import World

AHEAD_SECONDS = 120 * 24 * 3600
WINDOW_SECONDS = 300
IN_A_WINDOW = 30


def schedule(call: Call) -> Json:
    """chat.scheduleMessage."""
    channel = target_of(call)
    post_at = _moment(call)
    near = [
        item
        for item in call.world.scheduled.values()
        if item.channel == channel.id and abs(item.post_at - post_at) < WINDOW_SECONDS
    ]
    if len(near) >= IN_A_WINDOW:
        raise SlackError("restricted_too_many")
    content = read_content(call, blocks_text=True)
    thread = thread_of(call, channel)
    made = int(time.time())
    item = Scheduled(ids.opaque("Q"), channel.id, post_at, made, content.text)
    item.lost = content.metadata is not None
    call.world.scheduled[item.id] = item
    call.world.spawn(_at_its_time(call.world, item, content, thread))
    message: Json = {
        "type": "delayed_message",
        "text": content.text,
        "user": call.world.bot_user_id,
        "bot_id": call.world.bot_id,
        "team": call.world.team_id,
        "bot_profile": shapes.bot_profile(call.world),
    }
    if content.blocks:
        message["blocks"] = content.blocks
    body = {"channel": channel.id, "scheduled_message_id": item.id, "post_at": post_at}
    return {**body, "message": message} | content.warnings()


def _moment(call: Call) -> int:
    try:
        post_at = int(call.text("post_at"))
    except ValueError:
        raise SlackError("invalid_time") from None
    if post_at <= time.time():
        raise SlackError("time_in_past")
    if post_at > time.time() + AHEAD_SECONDS:
        raise SlackError("time_too_far")
    return post_at


async def _at_its_time(world: World, item: Scheduled, content: Content, thread: str) -> None:
    await asyncio.sleep(max(0.0, item.post_at - time.time()))
    channel = world.channels.get(item.channel)
    if world.scheduled.pop(item.id, None) is None or item.lost or channel is None:
        return
    if channel.is_archived or world.bot_user_id not in channel.members:
        return
    parent = channel.messages.get(thread)
    kept = thread if parent is not None and not parent.deleted else ""
    post_message(world, channel, world.bot_user_id, content, thread_ts=kept, by_app=True)


def delete(call: Call) -> Json:
    """chat.deleteScheduledMessage."""
    channel = call.channel()
    item = call.world.scheduled.get(call.text("scheduled_message_id"))
    if item is None or item.channel != channel.id:
        raise SlackError("invalid_scheduled_message_id")
    del call.world.scheduled[item.id]
    return {}


def listing(call: Call) -> Json:
    """chat.scheduledMessages.list, soonest first."""
    wanted = call.channel().id if call.given("channel") else ""
    rows: list[Json] = [
        {
            "id": item.id,
            "channel_id": item.channel,
            "post_at": item.post_at,
            "date_created": item.made,
            "text": item.text,
        }
        for item in sorted(call.world.scheduled.values(), key=lambda item: item.post_at)
        if wanted in {"", item.channel} and _between(call, item.post_at)
    ]
    found, cursor = page(rows, call.text("cursor"), call.number("limit", 100) or 100)
    return {"scheduled_messages": found, "response_metadata": {"next_cursor": cursor}}


def _between(call: Call, post_at: int) -> bool:
    try:
        low = float(call.text("oldest") or 0)
        high = float(call.text("latest") or "inf")
    except ValueError:
        raise SlackError("invalid_arguments") from None
    return low <= post_at <= high
