"""Rules of elements that span several of their fields."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from sandbox.slack.blocks.spec import Rule
from sandbox.slack.blocks.walk import Walk
from sandbox.slack.jsontypes import Json


def options_of(element: Json) -> Iterator[Json]:
    """All options of a select, grouped or not."""
    yield from element.get("options") or []
    for group in element.get("option_groups") or []:
        yield from group.get("options") or []


def unique_values(value: Json, walk: Walk, at: str) -> None:
    """Two options of one list may not carry the same value."""
    seen: set[str] = set()
    for number, item in enumerate(options_of(value)):
        if item["value"] in seen:
            walk.wrong(f"{at}/options/{number}", f'option value "{item["value"]}" already exists')
        seen.add(item["value"])


def initial_option(value: Json, walk: Walk, at: str) -> None:
    """The initial option must be one of the options, word for word."""
    chosen = value.get("initial_option")
    if chosen is not None and not any(_same(chosen, item) for item in options_of(value)):
        walk.wrong(f"{at}/initial_option", "initial option was not found")


def initial_options(value: Json, walk: Walk, at: str) -> None:
    """Each initial option must be one of the options."""
    for number, chosen in enumerate(value.get("initial_options") or []):
        if not any(_same(chosen, item) for item in options_of(value)):
            walk.wrong(f"{at}/initial_options/{number}", "initial option was not found")


def _same(one: Json, other: Json) -> bool:
    if one.get("value") != other.get("value"):
        return False
    return bool(one["text"].get("text") == other["text"].get("text"))


def max_selected(value: Json, walk: Walk, at: str) -> None:
    """No more initial options than may be selected."""
    limit = value.get("max_selected_items")
    if limit is not None and len(value.get("initial_options") or []) > limit:
        walk.wrong(f"{at}/initial_options", f"no more than {limit} items allowed")


def bounds(low: str, high: str) -> Rule:
    """The lower bound is not above the upper."""

    def rule(value: Json, walk: Walk, at: str) -> None:
        if low in value and high in value and value[low] > value[high]:
            walk.wrong(f"{at}/{low}", f"must be less than or equal to `{high}`")

    return rule


def numbers(value: Json, walk: Walk, at: str) -> None:
    """A number input's bounds and initial value are numbers, whole ones unless decimals go."""
    found: dict[str, Decimal] = {}
    for name in ("min_value", "max_value", "initial_value"):
        if not value.get(name):
            continue
        try:
            number = Decimal(value[name])
        except InvalidOperation:
            walk.wrong(f"{at}/{name}", "must be a number")
            return
        if not number.is_finite():
            walk.wrong(f"{at}/{name}", "must be a number")
            return
        if not value["is_decimal_allowed"] and number != number.to_integral_value():
            walk.wrong(f"{at}/{name}", "must be an integer")
        found[name] = number
    if "min_value" in found and "max_value" in found and found["min_value"] > found["max_value"]:
        walk.wrong(f"{at}/min_value", "must be less than or equal to `max_value`")
