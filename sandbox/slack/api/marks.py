"""reactions.* and pins.*."""

from sandbox.slack import shapes
from sandbox.slack.api.call import Call
from sandbox.slack.errors import SlackError
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Channel, Message
from sandbox.slack.posting import tell
from sandbox.slack.realtime.events import emit


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
    users = message.reactions.setdefault(name, [])
    if call.world.bot_user_id in users:
        raise SlackError("already_reacted")
    users.append(call.world.bot_user_id)
    tell(call.world, channel, "message_changed", message)
    item = {"type": "message", "channel": channel.id, "ts": message.ts}
    emit(
        call.world,
        "reaction_added",
        {
            "type": "reaction_added",
            "user": call.world.bot_user_id,
            "reaction": name,
            "item_user": message.user,
            "item": item,
        },
    )
    return {}


def reactions_remove(call: Call) -> Json:
    """reactions.remove."""
    channel, message = _message(call)
    users = message.reactions.get(call.text("name").strip(":"), [])
    if call.world.bot_user_id not in users:
        raise SlackError("no_reaction")
    users.remove(call.world.bot_user_id)
    message.reactions = {name: who for name, who in message.reactions.items() if who}
    tell(call.world, channel, "message_changed", message)
    return {}


def reactions_get(call: Call) -> Json:
    """reactions.get."""
    channel, message = _message(call)
    shown = shapes.api_message(call.world, message)
    return {"type": "message", "channel": channel.id, "message": shown}


def pins_add(call: Call) -> Json:
    """pins.add."""
    channel, message = _message(call)
    if message.pinned:
        raise SlackError("already_pinned")
    message.pinned = True
    tell(call.world, channel, "message_changed", message)
    return {}


def pins_remove(call: Call) -> Json:
    """pins.remove."""
    channel, message = _message(call)
    if not message.pinned:
        raise SlackError("no_pin")
    message.pinned = False
    tell(call.world, channel, "message_changed", message)
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
