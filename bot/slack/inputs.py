"""The inputs of modals as dicts, within Slack's limits (see bot.slack.blocks)."""

from collections.abc import Sequence

from bot.domain import Payload
from bot.slack.blocks import (
    ID,
    LABEL,
    OPTIONS,
    PLACEHOLDER,
    SECTION,
    cut,
    option,
    plain,
    some,
    whole,
    with_id,
)


def input_block(
    label: str, element: Payload, block_id: str, *, hint: str = "", optional: bool = False
) -> Payload:
    """An input of a modal."""
    block: Payload = {
        "type": "input",
        "label": plain(label, LABEL, "input label"),
        "element": element,
        "optional": optional,
    }
    if hint:
        block["hint"] = plain(hint, LABEL, "input hint")
    return with_id(block, block_id)


def text_input(
    action_id: str,
    initial: str = "",
    *,
    max_length: int = SECTION,
    multiline: bool = False,
    placeholder: str = "",
) -> Payload:
    """A text input."""
    longest = max(1, min(max_length, SECTION))
    element: Payload = {
        "type": "plain_text_input",
        "action_id": whole(action_id, ID, "action_id"),
        "multiline": multiline,
        "max_length": longest,
    }
    if initial:
        element["initial_value"] = cut(initial, longest, "initial value")
    if placeholder:
        element["placeholder"] = plain(placeholder, PLACEHOLDER, "placeholder")
    return element


def select(
    action_id: str, options: Sequence[tuple[str, str]], initial: str = "", *, placeholder: str = ""
) -> Payload:
    """A menu of (value, label) pairs, 100 at most."""
    kept = [option(value, label) for value, label in some(options, OPTIONS, "option")]
    element: Payload = {
        "type": "static_select",
        "action_id": whole(action_id, ID, "action_id"),
        "options": kept,
    }
    chosen = next((one for one in kept if initial and one["value"] == initial), None)
    if chosen:
        element["initial_option"] = chosen
    if placeholder:
        element["placeholder"] = plain(placeholder, PLACEHOLDER, "placeholder")
    return element


def external_select(
    action_id: str, initial: tuple[str, str] | None = None, *, placeholder: str = ""
) -> Payload:
    """A menu that is filled while one types; `initial` is a (value, label) pair."""
    element: Payload = {
        "type": "external_select",
        "action_id": whole(action_id, ID, "action_id"),
        "min_query_length": 2,
    }
    if initial:
        element["initial_option"] = option(*initial)
    if placeholder:
        element["placeholder"] = plain(placeholder, PLACEHOLDER, "placeholder")
    return element


def people_select(action_id: str, initial: Sequence[str] = ()) -> Payload:
    """A menu of people, several of whom can be chosen."""
    element: Payload = {
        "type": "multi_users_select",
        "action_id": whole(action_id, ID, "action_id"),
    }
    return element | {"initial_users": list(initial)} if initial else element


def channel_select(action_id: str, initial: str = "") -> Payload:
    """A menu of channels, without people and bots."""
    element: Payload = {
        "type": "conversations_select",
        "action_id": whole(action_id, ID, "action_id"),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    return element | {"initial_conversation": initial} if initial else element


def date_picker(action_id: str, initial: str = "") -> Payload:
    """A day; `initial` is YYYY-MM-DD."""
    element: Payload = {"type": "datepicker", "action_id": whole(action_id, ID, "action_id")}
    return element | {"initial_date": initial} if initial else element


def tick(action_id: str, value: str, label: str, *, ticked: bool = False) -> Payload:
    """One box to tick."""
    one = option(value, label)
    element: Payload = {
        "type": "checkboxes",
        "action_id": whole(action_id, ID, "action_id"),
        "options": [one],
    }
    return element | {"initial_options": [one]} if ticked else element


def file_input(action_id: str, filetypes: Sequence[str], max_files: int = 1) -> Payload:
    """A file input of a modal."""
    return {
        "type": "file_input",
        "action_id": whole(action_id, ID, "action_id"),
        "filetypes": list(filetypes),
        "max_files": max_files,
    }
