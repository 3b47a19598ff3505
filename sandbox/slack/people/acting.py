"""What every act shares: who acts, where, and how its end is reported."""

from sandbox.slack.errors import ActError, ControlError
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Channel, User, View
from sandbox.slack.realtime.sockets import Ack
from sandbox.slack.world import World


def person(world: World, body: Json) -> User:
    """The acting person: a user id, or a role such as `operator`."""
    key = str(body.get("user", ""))
    user = world.find_user(key)
    if user is None:
        raise ControlError("user_not_found", f"There is no person {key!r} in this workspace.")
    if user.deleted:
        raise ActError("user_deactivated", f"{user.real_name} is deactivated and cannot sign in.")
    return user


def member_of(user: User) -> User:
    """The person, unless they are a guest."""
    if user.is_restricted or user.is_ultra_restricted:
        raise ActError("not_allowed", "A guest cannot do this.")
    return user


def place(world: World, user: User, body: Json) -> Channel:
    """The channel a person acts in; they must be a member."""
    key = str(body.get("channel", ""))
    channel = world.find_channel(key)
    if channel is None:
        raise ActError("channel_not_found", f"There is no channel {key!r}.")
    if user.id not in channel.members:
        raise ActError("not_in_channel", f"{user.real_name} is not a member of this channel.")
    return channel


def open_view_of(world: World, user: User, body: Json) -> View:
    """The view a person acts in: theirs, and still open."""
    view = world.views.get(str(body.get("view_id", "")))
    if view is None or view.user != user.id:
        raise ActError("view_not_found", f"{user.real_name} has no such view.")
    if not view.open:
        raise ActError("view_closed", f"This view is closed ({view.closed_reason}).")
    if view.kind == "modal" and world.view_stack(view)[-1] is not view:
        raise ActError("view_covered", "Another view lies on top of this one.")
    return view


def report(ack: Ack, **more: object) -> Json:
    """The control API's answer to an act that reached out to the app."""
    body: Json = {
        "ok": True,
        "acked": ack.acked,
        "ack_ms": ack.ms,
        "ack": ack.payload,
        "envelope_id": ack.envelope_id or None,
    }
    if not ack.acked:
        body["reason"] = ack.reason
    return body | more
