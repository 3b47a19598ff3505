"""What Slack's envelopes say, as our own values; nothing else reads their shape."""

import hashlib
from collections.abc import Mapping

from bot.dispatch.model import Press
from bot.domain import JsonValue, Payload

LONGEST_TEXT = 3_000
LONGEST_TYPED = 200
LONGEST_TYPED_COMMAND = 1_000
# A pasted error text, or the message that somebody wants explained.
LONGEST_COMMAND = 4_000


def key_of(*parts: str) -> str:
    """Fingerprint of one press: the same for a second delivery of the same envelope."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def team_of(body: Payload) -> str:
    """The workspace of the person (in a shared channel it need not be ours)."""
    user = body.get("user") if isinstance(body.get("user"), dict) else {}
    team = body.get("team") if isinstance(body.get("team"), dict) else {}
    return str((user or {}).get("team_id") or (team or {}).get("id") or body.get("team_id") or "")


def press_of(body: Payload) -> Press:
    """Read a press of a button or a choice in a select or overflow menu.

    An option of an overflow menu has the value "verb:id": "snooze:12" of the menu "more" is the
    action "more:snooze" with the value "12", as if it were a button of its own.
    """
    action = dict(body["actions"][0])
    container = dict(body.get("container") or {})
    channel = dict(body.get("channel") or {})
    view = dict(body.get("view") or {})
    user_id = str(body["user"]["id"])
    action_id, value = str(action.get("action_id") or ""), _value(action)
    if action.get("type") == "overflow":
        verb, _, value = value.partition(":")
        action_id = f"{action_id}:{verb}"
    message_ts = str(container.get("message_ts") or "")
    view_id = str(view.get("id") or container.get("view_id") or "")
    # The Home tab is no window that could go on: a press there opens one, as in a message.
    window = "" if view.get("type") == "home" else view_id
    moment = str(action.get("action_ts") or body.get("trigger_id") or "")
    return Press(
        key=key_of("button", message_ts or view_id, moment, user_id, action_id),
        user_id=user_id,
        team_id=team_of(body),
        action=action_id,
        value=value[:LONGEST_TEXT],
        trigger_id=str(body.get("trigger_id") or ""),
        channel_id=str(channel.get("id") or container.get("channel_id") or ""),
        message_ts=message_ts,
        view_id=window,
        response_url=str(body.get("response_url") or ""),
    )


def typing_of(body: Payload) -> tuple[Press, str]:
    """Read what somebody types into a menu that is filled meanwhile: the menu, and the words."""
    view = dict(body.get("view") or {})
    press = Press(
        key="",
        user_id=str(body["user"]["id"]),
        team_id=team_of(body),
        action=str(body.get("action_id") or ""),
        value=str(view.get("private_metadata") or "")[:LONGEST_TEXT],
        view_id=str(view.get("id") or ""),
    )
    return press, str(body.get("value") or "")[:LONGEST_TYPED]


def is_link(body: Payload) -> bool:
    """Say whether the pressed button only led to an address."""
    return bool(dict(body["actions"][0]).get("url"))


def form_of(body: Payload) -> Press:
    """Read a sent form; `choices` are its inputs by block id."""
    view = dict(body["view"])
    user_id = str(body["user"]["id"])
    view_id, seal = str(view.get("id") or ""), str(view.get("hash") or "")
    return Press(
        key=key_of("form", view_id, seal, user_id, str(view.get("callback_id") or "")),
        user_id=user_id,
        team_id=team_of(body),
        action=str(view.get("callback_id") or ""),
        value=str(view.get("private_metadata") or "")[:LONGEST_TEXT],
        trigger_id=str(body.get("trigger_id") or ""),
        view_id=view_id,
        choices=_inputs(dict(view.get("state") or {}).get("values") or {}),
    )


def _inputs(values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Flatten the state of a form: one input a block."""
    found: dict[str, JsonValue] = {}
    for block_id, actions in values.items():
        for element in dict(actions).values():
            found[block_id] = _input(dict(element))
    return found


def _input(element: Payload) -> JsonValue:
    if "files" in element:
        return [
            {"id": str(file.get("id") or ""), "name": str(file.get("name") or "")}
            for file in element.get("files") or []
        ]
    return _value(element)


def _value(element: Payload) -> str:
    chosen = element.get("selected_option")
    if isinstance(chosen, dict):
        return str(chosen.get("value") or "")
    if "selected_options" in element:  # boxes to tick
        ticked = [dict(one) for one in element["selected_options"] or []]
        return " ".join(str(one.get("value") or "") for one in ticked)
    if "selected_users" in element:
        return " ".join(str(one) for one in element["selected_users"] or [])
    chosen_one = element.get("selected_date") or element.get("selected_conversation")
    return str(element.get("value") or chosen_one or "")
