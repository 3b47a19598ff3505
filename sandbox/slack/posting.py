"""Changing what is in a channel: every change is stored first and told to the pages second."""

import time

from sandbox.slack import ids, shown
from sandbox.slack.api.content import Content
from sandbox.slack.inputs import initial_values
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Channel, Ephemeral, Message
from sandbox.slack.realtime.events import earlier, message_event
from sandbox.slack.world import EPHEMERALS_KEPT, World, forget_oldest

HISTORY_KEPT = 50


def is_notice(subtype: str) -> bool:
    """True for the lines Slack itself writes: somebody joined, renamed, archived."""
    return subtype.startswith(("channel_", "group_"))


def all_blocks(blocks: list[Json], attachments: list[Json]) -> list[Json]:
    """The blocks of a message, those of its attachments included."""
    return [*blocks, *(block for item in attachments for block in item.get("blocks") or [])]


def post_message(
    world: World,
    channel: Channel,
    user: str,
    content: Content,
    *,
    thread_ts: str = "",
    by_app: bool = False,
    username: str = "",
    files: list[str] | None = None,
    subtype: str = "",
    icons: Json | None = None,
) -> Message:
    """Add a message to a channel, count it as unread, tell pages and the app."""
    message = Message(
        ts=world.stamps.next(),
        channel=channel.id,
        user=user,
        text=content.text,
        blocks=content.blocks,
        attachments=content.attachments,
        metadata=content.metadata,
        files=files or [],
        thread_ts=thread_ts,
        subtype=subtype,
        username=username,
        by_app=by_app,
        icons=icons,
        inputs=initial_values(all_blocks(content.blocks, content.attachments), channel.id),
    )
    channel.messages[message.ts] = message
    if thread_ts:
        _join_thread(channel.messages[thread_ts], message)
    elif not is_notice(subtype):
        for member in channel.members:
            if member != user:
                channel.unread[member] = channel.unread.get(member, 0) + 1
    tell(world, channel, "message", message)
    if thread_ts:
        tell(world, channel, "message_changed", channel.messages[thread_ts])
    message_event(world, channel, message)
    return message


def _join_thread(parent: Message, reply: Message) -> None:
    parent.replies.append(reply.ts)
    parent.repliers[reply.user] = parent.repliers.get(reply.user, 0) + 1


def _leave_thread(parent: Message, reply: Message) -> None:
    parent.replies.remove(reply.ts)
    parent.repliers[reply.user] -= 1
    if not parent.repliers[reply.user]:
        del parent.repliers[reply.user]


def change_message(world: World, channel: Channel, message: Message, content: Content) -> None:
    """Replace what a message says; the old text stays in its history.

    Rules of chat.update: text without blocks removes the blocks; attachments and metadata stay
    unless given; an edit with blocks carries no "edited" mark.
    """
    before = earlier(world, channel, message)
    message.history.append({"at": time.time(), "text": message.text, "blocks": message.blocks})
    del message.history[:-HISTORY_KEPT]
    if content.text_given or content.blocks_given:
        message.text = content.text
        message.blocks = content.blocks
    if content.attachments_given:
        message.attachments = content.attachments
    if content.metadata_given:
        message.metadata = content.metadata
    blocks = all_blocks(message.blocks, message.attachments)
    message.inputs = initial_values(blocks, channel.id)
    message.updates += 1
    if not content.blocks:
        message.edited = {"user": message.user, "ts": f"{time.time():.6f}"}
    tell(world, channel, "message_changed", message)
    message_event(world, channel, message, "message_changed", before)


def delete_message(world: World, channel: Channel, message: Message) -> None:
    """Remove a message: gone, or a tombstone when it has replies."""
    before = earlier(world, channel, message)
    message.deleted = True
    message.pinned = False
    message.history.append({"at": time.time(), "text": message.text, "blocks": message.blocks})
    parent = channel.messages.get(message.thread_ts) if message.thread_ts else None
    if parent and message.ts in parent.replies:
        _leave_thread(parent, message)
        tell(world, channel, "message_changed", parent)
    if message.replies:
        message.subtype = "tombstone"
        message.text = "This message was deleted."
        message.blocks = []
        message.attachments = []
        message.metadata = None
    tell(world, channel, "message_deleted", message)
    message_event(world, channel, message, "message_deleted", before)


def tell(world: World, channel: Channel, kind: str, message: Message) -> None:
    """Push a message's present state to the pages of the members."""
    if world.live.skip():
        return
    world.live.push(
        kind,
        audience=channel.members if channel.is_private else None,
        channel=channel.id,
        message=shown.live_message(world, message),
    )


def whisper(
    world: World,
    channel: str,
    user: str,
    content: Content,
    *,
    author: str,
    thread_ts: str = "",
    response_to: Json | None = None,
) -> Ephemeral:
    """Show something to one person only."""
    item = Ephemeral(
        id=ids.opaque("E"),
        ts=world.stamps.next(),
        channel=channel,
        user=user,
        text=content.text,
        blocks=content.blocks,
        attachments=content.attachments,
        thread_ts=thread_ts,
        author=author,
        response_to=response_to,
        inputs=initial_values(all_blocks(content.blocks, content.attachments), channel),
    )
    world.ephemerals[item.id] = item
    forget_oldest(world.ephemerals, EPHEMERALS_KEPT)
    told = shown.control_ephemeral(world, item)
    world.live.push("ephemeral", only=user, ephemeral=told)
    return item


def rewhisper(world: World, item: Ephemeral, content: Content | None) -> None:
    """Replace an ephemeral message, or take it away (None)."""
    if content is None:
        item.deleted = True
    else:
        item.text = content.text
        item.blocks = content.blocks
        item.attachments = content.attachments
        blocks = all_blocks(content.blocks, content.attachments)
        item.inputs = initial_values(blocks, item.channel)
        item.replaced += 1
    told = shown.control_ephemeral(world, item)
    world.live.push("ephemeral_changed", only=item.user, ephemeral=told)
