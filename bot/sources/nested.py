"""A record made of named values, where a dotted name stands for a part inside a part."""

from collections.abc import Iterable

from bot.domain import JsonValue, Payload


def nested(values: Iterable[tuple[str, JsonValue]]) -> Payload:
    """Put each value where its name says: "billing_address.city"; None is left out."""
    made: Payload = {}
    for name, value in values:
        if value is None:
            continue
        *outer, last = name.split(".")
        inner = made
        for step in outer:
            inner = inner.setdefault(step, {})
        inner[last] = value
    return made
