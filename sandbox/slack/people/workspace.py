"""The rest of what people do: messages, files, Home, shortcuts, joining, archiving."""

import base64
import binascii

from sandbox.slack import shapes, shown
from sandbox.slack.api.content import Content
from sandbox.slack.api.files import new_file, share
from sandbox.slack.errors import ActError, ControlError
from sandbox.slack.inputs import find_element
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Channel, Message, User
from sandbox.slack.people import command, press
from sandbox.slack.people.acting import open_view_of, person, place, report
from sandbox.slack.people.choose import chosen_state
from sandbox.slack.posting import post_message
from sandbox.slack.realtime.deliver import deliver
from sandbox.slack.realtime.events import emit
from sandbox.slack.realtime.payloads import shortcut as shortcut_payload
from sandbox.slack.views import tell_view
from sandbox.slack.world import World


async def message(world: World, body: Json) -> Json:
    """Write a message; text that starts with "/" is a command, as in the client."""
    text = str(body.get("text", ""))
    if text.startswith("/"):
        return await command.act(world, {**body, "command": ""})
    user = person(world, body)
    channel = place(world, user, body)
    if channel.is_archived:
        raise ActError("is_archived", "This channel is archived.")
    if not text.strip():
        raise ActError("no_text", "There is nothing to post.")
    thread_ts = str(body.get("thread_ts") or "")
    parent = channel.messages.get(thread_ts)
    thread = (parent.thread_ts or parent.ts) if parent and not parent.deleted else ""
    posted = post_message(world, channel, user.id, Content(text=text), thread_ts=thread)
    return {"ok": True, "message": shown.control_message(world, posted)}


async def file(world: World, body: Json) -> Json:
    """Upload a file as a person: into a channel, or into a file input of a modal."""
    user = person(world, body)
    content = _content(body)
    name = str(body.get("name", ""))
    if not name:
        raise ControlError("no_name", "A file needs a name.")
    stored = new_file(world, name, user.id, len(content), by_app=False)
    stored.content = content
    stored.uploaded = stored.complete = True
    if body.get("view_id"):
        _into_view(world, user, body, stored.id)
    elif body.get("channel"):
        channel = place(world, user, body)
        share(world, channel, [stored], Content(text=str(body.get("text", ""))))
    shown = shapes.api_file(world, stored)
    world.live.push("file", file=shown)
    return {"ok": True, "file": shown}


def _content(body: Json) -> bytes:
    if "content_base64" not in body:
        return str(body.get("content", "")).encode()
    try:
        return base64.b64decode(str(body["content_base64"]), validate=True)
    except (binascii.Error, ValueError):
        raise ControlError("bad_base64", "content_base64 is not base64.") from None


def _into_view(world: World, user: User, body: Json, file_id: str) -> None:
    view = open_view_of(world, user, body)
    found = find_element(
        view.payload["blocks"], str(body.get("action_id", "")), str(body.get("block_id") or "")
    )
    if found is None or found[1]["type"] != "file_input":
        raise ActError("element_not_found", "There is no such file input in this view.")
    block, element = found
    state = view.inputs.setdefault(block["block_id"], {}).get(element["action_id"], {})
    before = [item["id"] for item in state.get("files") or []]
    if element.get("max_files", 10) == 1:
        before = []
    chosen = chosen_state(world, element, [*before, file_id])
    view.inputs[block["block_id"]][element["action_id"]] = chosen
    tell_view(world, view)


async def home(world: World, body: Json) -> Json:
    """Open the Home tab."""
    user = person(world, body)
    view = world.home_of(user.id)
    event: Json = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": world.open_im(user.id).id,
        "tab": str(body.get("tab") or "home"),
    }
    if view:
        event["view"] = shapes.view_json(world, view)
    emit(world, "app_home_opened", event)
    return {"ok": True, "view": shown.control_view(world, view) if view else None}


async def shortcut(world: World, body: Json) -> Json:
    """Use a shortcut of the app, on a message when it is one for messages."""
    user = person(world, body)
    wanted = str(body.get("callback_id", ""))
    which = next((s for s in world.install.shortcuts if s.callback_id == wanted), None)
    if which is None:
        raise ActError("unknown_shortcut", f"No shortcut {wanted!r} is installed.")
    on = press.find_place(world, user, body) if which.type == "message" else None
    if which.type == "message" and not isinstance(on, Message):
        raise ActError("message_not_found", "This shortcut is used on a message.")
    trigger = world.new_trigger(user.id, channel=on.channel if isinstance(on, Message) else "")
    target = on if isinstance(on, Message) else None
    payload = shortcut_payload(world, user, which, trigger, target)
    ack = await deliver(world, "interactive", payload, url=world.install.interactivity_url)
    return report(ack, trigger_id=trigger.id)


async def join(world: World, body: Json) -> Json:
    """Join a public channel; guests are invited, they do not join."""
    user = person(world, body)
    channel = _channel(world, body)
    if channel.is_private or user.is_restricted or user.is_ultra_restricted:
        raise ActError("cannot_join", f"{user.real_name} must be invited to this channel.")
    if user.id not in channel.members:
        channel.members.append(user.id)
        _moved(world, channel, user, "member_joined_channel")
    return {"ok": True, "channel": shown.control_channel(channel, user.id)}


async def leave(world: World, body: Json) -> Json:
    """Leave a channel."""
    user = person(world, body)
    channel = _channel(world, body)
    if user.id in channel.members:
        channel.members.remove(user.id)
        _moved(world, channel, user, "member_left_channel")
    return {"ok": True, "channel": shown.control_channel(channel, user.id)}


def _moved(world: World, channel: Channel, user: User, kind: str) -> None:
    world.live.push("channel", channel=shown.control_channel(channel, user.id))
    word = "G" if channel.is_private else "C"
    event = {"type": kind, "user": user.id, "channel": channel.id, "channel_type": word}
    emit(world, kind, {**event, "team": world.team_id})


async def archive(world: World, body: Json) -> Json:
    """Archive a channel."""
    return _archive(world, body, True, "channel_archive")


async def unarchive(world: World, body: Json) -> Json:
    """Bring a channel back."""
    return _archive(world, body, False, "channel_unarchive")


def _archive(world: World, body: Json, archived: bool, kind: str) -> Json:
    user = person(world, body)
    channel = _channel(world, body)
    if user.is_restricted:
        raise ActError("not_allowed", "A guest cannot do this.")
    channel.is_archived = archived
    world.live.push("channel", channel=shown.control_channel(channel, user.id))
    emit(world, kind, {"type": kind, "channel": channel.id, "user": user.id})
    return {"ok": True, "channel": shown.control_channel(channel, user.id)}


def _channel(world: World, body: Json) -> Channel:
    found = world.find_channel(str(body.get("channel", "")))
    if found is None or found.im_user:
        raise ActError("channel_not_found", f"There is no channel {body.get('channel')!r}.")
    return found


async def dm(world: World, body: Json) -> Json:
    """Open the direct message with the app."""
    user = person(world, body)
    return {"ok": True, "channel": world.open_im(user.id).id}


async def read(world: World, body: Json) -> Json:
    """Mark a channel as read."""
    user = person(world, body)
    channel = place(world, user, body)
    channel.unread[user.id] = 0
    return {"ok": True}
