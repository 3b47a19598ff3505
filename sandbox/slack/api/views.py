"""views.*: open, push, update, publish."""

import time

from sandbox.slack import ids, shapes, shown
from sandbox.slack.api.call import Call
from sandbox.slack.blocks.surface import check_view, without_new
from sandbox.slack.errors import SlackError
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Trigger, View
from sandbox.slack.views import add_view, replace_view
from sandbox.slack.world import World

STACK_LIMIT = 3


def open_view(call: Call) -> Json:
    """views.open: a new modal for the person whose trigger this is."""
    payload = _view(call)
    external_id_free(call.world, payload)
    trigger = _exchange(call)
    view = add_view(call.world, trigger.user, payload, channel=trigger.channel)
    return {"view": shapes.view_json(call.world, view)}


def push(call: Call) -> Json:
    """views.push: on top of the modal the trigger came from."""
    payload = _view(call)
    external_id_free(call.world, payload)
    trigger = _peek(call)
    below = call.world.views.get(trigger.view_id)
    if below is None or not below.open or below.kind != "modal":
        raise SlackError("not_found")
    if len(call.world.view_stack(below)) >= STACK_LIMIT:
        raise SlackError("push_limit_reached")
    trigger.used = True
    view = add_view(call.world, trigger.user, payload, below=below, channel=trigger.channel)
    return {"view": shapes.view_json(call.world, view)}


def update(call: Call) -> Json:
    """views.update by view_id or external_id; a closed view is not_found."""
    payload = _view(call, ("modal", "home"))
    view = _find(call)
    if view.kind != payload["type"]:
        message = f"unsupported type: {payload['type']} [json-pointer:/view/type]"
        raise SlackError("invalid_arguments", messages=[message])
    if call.given("hash") and call.text("hash") != view.hash:
        raise SlackError("hash_conflict")
    external_id_free(call.world, payload, view)
    replace_view(call.world, view, payload)
    return {"view": shapes.view_json(call.world, view)}


def publish(call: Call) -> Json:
    """views.publish: the Home tab of one person."""
    payload = _view(call, ("home",))
    world = call.world
    user = world.users.get(call.text("user_id"))
    if user is None:
        raise SlackError("user_not_found")
    if not world.install.home_enabled:
        raise SlackError("not_enabled")
    external_id_free(world, payload, world.home_of(user.id))
    view = world.home_of(user.id)
    if view is None:
        view_id = ids.opaque("V")
        view = View(view_id, user.id, payload, ids.view_hash(), view_id)
        world.views[view_id] = view
        world.live.push("home", only=user.id, view=shown.control_view(world, view))
    else:
        if call.given("hash") and call.text("hash") != view.hash:
            raise SlackError("hash_conflict")
        replace_view(world, view, payload)
    return {"view": shapes.view_json(world, view)}


def _view(call: Call, kinds: tuple[str, ...] = ("modal",)) -> Json:
    """The view of a call, checked as this workspace checks views."""
    payload = check_view(call.parsed("view", "invalid_arguments"), kinds)
    if not call.world.switches["new_blocks"]:
        without_new(payload["blocks"], "/view/blocks")
    return payload


def external_id_free(world: World, payload: Json, own: View | None = None) -> None:
    """Raise duplicate_external_id when another open view of the team has the same."""
    wanted = payload.get("external_id")
    for view in world.views.values() if wanted else ():
        if view.open and view is not own and view.payload.get("external_id") == wanted:
            raise SlackError("duplicate_external_id")


def _peek(call: Call) -> Trigger:
    """The trigger, checked in Slack's order: known, unused, young."""
    trigger = call.world.triggers.get(call.text("trigger_id"))
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    if time.monotonic() - trigger.made > call.world.lifetimes["trigger_id"]:
        raise SlackError("expired_trigger_id")
    return trigger


def _exchange(call: Call) -> Trigger:
    trigger = _peek(call)
    trigger.used = True
    return trigger


def _find(call: Call) -> View:
    world = call.world
    if call.given("view_id"):
        view = world.views.get(call.text("view_id"))
    elif call.given("external_id"):
        wanted = call.text("external_id")
        views = [
            v for v in world.views.values() if v.payload.get("external_id") == wanted and v.open
        ]
        view = views[0] if views else None
    else:
        message = "must provide either `view_id` or `external_id`"
        raise SlackError("invalid_arguments", messages=[message])
    if view is None or not view.open:
        raise SlackError("not_found")
    return view
