"""Buttons, menus and inputs: in messages, ephemerals, modals and the Home tab."""

from sandbox.slack.errors import ActError
from sandbox.slack.inputs import STATEFUL, elements, find_element
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Ephemeral, Message, User, View
from sandbox.slack.people.acting import open_view_of, person, place, report
from sandbox.slack.people.choose import chosen_action, chosen_state, usable_options
from sandbox.slack.posting import tell
from sandbox.slack.realtime.deliver import deliver
from sandbox.slack.realtime.payloads import action_ts, message_actions, suggestion, view_actions
from sandbox.slack.views import tell_view
from sandbox.slack.world import World, forget_oldest

Place = Message | Ephemeral | View


async def button(world: World, body: Json) -> Json:
    """Press a button that is there now; `stale: true` replays one of an older rendering."""
    user = person(world, body)
    target = find_place(world, user, body)
    if body.get("stale"):
        return await _send(world, user, target, _stale_action(body))
    block, element = _element(target, body)
    kind = element["type"]
    if kind not in {"button", "workflow_button", "icon_button", "feedback_buttons"}:
        raise ActError("not_a_button", f"{body['action_id']} is a {kind}; use type select.")
    if "confirm" in element and body.get("confirm") is False:
        return {"ok": True, "acked": False, "reason": "not_confirmed", "ack": None, "ack_ms": 0}
    if kind == "workflow_button":
        # It starts a workflow of Slack; the app whose message it is hears nothing of it.
        return {"ok": True, "acked": False, "reason": "not_dispatched", "ack": None, "ack_ms": 0}
    action = _action_head(block, element) | _button_parts(element, body)
    done = await _send(world, user, target, action)
    return done | ({"open_url": element["url"]} if element.get("url") else {})


async def select(world: World, body: Json) -> Json:
    """Choose or type; tells the app unless the element sits in a quiet input block."""
    user = person(world, body)
    target = find_place(world, user, body)
    block, element = _element(target, body)
    if element["type"] == "overflow":
        action = _action_head(block, element) | chosen_action(world, element, body.get("value"))
        return await _send(world, user, target, action)
    if element["type"] not in STATEFUL:
        raise ActError("not_an_input", f"{body['action_id']} is a {element['type']}.")
    state = chosen_state(world, element, body.get("value"), user.id)
    inputs_of(target).setdefault(block["block_id"], {})[element["action_id"]] = state
    if isinstance(target, View):
        target.errors.pop(block["block_id"], None)
        tell_view(world, target)
    elif isinstance(target, Message):
        tell(world, world.channels[target.channel], "message_changed", target)
    quiet = block["type"] == "input" and not block.get("dispatch_action")
    if quiet or body.get("quiet"):  # `quiet`: the page hands over typed text before a press
        return {"ok": True, "acked": False, "reason": "not_dispatched", "ack": None, "ack_ms": 0}
    action = _action_head(block, element) | {k: v for k, v in state.items() if k != "type"}
    return await _send(world, user, target, action)


async def options(world: World, body: Json) -> Json:
    """Ask the app for the options of an external select while a person types."""
    user = person(world, body)
    target = find_place(world, user, body)
    block, element = _element(target, body)
    if not element["type"].endswith("external_select"):
        raise ActError("not_external", f"{body['action_id']} does not load its options.")
    query = str(body.get("query", ""))
    least = element.get("min_query_length", 3)
    if len(query) < least:
        return {"ok": True, "acked": False, "reason": "query_too_short", "options": []}
    asked = {"action_id": element["action_id"], "block_id": block["block_id"]}
    payload = suggestion(world, user, target, asked, query)
    url = world.install.options_url or world.install.interactivity_url
    ack = await deliver(world, "interactive", payload, url=url)
    found = ack.payload if isinstance(ack.payload, dict) else {}
    rows, groups, problem = usable_options(found)
    for option in (*rows, *(item for group in groups for item in group["options"])):
        world.offered[f"{user.id} {element['action_id']} {option['value']}"] = option
    forget_oldest(world.offered)
    more = {"problem": problem} if problem else {}
    return report(ack, options=rows, option_groups=groups, **more)


def find_place(world: World, user: User, body: Json) -> Place:
    """The message, ephemeral or view a person acts on, as it is now."""
    if body.get("view_id"):
        return open_view_of(world, user, body)
    ts = str(body.get("ts", ""))
    for item in world.ephemerals.values():
        if item.user == user.id and ts in {item.id, item.ts}:
            if item.deleted:
                raise ActError("message_deleted", "This message is gone.")
            return item
    channel = place(world, user, body)
    message = channel.messages.get(ts)
    if message is None or message.deleted:
        raise ActError("message_not_found", "This message is not there (any more).")
    if channel.is_archived:
        raise ActError("is_archived", "This channel is archived.")
    return message


def blocks_of(target: Place) -> list[Json]:
    """The blocks of a place, those of attachments included."""
    if isinstance(target, View):
        blocks: list[Json] = target.payload["blocks"]
        return blocks
    nested = [block for item in target.attachments for block in item.get("blocks") or []]
    return [*target.blocks, *nested]


def inputs_of(target: Place) -> dict[str, Json]:
    """The values typed at a place."""
    return target.inputs


def _element(target: Place, body: Json) -> tuple[Json, Json]:
    action_id, block_id = str(body.get("action_id", "")), str(body.get("block_id") or "")
    found = find_element(blocks_of(target), action_id, block_id)
    if found is None:
        there = sorted({element["action_id"] for _, element in elements(blocks_of(target))})
        raise ActError("element_not_found", f"There is no {action_id!r} here now.", available=there)
    value = body.get("value")
    if value is not None and found[1]["type"] == "button" and not body.get("stale"):
        return _by_value(target, action_id, block_id, value)
    return found


def _by_value(target: Place, action_id: str, block_id: str, value: object) -> tuple[Json, Json]:
    """Several rows may have a button of one name; the value then tells which."""
    for block, element in elements(blocks_of(target)):
        here = not block_id or block.get("block_id") == block_id
        if here and element.get("action_id") == action_id and element.get("value") == value:
            return block, element
    raise ActError("element_not_found", f"No {action_id!r} here carries that value now.")


def _action_head(block: Json, element: Json) -> Json:
    head = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
    }
    for key in ("placeholder", "confirm", "initial_option", "initial_options", "initial_date"):
        if key in element:
            head[key] = element[key]
    return head | {"action_ts": action_ts()}


def _button_parts(element: Json, body: Json) -> Json:
    parts: Json = {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    if element["type"] == "feedback_buttons":
        side = "negative_button" if body.get("negative") else "positive_button"
        return {"text": element[side]["text"], "value": element[side]["value"]}
    return parts


def _stale_action(body: Json) -> Json:
    """A press on what the person still had on the screen; given, not looked up."""
    text = {"type": "plain_text", "text": str(body.get("label", "Button")), "emoji": True}
    action: Json = {
        "type": "button",
        "action_id": str(body.get("action_id", "")),
        "block_id": str(body.get("block_id", "") or "stale"),
        "text": text,
        "action_ts": action_ts(),
    }
    return action | ({"value": str(body["value"])} if body.get("value") is not None else {})


async def _send(world: World, user: User, target: Place, action: Json) -> Json:
    if isinstance(target, View):
        trigger = world.new_trigger(user.id, view_id=target.id, channel=target.channel)
        payload = view_actions(world, user, target, action, trigger)
    else:
        trigger = world.new_trigger(user.id, channel=target.channel)
        payload = message_actions(world, user, target, action, trigger)
    ack = await deliver(world, "interactive", payload, url=world.install.interactivity_url)
    return report(ack, trigger_id=trigger.id)
