"""Submitting and closing modals, and what the app's acknowledgement does to them."""

import time

from sandbox.slack import ids, shown
from sandbox.slack.api.views import STACK_LIMIT, external_id_free
from sandbox.slack.blocks.surface import check_view
from sandbox.slack.errors import ActError, ControlError, SlackError
from sandbox.slack.inputs import STATEFUL, elements, find_element, initial_state
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import ResponseUrl, User, View
from sandbox.slack.people.acting import open_view_of, person, report
from sandbox.slack.people.choose import chosen_state, input_problem
from sandbox.slack.realtime.deliver import deliver
from sandbox.slack.realtime.payloads import view_closed, view_submission
from sandbox.slack.realtime.sockets import Ack
from sandbox.slack.views import add_view, close_view, replace_view, tell_view
from sandbox.slack.world import World

_TROUBLE = "We had some trouble connecting. Try again?"


async def submit(world: World, body: Json) -> Json:
    """Submit a modal: the client checks first, the app decides second."""
    user = person(world, body)
    view = open_view_of(world, user, body)
    if view.kind != "modal" or not view.payload.get("submit"):
        raise ActError("no_submit", "This view has no submit button.")
    if view.payload.get("submit_disabled"):
        raise ActError("submit_disabled", "The submit button is disabled.")
    values = body.get("values") or {}
    if not isinstance(values, dict):
        raise ControlError("bad_values", "values is {block_id: {action_id: value}}.")
    _take_values(world, user, view, values)
    problems = _problems(view)
    if problems:
        view.errors = problems
        tell_view(world, view)
        raise ActError("invalid_form", "Some fields need attention.", errors=problems)
    view.errors = {}
    trigger = world.new_trigger(user.id, view_id=view.id, channel=view.channel)
    payload = view_submission(world, user, view, trigger, _response_urls(world, user, view))
    ack = await deliver(world, "interactive", payload, url=world.install.interactivity_url)
    more = await _apply(world, user, view, ack)
    return report(ack, trigger_id=trigger.id, **more)


async def close(world: World, body: Json) -> Json:
    """Close a modal: the top one, or with clear_on_close or `all` the whole stack."""
    user = person(world, body)
    view = open_view_of(world, user, body)
    if view.kind != "modal":
        raise ActError("not_a_modal", "The Home tab cannot be closed.")
    whole = bool(view.payload.get("clear_on_close") or body.get("all"))
    closing = world.view_stack(view) if whole else [view]
    for item in reversed(closing):
        close_view(world, item, "closed")
    return report(await _tell_closed(world, user, list(reversed(closing)), whole))


async def _tell_closed(world: World, user: User, closed: list[View], cleared: bool) -> Ack:
    """view_closed for those that asked; the last acknowledgement."""
    ack = Ack(False, 0, None, "not_dispatched", "")
    for view in closed:
        if view.payload.get("notify_on_close"):
            payload = view_closed(world, user, view, cleared)
            ack = await deliver(world, "interactive", payload, url=world.install.interactivity_url)
    return ack


def _take_values(world: World, user: User, view: View, values: Json) -> None:
    """Type the given values; {block_id: {action_id: value}} or {block_id: value}."""
    for block_id, given in values.items():
        for action_id, value in _pairs(view, block_id, given):
            found = find_element(view.payload["blocks"], action_id, block_id)
            if found is None or found[1]["type"] not in STATEFUL:
                raise ActError(
                    "element_not_found", f"There is no input {block_id}/{action_id} here."
                )
            state = view.inputs.setdefault(block_id, {})
            state[action_id] = chosen_state(world, found[1], value, user.id)


def _pairs(view: View, block_id: str, given: object) -> list[tuple[str, object]]:
    blocks = [b for b in view.payload["blocks"] if b.get("block_id") == block_id]
    inside = [element["action_id"] for _, element in elements(blocks)]
    if not inside:
        there = sorted(
            {b["block_id"] for b, e in elements(view.payload["blocks"]) if e["type"] in STATEFUL}
        )
        raise ActError(
            "element_not_found", f"There is no input {block_id!r} here.", available=there
        )
    if isinstance(given, dict) and set(given) <= set(inside):
        return list(given.items())
    return [(inside[0], given)]


def _problems(view: View) -> dict[str, str]:
    found: dict[str, str] = {}
    for block, element in elements(view.payload["blocks"]):
        if block["type"] != "input" or element["type"] not in STATEFUL:
            continue
        state = view.inputs.get(block["block_id"], {}).get(element["action_id"])
        problem = input_problem(block, element, state or initial_state(element, view.channel))
        if problem:
            found[block["block_id"]] = problem
    return found


def _response_urls(world: World, user: User, view: View) -> list[Json]:
    """One for each channel or conversation select with response_url_enabled."""
    found: list[Json] = []
    for block, element in elements(view.payload["blocks"]):
        state = view.inputs.get(block["block_id"], {}).get(element["action_id"], {})
        channel = state.get("selected_conversation") or state.get("selected_channel")
        if not element.get("response_url_enabled") or channel not in world.channels:
            continue
        made = ResponseUrl(ids.opaque("", 24), user.id, channel, time.monotonic())
        found.append(
            {
                "block_id": block["block_id"],
                "action_id": element["action_id"],
                "channel_id": channel,
                "response_url": world.new_response_url(made),
            }
        )
    return found


async def _apply(world: World, user: User, view: View, ack: Ack) -> Json:
    """Do what the acknowledgement says; on none the modal stays and says so."""
    if not ack.acked:
        view.errors = {"": _TROUBLE}
        tell_view(world, view)
        return {
            "error": "operation_timeout" if ack.reason == "timeout" else "dispatch_failed",
            "why": _TROUBLE,
        }
    answer = ack.payload if isinstance(ack.payload, dict) else {}
    if not view.open:
        return {}
    try:
        return await _respond(world, user, view, answer)
    except SlackError as error:
        view.errors = {"": _TROUBLE}
        tell_view(world, view)
        return {"error": error.code, "why": _TROUBLE, "detail": error.body()}


async def _respond(world: World, user: User, view: View, answer: Json) -> Json:
    action = answer.get("response_action")
    if action is None:
        close_view(world, view, "submitted")
    elif action == "clear":
        for item in reversed(world.view_stack(view)):
            close_view(world, item, "cleared")
    elif action == "errors":
        _show_errors(world, view, answer.get("errors"))
    elif action == "update":
        payload = check_view(answer.get("view"))
        external_id_free(world, payload, view)
        replace_view(world, view, payload)
    elif action == "push":
        payload = check_view(answer.get("view"))
        external_id_free(world, payload)
        if len(world.view_stack(view)) >= STACK_LIMIT:
            raise SlackError("push_limit_reached")
        pushed = add_view(world, user.id, payload, below=view, channel=view.channel)
        return {"view": shown.control_view(world, pushed)}
    else:
        raise SlackError("invalid_response_action")
    return {}


def _show_errors(world: World, view: View, errors: object) -> None:
    """Errors must name input blocks of this view."""
    inputs = {b["block_id"] for b in view.payload["blocks"] if b["type"] == "input"}
    if not isinstance(errors, dict) or not errors or set(errors) - inputs:
        raise SlackError("invalid_response_errors")
    view.errors = {key: str(text) for key, text in errors.items()}
    tell_view(world, view)
