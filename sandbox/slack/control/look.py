"""Looking: what the workspace holds now."""

from dataclasses import asdict

from sandbox.slack import shapes, shown
from sandbox.slack.errors import ControlError
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Channel, Message
from sandbox.slack.seed import SLACKBOT
from sandbox.slack.world import World

Query = dict[str, str]


def state(world: World, query: Query) -> Json:
    """Team, app, people, channels, commands; `user` chooses whose unread counts."""
    user = query.get("user", "")
    install = world.install
    return {
        "team": {"id": world.team_id, "name": world.team_name, "domain": world.team_domain},
        "app": _app(world),
        "users": [shown.control_user(u) for u in world.users.values() if u.id != SLACKBOT],
        "channels": [
            shown.control_channel(c, user) for c in world.channels.values() if not c.im_user
        ],
        "ims": [
            {"id": c.id, "user": c.im_user, "unread": c.unread.get(user, 0)}
            for c in world.channels.values()
            if c.im_user and (not user or c.im_user == user)
        ],
        "usergroups": [
            {"id": g.id, "handle": g.handle, "name": g.name, "users": g.users}
            for g in world.usergroups.values()
        ],
        "commands": [
            {"command": c.command, "description": c.description, "usage_hint": c.usage_hint}
            for c in install.commands
        ],
        "shortcuts": [asdict(shortcut) for shortcut in install.shortcuts],
        "limits": world.limits.mode,
        "switches": world.switches,
        "me": user,
    }


def _app(world: World) -> Json:
    install = world.install
    return {
        "id": world.app_id,
        "name": install.name,
        "description": install.description,
        "bot_user_id": world.bot_user_id,
        "bot_id": world.bot_id,
        "connected": len(world.hub.connections),
        "socket_mode": install.socket_mode,
        "home_enabled": install.home_enabled,
        "messages_enabled": install.messages_enabled,
        "installed": not world.uninstalled,
    }


def messages(world: World, query: Query) -> Json:
    """Messages, oldest first; with `thread_ts` the parent and its replies.

    `history=0` leaves out what they said before, which is most of a busy channel's weight.
    """
    channels = _channels(world, query)
    since, thread = query.get("since", ""), query.get("thread_ts", "")
    rows = [
        message
        for channel in channels
        for message in channel.messages.values()
        if (not since or message.ts > since) and (not thread or thread in _threads(message))
    ]
    rows.sort(key=lambda message: message.ts)
    limit = _number(query, "limit", 0)
    last = rows[-limit:] if limit else rows
    told = [shown.control_message(world, m) for m in last]
    if query.get("history") == "0":
        told = [row | {"history": []} for row in told]
    return {"messages": told, "total": len(rows)}


def _threads(message: Message) -> set[str]:
    return {message.ts, message.thread_ts}


def _channels(world: World, query: Query) -> list[Channel]:
    if not query.get("channel"):
        return list(world.channels.values())
    found = world.find_channel(query["channel"])
    if found is None:
        raise ControlError("channel_not_found", f"There is no channel {query['channel']!r}.")
    return [found]


def ephemerals(world: World, query: Query) -> Json:
    """Ephemeral messages, by person and channel."""
    user = _user(world, query)
    inside = {channel.id for channel in _channels(world, query)}
    rows = [
        shown.control_ephemeral(world, item)
        for item in world.ephemerals.values()
        if user in {"", item.user} and item.channel in inside and query.get("since", "") < item.ts
    ]
    return {"ephemerals": rows}


def views(world: World, query: Query) -> Json:
    """Open modals and Home tabs; `all=1` closed ones too."""
    everything = query.get("all", "") not in {"", "0", "false"}
    user = _user(world, query)
    rows = [
        shown.control_view(world, view)
        for view in world.views.values()
        if (everything or view.open) and user in {"", view.user}
    ]
    return {"views": rows}


def home(world: World, query: Query) -> Json:
    """Published Home tabs; with `user` that person's as `view`, null before the first publish."""
    user = _user(world, query)
    rows = [
        shown.control_view(world, view)
        for view in world.views.values()
        if view.kind == "home" and user in {"", view.user}
    ]
    body: Json = {"enabled": world.install.home_enabled, "homes": rows}
    return body | ({"view": rows[0] if rows else None} if user else {})


def switches(world: World, _query: Query) -> Json:
    """What differs between workspaces."""
    return {"switches": world.switches}


def lifetimes(world: World, _query: Query) -> Json:
    """How long things live, in seconds."""
    return {"lifetimes": world.lifetimes}


def scheduled(world: World, _query: Query) -> Json:
    """Scheduled messages that wait; `lost` ones will never be posted."""
    return {"scheduled": [asdict(item) for item in world.scheduled.values()]}


def files(world: World, query: Query) -> Json:
    """Files that were uploaded completely."""
    rows = [
        {**shapes.api_file(world, stored), "by_app": stored.by_app}
        for stored in world.files.values()
        if stored.complete and not stored.deleted
    ]
    user = _user(world, query)
    if user:
        rows = [row for row in rows if row["user"] == user]
    return {"files": rows}


def calls(world: World, query: Query) -> Json:
    """Web API calls after `since`, of one `method` or all."""
    since = _number(query, "since", 0)
    rows = [
        row
        for row in world.calls
        if row["seq"] > since and query.get("method", row["method"]) == row["method"]
    ]
    return {"calls": rows, "last": world.call_seq}


def faults(world: World, _query: Query) -> Json:
    """Orders not used up yet."""
    return {"faults": [order.as_json() for order in world.faults.orders]}


def limits(world: World, _query: Query) -> Json:
    """real or off."""
    return {"limits": world.limits.mode}


def _user(world: World, query: Query) -> str:
    """The person asked about, by id or role; empty for everybody."""
    key = query.get("user", "")
    if not key:
        return ""
    found = world.find_user(key)
    if found is None:
        raise ControlError("user_not_found", f"There is no person {key!r}.")
    return found.id


def _number(query: Query, name: str, default: int) -> int:
    value = query.get(name, "")
    if not value:
        return default
    if not value.isdigit():
        raise ControlError("bad_number", f"{name} is a whole number.")
    return int(value)
