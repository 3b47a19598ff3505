"""What people typed or chose: the `state.values` of views and messages."""

from collections.abc import Iterator

from sandbox.slack.blocks.layout import interactive
from sandbox.slack.jsontypes import Json

# element type -> (key of the value in the state, key of the initial value, empty value)
STATEFUL: dict[str, tuple[str, str, object]] = {
    "plain_text_input": ("value", "initial_value", None),
    "email_text_input": ("value", "initial_value", None),
    "url_text_input": ("value", "initial_value", None),
    "number_input": ("value", "initial_value", None),
    "rich_text_input": ("rich_text_value", "initial_value", None),
    "static_select": ("selected_option", "initial_option", None),
    "external_select": ("selected_option", "initial_option", None),
    "radio_buttons": ("selected_option", "initial_option", None),
    "checkboxes": ("selected_options", "initial_options", []),
    "multi_static_select": ("selected_options", "initial_options", []),
    "multi_external_select": ("selected_options", "initial_options", []),
    "users_select": ("selected_user", "initial_user", None),
    "multi_users_select": ("selected_users", "initial_users", []),
    "channels_select": ("selected_channel", "initial_channel", None),
    "multi_channels_select": ("selected_channels", "initial_channels", []),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", []),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
    "file_input": ("files", "", []),
}


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every usable element with its block, those inside containers too."""
    for block in blocks:
        for _, element in interactive(block):
            yield block, element
        nested = block.get("child_blocks")
        if block.get("type") == "carousel":
            nested = block.get("elements")
        if isinstance(nested, list):
            yield from elements(nested)


def find_element(
    blocks: list[Json], action_id: str, block_id: str = ""
) -> tuple[Json, Json] | None:
    """The block and element a person means; the first one when no block_id is given."""
    for block, element in elements(blocks):
        if element.get("action_id") != action_id:
            continue
        if not block_id or block.get("block_id") == block_id:
            return block, element
    return None


def initial_values(blocks: list[Json], channel: str = "") -> dict[str, Json]:
    """The state a fresh view has: every stateful element, with its initial value or none.

    `channel` is where the person is; a select may start with it.
    """
    values: dict[str, Json] = {}
    for block, element in elements(blocks):
        if element["type"] in STATEFUL:
            state = values.setdefault(block["block_id"], {})
            state[element["action_id"]] = initial_state(element, channel)
    return values


def initial_state(element: Json, channel: str = "") -> Json:
    """The state of one untouched element."""
    key, initial, empty = STATEFUL[element["type"]]
    value = element.get(initial, empty) if initial else empty
    if channel and not value and element.get("default_to_current_conversation"):
        value = [channel] if isinstance(empty, list) else channel
    return {"type": element["type"], key: list(value) if isinstance(value, list) else value}


def keep_typed(
    old: dict[str, Json], before: list[Json], after: list[Json], channel: str = ""
) -> dict[str, Json]:
    """The state after an update.

    Typed input stays where block_id, action_id and type are the same; an element whose value
    was still the initial one takes the new initial value.
    """
    values = initial_values(after, channel)
    untouched = initial_values(before, channel)
    for block_id, state in values.items():
        for action_id, fresh in state.items():
            kept = old.get(block_id, {}).get(action_id)
            if kept is None or kept["type"] != fresh["type"]:
                continue
            if kept != untouched.get(block_id, {}).get(action_id):
                state[action_id] = kept
    return values


def is_empty(state: Json) -> bool:
    """True when nothing was typed or chosen."""
    key = STATEFUL[state["type"]][0]
    value = state.get(key)
    return value is None or value == "" or value == []
