"""chat.*: post, change, delete, whisper, link."""

import re

from sandbox.slack import shapes
from sandbox.slack.api.call import Call
from sandbox.slack.api.content import read_content
from sandbox.slack.errors import SlackError
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Channel, Message
from sandbox.slack.posting import (
    change_message,
    delete_message,
    post_message,
    whisper,
)

_TS = re.compile(r"^\d{1,12}\.\d{6}$")


def post(call: Call) -> Json:
    """chat.postMessage."""
    channel = target_of(call)
    content = read_content(call, blocks_text=True)
    wait = call.world.limits.post(channel.id)
    if wait:
        raise SlackError("ratelimited", status=429, headers={"Retry-After": str(wait)})
    thread = thread_of(call, channel)
    message = post_message(
        call.world,
        channel,
        call.world.bot_user_id,
        content,
        thread_ts=thread,
        by_app=True,
        username=_username(call),
        icons=_icons(call),
        subtype="thread_broadcast" if call.flag("reply_broadcast") and thread else "",
    )
    shown = shapes.api_message(call.world, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown} | content.warnings()


def post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral."""
    channel = target_of(call)
    user = call.world.users.get(call.text("user"))
    if user is None or user.deleted or user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    content = read_content(call, blocks_text=True)
    item = whisper(
        call.world,
        channel.id,
        user.id,
        content,
        author=call.world.bot_user_id,
        thread_ts=thread_of(call, channel),
    )
    return {"message_ts": item.ts} | content.warnings()


def update(call: Call) -> Json:
    """chat.update. Text without blocks removes the blocks; metadata stays unless given."""
    channel = call.channel()
    message = _own(call, channel, "cant_update_message")
    if channel.is_archived:
        raise SlackError("is_inactive")
    content = read_content(call, blocks_text=True, text_limit=4_000)
    change_message(call.world, channel, message, content)
    shown = shapes.api_message(call.world, message, metadata=True)
    body = {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}
    return body | content.warnings()


def delete(call: Call) -> Json:
    """chat.delete: a message with replies leaves a tombstone."""
    channel = call.channel()
    message = _own(call, channel, "cant_delete_message")
    delete_message(call.world, channel, message)
    return {"channel": channel.id, "ts": message.ts}


def permalink(call: Call) -> Json:
    """chat.getPermalink."""
    channel = call.channel()
    message = channel.messages.get(call.text("message_ts"))
    if message is None or message.deleted:
        raise SlackError("message_not_found")
    link = f"{call.world.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts and message.thread_ts != message.ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def me_message(call: Call) -> Json:
    """chat.meMessage."""
    channel = target_of(call)
    content = read_content(call)
    bot = call.world.bot_user_id
    message = post_message(call.world, channel, bot, content, by_app=True, subtype="me_message")
    return {"channel": channel.id, "ts": message.ts}


def _customised(call: Call) -> bool:
    return call.token is not None and "chat:write.customize" in call.token.scopes


def _username(call: Call) -> str:
    """Another name for one message, where chat:write.customize was granted."""
    return call.text("username") if _customised(call) else ""


def _icons(call: Call) -> Json | None:
    """Another picture for one message, under the same condition."""
    if not _customised(call):
        return None
    if call.given("icon_emoji"):
        return {"emoji": f":{call.text('icon_emoji').strip(':')}:"}
    return {"image_48": call.text("icon_url")} if call.given("icon_url") else None


def target_of(call: Call) -> Channel:
    """Where to post: an id, a name of a public channel, or a person (their DM with the app)."""
    key = call.text("channel")
    world = call.world
    if key.startswith(("U", "W")) and key in world.users:
        user = world.users[key]
        if user.deleted or user.is_bot:
            raise SlackError("channel_not_found")
        if not world.install.messages_enabled:
            raise SlackError("messages_tab_disabled")
        return world.open_im(key)
    found = world.find_channel(key)
    if found is None:
        raise SlackError("channel_not_found")
    if world.bot_user_id not in found.members:
        _outside(call, found)
    if found.im_user and not world.install.messages_enabled:
        raise SlackError("messages_tab_disabled")
    if found.is_archived:
        raise SlackError("is_archived")
    return found


def _outside(call: Call, channel: Channel) -> None:
    """The app is not a member: public channels take chat:write.public, private do not exist."""
    if channel.is_private:
        raise SlackError("channel_not_found")
    public = call.token is not None and "chat:write.public" in call.token.scopes
    if not public or call.method == "chat.postEphemeral":
        raise SlackError("not_in_channel")


def thread_of(call: Call, channel: Channel) -> str:
    """The parent to reply to. A parent that is gone: the reply goes top-level, without a word."""
    ts = call.text("thread_ts")
    if not ts:
        return ""
    if not _TS.match(ts):
        raise SlackError("invalid_thread_ts")
    parent = channel.messages.get(ts)
    if parent is None or parent.deleted:
        return ""
    return parent.thread_ts or ts


def _own(call: Call, channel: Channel, refusal: str) -> Message:
    message = channel.messages.get(call.text("ts"))
    if message is None or message.deleted:
        raise SlackError("message_not_found")
    if not message.by_app:
        raise SlackError(refusal)
    return message
