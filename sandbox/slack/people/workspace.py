"""The rest of what people do: files, Home, shortcuts, direct messages, reading."""

import base64
import binascii

from sandbox.slack import shapes, shown
from sandbox.slack.api.content import Content
from sandbox.slack.api.files import new_file, share
from sandbox.slack.errors import ActError, ControlError
from sandbox.slack.inputs import find_element
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Message, User, View
from sandbox.slack.people import press
from sandbox.slack.people.acting import open_view_of, person, place, report
from sandbox.slack.people.choose import chosen_state
from sandbox.slack.realtime.deliver import deliver
from sandbox.slack.realtime.events import emit
from sandbox.slack.realtime.payloads import shortcut as shortcut_payload
from sandbox.slack.views import tell_view
from sandbox.slack.world import World


async def file(world: World, body: Json) -> Json:
    """Upload a file as a person: into a channel, or into a file input of a modal."""
    user = person(world, body)
    content = _content(body)
    name = str(body.get("name", ""))
    if not name:
        raise ControlError("no_name", "A file needs a name.")
    channel = None
    if body.get("channel") and not body.get("view_id"):
        channel = place(world, user, body)
        if channel.is_archived:
            raise ActError("is_archived", "This channel is archived.")
    stored = new_file(world, name, user.id, len(content), by_app=False)
    stored.content = content
    stored.uploaded = stored.complete = True
    created = {"type": "file_created", "file_id": stored.id, "user_id": user.id}
    emit(world, "file_created", {**created, "file": {"id": stored.id}})
    if body.get("view_id"):
        _into_view(world, user, body, stored.id)
    elif channel is not None:
        thread_ts = str(body.get("thread_ts") or "")
        share(world, channel, [stored], Content(text=str(body.get("text", ""))), thread_ts)
    shown = shapes.api_file(world, stored)
    world.live.push("file", file=shown)
    return {"ok": True, "file": shown}


def _content(body: Json) -> bytes:
    if "content_base64" not in body:
        return str(body.get("content", "")).encode()
    try:
        return base64.b64decode(str(body["content_base64"]), validate=True)
    except (binascii.Error, ValueError):
        raise ControlError("bad_base64", "content_base64 is not base64.") from None


def _into_view(world: World, user: User, body: Json, file_id: str) -> None:
    view = open_view_of(world, user, body)
    found = find_element(
        view.payload["blocks"], str(body.get("action_id", "")), str(body.get("block_id") or "")
    )
    if found is None or found[1]["type"] != "file_input":
        raise ActError("element_not_found", "There is no such file input in this view.")
    block, element = found
    state = view.inputs.setdefault(block["block_id"], {}).get(element["action_id"], {})
    before = [item["id"] for item in state.get("files") or []]
    if element.get("max_files", 10) == 1:
        before = []
    chosen = chosen_state(world, element, [*before, file_id])
    view.inputs[block["block_id"]][element["action_id"]] = chosen
    tell_view(world, view)


async def home(world: World, body: Json) -> Json:
    """Open the Home tab; with `tab: messages` the other one."""
    user = person(world, body)
    tab = str(body.get("tab") or "home")
    if tab not in {"home", "messages"}:
        raise ControlError("bad_tab", "tab is home or messages.")
    if tab == "home" and not world.install.home_enabled:
        raise ActError("home_disabled", "This app has no Home tab.")
    view = world.home_of(user.id)
    _tell_opened(world, user, tab, view)
    return {"ok": True, "view": shown.control_view(world, view) if view else None}


def _tell_opened(world: World, user: User, tab: str, view: View | None) -> None:
    event: Json = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": world.open_im(user.id).id,
        "tab": tab,
    }
    if view and tab == "home":
        event["view"] = shapes.view_json(world, view)
    emit(world, "app_home_opened", event)


async def shortcut(world: World, body: Json) -> Json:
    """Use a shortcut of the app, on a message when it is one for messages."""
    user = person(world, body)
    wanted = str(body.get("callback_id", ""))
    which = next((s for s in world.install.shortcuts if s.callback_id == wanted), None)
    if which is None:
        raise ActError("unknown_shortcut", f"No shortcut {wanted!r} is installed.")
    on = press.find_place(world, user, body) if which.type == "message" else None
    if which.type == "message" and not isinstance(on, Message):
        raise ActError("message_not_found", "This shortcut is used on a message.")
    trigger = world.new_trigger(user.id, channel=on.channel if isinstance(on, Message) else "")
    target = on if isinstance(on, Message) else None
    payload = shortcut_payload(world, user, which, trigger, target)
    ack = await deliver(world, "interactive", payload, url=world.install.interactivity_url)
    return report(ack, trigger_id=trigger.id)


async def dm(world: World, body: Json) -> Json:
    """Open the direct message with the app, which is its messages tab."""
    user = person(world, body)
    _tell_opened(world, user, "messages", None)
    return {"ok": True, "channel": world.open_im(user.id).id}


async def read(world: World, body: Json) -> Json:
    """Mark a channel as read."""
    user = person(world, body)
    channel = place(world, user, body)
    channel.unread[user.id] = 0
    return {"ok": True}
