"""conversations.*: make, change, fill, empty and close channels."""

from sandbox.slack import moves, shapes
from sandbox.slack.api.call import Call, require_scope
from sandbox.slack.errors import SlackError
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Channel

INVITES = 100


def _managed(call: Call, also: str = "") -> Channel:
    """The channel, with the right to manage its kind; `also` names a narrower scope that will do.

    Raises channel_not_found, missing_scope, method_not_supported_for_channel_type.
    """
    channel = call.channel()
    base = "channels:manage" if channel.kind == "channels" else f"{channel.kind}:write"
    require_scope(call, base + (f",{channel.kind}:{also}" if also else ""))
    if channel.kind not in {"channels", "groups"}:
        raise SlackError("method_not_supported_for_channel_type")
    return channel


def _inside(call: Call, channel: Channel) -> None:
    if call.world.bot_user_id not in channel.members:
        raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError("is_archived")


def create(call: Call) -> Json:
    """conversations.create."""
    private = call.flag("is_private")
    require_scope(call, "groups:write" if private else "channels:manage")
    channel = moves.create(call.world, call.text("name"), call.world.bot_user_id, private=private)
    return {"channel": shapes.api_channel(call.world, channel)}


def rename(call: Call) -> Json:
    """conversations.rename: the app renames only what it made."""
    channel = _managed(call)
    _inside(call, channel)
    if channel.creator != call.world.bot_user_id:
        raise SlackError("not_authorized")
    moves.rename(call.world, channel, call.text("name"), call.world.bot_user_id)
    return {"channel": shapes.api_channel(call.world, channel)}


def archive(call: Call) -> Json:
    """conversations.archive."""
    channel = _managed(call)
    if channel.is_archived:
        raise SlackError("already_archived")
    if channel.name == "general":
        raise SlackError("cant_archive_general")
    if call.world.bot_user_id not in channel.members:
        raise SlackError("not_in_channel")
    moves.set_archived(call.world, channel, call.world.bot_user_id, archived=True)
    return {}


def unarchive(call: Call) -> Json:
    """conversations.unarchive."""
    channel = _managed(call)
    if not channel.is_archived:
        raise SlackError("not_archived")
    moves.set_archived(call.world, channel, call.world.bot_user_id, archived=False)
    return {}


def set_topic(call: Call) -> Json:
    """conversations.setTopic."""
    return _set(call, "topic")


def set_purpose(call: Call) -> Json:
    """conversations.setPurpose."""
    return _set(call, "purpose")


def _set(call: Call, word: str) -> Json:
    channel = _managed(call, "write.topic")
    _inside(call, channel)
    bot = call.world.bot_user_id
    moves.set_topic(call.world, channel, bot, call.text(word), purpose=word == "purpose")
    return {"channel": shapes.api_channel(call.world, channel), word: call.text(word)}


def invite(call: Call) -> Json:
    """conversations.invite: all or nobody, unless `force`; each refusal is listed in `errors`."""
    channel = _managed(call, "write.invites")
    _inside(call, channel)
    users = call.listed("users")
    if not users:
        raise SlackError("no_user")
    if len(users) > INVITES:
        raise SlackError("too_many_users")
    refused = [
        {"user": user, "ok": False, "error": why}
        for user in users
        if (why := _cannot_invite(call, channel, user))
    ]
    if refused and not call.flag("force"):
        raise SlackError(str(refused[0]["error"]), extra={"errors": refused})
    wrong = {row["user"] for row in refused}
    for user in dict.fromkeys(users):
        if user not in wrong:
            moves.add_member(call.world, channel, user, call.world.bot_user_id)
    body: Json = {"channel": shapes.api_channel(call.world, channel)}
    return body | ({"errors": refused} if refused else {})


def _cannot_invite(call: Call, channel: Channel, user: str) -> str:
    found = call.world.users.get(user)
    if user == call.world.bot_user_id:
        return "cant_invite_self"
    if found is None:
        return "user_not_found"
    if found.deleted or found.is_bot or user == "USLACKBOT":
        return "cant_invite"
    return "already_in_channel" if user in channel.members else ""


def kick(call: Call) -> Json:
    """conversations.kick."""
    channel = _managed(call)
    user = call.text("user")
    if user == call.world.bot_user_id:
        raise SlackError("cant_kick_self")
    if channel.name == "general":
        raise SlackError("cant_kick_from_general")
    if user not in call.world.users:
        raise SlackError("user_not_found")
    if call.world.bot_user_id not in channel.members or user not in channel.members:
        raise SlackError("not_in_channel")
    moves.remove_member(call.world, channel, user)
    return {"errors": {}}


def leave(call: Call) -> Json:
    """conversations.leave: having left already is no error."""
    channel = _managed(call)
    if channel.name == "general":
        raise SlackError("cant_leave_general")
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.world.bot_user_id not in channel.members:
        return {"not_in_channel": True}
    if channel.is_private and len(channel.members) == 1:
        raise SlackError("last_member")
    moves.remove_member(call.world, channel, call.world.bot_user_id)
    return {}


def close(call: Call) -> Json:
    """conversations.close: a direct message only; it stays and opens again."""
    channel = call.channel()
    require_scope(call, f"{channel.kind}:write" if channel.im_user else "im:write,mpim:write")
    if not channel.im_user and not channel.is_mpim:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.closed:
        return {"no_op": True, "already_closed": True}
    channel.closed = True
    return {}


def mark(call: Call) -> Json:
    """conversations.mark: the app's own reading position, which nobody sees."""
    channel = call.channel()
    base = "channels:manage" if channel.kind == "channels" else f"{channel.kind}:write"
    require_scope(call, base)
    if call.world.bot_user_id not in channel.members:
        raise SlackError("not_in_channel")
    if not call.text("ts").replace(".", "", 1).isdigit():
        raise SlackError("invalid_timestamp")
    channel.unread[call.world.bot_user_id] = 0
    return {}
