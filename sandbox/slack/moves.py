"""What happens in the workspace itself: joining, leaving, renaming, archiving, reacting, pinning.

People and the app do the same things; each is stored, told to the pages, and to the app.
"""

import re
import time

from sandbox.slack import ids, shown
from sandbox.slack.api.content import Content
from sandbox.slack.errors import SlackError
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Channel, Message
from sandbox.slack.posting import post_message, tell
from sandbox.slack.realtime.events import channel_event, emit
from sandbox.slack.world import World

TOPIC_LIMIT = 250
NAME_LIMIT = 80


def show_channel(world: World, channel: Channel, user: str = "") -> None:
    """Tell the pages how a channel is now."""
    world.live.push("channel", channel=shown.control_channel(channel, user))


def _noun(channel: Channel) -> str:
    return "group" if channel.is_private else "channel"


def _say(world: World, channel: Channel, user: str, what: str, text: str) -> None:
    """The line Slack itself writes into a channel about what somebody did there."""
    if not channel.im_user and not channel.is_mpim:
        subtype = f"{_noun(channel)}_{what}"
        post_message(world, channel, user, Content(text=text), subtype=subtype)


def check_name(world: World, name: str, own: Channel | None = None) -> str:
    """A new channel's name as given; raises Slack's word for what is wrong with it."""
    name = name.removeprefix("#")
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > NAME_LIMIT:
        raise SlackError("invalid_name_maxlength")
    if not re.search(r"\w", name.replace("_", "")):
        raise SlackError("invalid_name_punctuation")
    if not re.fullmatch(r"[\w\-]+", name) or name != name.lower():
        raise SlackError("invalid_name_specials")
    taken = world.find_channel(name)
    if taken is not None and taken is not own:
        raise SlackError("name_taken")
    return name


def create(world: World, name: str, user: str, *, private: bool = False) -> Channel:
    """A new channel with one member."""
    channel = Channel(
        id=ids.opaque("C"),
        name=check_name(world, name),
        is_private=private,
        creator=user,
        created=int(time.time()),
        members=[user],
    )
    world.channels[channel.id] = channel
    show_channel(world, channel)
    if not private:
        told: Json = {
            "id": channel.id,
            "name": channel.name,
            "created": channel.created,
            "creator": user,
        }
        emit(world, "channel_created", {"type": "channel_created", "channel": told})
    return channel


def rename(world: World, channel: Channel, name: str, user: str) -> None:
    """Another name; the old one is remembered."""
    name = check_name(world, name, channel)
    old = channel.name
    if name == old:
        return
    channel.previous_names.append(old)
    channel.name = name
    show_channel(world, channel)
    text = f'has renamed the channel from "{old}" to "{name}"'
    _say(world, channel, user, "name", text)
    kind = "group_rename" if channel.is_private else "channel_rename"
    told = {
        "id": channel.id,
        "name": name,
        "name_normalized": name,
        "created": channel.created,
        "is_channel": not channel.is_private,
        "is_mpim": False,
    }
    emit(world, kind, {"type": kind, "channel": told}, channel if channel.is_private else None)


def add_member(world: World, channel: Channel, user: str, inviter: str = "") -> None:
    """Somebody joins, or is brought in."""
    channel.members.append(user)
    show_channel(world, channel, user)
    _say(world, channel, user, "join", f"<@{user}> has joined the {_noun(channel)}")
    event: Json = {
        "type": "member_joined_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": "G" if channel.is_private else "C",
        "team": world.team_id,
    }
    if inviter:
        event["inviter"] = inviter
    emit(world, "member_joined_channel", event, channel)


def remove_member(world: World, channel: Channel, user: str) -> None:
    """Somebody leaves, or is put out; the app itself hears of its own end in another event."""
    channel.members.remove(user)
    channel.unread.pop(user, None)
    show_channel(world, channel, user)
    _say(world, channel, user, "leave", f"<@{user}> has left the {_noun(channel)}")
    if user == world.bot_user_id:
        kind = f"{_noun(channel)}_left"
        emit(world, kind, {"type": kind, "channel": channel.id, "actor_id": user})
        return
    event = {
        "type": "member_left_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": "G" if channel.is_private else "C",
        "team": world.team_id,
    }
    emit(world, "member_left_channel", event, channel)


def set_archived(world: World, channel: Channel, user: str, *, archived: bool) -> None:
    """Archive a channel or bring it back."""
    channel.is_archived = archived
    show_channel(world, channel, user)
    what = "archive" if archived else "unarchive"
    did = "archived" if archived else "un-archived"
    _say(world, channel, user, what, f"<@{user}> {did} the {_noun(channel)}")
    channel_event(world, channel, what, user=user, is_moved=0)


def set_topic(world: World, channel: Channel, user: str, text: str, *, purpose: bool) -> None:
    """The line under a channel's name, or what the channel is for."""
    if len(text) > TOPIC_LIMIT:
        raise SlackError("too_long")
    word = "purpose" if purpose else "topic"
    setattr(channel, word, text)
    show_channel(world, channel, user)
    did = f"set the channel {word}: {text}" if text else f"cleared the channel {word}"
    _say(world, channel, user, word, did)


def react(world: World, channel: Channel, message: Message, user: str, name: str) -> None:
    """Add a reaction; raises already_reacted or too_many_reactions."""
    users = message.reactions.get(name, [])
    if user in users:
        raise SlackError("already_reacted")
    mine = sum(user in who for who in message.reactions.values())
    if mine >= 23 or (name not in message.reactions and len(message.reactions) >= 50):
        raise SlackError("too_many_reactions" if mine >= 23 else "too_many_emoji")
    message.reactions[name] = [*users, user]
    _reaction(world, channel, message, user, name, "reaction_added")


def unreact(world: World, channel: Channel, message: Message, user: str, name: str) -> None:
    """Take a reaction back; raises no_reaction."""
    users = message.reactions.get(name, [])
    if user not in users:
        raise SlackError("no_reaction")
    message.reactions[name] = [who for who in users if who != user]
    message.reactions = {key: who for key, who in message.reactions.items() if who}
    _reaction(world, channel, message, user, name, "reaction_removed")


def _reaction(
    world: World, channel: Channel, message: Message, user: str, name: str, kind: str
) -> None:
    tell(world, channel, "message_changed", message)
    event = {
        "type": kind,
        "user": user,
        "reaction": name,
        "item_user": message.user,
        "item": {"type": "message", "channel": channel.id, "ts": message.ts},
    }
    emit(world, kind, event, channel)


def pin(world: World, channel: Channel, message: Message, user: str, *, pinned: bool) -> None:
    """Pin a message or take the pin off."""
    if message.pinned == pinned:
        raise SlackError("already_pinned" if pinned else "no_pin")
    if pinned and sum(m.pinned for m in channel.messages.values()) >= 100:
        raise SlackError("too_many_pins")
    message.pinned = pinned
    tell(world, channel, "message_changed", message)
    kind = "pin_added" if pinned else "pin_removed"
    item = {"type": "message", "channel": channel.id, "created": int(time.time())}
    item |= {"created_by": user, "message": {"ts": message.ts, "user": message.user}}
    event = {"type": kind, "user": user, "channel_id": channel.id, "item": item}
    emit(world, kind, event, channel)


def end_tokens(world: World, kinds: tuple[str, ...], refusal: str) -> None:
    """Revoke tokens; the app hears of it over its socket, which has a token of its own."""
    for token in world.tokens.values():
        if token.kind in kinds:
            token.revoked = True
            token.refusal = refusal
    if "bot" in kinds:
        tokens = {"oauth": [], "bot": [world.bot_user_id]}
        emit(world, "tokens_revoked", {"type": "tokens_revoked", "tokens": tokens})


def uninstall(world: World) -> None:
    """Take the app out of the workspace: its bot token is dead, its commands are gone."""
    end_tokens(world, ("bot",), "account_inactive")
    emit(world, "app_uninstalled", {"type": "app_uninstalled"})
