"""conversations.*: look, read, join, open."""

import base64
import time

from sandbox.slack import ids, moves, shapes
from sandbox.slack.api.call import Call, page, require_scope
from sandbox.slack.errors import SlackError
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Channel, Message

READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_SCOPE_WORD = {
    "public_channel": "channels",
    "private_channel": "groups",
    "im": "im",
    "mpim": "mpim",
}
GROUP_SIZE = 8
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")


def info(call: Call) -> Json:
    """conversations.info."""
    channel = call.channel()
    call.scope_for(channel, "read")
    body = shapes.api_channel(call.world, channel)
    if call.flag("include_num_members"):
        body["num_members"] = len(channel.members)
    return {"channel": body}


def list_channels(call: Call) -> Json:
    """conversations.list: types, exclude_archived, cursor."""
    types = call.listed("types") or ["public_channel"]
    unknown = set(types) - {"public_channel", "private_channel", "im", "mpim"}
    if unknown:
        raise SlackError("invalid_types")
    for kind in types:
        require_scope(call, f"{_SCOPE_WORD[kind]}:read")
    rows = [
        shapes.api_channel(call.world, channel)
        for channel in call.world.channels.values()
        if _listed(call, channel, types)
    ]
    found, cursor = page(rows, call.text("cursor"), _limit(call, 100, 1000))
    return {"channels": found, "response_metadata": {"next_cursor": cursor}}


def _listed(call: Call, channel: Channel, types: list[str]) -> bool:
    word = next(kind for kind, scope in _SCOPE_WORD.items() if scope == channel.kind)
    if word not in types or (call.flag("exclude_archived") and channel.is_archived):
        return False
    return word == "public_channel" or call.world.bot_user_id in channel.members


def members(call: Call) -> Json:
    """conversations.members."""
    channel = call.channel()
    call.scope_for(channel, "read")
    rows: list[Json] = [{"id": user} for user in channel.members]
    found, cursor = page(rows, call.text("cursor"), _limit(call, 100, 1000))
    ids_found = [row["id"] for row in found]
    return {"members": ids_found, "response_metadata": {"next_cursor": cursor}}


def history(call: Call) -> Json:
    """conversations.history: newest first, top-level messages and broadcasts."""
    channel = _readable(call)
    rows = [m for m in channel.messages.values() if _top_level(m)]
    return _window(call, rows, newest_first=True)


def replies(call: Call) -> Json:
    """conversations.replies: the parent, then its replies, oldest first."""
    channel = _readable(call)
    message = channel.messages.get(call.text("ts"))
    if message is None or (message.deleted and not message.replies):
        raise SlackError("thread_not_found")
    parent = channel.messages[message.thread_ts] if message.thread_ts else message
    rows = [parent, *(channel.messages[ts] for ts in parent.replies)]
    return _window(call, rows, newest_first=False)


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.scope_for(channel, "history")
    if call.world.bot_user_id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _top_level(message: Message) -> bool:
    if message.deleted and not message.replies:
        return False
    alone = not message.thread_ts or message.thread_ts == message.ts
    return alone or message.subtype == "thread_broadcast"


def _window(call: Call, rows: list[Message], *, newest_first: bool) -> Json:
    chosen = [m for m in rows if _within(call, m.ts)]
    chosen.sort(key=lambda m: m.ts, reverse=newest_first)
    metadata = call.flag("include_all_metadata")
    found, cursor = _page_by_ts(call, chosen, newest_first=newest_first)
    shown = [shapes.api_message(call.world, m, metadata=metadata) for m in found]
    body: Json = {"messages": shown, "has_more": bool(cursor)}
    if newest_first:
        pinned = sum(1 for m in rows if m.pinned)
        body |= {"pin_count": pinned, "channel_actions_ts": None, "channel_actions_count": 0}
    return body | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def _page_by_ts(
    call: Call, rows: list[Message], *, newest_first: bool
) -> tuple[list[Message], str]:
    """A page from the cursor's timestamp on, so that new messages do not shift the pages."""
    start = _cursor_ts(call.text("cursor"))
    if start:
        rows = [m for m in rows if m.ts == start or (m.ts < start) == newest_first]
    limit = _limit(call, 100, 999)
    if len(rows) <= limit:
        return rows, ""
    cursor = base64.b64encode(f"next_ts:{rows[limit].ts}".encode()).decode()
    return rows[:limit], cursor


def _cursor_ts(cursor: str) -> str:
    if not cursor:
        return ""
    try:
        word, _, ts = base64.b64decode(cursor, validate=True).decode().partition(":")
    except ValueError:
        raise SlackError("invalid_cursor") from None
    if word != "next_ts" or not ts.replace(".", "", 1).isdigit():
        raise SlackError("invalid_cursor")
    return ts


def _within(call: Call, ts: str) -> bool:
    inclusive = call.flag("inclusive")
    for name, sign in (("oldest", 1), ("latest", -1)):
        if not call.given(name) or call.text(name) == "0":
            continue
        try:
            edge, at = float(call.text(name)), float(ts)
        except ValueError:
            raise SlackError(f"invalid_ts_{name}") from None
        if (at - edge) * sign < 0 or (at == edge and not inclusive):
            return False
    return True


def _limit(call: Call, default: int, high: int) -> int:
    limit = call.number("limit", default)
    if limit == 0:
        return default
    if limit < 1 or limit > high:
        raise SlackError("invalid_limit")
    return limit


def join(call: Call) -> Json:
    """conversations.join: public channels only."""
    channel = call.channel()
    if channel.kind != "channels":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    world = call.world
    already = world.bot_user_id in channel.members
    if not already:
        moves.add_member(world, channel, world.bot_user_id)
    body: Json = {"channel": shapes.api_channel(world, channel)}
    if already:
        body |= {"warning": "already_in_channel"}
        body["response_metadata"] = {"warnings": ["already_in_channel"]}
    return body


def open_im(call: Call) -> Json:
    """conversations.open: a direct message with one person, or again by its channel id."""
    world = call.world
    if call.given("channel"):
        channel = call.channel()
        if not channel.im_user and not channel.is_mpim:
            raise SlackError("method_not_supported_for_channel_type")
        return _opened(call, channel, known=True)
    users = call.listed("users")
    if not users:
        raise SlackError("users_list_not_supplied")
    require_scope(call, "mpim:write" if len(users) > 1 else "im:write")
    if len(users) > GROUP_SIZE:
        raise SlackError("too_many_users")
    for key in users:
        _can_be_written_to(call, key)
    known = set(world.channels)
    channel = world.open_im(users[0]) if len(users) == 1 else _group_message(call, users)
    return _opened(call, channel, known=channel.id in known)


def _can_be_written_to(call: Call, key: str) -> None:
    user = call.world.users.get(key)
    if user is None:
        raise SlackError("user_not_found")
    if user.deleted:
        raise SlackError("user_disabled")
    if user.is_bot or user.id == "USLACKBOT":
        raise SlackError("cannot_dm_bot")


def _group_message(call: Call, users: list[str]) -> Channel:
    """The direct message of these people and the app, made when first needed."""
    world = call.world
    members = sorted({*users, world.bot_user_id})
    for channel in world.channels.values():
        if channel.is_mpim and sorted(channel.members) == members:
            return channel
    names = "--".join(world.users[user].name for user in members)
    made = int(time.time())
    channel = Channel(
        ids.opaque("G"), f"mpdm-{names}-1", True, is_mpim=True, created=made, members=members
    )
    world.channels[channel.id] = channel
    world.live.push("channels", audience=channel.members)
    return channel


def _opened(call: Call, channel: Channel, *, known: bool) -> Json:
    body: Json = {"channel": {"id": channel.id}}
    if call.flag("return_im"):
        body["channel"] = shapes.api_channel(call.world, channel)
    if known and not channel.closed:
        body |= {"no_op": True, "already_open": True}
    channel.closed = False
    return body
