"""reactions.* and pins.*."""

from sandbox.slack import moves, shapes
from sandbox.slack.api.call import Call, page
from sandbox.slack.errors import SlackError
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Channel, Message


def _message(call: Call, name: str = "timestamp") -> tuple[Channel, Message]:
    channel = call.channel()
    if call.world.bot_user_id not in channel.members:
        raise SlackError("not_in_channel")
    if not call.given(name):
        raise SlackError("no_item_specified")
    message = channel.messages.get(call.text(name))
    if message is None or message.deleted:
        raise SlackError("message_not_found")
    return channel, message


def reactions_add(call: Call) -> Json:
    """reactions.add."""
    channel, message = _message(call)
    name = call.text("name").strip(":")
    if not name or not all(part.isalnum() or part in "_+-:" for part in name):
        raise SlackError("invalid_name")
    if channel.is_archived:
        raise SlackError("is_archived")
    moves.react(call.world, channel, message, call.world.bot_user_id, name)
    return {}


def reactions_remove(call: Call) -> Json:
    """reactions.remove."""
    channel, message = _message(call)
    name = call.text("name").strip(":")
    moves.unreact(call.world, channel, message, call.world.bot_user_id, name)
    return {}


def reactions_list(call: Call) -> Json:
    """reactions.list: what a person (or the app) reacted to."""
    user = call.text("user") or call.world.bot_user_id
    rows: list[Json] = [
        {
            "type": "message",
            "channel": channel.id,
            "message": shapes.api_message(call.world, message),
        }
        for channel in call.world.channels.values()
        if call.world.bot_user_id in channel.members
        for message in channel.messages.values()
        if not message.deleted and any(user in who for who in message.reactions.values())
    ]
    found, cursor = page(rows, call.text("cursor"), call.number("limit", 100) or 100)
    return {"items": found, "response_metadata": {"next_cursor": cursor}}


def reactions_get(call: Call) -> Json:
    """reactions.get."""
    channel, message = _message(call)
    shown = shapes.api_message(call.world, message)
    return {"type": "message", "channel": channel.id, "message": shown}


def pins_add(call: Call) -> Json:
    """pins.add."""
    channel, message = _message(call)
    if channel.is_archived:
        raise SlackError("is_archived")
    moves.pin(call.world, channel, message, call.world.bot_user_id, pinned=True)
    return {}


def pins_remove(call: Call) -> Json:
    """pins.remove."""
    channel, message = _message(call)
    moves.pin(call.world, channel, message, call.world.bot_user_id, pinned=False)
    return {}


def pins_list(call: Call) -> Json:
    """pins.list."""
    channel = call.channel()
    items = [
        {
            "type": "message",
            "channel": channel.id,
            "created": int(float(message.ts)),
            "message": shapes.api_message(call.world, message),
        }
        for message in channel.messages.values()
        if message.pinned and not message.deleted
    ]
    return {"items": items}
