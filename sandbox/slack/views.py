"""Modals and Home tabs: opening, replacing, closing, and the values typed into them."""

from sandbox.slack import ids, shown
from sandbox.slack.inputs import initial_values, keep_typed
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import View
from sandbox.slack.world import World

CLOSED_KEPT = 2_000


def add_view(
    world: World, user: str, payload: Json, *, below: View | None = None, channel: str = ""
) -> View:
    """A new modal: a new root, or on top of `below`."""
    view_id = ids.opaque("V")
    view = View(
        id=view_id,
        user=user,
        payload=payload,
        hash=ids.view_hash(),
        root_id=below.root_id if below else view_id,
        previous_id=below.id if below else "",
        inputs=initial_values(payload["blocks"], channel),
        channel=channel,
    )
    world.views[view_id] = view
    kind = "view_pushed" if below else "view_opened"
    world.live.push(kind, only=user, view=shown.control_view(world, view))
    return view


def replace_view(world: World, view: View, payload: Json) -> None:
    """New content in place; typed values stay where block_id, action_id and type stay."""
    view.inputs = keep_typed(view.inputs, view.payload["blocks"], payload["blocks"], view.channel)
    view.payload = payload
    view.hash = ids.view_hash()
    view.errors = {}
    kind = "home" if view.kind == "home" else "view_updated"
    world.live.push(kind, only=view.user, view=shown.control_view(world, view))


def tell_view(world: World, view: View) -> None:
    """Push a view's present state to its person's pages."""
    kind = "home" if view.kind == "home" else "view_updated"
    world.live.push(kind, only=view.user, view=shown.control_view(world, view))


def close_view(world: World, view: View, reason: str) -> None:
    """Close one modal and tell the pages; the caller decides what the app hears."""
    view.open = False
    view.closed_reason = reason
    world.live.push("view_closed", only=view.user, view=shown.control_view(world, view))
    closed = [v.id for v in world.views.values() if not v.open]
    for view_id in closed[:-CLOSED_KEPT]:
        del world.views[view_id]
