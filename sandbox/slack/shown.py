"""What the control API and the pages see: the stored things with their past and state."""

from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Channel, Ephemeral, Message, User, View
from sandbox.slack.shapes import api_message, reactions, view_json
from sandbox.slack.world import World


def control_message(world: World, message: Message) -> Json:
    """A message as the control API shows it: with its past and what only the store knows."""
    body = api_message(world, message, metadata=True)
    body.pop("bot_profile", None)
    author = world.users.get(message.user)
    body |= {
        "channel": message.channel,
        "username": message.username or (author.real_name if author else message.user),
        "blocks": message.blocks,
        "reply_count": len(message.replies),
        "reactions": reactions(message),
        "updates": message.updates,
        "history": message.history,
    }
    if message.icons:
        body["icons"] = message.icons
    if message.inputs:
        body["state"] = {"values": message.inputs}
    if message.deleted:
        body["deleted"] = True
    return body


def live_message(world: World, message: Message) -> Json:
    """As the control API shows it, with the last past only: pages hear of every change."""
    return control_message(world, message) | {"history": message.history[-2:]}


def control_ephemeral(world: World, item: Ephemeral) -> Json:
    """An ephemeral message as the control API shows it."""
    author = world.users.get(item.author)
    return {
        "id": item.id,
        "ts": item.ts,
        "channel": item.channel,
        "user": item.user,
        "author": item.author,
        "username": author.real_name if author else "",
        "text": item.text,
        "blocks": item.blocks,
        "attachments": item.attachments,
        "thread_ts": item.thread_ts or None,
        "response_to": item.response_to,
        "replaced": item.replaced,
        "deleted": item.deleted,
        "state": {"values": item.inputs},
    }


def control_user(user: User) -> Json:
    """A person as the page shows them."""
    letters = [word[0] for word in user.real_name.split() if word]
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "display_name": user.display_name,
        "title": user.title,
        "email": user.email,
        "role_hint": user.role_hint,
        "avatar": {"initials": "".join(letters[:2]).upper() or "?", "color": f"#{user.color}"},
        "is_bot": user.is_bot,
        "is_admin": user.is_admin,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "deleted": user.deleted,
        "team_id": user.team_id,
    }


def control_channel(channel: Channel, user: str) -> Json:
    """A channel as the page shows it to a person."""
    return {
        "id": channel.id,
        "name": channel.name,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_mpim": channel.is_mpim,
        "is_ext_shared": channel.is_ext_shared,
        "topic": channel.topic,
        "purpose": channel.purpose,
        "members": channel.members,
        "unread": channel.unread.get(user, 0),
    }


def control_view(world: World, view: View) -> Json:
    """A view as the page shows it."""
    stack = [v.id for v in world.view_stack(view)]
    body = view_json(world, view)
    body |= {
        "user": view.user,
        "stack": stack.index(view.id) if view.id in stack else 0,
        "errors": view.errors,
        "open": view.open,
    }
    if view.closed_reason:
        body["closed_reason"] = view.closed_reason
    return body
