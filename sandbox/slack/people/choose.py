"""From what a person chose to what Slack sends about it."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from sandbox.slack.blocks.composition import OPTION, OPTION_GROUP
from sandbox.slack.blocks.element_rules import options_of
from sandbox.slack.blocks.spec import Many
from sandbox.slack.blocks.walk import Walk
from sandbox.slack.errors import ActError
from sandbox.slack.inputs import STATEFUL
from sandbox.slack.jsontypes import Json
from sandbox.slack.shapes import api_file
from sandbox.slack.world import World

_OPTION_KEYS = ("selected_option", "selected_options")


def usable_options(answer: Json) -> tuple[list[Json], list[Json], str]:
    """Options and groups of an app's answer, and why there are none.

    What is wrong shows as "no result", without an error anywhere in the client.
    """
    rows, groups = answer.get("options"), answer.get("option_groups")
    walk = Walk("modal")
    if groups:
        Many(OPTION_GROUP, 100).check(groups, walk, "/option_groups")
    elif rows:
        Many(OPTION, 100).check(rows, walk, "/options")
    if walk.errors:
        return [], [], walk.errors[0]
    return ([], groups, "") if groups else (rows or [], [], "")


def chosen_state(world: World, element: Json, value: object, user: str = "") -> Json:
    """The element's state with a value: option values become options, file ids files.

    Raises ActError when the client would not let a person choose this.
    """
    kind = element["type"]
    key, _, empty = STATEFUL[kind]
    if value is None or value == "":
        return {"type": kind, key: empty}
    if isinstance(empty, list):
        items = value if isinstance(value, list) else [value]
        limit = element.get("max_selected_items") or element.get("max_files")
        if limit and len(items) > limit:
            raise ActError("too_many", f"At most {limit} can be chosen.")
        return {"type": kind, key: [_one(world, element, key, item, user) for item in items]}
    if isinstance(value, list):
        raise ActError("one_only", "Only one can be chosen here.")
    return {"type": kind, key: _one(world, element, key, value, user)}


def chosen_action(world: World, element: Json, value: object) -> Json:
    """The part of an action for a menu without state (overflow)."""
    return {"selected_option": _one(world, element, "selected_option", value)}


def _one(world: World, element: Json, key: str, value: object, user: str = "") -> object:
    if key in _OPTION_KEYS:
        offered = world.offered.get(f"{user} {element['action_id']} {value}")
        return _option(element, value, offered)
    if key == "files":
        stored = world.files.get(str(value))
        if stored is None or stored.deleted:
            raise ActError("file_not_found", f"There is no file {value!r}.")
        return _accepted_file(world, element, stored.id)
    if element["type"].endswith("users_select") and str(value) not in world.users:
        raise ActError("user_not_found", f"There is no person {value!r}.")
    if key in {"selected_channel", "selected_conversation"} and not _is_channel(world, value):
        raise ActError("channel_not_found", f"There is no channel {value!r}.")
    if key == "selected_date_time":
        return _seconds(value)
    if key == "selected_date" and not _is_date(str(value)):
        raise ActError("bad_date", "A date is written YYYY-MM-DD.")
    if key == "selected_time" and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", str(value)):
        raise ActError("bad_time", "A time is written HH:MM.")
    return value if isinstance(value, dict) else str(value)


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _seconds(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise ActError("bad_date_time", "A date and time is a count of seconds.") from None


def _is_channel(world: World, value: object) -> bool:
    return str(value) in world.channels or str(value) in world.users


def _accepted_file(world: World, element: Json, file_id: str) -> Json:
    stored = world.files[file_id]
    wanted = element.get("filetypes")
    if wanted and stored.name.rpartition(".")[2].lower() not in {w.lower() for w in wanted}:
        raise ActError("file_type", f"Only these files are taken here: {', '.join(wanted)}.")
    return api_file(world, stored)


def _option(element: Json, value: object, offered: Json | None) -> Json:
    if isinstance(value, dict):
        return value
    for item in options_of(element):
        if item.get("value") == value:
            return item
    if element["type"].endswith("external_select"):
        if offered is not None:
            return offered
        # A program that drives this may know the value without having asked for the options.
        return {"text": {"type": "plain_text", "text": str(value), "emoji": True}, "value": value}
    there = [item["value"] for item in options_of(element)]
    raise ActError("no_such_option", f"There is no option {value!r}.", available=there)


def input_problem(block: Json, element: Json, state: Json) -> str:
    """Why the client would not submit this input, or an empty string."""
    value = state.get(STATEFUL[element["type"]][0])
    if value in (None, "", []):
        return "" if block.get("optional") else "Please complete this required field."
    if element["type"] == "plain_text_input":
        return _length_problem(element, str(value))
    if element["type"] == "number_input":
        return _number_problem(element, str(value))
    if element["type"] == "email_text_input" and not re.fullmatch(
        r"[^@\s]+@[^@\s]+\.\w+", str(value)
    ):
        return "Please enter a valid email address."
    if element["type"] == "url_text_input" and not re.match(r"https?://\S+$", str(value)):
        return "Please enter a valid URL."
    return ""


def _length_problem(element: Json, value: str) -> str:
    low, high = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < low:
        return f"Must be at least {low} characters."
    return f"Must be {high} characters or fewer." if len(value) > high else ""


def _number_problem(element: Json, value: str) -> str:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "Please enter a number."
    if not number.is_finite():
        return "Please enter a number."
    if not element["is_decimal_allowed"] and number != number.to_integral_value():
        return "Please enter a whole number."
    low, high = element.get("min_value"), element.get("max_value")
    if low and number < Decimal(low):
        return f"Must be at least {low}."
    return f"Must be at most {high}." if high and number > Decimal(high) else ""
