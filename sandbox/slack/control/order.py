"""Ordering: people, channels, the app's manifest, faults, limits."""

import re
import time

from sandbox.slack import ids, shapes, shown
from sandbox.slack.api.methods import BY_NAME
from sandbox.slack.errors import ControlError
from sandbox.slack.faults import SOCKET_FAULTS, Fault
from sandbox.slack.jsontypes import Json
from sandbox.slack.manifest import DEFAULT_EVENTS, read_manifest
from sandbox.slack.model import Channel, User, Usergroup
from sandbox.slack.realtime.events import emit
from sandbox.slack.world import World

_USER_TEXTS = (
    "name",
    "real_name",
    "display_name",
    "title",
    "email",
    "role_hint",
    "team_id",
    "tz",
)
_CHANNEL_FLAGS = ("is_private", "is_archived", "is_ext_shared", "is_pending_ext_shared")
_USER_FLAGS = ("is_bot", "is_admin", "is_restricted", "is_ultra_restricted", "deleted")
# What a fault's `match.type` may name: interactions, and events by their type.
DELIVERED = (
    "command",
    "block_actions",
    "block_suggestion",
    "message_action",
    "shortcut",
    "view_closed",
    "view_submission",
    *sorted({name.partition(".")[0] for name in DEFAULT_EVENTS}),
)
CLOSE_AFTER = {"warning": 10.0, "refresh_requested": 0.5}


async def users(world: World, body: Json) -> Json:
    """Add a person, or change the one with this id."""
    texts, flags = _texts(body, _USER_TEXTS), _flags(body, _USER_FLAGS)
    user = world.users.get(str(body.get("id", "")))
    new = user is None
    if user is None:
        name = texts.get("name", "")
        if not name:
            raise ControlError("no_name", "A new person needs a name.")
        user_id = str(body.get("id") or ids.opaque("U"))
        user = User(user_id, name, texts.get("real_name") or name, team_id=world.team_id)
        user.display_name = user.real_name.partition(" ")[0]
        user.email = f"{name}@northwind-books.example"
        world.users[user_id] = user
    for field, value in {**texts, **flags}.items():
        setattr(user, field, value)
    world.live.push("users", user=shown.control_user(user))
    kind = "team_join" if new else "user_change"
    emit(world, kind, {"type": kind, "user": shapes.api_user(world, user)})
    return {"ok": True, "user": shown.control_user(user)}


async def channels(world: World, body: Json) -> Json:
    """Add a channel, or change the one with this id or name."""
    texts, flags = _texts(body, ("topic", "purpose")), _flags(body, _CHANNEL_FLAGS)
    members = _members(world, body, "members")
    key = str(body.get("id") or body.get("name") or "")
    channel = world.find_channel(key)
    if channel is None:
        name = str(body.get("name", ""))
        if not re.fullmatch(r"[a-z0-9_\-]{1,80}", name):
            raise ControlError("invalid_name", "A channel name is lowercase, without spaces.")
        channel = Channel(str(body.get("id") or ids.opaque("C")), name, created=int(time.time()))
        world.channels[channel.id] = channel
    if members is not None:
        channel.members = members
    for field, value in {**texts, **flags}.items():
        setattr(channel, field, value)
    world.live.push("channels")
    return {"ok": True, "channel": shown.control_channel(channel, "")}


def _texts(body: Json, names: tuple[str, ...]) -> dict[str, str]:
    """The given strings among these names."""
    for name in names:
        if name in body and not isinstance(body[name], str):
            raise ControlError("bad_field", f"{name} must be a string.")
    return {name: body[name] for name in names if name in body}


def _flags(body: Json, names: tuple[str, ...]) -> dict[str, bool]:
    """The given booleans among these names."""
    for name in names:
        if name in body and not isinstance(body[name], bool):
            raise ControlError("bad_field", f"{name} must be true or false.")
    return {name: body[name] for name in names if name in body}


def _members(world: World, body: Json, name: str) -> list[str] | None:
    """A list of ids of people, None when it was not given."""
    rows = body.get(name)
    if rows is None:
        return None
    if not isinstance(rows, list):
        raise ControlError("bad_field", f"{name} must be a list of ids.")
    for user in rows:
        if not isinstance(user, str) or user not in world.users:
            raise ControlError("user_not_found", f"There is no person {user!r}.")
    return list(dict.fromkeys(rows))


async def usergroups(world: World, body: Json) -> Json:
    """Add a user group, or change the one with this handle."""
    handle = _texts(body, ("handle",)).get("handle", "").removeprefix("@")
    members = _members(world, body, "users")
    if not handle:
        raise ControlError("no_handle", "A user group needs a handle.")
    group = next((g for g in world.usergroups.values() if g.handle == handle), None)
    if group is None:
        group_id = str(body.get("id") or ids.opaque("S"))
        group = Usergroup(group_id, handle, str(body.get("name") or handle))
        world.usergroups[group_id] = group
    if members is not None:
        group.users = members
    shown = {"id": group.id, "handle": handle, "name": group.name, "users": group.users}
    return {"ok": True, "usergroup": shown}


async def app(world: World, body: Json) -> Json:
    """Install a manifest in place of the present one; tokens stay, their scopes change."""
    manifest = body.get("manifest", body)
    install = read_manifest(manifest)
    if world.install.socket_mode and not install.socket_mode:
        world.spawn(world.hub.disconnect("link_disabled", 0.1))
    world.install = install
    world.verified_urls.clear()
    for token in world.tokens.values():
        token.revoked = False
        if token.kind == "bot":
            token.scopes = install.scopes
    bot = world.users[world.bot_user_id]
    bot.real_name = bot.display_name = install.bot_name
    tell_app(world)
    return {
        "ok": True,
        "commands": [command.command for command in install.commands],
        "shortcuts": [shortcut.callback_id for shortcut in install.shortcuts],
        "scopes": list(install.scopes),
        "bot_events": list(install.bot_events),
        "socket_mode": install.socket_mode,
    }


def tell_app(world: World) -> None:
    """Push the app's state to the pages."""
    world.live.push("app", connected=len(world.hub.connections), name=world.install.name)


async def faults(world: World, body: Json) -> Json:
    """Order a fault; those of the socket happen at once."""
    order = world.faults.add(_fault_body(world, body))
    shown: Json = {"ok": True, "fault": order.as_json()}
    if order.fault in SOCKET_FAULTS:
        shown["connections"] = len(world.hub.connections)
        world.spawn(_shake(world, order, body))
    return shown


def _fault_body(world: World, body: Json) -> Json:
    """The order with its channel as an id; words that would never match are refused."""
    unknown = set(body) - {"fault", "times", "match", "seconds", "reason"}
    if unknown:
        why = f"A fault has no {sorted(unknown)[0]!r}; known: fault, times, match, seconds, reason."
        raise ControlError("bad_field", why)
    match = body.get("match")
    if not isinstance(match, dict):
        return body
    method = match.get("method")
    if method is not None and method not in BY_NAME and method != "response_url":
        raise ControlError("bad_match", f"No method is called {method!r}.")
    kind = match.get("type")
    if kind is not None and kind not in DELIVERED:
        raise ControlError("bad_match", f"type {kind!r} is none of: {', '.join(DELIVERED)}.")
    if match.get("channel") is None:
        return body
    channel = world.find_channel(str(match["channel"]))
    if channel is None:
        raise ControlError("bad_match", f"There is no channel {match['channel']!r}.")
    return body | {"match": match | {"channel": channel.id}}


async def _shake(world: World, order: Fault, body: Json) -> None:
    if order.fault == "drop_socket":
        await world.hub.drop()
        return
    wait = order.seconds if "seconds" in body else CLOSE_AFTER.get(order.reason, 0.0)
    await world.hub.disconnect(order.reason, wait)


def clear_faults(world: World) -> Json:
    """Forget all orders."""
    world.faults.clear()
    return {"ok": True, "faults": []}


async def switches(world: World, body: Json) -> Json:
    """Turn what differs between workspaces."""
    for name, value in body.items():
        if name not in world.switches:
            known = ", ".join(world.switches)
            raise ControlError("unknown_switch", f"No switch is called {name!r}. Known: {known}.")
        if not isinstance(value, bool):
            raise ControlError("bad_field", f"{name} must be true or false.")
    world.switches.update(body)
    return {"ok": True, "switches": world.switches}


async def lifetimes(world: World, body: Json) -> Json:
    """Shorten (or restore) how long things live and events wait for their next try."""
    for name, value in body.items():
        if name not in world.lifetimes:
            known = ", ".join(world.lifetimes)
            raise ControlError("unknown_lifetime", f"Nothing is called {name!r}. Known: {known}.")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600:
            raise ControlError("bad_seconds", f"{name} is a number of seconds from 0 to 3600.")
    world.lifetimes.update({name: float(value) for name, value in body.items()})
    return {"ok": True, "lifetimes": world.lifetimes}


async def limits(world: World, body: Json) -> Json:
    """Switch the rate limits: real or off."""
    mode = body.get("limits")
    if mode not in ("real", "off"):
        raise ControlError("bad_limits", 'limits is "real" or "off".')
    world.limits.set_mode(str(mode))
    return {"ok": True, "limits": mode}
