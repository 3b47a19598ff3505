"""What people do with channels, and admins with the app."""

from sandbox.slack import moves, shown
from sandbox.slack.errors import ActError, ControlError
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Channel, User
from sandbox.slack.people.acting import member_of, person, place
from sandbox.slack.world import World


async def create(world: World, body: Json) -> Json:
    """Make a channel: `name`, `is_private`."""
    user = member_of(person(world, body))
    private = body.get("is_private") is True
    channel = moves.create(world, str(body.get("name", "")), user.id, private=private)
    return _shown(channel, user)


async def join(world: World, body: Json) -> Json:
    """Join a public channel; guests are invited, they do not join."""
    user = person(world, body)
    channel = _channel(world, body)
    if channel.is_private or user.is_restricted or user.is_ultra_restricted:
        raise ActError("cannot_join", f"{user.real_name} must be invited to this channel.")
    if channel.is_archived:
        raise ActError("is_archived", "This channel is archived.")
    if user.id not in channel.members:
        moves.add_member(world, channel, user.id)
    return _shown(channel, user)


async def leave(world: World, body: Json) -> Json:
    """Leave a channel."""
    user = person(world, body)
    channel = _channel(world, body)
    if user.id in channel.members:
        moves.remove_member(world, channel, user.id)
    return _shown(channel, user)


async def invite(world: World, body: Json) -> Json:
    """Bring somebody (`target`: a person, a role, or `bot` for the app) into a channel."""
    user = member_of(person(world, body))
    channel = place(world, user, body)
    target = _target(world, body)
    if channel.is_archived:
        raise ActError("is_archived", "This channel is archived.")
    if target.id in channel.members:
        raise ActError("already_in_channel", f"{target.real_name} is a member already.")
    moves.add_member(world, channel, target.id, user.id)
    return _shown(channel, user)


async def kick(world: World, body: Json) -> Json:
    """Put somebody (`target`) out of a channel."""
    user = member_of(person(world, body))
    channel = place(world, user, body)
    target = _target(world, body)
    if target.id not in channel.members:
        raise ActError("not_in_channel", f"{target.real_name} is not a member of this channel.")
    if target.id == user.id:
        raise ActError("cant_kick_self", "Nobody puts themselves out; leave instead.")
    moves.remove_member(world, channel, target.id)
    return _shown(channel, user)


def _target(world: World, body: Json) -> User:
    return person(world, {"user": body.get("target", "")})


async def rename(world: World, body: Json) -> Json:
    """Give a channel another `name`."""
    user = member_of(person(world, body))
    channel = place(world, user, body)
    moves.rename(world, channel, str(body.get("name", "")), user.id)
    return _shown(channel, user)


async def topic(world: World, body: Json) -> Json:
    """Set the topic of a channel (`text`)."""
    user = member_of(person(world, body))
    channel = place(world, user, body)
    moves.set_topic(world, channel, user.id, str(body.get("text", "")), purpose=False)
    return _shown(channel, user)


async def archive(world: World, body: Json) -> Json:
    """Archive a channel."""
    return _archive(world, body, True)


async def unarchive(world: World, body: Json) -> Json:
    """Bring a channel back."""
    return _archive(world, body, False)


def _archive(world: World, body: Json, archived: bool) -> Json:
    user = member_of(person(world, body))
    channel = _channel(world, body)
    if channel.is_archived != archived:
        moves.set_archived(world, channel, user.id, archived=archived)
    return _shown(channel, user)


async def uninstall(world: World, body: Json) -> Json:
    """Take the app out of the workspace; `POST app` installs it again."""
    _admin(world, body)
    moves.uninstall(world)
    return {"ok": True}


async def revoke(world: World, body: Json) -> Json:
    """Revoke the app's tokens: `token` is bot (the default) or app."""
    _admin(world, body)
    kind = str(body.get("token") or "bot")
    if kind not in {"bot", "app"}:
        raise ControlError("bad_token", "token is bot or app.")
    moves.end_tokens(world, (kind,), "token_revoked")
    return {"ok": True}


def _admin(world: World, body: Json) -> None:
    user = person(world, body)
    if not user.is_admin:
        raise ActError("not_allowed", "Only an admin of the workspace can do this.")


def _channel(world: World, body: Json) -> Channel:
    found = world.find_channel(str(body.get("channel", "")))
    if found is None or found.im_user:
        raise ActError("channel_not_found", f"There is no channel {body.get('channel')!r}.")
    return found


def _shown(channel: Channel, user: User) -> Json:
    return {"ok": True, "channel": shown.control_channel(channel, user.id)}
