"""Messages by people: writing, changing, deleting, reacting, pinning."""

import re

from sandbox.slack import moves, shown
from sandbox.slack.api.content import Content
from sandbox.slack.errors import ActError, ControlError
from sandbox.slack.jsontypes import Json
from sandbox.slack.mentions import as_typed
from sandbox.slack.model import Channel, Message, User
from sandbox.slack.people import command
from sandbox.slack.people.acting import member_of, person, place
from sandbox.slack.posting import change_message, delete_message, post_message
from sandbox.slack.world import World


async def message(world: World, body: Json) -> Json:
    """Write a message; text that starts with "/" is a command, as in the client.

    A person with `is_bot` is another app: it may post `blocks` and `attachments` too.
    """
    text = str(body.get("text", ""))
    if text.startswith("/"):
        return await command.act(world, {**body, "command": ""})
    user = person(world, body)
    channel = _open_channel(world, user, body)
    content = _content(world, user, body)
    if not (content.text.strip() or content.blocks or content.attachments):
        raise ActError("no_text", "There is nothing to post.")
    thread_ts = str(body.get("thread_ts") or "")
    parent = channel.messages.get(thread_ts)
    thread = (parent.thread_ts or parent.ts) if parent and not parent.deleted else ""
    posted = post_message(world, channel, user.id, content, thread_ts=thread)
    return {"ok": True, "message": shown.control_message(world, posted)}


def _content(world: World, user: User, body: Json) -> Content:
    """What somebody types; another app's words, blocks and attachments are taken as they are."""
    text = str(body.get("text", ""))
    if not user.is_bot:
        return Content(text=as_typed(world, text))
    blocks, attachments = (
        [row for row in body.get(part) or [] if isinstance(row, dict)]
        for part in ("blocks", "attachments")
    )
    return Content(text=text, blocks=blocks, attachments=attachments)


def _open_channel(world: World, user: User, body: Json) -> Channel:
    channel = place(world, user, body)
    if channel.is_archived:
        raise ActError("is_archived", "This channel is archived.")
    return channel


async def edit(world: World, body: Json) -> Json:
    """Change a message of one's own."""
    user = person(world, body)
    channel, found = _message(world, user, body)
    if found.user != user.id:
        raise ActError("cant_update_message", "Only the author can edit a message.")
    text = str(body.get("text", ""))
    if not text.strip():
        raise ActError("no_text", "An edited message needs text.")
    change_message(world, channel, found, Content(text=as_typed(world, text), text_given=True))
    return {"ok": True, "message": shown.control_message(world, found)}


async def delete(world: World, body: Json) -> Json:
    """Delete a message of one's own; an admin deletes any, the app's too."""
    user = person(world, body)
    channel, found = _message(world, user, body)
    if found.user != user.id and not user.is_admin:
        raise ActError("cant_delete_message", "Only the author or an admin can delete this.")
    delete_message(world, channel, found)
    return {"ok": True, "message": shown.control_message(world, found)}


async def react(world: World, body: Json) -> Json:
    """Add a reaction: `name`, such as eyes."""
    user = person(world, body)
    channel, found = _message(world, user, body)
    moves.react(world, channel, found, user.id, _reaction_name(body))
    return {"ok": True, "message": shown.control_message(world, found)}


async def unreact(world: World, body: Json) -> Json:
    """Take a reaction back."""
    user = person(world, body)
    channel, found = _message(world, user, body)
    moves.unreact(world, channel, found, user.id, _reaction_name(body))
    return {"ok": True, "message": shown.control_message(world, found)}


def _reaction_name(body: Json) -> str:
    name = str(body.get("name", "")).strip(":")
    if not re.fullmatch(r"[\w+\-:']{1,100}", name):
        raise ControlError("no_name", "A reaction needs the name of an emoji, such as eyes.")
    return name


async def pin(world: World, body: Json) -> Json:
    """Pin a message to its channel."""
    return _pin(world, body, True)


async def unpin(world: World, body: Json) -> Json:
    """Take a pin off."""
    return _pin(world, body, False)


def _pin(world: World, body: Json, pinned: bool) -> Json:
    user = member_of(person(world, body))
    channel, found = _message(world, user, body)
    moves.pin(world, channel, found, user.id, pinned=pinned)
    return {"ok": True, "message": shown.control_message(world, found)}


def _message(world: World, user: User, body: Json) -> tuple[Channel, Message]:
    channel = _open_channel(world, user, body)
    found = channel.messages.get(str(body.get("ts", "")))
    if found is None or found.deleted:
        raise ActError("message_not_found", "This message is not there (any more).")
    return channel, found
